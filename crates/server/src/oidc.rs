//! 统一身份认证 over HTTP: discovery, the code for a token (RFC 6749 with RFC 7636), the provider's keys.
//!
//! Every address that a provider names is gone to through the one door out, and belongs to whom the issuer names: a provider
//! that is set up by hand is trusted to say who people are, and not to send the server anywhere else.

mod id_token;

pub use id_token::{Doubt, Expected, Key, Keys, judged};

use crate::outbound::{Ask, Outbound};
use axum::http::HeaderName;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::Method;
use model::error::{Kind, Text};
use model::time::{MINUTE_MS, Timestamp};
use model::web_address::WebAddress;
use model::{Error, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(10);
const ANSWER_MAX: usize = 256 * 1024;
/// What a provider has said of itself is asked again after this time.
const KNOWN_MS: i64 = 10 * MINUTE_MS;
/// Keys are not fetched anew more often than this, whoever shows a token with an unknown one.
const KEYS_REST_MS: i64 = MINUTE_MS;

#[derive(Clone, Debug, Deserialize)]
pub struct Discovered {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub jwks_uri: String,
    #[serde(default)]
    pub token_endpoint_auth_methods_supported: Vec<String>,
}

#[derive(Clone)]
struct Known {
    discovered: Discovered,
    keys: Keys,
    at: Timestamp,
    keys_at: Timestamp,
}

/// By issuer, what it has said of itself.
#[derive(Default)]
pub struct Providers(Mutex<HashMap<String, Known>>);

#[derive(Deserialize)]
struct TokenAnswer {
    #[serde(default)]
    id_token: Option<String>,
}

fn unreachable(what: &str, why: &dyn std::fmt::Display) -> Error {
    tracing::warn!(what, %why, "an identity provider cannot be used");
    Error::new(
        Kind::Unavailable,
        "identity_provider.unavailable",
        Text::of(
            "统一身份认证暂时不可用，请稍后再试，或用账号密码登录",
            "The identity provider cannot be used just now. Try again later, or sign in with a password.",
        ),
    )
}

pub fn disbelieved(doubt: Doubt) -> Error {
    tracing::warn!(?doubt, "what an identity provider said was not believed");
    Error::new(
        Kind::Unauthenticated,
        "session.provider_refused",
        Text::of(
            "统一身份认证的应答未通过校验，请重新登录；若反复出现，请系统管理员核对设置",
            "The identity provider's answer was not believed. Sign in again; if it goes on, have its settings checked.",
        ),
    )
}

/// Only by TLS, unless the settings open the very address.
fn address(outbound: &Outbound, text: &str) -> Result<WebAddress> {
    let address = WebAddress::parse("issuer", text)?;
    if !address.secure && !outbound.is_opened(&address) {
        return Err(Error::invalid(
            "issuer",
            "签发方地址应以 https:// 开头；内部网络的 http 地址须写 IP，并由运维在 outbound_allow 中加入",
            "An issuer begins with https://; over plain http only an IP address that outbound_allow names.",
        ));
    }
    outbound.check("issuer", &address)?;
    Ok(address)
}

async fn fetch<T: DeserializeOwned>(outbound: &Outbound, url: &str) -> Result<T> {
    let to = address(outbound, url)?;
    let headers = vec![(ACCEPT, "application/json".to_owned())];
    let ask = Ask {
        method: Method::GET,
        to: &to,
        headers,
        body: Default::default(),
        patience: PATIENCE,
        answer_max: ANSWER_MAX,
    };
    let reply = outbound.ask(ask).await.map_err(|fault| unreachable(url, &fault.text.en))?;
    if !reply.status.is_success() {
        return Err(unreachable(url, &reply.status));
    }
    serde_json::from_slice(&reply.body).map_err(|why| unreachable(url, &why))
}

impl Providers {
    /// What can be said of an issuer when it is saved.
    pub fn check(&self, outbound: &Outbound, issuer: &str) -> Result<()> {
        address(outbound, issuer).map(drop)
    }

    fn known(&self, issuer: &str, now: Timestamp) -> Option<Known> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(issuer).filter(|known| now.since(known.at) < KNOWN_MS).cloned()
    }

    fn keep(&self, issuer: &str, known: &Known) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(issuer.to_owned(), known.clone());
    }

    async fn discover(&self, outbound: &Outbound, issuer: &str, now: Timestamp) -> Result<Known> {
        if let Some(known) = self.known(issuer, now) {
            return Ok(known);
        }
        let base = address(outbound, issuer)?;
        let place = base.below("/.well-known/openid-configuration").text();
        let discovered: Discovered = fetch(outbound, &place).await?;
        // Another's words about itself are not this one's.
        if discovered.issuer.trim_end_matches('/') != issuer {
            return Err(unreachable(&place, &"it says that it is another issuer"));
        }
        for named in [&discovered.authorization_endpoint, &discovered.token_endpoint, &discovered.jwks_uri] {
            address(outbound, named)?;
        }
        let keys = fetch(outbound, &discovered.jwks_uri).await?;
        let known = Known { discovered, keys, at: now, keys_at: now };
        self.keep(issuer, &known);
        Ok(known)
    }

    /// Where the browser goes.
    pub async fn authorization(
        &self,
        outbound: &Outbound,
        issuer: &str,
        query: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<String> {
        let known = self.discover(outbound, issuer, now).await?;
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let place = known.discovered.authorization_endpoint;
        let mark = if place.contains('?') { '&' } else { '?' };
        Ok(format!("{place}{mark}{query}"))
    }

    /// The code for what the provider says of whoever brought it.
    pub async fn redeem(
        &self,
        outbound: &Outbound,
        exchange: &Exchange<'_>,
        now: Timestamp,
    ) -> Result<Value> {
        let mut known = self.discover(outbound, exchange.issuer, now).await?;
        let to = address(outbound, &known.discovered.token_endpoint)?;
        let (headers, body) = asked(exchange, &known.discovered);
        let ask = Ask {
            method: Method::POST,
            to: &to,
            headers,
            body: body.into(),
            patience: PATIENCE,
            answer_max: ANSWER_MAX,
        };
        let reply = outbound.ask(ask).await.map_err(|fault| unreachable(&to.text(), &fault.text.en))?;
        if reply.status.is_client_error() {
            return Err(disbelieved(Doubt::Form));
        }
        let answer: TokenAnswer =
            serde_json::from_slice(&reply.body).map_err(|why| unreachable(&to.text(), &why))?;
        let token = answer.id_token.ok_or_else(|| disbelieved(Doubt::Form))?;
        if !id_token::names_key(&token, &known.keys) && now.since(known.keys_at) >= KEYS_REST_MS {
            known.keys = fetch(outbound, &known.discovered.jwks_uri).await?;
            known.keys_at = now;
            self.keep(exchange.issuer, &known);
        }
        let Exchange { client_id, nonce, .. } = *exchange;
        // As the provider writes it, with or without a slash at the end.
        let issuer = known.discovered.issuer.as_str();
        judged(&token, &known.keys, Expected { issuer, client_id, nonce, now }).map_err(disbelieved)
    }
}

/// The request for a token: who we are, and the code with what proves that we began.
fn asked(exchange: &Exchange<'_>, discovered: &Discovered) -> (Vec<(HeaderName, String)>, String) {
    let methods = &discovered.token_endpoint_auth_methods_supported;
    let basic = methods.is_empty() || methods.iter().any(|method| method == "client_secret_basic");
    let mut headers = vec![
        (CONTENT_TYPE, "application/x-www-form-urlencoded".to_owned()),
        (ACCEPT, "application/json".to_owned()),
    ];
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", exchange.code)
        .append_pair("redirect_uri", exchange.redirect)
        .append_pair("code_verifier", exchange.verifier);
    match exchange.secret {
        Some(secret) if basic => {
            let one = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", one(exchange.client_id), one(secret));
            headers.push((AUTHORIZATION, format!("Basic {}", BASE64_STANDARD.encode(pair))));
        }
        Some(secret) => {
            form.append_pair("client_id", exchange.client_id).append_pair("client_secret", secret);
        }
        None => {
            form.append_pair("client_id", exchange.client_id);
        }
    }
    (headers, form.finish())
}

/// What is brought to the provider for a token.
pub struct Exchange<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub secret: Option<&'a str>,
    pub code: &'a str,
    pub verifier: &'a str,
    pub nonce: &'a str,
    pub redirect: &'a str,
}

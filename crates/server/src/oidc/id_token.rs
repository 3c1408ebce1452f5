//! What a provider of OpenID Connect says of somebody, and whether it is really the provider who says it.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use model::time::{MINUTE_MS, Timestamp};
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;

/// Clocks of two machines differ.
const SKEW_MS: i64 = MINUTE_MS;
/// One that was signed longer ago was not made for this sign-in.
const AGE_MAX_MS: i64 = 10 * MINUTE_MS;

/// Keys of a provider, as it publishes them.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Keys {
    pub keys: Vec<Key>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Key {
    pub kty: String,
    #[serde(default)]
    pub kid: Option<String>,
    #[serde(default, rename = "use")]
    pub usage: Option<String>,
    #[serde(default)]
    pub crv: Option<String>,
    #[serde(default)]
    pub n: Option<String>,
    #[serde(default)]
    pub e: Option<String>,
    #[serde(default)]
    pub x: Option<String>,
    #[serde(default)]
    pub y: Option<String>,
}

/// For whom a token has to be.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now: Timestamp,
}

/// Why it is not believed; for the log, not for whoever signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    Form,
    Algorithm,
    NoKey,
    Signature,
    Issuer,
    Audience,
    Nonce,
    Expired,
    Subject,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    /// What it says must be understood; we understand none of it.
    #[serde(default)]
    crit: Option<Value>,
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&BASE64.decode(text).ok()?).ok()
}

fn bytes(text: Option<&String>) -> Option<Vec<u8>> {
    BASE64.decode(text?).ok()
}

/// The three that providers sign with by a key that only they have. `none` and keys that are shared are not among them.
fn is_signed(alg: &str, key: &Key, message: &[u8], signed: &[u8]) -> Option<bool> {
    match (alg, key.kty.as_str()) {
        ("RS256" | "PS256", "RSA") => {
            let (n, e) = (bytes(key.n.as_ref())?, bytes(key.e.as_ref())?);
            let way: &signature::RsaParameters = if alg == "RS256" {
                &signature::RSA_PKCS1_2048_8192_SHA256
            } else {
                &signature::RSA_PSS_2048_8192_SHA256
            };
            Some(RsaPublicKeyComponents { n, e }.verify(way, message, signed).is_ok())
        }
        ("ES256", "EC") if key.crv.as_deref() == Some("P-256") => {
            let point = [vec![4], bytes(key.x.as_ref())?, bytes(key.y.as_ref())?].concat();
            let key = UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point);
            Some(key.verify(message, signed).is_ok())
        }
        _ => None,
    }
}

/// Whether there is a key with this name, so that new ones are fetched only when they may help.
pub fn names_key(token: &str, keys: &Keys) -> bool {
    let head: Option<Head> = token.split('.').next().and_then(part);
    head.is_some_and(|head| keys.keys.iter().any(|key| head.kid.is_none() || key.kid == head.kid))
}

/// What it says, when it is to be believed.
pub fn judged(token: &str, keys: &Keys, expected: Expected<'_>) -> Result<Value, Doubt> {
    let parts: Vec<&str> = token.split('.').collect();
    let [head_text, claims_text, signature_text] = parts[..] else { return Err(Doubt::Form) };
    let head: Head = part(head_text).ok_or(Doubt::Form)?;
    let signed = BASE64.decode(signature_text).map_err(|_| Doubt::Form)?;
    if head.crit.is_some() || !["RS256", "PS256", "ES256"].contains(&head.alg.as_str()) {
        return Err(Doubt::Algorithm);
    }
    let message = &token.as_bytes()[..head_text.len() + 1 + claims_text.len()];
    let fits = |key: &&Key| {
        (head.kid.is_none() || key.kid == head.kid) && key.usage.as_deref().is_none_or(|usage| usage == "sig")
    };
    let tried: Vec<bool> =
        keys.keys.iter().filter(fits).filter_map(|key| is_signed(&head.alg, key, message, &signed)).collect();
    if tried.is_empty() {
        return Err(Doubt::NoKey);
    }
    if !tried.contains(&true) {
        return Err(Doubt::Signature);
    }
    let claims: Value = part(claims_text).ok_or(Doubt::Form)?;
    claims_judged(&claims, expected)?;
    Ok(claims)
}

fn claims_judged(claims: &Value, expected: Expected<'_>) -> Result<(), Doubt> {
    if claims["iss"] != expected.issuer {
        return Err(Doubt::Issuer);
    }
    let (audience, own) = (&claims["aud"], Value::from(expected.client_id));
    let many = audience.as_array();
    let named = *audience == own || many.is_some_and(|all| all.contains(&own));
    // One that is for several says who of them asked for it.
    let azp_wanted = many.is_some_and(|all| all.len() > 1) || claims.get("azp").is_some();
    if !named || azp_wanted && claims["azp"] != own {
        return Err(Doubt::Audience);
    }
    if claims["nonce"] != expected.nonce {
        return Err(Doubt::Nonce);
    }
    let seconds = |name: &str| claims[name].as_f64().map(|seconds| (seconds * 1_000.0) as i64);
    let now = expected.now.as_ms();
    let ends = seconds("exp").ok_or(Doubt::Expired)?;
    let made = seconds("iat").ok_or(Doubt::Expired)?;
    let early = seconds("nbf").is_some_and(|from| from > now + SKEW_MS);
    if ends <= now - SKEW_MS || made > now + SKEW_MS || made < now - AGE_MAX_MS - SKEW_MS || early {
        return Err(Doubt::Expired);
    }
    let subject = claims["sub"].as_str().unwrap_or_default();
    if subject.is_empty() || subject.len() > 255 {
        return Err(Doubt::Subject);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515, appendix A.2: a signature that others have made.
    #[test]
    fn a_signature_of_the_standard_is_known_again_and_a_changed_one_is_not() {
        let key = Key {
            kty: "RSA".to_owned(),
            n: Some(
                concat!(
                    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddx",
                    "HmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMs",
                    "D1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSH",
                    "SXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdV",
                    "MTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8",
                    "NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
                )
                .to_owned(),
            ),
            e: Some("AQAB".to_owned()),
            ..Key::default()
        };
        let message = concat!(
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p",
            "c19yb290Ijp0cnVlfQ"
        );
        let signed = BASE64
            .decode(concat!(
                "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7",
                "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4",
                "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K",
                "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv",
                "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrB",
                "p0igcN_IoypGlUPQGe77Rw"
            ))
            .unwrap();
        assert_eq!(is_signed("RS256", &key, message.as_bytes(), &signed), Some(true));
        assert_eq!(is_signed("RS256", &key, &message.as_bytes()[1..], &signed), Some(false));
        for (alg, kty) in [("none", "RSA"), ("HS256", "RSA"), ("ES256", "RSA"), ("RS256", "oct")] {
            let other = Key { kty: kty.to_owned(), ..key.clone() };
            assert_eq!(is_signed(alg, &other, message.as_bytes(), &signed), None, "{alg} {kty}");
        }
    }
}

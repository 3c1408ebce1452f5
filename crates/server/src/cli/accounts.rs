//! `pileops staff` and `pileops token`.

use super::Place;
use super::client::Client;
use super::nouns::{exists_differs, list, say, text};
use super::nouns_args::{StaffAdd, StaffVerb, TokenVerb};
use axum::http::Method;
use model::{Error, Result};
use serde_json::{Value, json};
use std::process::ExitCode;

pub async fn staff(client: &Client, place: &Place, verb: StaffVerb) -> Result<ExitCode> {
    match verb {
        StaffVerb::Add(args) => staff_add(client, place, args).await,
        StaffVerb::List => {
            list(client, place, "/staff", &["account", "name", "role", "operator_name", "disabled"]).await
        }
        StaffVerb::Unlock { account } => {
            let row = staff_of(client, &account).await?;
            client.call(Method::DELETE, &format!("/staff/{}/lock", row["id"]), None).await?;
            Ok(say(place, &row, &format!("账号已解锁 / unlocked: {}", text(&row, "account"))))
        }
        StaffVerb::Password { account } => {
            let row = staff_of(client, &account).await?;
            let made = client.call(Method::PUT, &format!("/staff/{}/password", row["id"]), None).await?;
            let shown = shown_once(text(&made, "password"));
            Ok(say(place, &made, &format!("账号 / account: {}{shown}", text(&row, "account"))))
        }
        StaffVerb::Factor { account, reason } => {
            let row = staff_of(client, &account).await?;
            let path = format!("/staff/{}/second-factor/reset", row["id"]);
            client.call(Method::POST, &path, Some(json!({ "reason": reason }))).await?;
            let told =
                format!("两步验证已重置 / two-step verification taken away: {}", text(&row, "account"));
            Ok(say(place, &row, &told))
        }
    }
}

pub async fn token(client: &Client, place: &Place, verb: TokenVerb) -> Result<ExitCode> {
    match verb {
        TokenVerb::Add { name, permissions, networks, days } => {
            let permissions = (!permissions.is_empty()).then_some(permissions);
            let body =
                json!({ "name": name, "permissions": permissions, "networks": networks, "days": days });
            let made = client.call(Method::POST, "/tokens", Some(body)).await?;
            Ok(say(place, &made, text(&made, "token")))
        }
        TokenVerb::List => list(client, place, "/tokens", &["id", "account", "name", "remote_address"]).await,
        TokenVerb::Remove { token } => {
            let rows = client.whole("/tokens").await?;
            let by = |field: &str| rows.iter().filter(|row| row[field] == token.as_str()).collect::<Vec<_>>();
            let found = Some(by("id")).filter(|found| !found.is_empty()).unwrap_or_else(|| by("name"));
            let [row] = found[..] else { return Err(none_or_many(&token, found.len())) };
            client.call(Method::DELETE, &format!("/tokens/{}", text(row, "id")), None).await?;
            Ok(say(place, row, &format!("令牌已删除 / token removed: {}", text(row, "name"))))
        }
    }
}

fn none_or_many(token: &str, count: usize) -> Error {
    Error::invalid(
        "token",
        format!("编号或名称为“{token}”的令牌有 {count} 个，应为一个；请用 pileops token list 查看编号"),
        format!(
            "There are {count} tokens with the id or name {token:?}; name one. `pileops token list` shows the ids."
        ),
    )
}

fn shown_once(password: &str) -> String {
    if password.is_empty() {
        return String::new();
    }
    format!("  密码 / password: {password}（只显示这一次 / shown this once）")
}

async fn staff_known(client: &Client, account: &str) -> Result<Option<Value>> {
    let account = account.trim().to_lowercase();
    Ok(client.whole("/staff").await?.into_iter().find(|row| row["account"] == account.as_str()))
}

async fn staff_of(client: &Client, account: &str) -> Result<Value> {
    staff_known(client, account).await?.ok_or_else(|| {
        Error::invalid(
            "account",
            format!("没有账号“{account}”；可用 pileops staff list 查看"),
            format!("There is no account {account:?}; `pileops staff list` shows them."),
        )
    })
}

async fn staff_add(client: &Client, place: &Place, args: StaffAdd) -> Result<ExitCode> {
    let body = json!({
        "account": args.account, "name": args.name.as_ref().unwrap_or(&args.account), "role": args.role,
        "operator_id": args.operator, "password": args.password,
    });
    match client.ask(Method::POST, "/staff", Some(("application/json", body.to_string()))).await? {
        Ok(made) => {
            let shown = shown_once(text(&made, "password"));
            Ok(say(place, &made, &format!("账号 / account: {}{shown}", args.account)))
        }
        // Said twice, it is still one account. Its password is its owner's by now.
        Err(refused) if text(&refused.body, "code") == "staff.exists" => {
            let known = staff_known(client, &args.account).await?;
            let wanted = [
                ("role", Some(json!(args.role))),
                ("operator_id", Some(json!(args.operator))),
                ("name", args.name.map(|name| json!(name))),
            ];
            let what = (format!("账号 {}", args.account), format!("The account {}", args.account));
            let known = exists_differs((&what.0, &what.1), refused, known, &wanted)?;
            if args.password.is_some() {
                eprintln!(
                    "密码未更改，可用 pileops staff password 重置 / its password was left as it is; `pileops staff password` makes a new one"
                );
            }
            Ok(say(place, &known, &format!("账号已存在 / the account exists: {}", args.account)))
        }
        Err(refused) => Err(refused.into_error()),
    }
}

//! 收银台: the page that a customer sees after the code was scanned.

use super::Channel;
use super::book::{PaidState, Payment};
use super::door::Answer;
use std::sync::Arc;

const PAGE: &str = include_str!("cashier.html");

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn page(one: &Payment, late: bool) -> String {
    let (mark, words) = match one.state {
        PaidState::Paid => ("paid", "支付成功"),
        PaidState::Closed => ("closed", "支付已关闭"),
        PaidState::Waiting if late => ("closed", "支付已过期"),
        PaidState::Waiting => ("waiting", "等待支付"),
    };
    PAGE.replace("{{mark}}", mark)
        .replace("{{words}}", words)
        .replace("{{yuan}}", &format!("{}.{:02}", one.amount_fen / 100, one.amount_fen % 100))
        .replace("{{subject}}", &escaped(&one.subject))
        .replace("{{no}}", &escaped(&one.no))
        .replace("{{channel_no}}", &escaped(&one.channel_no))
}

impl Channel {
    pub(super) fn cashier(self: &Arc<Self>, method: &str, rest: &str) -> Answer {
        let (token, act) = rest.split_once('/').unwrap_or((rest, ""));
        let Some(one) = self.book().by_token(token).cloned() else {
            return Answer::page(404, PAGE_GONE.to_owned());
        };
        if method == "POST" && act == "pay" {
            self.pay(&one.no);
        }
        let late = self.now().as_ms() >= one.expires_at_ms;
        let now = self.book().payment(&one.no).cloned().unwrap_or(one);
        Answer::page(200, page(&now, late))
    }
}

const PAGE_GONE: &str =
    "<!doctype html><meta charset=utf-8><title>收银台</title><p>没有这笔支付，请重新扫码。</p>";

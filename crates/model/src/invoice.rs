//! 电子发票: kinds, states, who stands in it, and where it may be sent.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};

crate::words! {
    /// 发票类型
    InvoiceKind {
        /// 数电普票
        DigitalGeneral = "digital_general",
        /// 数电专票
        DigitalSpecial = "digital_special",
        /// 增值税电子普票
        ElectronicGeneral = "electronic_general",
        /// 增值税电子专票
        ElectronicSpecial = "electronic_special",
        /// 收据: made by the platform itself, and no tax invoice.
        Receipt = "receipt",
    }

    /// By whom invoices are made.
    InvoiceChannelKind {
        /// The platform makes receipts, which are no tax invoices.
        Receipt = "receipt",
        /// 诺诺开放平台
        Nuonuo = "nuonuo",
    }

    /// Whether a channel's sign-in at the tax bureau holds.
    ChannelLogin {
        Working = "working",
        /// 渠道登录已失效: what is asked for waits until somebody signs in there.
        Lost = "lost",
    }

    /// 红冲原因
    RedReason {
        /// 销货退回
        Returned = "returned",
        /// 开票有误
        Mistake = "mistake",
        /// 服务中止
        Stopped = "stopped",
        /// 销售折让
        Allowance = "allowance",
    }

    /// How far the confirmation of a reversal (红字信息确认单) is.
    RedState {
        /// It is to be asked for.
        Waiting = "waiting",
        /// The channel has it.
        Asked = "asked",
        /// 待购方确认: the buyer has used the invoice and has to agree.
        Buyer = "buyer",
        /// The red invoice is being made.
        Confirmed = "confirmed",
        /// It is to be withdrawn.
        Withdrawing = "withdrawing",
    }

    /// 用户类型
    InvoiceCustomerKind {
        Person = "person",
        Company = "company",
        Driver = "driver",
    }

    InvoiceState {
        /// 待审核
        Review = "review",
        /// 待开票
        Waiting = "waiting",
        /// 开票中
        Issuing = "issuing",
        /// 已开票
        Issued = "issued",
        /// 已发送
        Sent = "sent",
        /// 开票失败
        Failed = "failed",
        /// 红冲中
        Reversing = "reversing",
        /// 已红冲
        Reversed = "reversed",
        /// 已驳回
        Rejected = "rejected",
    }

    MailState {
        /// 待发送
        Waiting = "waiting",
        Sent = "sent",
        Failed = "failed",
    }
}

impl InvoiceKind {
    pub fn is_special(self) -> bool {
        matches!(self, InvoiceKind::DigitalSpecial | InvoiceKind::ElectronicSpecial)
    }
}

impl RedReason {
    /// As the tax bureau counts them.
    pub fn number(self) -> i64 {
        match self {
            RedReason::Returned => 1,
            RedReason::Mistake => 2,
            RedReason::Stopped => 3,
            RedReason::Allowance => 4,
        }
    }
}

/// Whoever sells or buys, as the invoice says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InvoiceParty {
    pub name: String,
    pub tax_no: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
    /// 开户行及账号
    pub bank_account: Option<String>,
}

/// What was true of both when the invoice was applied for: later changes do not touch it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InvoiceParties {
    pub seller: InvoiceParty,
    pub buyer: InvoiceParty,
    /// 开票人
    pub drawer: String,
    pub checker: Option<String>,
    pub payee: Option<String>,
    pub remark: Option<String>,
}

fn refused(code: &'static str, zh: &'static str, en: &'static str) -> Error {
    Error::refused(code, zh, en)
}

impl InvoiceState {
    /// A person may still say that it shall not be issued.
    pub fn may_reject(self) -> Result<()> {
        match self {
            InvoiceState::Review | InvoiceState::Waiting => Ok(()),
            _ => Err(refused(
                "invoice.not_waiting",
                "只有待审核或待开票的申请可以驳回；已提交渠道的请等结果，已开票的请红冲",
                "Only what was not given to the channel can be rejected. Wait for its answer; what was issued is reversed.",
            )),
        }
    }

    pub fn may_approve(self) -> Result<()> {
        match self {
            InvoiceState::Review => Ok(()),
            _ => Err(refused(
                "invoice.not_in_review",
                "该申请不在待审核状态，可能已被他人处理，请查看最新状态",
                "This application is not to be reviewed any more; somebody has decided it. Look at it as it is now.",
            )),
        }
    }

    /// Whether the channel is to be asked (again).
    pub fn may_start(self) -> Result<()> {
        match self {
            InvoiceState::Waiting
            | InvoiceState::Issuing
            | InvoiceState::Failed
            | InvoiceState::Reversing => Ok(()),
            InvoiceState::Review => Err(refused(
                "invoice.in_review",
                "该申请还在待审核，请先审核通过",
                "This application is to be reviewed first.",
            )),
            _ => Err(refused(
                "invoice.settled",
                "该发票已有结果，无需再次开票或刷新",
                "The channel has answered for this invoice; there is nothing to ask.",
            )),
        }
    }

    pub fn may_reverse(self, red: bool) -> Result<()> {
        match self {
            InvoiceState::Issued | InvoiceState::Sent if !red => Ok(()),
            InvoiceState::Reversing => Err(refused(
                "invoice.reversing",
                "该发票正在红冲，请等待结果；需要时可撤销红字确认单",
                "This invoice is being reversed already; wait, or withdraw the confirmation.",
            )),
            _ => Err(refused(
                "invoice.not_reversible",
                "只有已开票的蓝字发票可以红冲",
                "Only a blue invoice that was issued can be reversed.",
            )),
        }
    }

    /// Nothing will come of it any more: its orders may stand in another one.
    pub fn lets_go(self) -> bool {
        matches!(self, InvoiceState::Failed | InvoiceState::Reversed | InvoiceState::Rejected)
    }

    /// Whether its address still matters.
    pub fn email_may_change(self) -> Result<()> {
        match self {
            InvoiceState::Reversed | InvoiceState::Rejected => Err(Error::refused(
                "invoice.ended",
                "该发票已红冲或驳回，不能再修改邮箱；请到新开的发票上修改",
                "This invoice was reversed or rejected; change the address on the new one.",
            )),
            _ => Ok(()),
        }
    }

    /// Whether there is something to send.
    pub fn may_send(self) -> Result<()> {
        match self {
            InvoiceState::Issued | InvoiceState::Sent => Ok(()),
            _ => Err(Error::refused(
                "invoice.not_issued",
                "只有已开票的发票才能发送邮件；请等开票完成后再发送",
                "Only an issued invoice can be sent; wait until it is issued.",
            )),
        }
    }
}

/// An address to which mail can go: `name@domain`, in letters that every mail server takes.
pub fn email_checked(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    let local_ok = |local: &str| {
        (1..=64).contains(&local.len())
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b))
    };
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let good = text.len() <= 254
        && text.rsplit_once('@').is_some_and(|(local, domain)| {
            local_ok(local) && domain.contains('.') && domain.split('.').all(label_ok)
        });
    if good {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(
        field,
        "邮箱格式不正确，应如 name@example.com，只含英文字母、数字和常用符号",
        "This is no e-mail address; it looks like name@example.com.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_or_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for good in ["a@b.cn", " li.wei+fp@mail.example.com ", "x_1@a-b.co"] {
            assert_eq!(email_checked("email", good).unwrap(), good.trim());
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@b.cn",
            "a@.cn",
            "a@b..cn",
            "a b@c.cn",
            ".a@b.cn",
            "a@-b.cn",
            "王@b.cn",
            "a@b.cn\r\nBcc: x@y.cn",
            &long,
        ] {
            assert!(email_checked("email", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_what_is_issued_is_sent() {
        for state in InvoiceState::ALL {
            let sends = matches!(state, InvoiceState::Issued | InvoiceState::Sent);
            assert_eq!(state.may_send().is_ok(), sends, "{state:?}");
        }
        assert!(InvoiceState::Failed.email_may_change().is_ok());
        assert!(InvoiceState::Reversed.email_may_change().is_err());
    }
}

//! 电子发票: kinds, states, and where it may be sent.

use crate::{Error, Result};

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

impl InvoiceState {
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

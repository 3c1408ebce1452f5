//! The channel that comes with the product: receipts, which are no tax invoices. It keeps nothing: a receipt that is
//! asked for again is made again, under the same number.

use super::receipt_page::receipt_page;
use super::{InvoiceChannel, Login};
use engine::invoice::{ChannelAnswer, ChannelFile, IssuedInvoice, RedAnswer};
use futures_util::future::{BoxFuture, ready};
use model::Text;
use model::invoice::ChannelLogin;
use model::time::Timestamp;
use store::invoice_work::InvoiceWork;

pub struct Receipt {
    pub now: Timestamp,
}

/// Of the same length as a tax invoice's, and of another shape.
fn number(serial_no: &str) -> String {
    format!("SJ{}", serial_no.trim_start_matches("KP"))
}

impl Receipt {
    fn made(&self, work: &InvoiceWork, red: bool) -> model::Result<IssuedInvoice> {
        let number = number(&if red { work.red_no() } else { work.serial_no.clone() });
        let body = receipt_page(work, &number, red, self.now)?;
        let file = ChannelFile::Here { kind: "application/pdf", body };
        Ok(IssuedInvoice { number, issued_at: self.now, files: vec![file] })
    }
}

impl InvoiceChannel for Receipt {
    fn issue<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, ChannelAnswer> {
        let answer = match self.made(work, false) {
            Ok(made) => ChannelAnswer::Issued(made),
            Err(why) => ChannelAnswer::Unreachable(why.text),
        };
        Box::pin(ready(answer))
    }

    fn reissue<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, ChannelAnswer> {
        self.issue(work)
    }

    fn query<'a>(&'a self, _: &'a InvoiceWork) -> BoxFuture<'a, ChannelAnswer> {
        Box::pin(ready(ChannelAnswer::Unknown))
    }

    fn redeliver<'a>(&'a self, _: &'a InvoiceWork, _: &'a str) -> BoxFuture<'a, Result<(), Text>> {
        let none = Text::of("收据由平台自己发送邮件", "Receipts are mailed by the platform itself.");
        Box::pin(ready(Err(none)))
    }

    fn red_apply<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, RedAnswer> {
        let answer = match self.made(work, true) {
            Ok(made) => RedAnswer::Done(made),
            Err(why) => RedAnswer::Unreachable(why.text),
        };
        Box::pin(ready(answer))
    }

    fn red_query<'a>(&'a self, _: &'a InvoiceWork) -> BoxFuture<'a, RedAnswer> {
        Box::pin(ready(RedAnswer::Unknown))
    }

    fn red_issue<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, RedAnswer> {
        self.red_apply(work)
    }

    fn red_cancel<'a>(&'a self, _: &'a InvoiceWork) -> BoxFuture<'a, RedAnswer> {
        Box::pin(ready(RedAnswer::Unknown))
    }

    fn login(&self) -> BoxFuture<'_, Login> {
        Box::pin(ready(Some((ChannelLogin::Working, None))))
    }
}

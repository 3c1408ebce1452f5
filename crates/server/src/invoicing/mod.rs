//! 开票渠道: by whom invoices are made, and what every one of them can be asked. What they answer is judged in
//! `engine/invoice`; when they are asked is decided in `jobs/invoices.rs`.

mod nuonuo;
mod nuonuo_message;
mod receipt;
mod receipt_page;

use crate::app::App;
use engine::invoice::{ChannelAnswer, RedAnswer};
use futures_util::future::BoxFuture;
use model::Result;
use model::Text;
use model::invoice::{ChannelLogin, InvoiceChannelKind};
use store::invoice_work::InvoiceWork;
use store::sellers::Seller;

/// What the sign-in of a channel looks like; none where that cannot be said.
pub type Login = Option<(ChannelLogin, Option<String>)>;

/// Whoever makes invoices. Everything may be asked twice: the number of the invoice, and that of its reversal, tell
/// the channel that it is the same.
pub trait InvoiceChannel: Send + Sync {
    /// Gives it to the channel for the first time.
    fn issue<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, ChannelAnswer>;
    /// Has the channel try again what it could not make.
    fn reissue<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, ChannelAnswer>;
    fn query<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, ChannelAnswer>;
    /// Has the channel itself send it to somebody.
    fn redeliver<'a>(
        &'a self,
        work: &'a InvoiceWork,
        email: &'a str,
    ) -> BoxFuture<'a, std::result::Result<(), Text>>;
    /// Asks for the confirmation of a reversal.
    fn red_apply<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, RedAnswer>;
    fn red_query<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, RedAnswer>;
    /// Has the red invoice made where the channel did not do so by itself.
    fn red_issue<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, RedAnswer>;
    fn red_cancel<'a>(&'a self, work: &'a InvoiceWork) -> BoxFuture<'a, RedAnswer>;
    /// Whether somebody is signed in at the tax bureau.
    fn login(&self) -> BoxFuture<'_, Login>;
}

/// Who makes the invoices of this seller.
pub fn channel<'a>(
    app: &'a App,
    kind: InvoiceChannelKind,
    seller: &Seller,
) -> Result<Box<dyn InvoiceChannel + 'a>> {
    match kind {
        InvoiceChannelKind::Receipt => Ok(Box::new(receipt::Receipt { now: app.now() })),
        InvoiceChannelKind::Nuonuo => Ok(Box::new(nuonuo::Nuonuo::of(app, seller)?)),
    }
}

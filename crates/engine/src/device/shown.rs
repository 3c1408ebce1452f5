//! What a pile shows to people, what it knows of a customer, and what it says in its vendor's words.

use super::{Context, Handled};
use model::Result;
use model::device::{Answer, DeviceEvent};
use model::display::{VendorVerdict, VendorWord};
use store::frames::Verdict;
use store::vendor_messages::{self, NewVendorMessage};
use store::{HotPile, Tx, customer_inquiries, displays};

/// `known`: whose words the platform takes.
pub fn told(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    event: &DeviceEvent,
    known: &[VendorWord],
) -> Result<Handled> {
    match event {
        DeviceEvent::Data(said) => {
            let verdict = VendorVerdict::of(known, said);
            let one = NewVendorMessage {
                up: true,
                said: said.clone(),
                status: verdict.as_str().to_owned(),
                answer: None,
                at: context.now,
            };
            vendor_messages::insert(tx, &hot.pile, &one)?;
            let handled = Handled::new(Answer::Data(verdict));
            return Ok(match verdict {
                VendorVerdict::Accepted => handled,
                _ => handled.judged(Verdict::Applied, "the platform does not know these words of a vendor"),
            });
        }
        DeviceEvent::Displays(changes) => displays::apply(tx, &hot.pile, changes, context.now)?,
        DeviceEvent::CustomerTold(part) => {
            customer_inquiries::part_save(tx, &hot.pile, part, context.now)?;
        }
        _ => {}
    }
    Ok(Handled::new(Answer::Noted))
}

//! The explained order.

use model::error::Text;
use store::order_list::OrderDetail;

pub fn order(_order: &OrderDetail, _stop: Option<&Text>) -> Vec<Text> {
    Vec::new()
}

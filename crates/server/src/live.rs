//! What has changed, told to the open pages.

#[derive(Default)]
pub struct Live {}

impl Live {
    pub fn publish(&self, _changes: &[store::Change]) {}
}

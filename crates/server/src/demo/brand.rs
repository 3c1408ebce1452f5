//! One of the demo's operators has given the console its own face.

use crate::app::App;
use engine::audit::Actor;
use engine::brand::BrandDraft;
use model::Result;
use model::id::OperatorId;
use std::sync::Arc;

const LOGO: &[u8] = include_bytes!("photos/logo.png");

pub async fn furnish(app: &Arc<App>, actor: &Actor, operator: OperatorId) -> Result<()> {
    let logo = app.engine.brand_logo_check(LOGO.to_vec()).await?.logo;
    let draft = BrandDraft {
        version: 0,
        name: "楚能充电运营平台".to_owned(),
        short_name: "楚能充电".to_owned(),
        accent: Some("#2f6fe4".to_owned()),
        logo: Some(logo),
        logo_dark: None,
        qr_link: None,
    };
    app.engine.brand_set(actor, operator.0, draft).await
}

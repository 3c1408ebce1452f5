//! Whole files of piles or cards.

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::{Answer, Failure};
use super::give::Given;
use super::take::{Who, body_whole};
use axum::extract::{FromRequest, Request, State};
use engine::site::ImportReport;
use model::Error;
use std::time::Duration;

/// Most bytes of a file.
const FILE_MAX: usize = 4 * 1024 * 1024;
const FILE_PATIENCE: Duration = Duration::from_secs(60);

/// The text of a CSV file, as the body.
pub struct Csv(String);

impl FromRequest<Shared> for Csv {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &Shared) -> Result<Csv, Failure> {
        let bytes = body_whole(request, FILE_MAX, FILE_PATIENCE).await?;
        String::from_utf8(bytes.into()).map(Csv).map_err(|_| {
            Failure(Error::invalid(
                "file",
                "文件必须是 UTF-8 编码的 CSV，请在表格软件中另存为“CSV UTF-8”",
                "The file must be CSV in UTF-8.",
            ))
        })
    }
}

impl Describe for Csv {
    fn describe(draft: &mut Draft) {
        draft.text_body("text/csv");
    }
}

pub async fn pile_import(State(app): State<Shared>, who: Who, Csv(text): Csv) -> Answer<Given<ImportReport>> {
    let report = app.engine.pile_import(&who.actor(), &text).await?;
    for pile in app.engine.store.read(store::piles::all).await? {
        app.devices.name(pile.id, pile.code, pile.station);
    }
    Ok(Given(report))
}

pub async fn card_import(State(app): State<Shared>, who: Who, Csv(text): Csv) -> Answer<Given<ImportReport>> {
    Ok(Given(app.engine.card_import(&who.actor(), &text).await?))
}

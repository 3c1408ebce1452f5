//! `pileops reservation …`: keeping a connector for a card.

use super::Place;
use super::client::Client;
use super::nouns::{in_url, list, say, text};
use axum::http::Method;
use clap::{Args, Subcommand};
use model::Result;
use model::time::{Clock, MINUTE_MS};
use serde_json::json;
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum ReservationVerb {
    /// Keep a connector of a pile for a card, and tell the pile
    Add(ReservationAdd),
    Cancel {
        id: i64,
    },
    List,
}

#[derive(Args)]
pub struct ReservationAdd {
    pub pile: String,
    /// The card it is kept for
    pub card: String,
    #[arg(long, default_value_t = 1)]
    pub connector: u16,
    /// How long it is kept, 1 to 1440
    #[arg(long, default_value_t = 30)]
    pub minutes: i64,
    #[arg(long)]
    pub note: Option<String>,
}

pub async fn reservation(client: &Client, place: &Place, verb: ReservationVerb) -> Result<ExitCode> {
    match verb {
        ReservationVerb::Add(args) => add(client, place, args).await,
        ReservationVerb::Cancel { id } => {
            let path = format!("/reservations/{id}/cancellation");
            client.call(Method::POST, &path, None).await?;
            Ok(say(place, &json!({ "id": id }), &format!("预约已取消 / cancelled: {id}")))
        }
        ReservationVerb::List => {
            let columns = ["id", "pile_code", "connector_no", "tag", "state", "until_ms"];
            list(client, place, "/reservations", &columns).await
        }
    }
}

async fn add(client: &Client, place: &Place, args: ReservationAdd) -> Result<ExitCode> {
    let until = Clock::System.now().plus_ms(args.minutes.saturating_mul(MINUTE_MS));
    let body = json!({ "connector_no": args.connector, "card_tag": args.card, "until_ms": until.as_ms(), "note": args.note });
    let path = format!("/piles/{}/reservations", in_url(&args.pile));
    let made = client.call(Method::POST, &path, Some(body)).await?;
    let (id, state, why) = (&made["id"], text(&made, "state"), text(&made, "message"));
    let refused = state == "refused";
    say(place, &made, &format!("预约 / reservation: {id} {state} {why}"));
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

//! 批量操作: one thing done to several piles, while whoever asked for it does something else. What became
//! of each is kept; what went wrong, or was cut by a stop of the server, can be done again.

use crate::Engine;
use crate::audit::Actor;
use crate::command::CommandRequest;
use crate::site::{PileChange, PileTariffDraft, no_such};
use crate::transfer::TransferDraft;
use model::error::Kind;
use model::id::{CommandId, FirmwareId, PileBatchId, PileId, StationId, TariffId};
use model::pile_batch::{PileBatchDeed, PileBatchRowState, PileBatchState};
use model::site::Lifecycle;
use model::{Error, Result, Text};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use store::commands::CommandState;
use store::pile_batches::{self, PileBatch, PileBatchAim};
use utoipa::ToSchema;

/// Most piles that are chosen at once.
const PILES_MAX: usize = 500;

/// A pile's answer comes, or its command expires, within this time.
const PATIENCE: Duration = Duration::from_secs(70);

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileBatchDraft {
    pub deed: PileBatchDeed,
    pub pile_codes: Vec<String>,
    /// `move`: to where.
    pub station_id: Option<i64>,
    /// `tariff_assign`: which; null for that of the station.
    #[serde(default)]
    pub tariff_id: Option<i64>,
    /// `firmware_update`: to which.
    pub firmware_id: Option<i64>,
    /// How piles come to our own HTTP; the server knows.
    #[serde(skip)]
    pub reached_by: Option<String>,
}

pub fn no_batch() -> Error {
    Error::not_found(
        "pile_batch.not_found",
        "没有这个批量操作，或不在您的数据范围内",
        "There is no such batch in your scope.",
    )
}

/// What was chosen in a list of piles, each once.
pub fn chosen_piles(codes: Vec<String>) -> Result<BTreeSet<String>> {
    let codes: BTreeSet<String> = codes.into_iter().collect();
    if (1..=PILES_MAX).contains(&codes.len()) {
        return Ok(codes);
    }
    Err(Error::invalid(
        "pile_codes",
        format!("一次请选择 1 到 {PILES_MAX} 台充电桩"),
        format!("Choose 1 to {PILES_MAX} piles at a time."),
    ))
}

/// One of them is not there, or not the caller's.
pub fn no_chosen_pile(code: &str) -> Error {
    Error::invalid(
        "pile_codes",
        format!("没有编号为 {code} 的充电桩，请刷新列表后重新选择"),
        format!("There is no pile {code}; load the list again and choose anew."),
    )
}

fn must_may(actor: &Actor, deed: PileBatchDeed) -> Result<()> {
    if actor.caller.may(deed.permission()) {
        return Ok(());
    }
    let label = deed.permission().label();
    Err(Error::new(
        Kind::Denied,
        "pile_batch.denied",
        Text::new(
            format!("您没有“{}”的权限，不能执行这种批量操作，请联系系统管理员", label.zh),
            format!("You do not have the right “{}”; ask the system administrator.", label.en),
        ),
    ))
}

impl Engine {
    /// Keeps what is to be done. [`Engine::pile_batch_run`] does it.
    pub async fn pile_batch_create(&self, actor: &Actor, draft: PileBatchDraft) -> Result<PileBatchId> {
        must_may(actor, draft.deed)?;
        let codes = chosen_piles(draft.pile_codes)?;
        let station = match (draft.deed, draft.station_id) {
            (PileBatchDeed::Move, None) => {
                return Err(Error::invalid(
                    "station_id",
                    "请选择目标充电站",
                    "Choose the station to move the piles to.",
                ));
            }
            (PileBatchDeed::Move, Some(id)) => Some(StationId(id)),
            _ => None,
        };
        let tariff = draft.tariff_id.map(TariffId).filter(|_| draft.deed == PileBatchDeed::TariffAssign);
        let firmware = self.batch_firmware(actor, draft.deed, draft.firmware_id).await?;
        let reached_by = draft.reached_by.filter(|_| firmware.is_some());
        let aim = PileBatchAim { station, tariff, firmware, reached_by };
        let (actor, now, deed) = (actor.clone(), self.clock.now(), draft.deed);
        self.store
            .write(None, move |tx| {
                if let Some(station) = aim.station {
                    let facts = tx.read(|conn| store::stations::find(conn, station))?;
                    if !facts.is_some_and(|facts| actor.sees_station(&facts)) {
                        return Err(Error::invalid(
                            "station_id",
                            "没有这座充电站，请重新选择",
                            "There is no such station; choose another.",
                        ));
                    }
                }
                if let Some(tariff) = tariff
                    && !tx.read(|conn| store::tariffs::exists(conn, tariff))?
                {
                    return Err(no_such("tariff_id", "计费模型", "tariff"));
                }
                let mut piles = Vec::with_capacity(codes.len());
                for code in &codes {
                    let scope = actor.caller.scope.clone();
                    let found = tx.read(|conn| store::pile_list::pile_find(conn, &scope, code))?;
                    let Some((id, _, protocol)) = found else {
                        return Err(no_chosen_pile(code));
                    };
                    // A 云快充 pile fetches by FTP from elsewhere.
                    if aim.firmware.is_some() && aim.reached_by.is_none() && !protocol.is_ykc() {
                        return Err(crate::transfer::unreached());
                    }
                    piles.push(PileId(id));
                }
                let staff = Some(actor.caller.staff).filter(|staff| staff.0 > 0);
                let id = pile_batches::insert(tx, deed, &aim, staff, &piles, now)?;
                let detail = json!({"after": {"deed": deed, "piles": piles.len(), "station_id": aim.station,
                    "tariff_id": aim.tariff, "firmware_id": aim.firmware, "codes": codes}});
                actor.record(tx, now, "pile_batch_create", "pile_batch", id, &detail)?;
                Ok(id)
            })
            .await
    }

    /// The firmware of an update, with its file.
    async fn batch_firmware(
        &self,
        actor: &Actor,
        deed: PileBatchDeed,
        wanted: Option<i64>,
    ) -> Result<Option<FirmwareId>> {
        if deed != PileBatchDeed::FirmwareUpdate {
            return Ok(None);
        }
        let (scope, id) = (actor.caller.scope.clone(), FirmwareId(wanted.unwrap_or(0)));
        let found = self.store.read(move |conn| store::firmware::firmware_get(conn, &scope, id)).await?;
        match found {
            Some(one) if one.digest.is_some() => Ok(Some(id)),
            _ => Err(Error::invalid(
                "firmware_id",
                "请选择要升级到的固件（须已上传文件）",
                "Choose the firmware to update to; its file must have been uploaded.",
            )),
        }
    }

    /// Lets what went wrong or was cut wait again; how many rows.
    pub async fn pile_batch_start(&self, actor: &Actor, id: PileBatchId) -> Result<u64> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let batch = tx.read(|conn| pile_batches::find(conn, &actor.caller.scope, id))?;
                let batch = batch.ok_or_else(no_batch)?;
                must_may(&actor, batch.deed)?;
                if batch.state == PileBatchState::Running {
                    return Err(Error::conflict(
                        "pile_batch.running",
                        "这个批量操作正在执行，请等它结束后再重试",
                        "This batch is under way; try again once it has ended.",
                    ));
                }
                let again = pile_batches::retry(tx, &actor.caller.scope, id)?;
                if again == 0 {
                    return Err(Error::conflict(
                        "pile_batch.nothing_left",
                        "所有充电桩都已成功，没有需要重试的",
                        "Everything has been done; there is nothing to try again.",
                    ));
                }
                let detail = json!({"rows": again});
                actor.record(tx, now, "pile_batch_start", "pile_batch", id, &detail)?;
                Ok(again)
            })
            .await
    }

    /// Stops what has not begun; what is under way at a pile comes to its end.
    pub async fn pile_batch_stop(&self, actor: &Actor, id: PileBatchId) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let why =
            written(&Text::of("已由人工停止，没有执行", "A person stopped it before this pile's turn."));
        self.store
            .write(None, move |tx| {
                let batch = tx.read(|conn| pile_batches::find(conn, &actor.caller.scope, id))?;
                let batch = batch.ok_or_else(no_batch)?;
                must_may(&actor, batch.deed)?;
                if !pile_batches::halt(tx, id, &why, now)? {
                    return Err(Error::conflict(
                        "pile_batch.not_running",
                        "这个批量操作已经结束，无需停止",
                        "This batch has ended already.",
                    ));
                }
                actor.record(tx, now, "pile_batch_stop", "pile_batch", id, &json!({}))
            })
            .await
    }

    /// Does what waits, one pile after the other. Several may run at once: each takes the next row.
    pub async fn pile_batch_run(&self, actor: &Actor, id: PileBatchId) -> Result<()> {
        let scope = actor.caller.scope.clone();
        let batch = self.store.read(move |conn| pile_batches::find(conn, &scope, id)).await?;
        let batch = batch.ok_or_else(no_batch)?;
        loop {
            let next = self.store.write(None, move |tx| pile_batches::next_take(tx, id)).await?;
            let Some((pile, code)) = next else { break };
            let (state, message) = match self.pile_deed(actor, &batch, pile, &code).await {
                Ok(message) => (PileBatchRowState::Done, message),
                Err(error) => (PileBatchRowState::Failed, error.text),
            };
            let (message, now) = (written(&message), self.clock.now());
            let save = self.store.write(None, move |tx| {
                pile_batches::row_save(tx, id, pile, state, Some(&message), Some(now))
            });
            save.await?;
        }
        let now = self.clock.now();
        self.store.write(None, move |tx| pile_batches::end(tx, id, now)).await
    }

    /// Does it to one pile; what is told of it.
    async fn pile_deed(&self, actor: &Actor, batch: &PileBatch, pile: PileId, code: &str) -> Result<Text> {
        let request = match batch.deed {
            PileBatchDeed::Enable | PileBatchDeed::Disable | PileBatchDeed::Move => {
                return self.pile_change(actor, batch, pile, code).await;
            }
            PileBatchDeed::TariffAssign => return self.pile_tariff_change(actor, batch, pile, code).await,
            PileBatchDeed::FirmwareUpdate => return self.pile_update_firmware(actor, batch, pile).await,
            PileBatchDeed::Reset => CommandRequest::Reset { hard: false },
            PileBatchDeed::ClockSet => CommandRequest::ClockSet,
            PileBatchDeed::TariffSet => CommandRequest::TariffSet,
        };
        let command = self.command(&actor.caller, pile, request).await?;
        self.deed_outcome(command).await
    }

    /// Done is what the pile agreed to; how far it is stands on its own page.
    async fn pile_update_firmware(&self, actor: &Actor, batch: &PileBatch, pile: PileId) -> Result<Text> {
        let firmware_id = batch.firmware.map_or(0, |firmware| firmware.0);
        let draft = TransferDraft::Firmware {
            firmware_id,
            at_ms: None,
            retries: Some(3),
            retry_interval_s: Some(60),
            signed: false,
        };
        let reached_by = batch.reached_by.as_deref().unwrap_or_default();
        let (_, command) = self.transfer_create(&actor.caller, pile, draft, reached_by).await?;
        self.deed_outcome(command).await?;
        Ok(Text::of(
            "桩已接受升级，进度见该桩的“固件与日志”",
            "The pile has agreed; how far it is stands on its page.",
        ))
    }

    async fn deed_outcome(&self, command: CommandId) -> Result<Text> {
        let row = self.command_wait(command, PATIENCE).await?;
        let told = row.message.as_deref().and_then(|message| serde_json::from_str::<Text>(message).ok());
        match row.state {
            CommandState::Accepted => Ok(Text::of("桩已执行", "Done by the pile")),
            CommandState::Deferred => Ok(told.unwrap_or(Text::of("已排队", "Queued"))),
            _ => {
                let text = told.unwrap_or(Text::of(
                    "充电桩没有应答，结果未知；请确认设备状态后重试",
                    "The pile did not answer. Check it, then try again.",
                ));
                Err(Error::new(Kind::Refused, "pile_batch.not_done", text))
            }
        }
    }

    async fn pile_change(&self, actor: &Actor, batch: &PileBatch, pile: PileId, code: &str) -> Result<Text> {
        let known = self.store.read(move |conn| store::piles::get(conn, pile)).await?;
        // The newest version: what somebody else changed meanwhile stays as it is.
        let version = known.ok_or_else(no_batch)?.version;
        let lifecycle = match batch.deed {
            PileBatchDeed::Enable => Some(Lifecycle::Enabled),
            PileBatchDeed::Disable => Some(Lifecycle::Disabled),
            _ => None,
        };
        let change = PileChange {
            version,
            name: None,
            station_id: batch.station.map(|station| station.0),
            lifecycle,
            rated_power_w: None,
            kind: None,
            protocol: None,
            security: None,
        };
        self.pile_update(actor, code, change).await?;
        Ok(Text::of("已完成", "Done"))
    }

    async fn pile_tariff_change(
        &self,
        actor: &Actor,
        batch: &PileBatch,
        pile: PileId,
        code: &str,
    ) -> Result<Text> {
        let known = self.store.read(move |conn| store::piles::get(conn, pile)).await?.ok_or_else(no_batch)?;
        if known.tariff == batch.tariff {
            return Ok(Text::of("本来就是这样设置的", "It was set like that already"));
        }
        let tariff_id = batch.tariff.map(|tariff| tariff.0);
        self.pile_tariff_set(actor, code, PileTariffDraft { version: known.version, tariff_id }).await?;
        Ok(Text::of("已完成", "Done"))
    }

    /// After a start of the server: nobody works on what was under way.
    pub async fn pile_batches_interrupted(&self) -> Result<u64> {
        let now = self.clock.now();
        let why = written(&Text::of(
            "服务器在执行期间停止，结果未知；请核对后重试",
            "The server stopped meanwhile and the outcome is not known. Check, then try again.",
        ));
        self.store.write(None, move |tx| pile_batches::interrupted(tx, &why, now)).await
    }
}

fn written(text: &Text) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

//! 支付渠道: where customers pay. The channels of messages are in `channels.rs`.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::ids::Noun;
use model::pay::{PayChannelConfig, PayChannelKind};
use model::{Error, Result, Text};

#[derive(Clone, Debug)]
pub struct PayChannel {
    pub id: i64,
    pub name: String,
    /// None: the platform's.
    pub operator_id: Option<i64>,
    pub enabled: bool,
    pub config: PayChannelConfig,
    /// Sealed.
    pub secret: String,
    /// Under which address the channel reaches us.
    pub notify_url: String,
    pub checked_at_ms: Option<i64>,
    pub check_fault: Option<Text>,
    /// What was agreed that it keeps of each payment, in 0.01 %; none: nobody has said.
    pub fee_bp: Option<i64>,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

const COLUMNS: &str = "id, kind, name, operator_id, enabled, config, secret, notify_url, checked_at_ms, check_fault, \
    version, changed_at_ms, changed_by, fee_bp";

fn pay_channel(row: &Row<'_>) -> DbResult<PayChannel> {
    let id = row.int(0)?;
    let text = row.text(5)?;
    let config = match row.word(1, PayChannelKind::parse)? {
        PayChannelKind::Simulated => serde_json::from_str(&text).map(PayChannelConfig::Simulated),
        PayChannelKind::Wechat => serde_json::from_str(&text).map(PayChannelConfig::Wechat),
    };
    Ok(PayChannel {
        id,
        name: row.text(2)?,
        operator_id: row.int_opt(3)?,
        enabled: row.bool(4)?,
        config: config
            .map_err(|why| DbError::Fault(format!("the configuration of pay channel {id}: {why}")))?,
        secret: row.text(6)?,
        notify_url: row.text(7)?,
        checked_at_ms: row.int_opt(8)?,
        check_fault: row.text_opt(9)?.and_then(|text| serde_json::from_str(&text).ok()),
        version: row.int(10)?,
        changed_at_ms: row.int(11)?,
        changed_by: row.text(12)?,
        fee_bp: row.int_opt(13)?,
    })
}

/// In the order in which they are offered.
pub fn all(conn: &mut Conn) -> DbResult<Vec<PayChannel>> {
    conn.query(&format!("SELECT {COLUMNS} FROM pay_channel ORDER BY id"), &[], pay_channel)
}

pub fn get(conn: &mut Conn, id: i64) -> DbResult<Option<PayChannel>> {
    conn.find(&format!("SELECT {COLUMNS} FROM pay_channel WHERE id = $1"), &[id.into()], pay_channel)
}

/// Writes a new one, or the one that has its id.
pub fn save(tx: &mut Tx<'_>, one: &PayChannel) -> Result<i64> {
    let id = if one.id == 0 { tx.next_id(Noun::PayChannel)? } else { one.id };
    let config = match &one.config {
        PayChannelConfig::Simulated(config) => serde_json::to_string(config),
        PayChannelConfig::Wechat(config) => serde_json::to_string(config),
    };
    let config = config.map_err(|_| Error::internal())?;
    let fault = one.check_fault.as_ref().map(serde_json::to_string);
    let fault = fault.transpose().map_err(|_| Error::internal())?;
    tx.execute(
        "INSERT INTO pay_channel (id, kind, name, operator_id, enabled, config, secret, notify_url, checked_at_ms, \
         check_fault, version, changed_at_ms, changed_by, fee_bp) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
         $13, $14) \
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, enabled = excluded.enabled, config = excluded.config, \
         secret = excluded.secret, notify_url = excluded.notify_url, checked_at_ms = excluded.checked_at_ms, \
         check_fault = excluded.check_fault, version = excluded.version, changed_at_ms = excluded.changed_at_ms, \
         changed_by = excluded.changed_by, fee_bp = excluded.fee_bp",
        &[
            id.into(),
            one.config.kind().as_str().into(),
            (&one.name).into(),
            one.operator_id.into(),
            one.enabled.into(),
            config.into(),
            (&one.secret).into(),
            (&one.notify_url).into(),
            one.checked_at_ms.into(),
            fault.into(),
            one.version.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
            one.fee_bp.into(),
        ],
    )?;
    tx.changed(Change::Noun("pay_channel"));
    Ok(id)
}

/// What came of trying it.
pub fn checked(tx: &mut Tx<'_>, id: i64, at_ms: i64, fault: Option<&Text>) -> Result<()> {
    let fault = fault.map(serde_json::to_string).transpose().map_err(|_| Error::internal())?;
    tx.execute(
        "UPDATE pay_channel SET checked_at_ms = $1, check_fault = $2 WHERE id = $3",
        &[at_ms.into(), fault.into(), id.into()],
    )?;
    tx.changed(Change::Noun("pay_channel"));
    Ok(())
}

//! 固件: the library of files that piles can be brought to.

use crate::Engine;
use crate::audit::Actor;
use crate::content::target::{may_change, owner, written};
use crate::random::hex;
use crate::site::named;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::id::{FirmwareId, OperatorId};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::Conn;
use store::firmware::{self, Firmware, NewFirmware};
use utoipa::ToSchema;

/// As long as the protocols can carry.
const SIGNATURE_MAX: usize = 800;
const CERTIFICATE_MAX: usize = 5_500;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirmwareDraft {
    /// The whole platform's when not given; staff of an operator: that operator's.
    pub operator_id: Option<i64>,
    pub name: String,
    /// Of the piles that it is for, as they introduce themselves; empty: any.
    pub vendor: Option<String>,
    pub model: Option<String>,
    /// What a pile that has it says of itself, by which an update is known to have succeeded.
    pub version: String,
    pub note: Option<String>,
    /// Base64 of the file's signature, with the certificate (PEM) that it is checked by.
    pub signature: Option<String>,
    pub certificate: Option<String>,
}

/// Takes the measure of a file while it comes.
#[derive(Default)]
pub struct Measure(Sha256);

impl Measure {
    pub fn add(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// SHA-256, in hexadecimal.
    pub fn digest(self) -> String {
        hex(&self.0.finalize())
    }
}

/// A file that has come, as it was measured while it was written.
#[derive(Clone, Debug)]
pub struct CameFile {
    pub name: String,
    pub size_bytes: i64,
    pub digest: String,
}

pub fn no_firmware() -> Error {
    Error::not_found(
        "firmware.not_found",
        "没有这个固件，或不在您的数据范围内",
        "There is no such firmware in your scope.",
    )
}

impl FirmwareDraft {
    fn checked(self, conn: &mut Conn, actor: &Actor) -> Result<NewFirmware> {
        let given = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let (signature, certificate) = (given(&self.signature), given(&self.certificate));
        if let Some(signature) = &signature
            && (signature.len() > SIGNATURE_MAX || STANDARD.decode(signature).is_err())
        {
            return Err(Error::invalid(
                "signature",
                format!("签名应为 Base64，不超过 {SIGNATURE_MAX} 个字符；请粘贴厂商提供的签名"),
                format!(
                    "The signature is Base64 of at most {SIGNATURE_MAX} characters; paste the manufacturer's."
                ),
            ));
        }
        if let Some(certificate) = &certificate
            && (certificate.len() > CERTIFICATE_MAX
                || !certificate.starts_with("-----BEGIN CERTIFICATE-----"))
        {
            return Err(Error::invalid(
                "certificate",
                format!(
                    "签名证书应为 PEM 文本（以 -----BEGIN CERTIFICATE----- 开头），不超过 {CERTIFICATE_MAX} 个字符"
                ),
                format!(
                    "The signing certificate is PEM text (it begins with -----BEGIN CERTIFICATE-----) of at most {CERTIFICATE_MAX} characters."
                ),
            ));
        }
        if signature.is_some() != certificate.is_some() {
            let field = if signature.is_some() { "certificate" } else { "signature" };
            return Err(Error::invalid(
                field,
                "签名与签名证书须同时提供，或都不提供",
                "Give both the signature and its certificate, or neither.",
            ));
        }
        Ok(NewFirmware {
            operator: owner(conn, actor, self.operator_id)?,
            name: named("name", &self.name, 60)?,
            vendor: written("vendor", self.vendor.as_deref().unwrap_or_default(), 50)?,
            model: written("model", self.model.as_deref().unwrap_or_default(), 50)?,
            version: named("version", &self.version, 50)?,
            note: written("note", self.note.as_deref().unwrap_or_default(), 500)?,
            signature,
            certificate,
            staff: Some(actor.caller.staff.0).filter(|staff| *staff > 0),
        })
    }
}

/// Found in the caller's scope, and theirs to change.
fn own(conn: &mut Conn, actor: &Actor, id: FirmwareId) -> Result<Firmware> {
    let found = firmware::firmware_get(conn, &actor.caller.scope, id).map_err(Error::from)?;
    let found = found.ok_or_else(no_firmware)?;
    may_change(actor, found.operator_id.map(OperatorId))?;
    Ok(found)
}

impl Engine {
    /// Keeps what it is; its file comes next.
    pub async fn firmware_create(&self, actor: &Actor, draft: FirmwareDraft) -> Result<FirmwareId> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = tx.read(|conn| Ok(draft.clone().checked(conn, &actor)))??;
                let id = firmware::insert(tx, &one, now)?;
                let detail = json!({"after": {"name": one.name, "vendor": one.vendor, "model": one.model,
                    "version": one.version, "operator_id": one.operator, "signed": one.signature.is_some()}});
                actor.record(tx, now, "firmware_create", "firmware", id.0, &detail)?;
                Ok(id)
            })
            .await
    }

    /// Before a file is taken in: whether it is wanted at all. A file that piles may already have is never replaced.
    pub async fn firmware_file_check(&self, actor: &Actor, id: FirmwareId) -> Result<Firmware> {
        let actor = actor.clone();
        let found = self.store.read(move |conn| Ok(own(conn, &actor, id))).await??;
        if found.digest.is_some() {
            return Err(Error::conflict(
                "firmware.has_file",
                "这个固件已有文件，不能替换；请新建一个固件",
                "This firmware has its file already, which is never replaced; make a new one.",
            ));
        }
        Ok(found)
    }

    pub async fn firmware_file_set(&self, actor: &Actor, id: FirmwareId, file: CameFile) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                tx.read(|conn| Ok(own(conn, &actor, id)))??;
                firmware::file_set(tx, id, &file.name, file.size_bytes, &file.digest)?;
                let detail = json!({"after": {"file_name": file.name, "size_bytes": file.size_bytes, "digest": file.digest}});
                actor.record(tx, now, "firmware_file_set", "firmware", id.0, &detail)
            })
            .await
    }

    pub async fn firmware_delete(&self, actor: &Actor, id: FirmwareId) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let found = tx.read(|conn| Ok(own(conn, &actor, id)))??;
                if tx.read(|conn| firmware::running(conn, id))? > 0 {
                    return Err(Error::conflict(
                        "firmware.in_use",
                        "还有充电桩正在升级到这个固件，请等它们结束后再删除",
                        "Piles are being brought to this firmware; delete it once they are done.",
                    ));
                }
                firmware::delete(tx, id)?;
                let detail =
                    json!({"before": {"name": found.name, "version": found.version, "digest": found.digest}});
                actor.record(tx, now, "firmware_delete", "firmware", id.0, &detail)
            })
            .await
    }
}

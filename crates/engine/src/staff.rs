//! 账号

use crate::Engine;
use crate::audit::Actor;
use model::access::{Caller, Role};
use model::id::StaffId;
use model::time::Timestamp;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Default)]
pub struct Doors {}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffDraft {
    pub account: String,
    pub name: String,
    pub role: Role,
    /// Null for the platform's own staff.
    pub operator_id: Option<i64>,
    /// Generated when not given.
    pub password: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffCreated {
    pub id: StaffId,
    /// Only when it was generated; it is not kept.
    pub password: Option<String>,
}

/// Who is signed in, by what.
#[derive(Clone, Debug)]
pub struct Session {
    pub caller: Caller,
    pub account: String,
    pub operator_id: Option<i64>,
    pub hash: String,
    pub expires_at: Option<Timestamp>,
    pub is_token: bool,
}

/// A session that was just opened, with the secret that the browser keeps.
pub struct Opened {
    pub secret: String,
    pub session: Session,
}

impl Engine {
    pub async fn session_create(&self, _account: &str, _password: &str, _address: &str) -> Result<Opened> {
        Err(Error::internal())
    }
    pub async fn session_find(&self, _secret: &str) -> Result<Option<Session>> {
        Err(Error::internal())
    }
    pub async fn session_delete(&self, _session: &Session, _address: &str) -> Result<()> {
        Err(Error::internal())
    }
    pub async fn session_password_set(
        &self,
        _session: &Session,
        _address: &str,
        _current: &str,
        _new: &str,
    ) -> Result<()> {
        Err(Error::internal())
    }
    pub async fn staff_create(&self, _actor: &Actor, _draft: StaffDraft) -> Result<StaffCreated> {
        Err(Error::internal())
    }
    pub async fn token_create(&self, _actor: &Actor, _name: &str) -> Result<String> {
        Err(Error::internal())
    }
}

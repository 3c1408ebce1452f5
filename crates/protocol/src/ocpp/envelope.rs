//! The OCPP-J envelope (OCPP-J 1.6 section 4; OCPP 2.0.1 part 4): `[2,id,action,payload]`,
//! `[3,id,payload]`, `[4,id,code,description,details]`.
//!
//! [`read`] is the fast way and says only "no" to anything wrong; [`Rules::diagnose`] then finds out
//! what.

use super::Version;
use super::error::Code;
use super::json::Node;
use super::operation::{Direction, Operation};
use super::schema::{self, Violation};
use super::text::{AnyStr, Str};
use model::Text;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// Longest message id (OCPP-J 1.6 section 4.1.4).
const ID_MAX: usize = 36;

/// A longer id is against the standard, but up to here it is echoed in the CALLERROR so that its
/// sender can find it; beyond, the answer is addressed to [`ID_UNKNOWN`].
const ID_ECHO_MAX: usize = 255;

/// Addressee of a CALLERROR when the message id could not be read. OCPP 1.6 has no word for it; this
/// is the one of OCPP 2.0.1 (part 4, section 4.2.3).
pub const ID_UNKNOWN: &str = "-1";

/// What follows the message id of a call: action and payload, as the version reads them.
pub trait Call<'de>: Sized {
    fn read<A: SeqAccess<'de>>(seq: &mut A) -> Result<Self, A::Error>;
}

#[derive(Debug)]
pub enum Message<'a, C> {
    Call {
        id: Cow<'a, str>,
        call: C,
    },
    Result {
        id: Cow<'a, str>,
        payload: &'a str,
    },
    Error {
        id: Cow<'a, str>,
        code: Cow<'a, str>,
        description: Cow<'a, str>,
    },
    /// OCPP 2.1: a message that is not answered.
    Send {
        id: Cow<'a, str>,
        call: C,
    },
    /// OCPP 2.1: the pile could not read an answer of ours.
    ResultError {
        code: Cow<'a, str>,
        description: Cow<'a, str>,
    },
}

pub fn read<'a, C: Call<'a>>(text: &'a str) -> Option<Message<'a, C>> {
    serde_json::from_str(text).ok()
}

/// Missing the next element.
pub fn short<E: Error>() -> E {
    E::custom("too short")
}

struct MessageVisitor<C>(PhantomData<C>);

impl<'de, C: Call<'de>> Visitor<'de> for MessageVisitor<C> {
    type Value = Message<'de, C>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an OCPP-J message")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Message<'de, C>, A::Error> {
        let kind: u8 = seq.next_element()?.ok_or_else(short)?;
        let id: Str<'de, ID_MAX> = seq.next_element()?.ok_or_else(short)?;
        let message = match kind {
            2 => Message::Call { id: id.0, call: C::read(&mut seq)? },
            3 => {
                let payload: &'de RawValue = seq.next_element()?.ok_or_else(short)?;
                Message::Result { id: id.0, payload: payload.get() }
            }
            4 | 5 => {
                // Piles are seen that leave description or details away: the command has failed
                // all the same.
                let code: AnyStr<'de> = seq.next_element()?.ok_or_else(short)?;
                let description: Option<AnyStr<'de>> = seq.next_element()?;
                let _details: Option<IgnoredAny> = seq.next_element()?;
                let description = description.map_or(Cow::Borrowed(""), |text| text.0);
                match kind {
                    4 => Message::Error { id: id.0, code: code.0, description },
                    _ => Message::ResultError { code: code.0, description },
                }
            }
            6 => Message::Send { id: id.0, call: C::read(&mut seq)? },
            _ => return Err(A::Error::custom("unknown message type")),
        };
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(message),
            Some(_) => Err(A::Error::custom("too long")),
        }
    }
}

impl<'de, C: Call<'de>> Deserialize<'de> for Message<'de, C> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(MessageVisitor(PhantomData))
    }
}

/// What a version knows: by it a message is judged that could not be read.
pub struct Rules {
    pub version: Version,
    pub find: fn(&str) -> Option<&'static Operation>,
    /// Whether a pile may ask this of us.
    pub takes: fn(&str) -> bool,
    /// Whether times need only have the form of one.
    pub loose_times: fn(&str) -> bool,
}

/// Why [`read`] did not take a message, and what to do about it.
#[derive(Debug, PartialEq)]
pub struct Diagnosis {
    /// Name for the frame log.
    pub kind: &'static str,
    pub code: Code,
    pub why: Text,
    pub reply: Reply,
}

#[derive(Debug, PartialEq)]
pub enum Reply {
    /// A CALLERROR to this id.
    Error(String),
    /// It was an answer to a call of ours with this id, and answers are not answered.
    Answer(Option<String>),
    /// Nothing.
    Silence,
}

impl Diagnosis {
    fn no_call(kind: &'static str, id: String, zh: impl Into<String>, en: impl Into<String>) -> Diagnosis {
        let why = Text::new(zh.into(), en.into());
        Diagnosis { kind, code: Code::RpcFrameworkError, why, reply: Reply::Error(id) }
    }

    /// Not JSON as a whole; where it begins as a call does, the fault is its payload's.
    fn broken(bytes: &[u8], zh: &'static str, en: &'static str) -> Diagnosis {
        let id = recover_id(bytes);
        let code = if id == ID_UNKNOWN { Code::RpcFrameworkError } else { Code::FormationViolation };
        Diagnosis { kind: UNREADABLE, code, why: Text::of(zh, en), reply: Reply::Error(id) }
    }
}

/// Name in the frame log for what is not even a call.
const UNREADABLE: &str = "unreadable";

impl Rules {
    pub fn diagnose(&self, bytes: &[u8]) -> Diagnosis {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Diagnosis::broken(bytes, "不是合法的 UTF-8 文本", "the message is not valid UTF-8");
        };
        let Ok(parts) = serde_json::from_str::<Vec<&RawValue>>(text) else {
            return Diagnosis::broken(bytes, "不是 JSON 数组", "the message is not a JSON array");
        };
        let id = parts.get(1).and_then(|id| serde_json::from_str::<String>(id.get()).ok());
        match parts.first().map(|kind| kind.get()) {
            Some("2") => self.diagnose_call(&parts, id),
            // A message that is not answered is not answered when it is wrong, either.
            Some("6") if self.version == Version::V21 => {
                Diagnosis { reply: Reply::Silence, ..self.diagnose_call(&parts, id) }
            }
            Some("3" | "4") => Diagnosis {
                kind: "answer",
                code: Code::FormationViolation,
                why: Text::of(
                    "应答不符合 OCPP-J 格式（[3,id,对象] 或 [4,id,错误码,说明,对象]）",
                    "the answer is not of the form [3,id,object] or [4,id,code,description,object]",
                ),
                reply: Reply::Answer(id),
            },
            Some(kind) if serde_json::from_str::<i64>(kind).is_ok() => self.other_type(id.as_deref()),
            _ => Diagnosis::no_call(
                UNREADABLE,
                echo(id.as_deref()),
                "消息类型必须是 2、3 或 4",
                "the message type must be 2, 3 or 4",
            ),
        }
    }

    /// A message type of another version. OCPP-J 1.6 section 4.1.3: the server "SHALL ignore" it; OCPP 2
    /// has an error for it.
    fn other_type(&self, id: Option<&str>) -> Diagnosis {
        let name = self.version.name();
        let (ignored_zh, ignored_en, reply) = match self.version {
            Version::V16 => (
                "（只有 2、3、4），已按标准忽略",
                "(only 2, 3 and 4); ignored, as the standard asks",
                Reply::Silence,
            ),
            _ => ("", "", Reply::Error(echo(id))),
        };
        let why = Text::new(
            format!("{name} 没有该消息类型{ignored_zh}"),
            format!("{name} has no such message type {ignored_en}").trim_end().to_owned(),
        );
        Diagnosis { kind: UNREADABLE, code: Code::MessageTypeNotSupported, why, reply }
    }

    fn diagnose_call(&self, parts: &[&RawValue], id: Option<String>) -> Diagnosis {
        let reply = echo(id.as_deref());
        if id.is_none_or(|id| id.chars().count() > ID_MAX) {
            let (zh, en) = (
                "消息编号必须是不超过 36 个字符的字符串",
                "the message id must be a string of at most 36 characters",
            );
            return Diagnosis::no_call("call", reply, zh, en);
        }
        let [_, _, action, payload] = parts else {
            let (zh, en) = (
                "请求必须恰好有 4 个元素：[2,id,操作,对象]",
                "a call has exactly four elements: [2,id,action,object]",
            );
            return Diagnosis::no_call("call", reply, zh, en);
        };
        let Ok(action) = serde_json::from_str::<String>(action.get()) else {
            return Diagnosis::no_call("call", reply, "操作名必须是字符串", "the action must be a string");
        };
        let version = self.version.name();
        let Some(operation) = (self.find)(&action) else {
            let name: String = action.chars().take(60).collect();
            let why =
                Text::new(format!("{version} 没有操作 {name}"), format!("{version} has no action {name}"));
            return Diagnosis { kind: "call", code: Code::NotImplemented, why, reply: Reply::Error(reply) };
        };
        if !(self.takes)(&action) || operation.direction == Direction::ToPile {
            let why = Text::new(
                format!("平台不受理来自桩的 {action}"),
                format!("{action} from a pile is not supported by this platform"),
            );
            return Diagnosis {
                kind: operation.name,
                code: Code::NotSupported,
                why,
                reply: Reply::Error(reply),
            };
        }
        match self.violation(operation, payload.get()) {
            Some(violation) => Diagnosis {
                kind: operation.name,
                code: violation.code,
                why: violation.text(),
                reply: Reply::Error(reply),
            },
            // The two readers of the same rules disagree; a test hunts for such a case.
            None => Diagnosis {
                kind: operation.name,
                code: Code::FormationViolation,
                why: Text::of("消息无法读取", "the message could not be read"),
                reply: Reply::Error(reply),
            },
        }
    }

    /// What a request from a pile breaks of its schema.
    pub fn violation(&self, operation: &Operation, payload: &str) -> Option<Violation> {
        match Node::parse(payload) {
            Ok(payload) => {
                schema::check(operation.request.tree(), &payload, (self.loose_times)(operation.name)).err()
            }
            Err(error) => Some(Violation::unreadable(&error)),
        }
    }
}

fn echo(id: Option<&str>) -> String {
    match id {
        Some(id) if id.chars().count() <= ID_ECHO_MAX => id.to_owned(),
        _ => ID_UNKNOWN.to_owned(),
    }
}

/// The message id of a call that is not JSON as a whole: `[2,"id"` is enough, if the id is plain.
fn recover_id(bytes: &[u8]) -> String {
    fn token<'a>(bytes: &'a [u8], token: &[u8]) -> Option<&'a [u8]> {
        bytes.trim_ascii_start().strip_prefix(token)
    }
    fn id(bytes: &[u8]) -> Option<&str> {
        let rest = token(token(token(token(bytes, b"[")?, b"2")?, b",")?, b"\"")?;
        let end = rest.iter().take(ID_MAX + 1).position(|byte| *byte == b'"')?;
        let id = std::str::from_utf8(&rest[..end]).ok()?;
        (!id.contains('\\') && !id.contains(char::is_control)).then_some(id)
    }
    id(bytes).unwrap_or(ID_UNKNOWN).to_owned()
}

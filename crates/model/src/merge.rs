//! 并充: two connectors that charge one car together. Each has its own session, order and bill.

use crate::card::Token;
use crate::id::{ConnectorNo, TradeNo};
use crate::order::StartMode;
use std::fmt;

/// 并充序号: 12 digits, the same for all connectors of one merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MergeNo(pub [u8; 6]);

impl MergeNo {
    /// Of 12 hexadecimal digits; it is compared, never computed with.
    pub fn parse(text: &str) -> Option<MergeNo> {
        let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
        let mut bytes = [0; 6];
        if digits.len() != 12 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair[0] * 16 + pair[1];
        }
        Some(MergeNo(bytes))
    }
}

impl fmt::Display for MergeNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

crate::words! {
    MergeRole {
        /// 主枪
        Main = "main",
        /// 辅枪
        Auxiliary = "auxiliary",
    }
}

/// A pile asks to begin one connector's part of a merge. 云快充 0xA1.
#[derive(Clone, Debug, PartialEq)]
pub struct MergedAsk {
    pub connector: ConnectorNo,
    pub token: Token,
    pub mode: StartMode,
    pub password: Option<String>,
    pub role: MergeRole,
    pub merge: MergeNo,
}

/// One connector's part of a merge that the platform begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedPart {
    pub connector: ConnectorNo,
    pub session: TradeNo,
}

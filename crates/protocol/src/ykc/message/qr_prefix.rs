//! 0xF0 prefix of the code on the screen 二维码前缀下发, 0xF1 its reply (section 8.2).

use super::show::{choice, plain};
use super::types::Length;
use super::{Body, ExplainedField, frame_body};
use crate::ykc::field::{Cursor, Field, PileNo, same};
use model::Text;

/// 0xF0, platform to pile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrPrefix {
    pub pile: PileNo,
    /// 00: the prefix and the pile's number; 01: and the gun.
    pub format: u8,
    pub prefix: Vec<u8>,
}

impl Body for QrPrefix {
    const TYPE: u8 = 0xF0;
    const LEN: usize = 9;
    const LENGTH: Length = Length::Repeated(9, 1);

    fn decode(body: &[u8]) -> Option<QrPrefix> {
        let mut cursor = Cursor(body);
        let (pile, format) = (cursor.take()?, cursor.take()?);
        let length: u8 = cursor.take()?;
        let prefix = cursor.0.get(..usize::from(length))?.to_vec();
        Some(QrPrefix { pile, format, prefix })
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::LEN + self.prefix.len());
        self.pile.put(&mut out);
        out.push(self.format);
        let most = self.prefix.len().min(200);
        out.push(u8::try_from(most).unwrap_or(u8::MAX));
        out.extend(&self.prefix[..most]);
        out
    }

    fn fields(&self) -> Vec<ExplainedField> {
        let row = |name, zh, en, value| ExplainedField { name, label: Text::of(zh, en), value };
        let format = choice(
            self.format,
            &[
                (0, "前缀 + 桩编号", "prefix and pile number"),
                (1, "前缀 + 桩编号 + 枪号", "prefix, pile number and gun"),
            ],
        );
        let prefix = match self.prefix.as_slice() {
            [] => Text::of("无", "none"),
            prefix => same(String::from_utf8_lossy(prefix)),
        };
        vec![
            row("pile", "桩编号", "pile number", plain(&self.pile)),
            row("format", "二维码格式", "format", format),
            row("prefix", "二维码前缀", "prefix", prefix),
        ]
    }
}

frame_body! {
    /// 0xF1, pile to platform. The sources contradict each other on what 00 and 01 mean.
    QrPrefixReply = 0xF1 {
        pile: PileNo = "桩编号", "pile number", plain;
        result: u8 = "下发结果（各厂家含义不一）", "result (its meaning differs between makers)", plain;
    }
}

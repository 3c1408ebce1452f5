//! 并充: several guns for one car (section 4.7). All of them begin, or none.

use super::Session;
use super::asked::{Reply, balance_of};
use super::inbound::{nobody, token_of};
use super::outbound::{Request, gun_of};
use crate::ykc::field::{Bcd, CardNo, Gun, PileNo};
use crate::ykc::frame::Packet;
use crate::ykc::message::merged_start::{
    MergedCardStart, MergedCardStartReply, MergedStart, MergedStartReply,
};
use crate::ykc::message::remote_start::RemoteStartReply;
use crate::ykc::message::remote_stop::RemoteStop;
use crate::ykc::message::{Body, Message};
use model::device::{DeviceEvent, Outcome};
use model::id::{SessionKey, TradeNo};
use model::merge::{MergeNo, MergeRole, MergedAsk, MergedPart};
use model::money::Fen;
use model::{Text, card::TokenKind};

impl Session {
    /// 0xA1, once per gun.
    pub(super) fn merged_card_start(&mut self, ask: &MergedCardStart, packet: &Packet, bytes: &[u8]) {
        let Some((token, mode)) = token_of(ask.start_mode, ask.card_or_account, &ask.vin) else {
            self.reject(packet, bytes, nobody());
            let refused = MergedCardStartReply {
                trade_no: TradeNo::ZERO,
                pile: ask.pile,
                gun: ask.gun,
                logic_card: Bcd::ZERO,
                balance: 0,
                auth_ok: 0,
                fail_reason: if ask.start_mode == 3 { 0x09 } else { 0x01 },
                merge_no: ask.merge_no,
            };
            return self.reply_at_once(&refused, packet, true);
        };
        let merge = MergeNo(ask.merge_no.0);
        let reply = Reply::MergedStart { gun: ask.gun, by_vin: token.kind == TokenKind::Vin, merge };
        let asked = MergedAsk {
            connector: ask.gun.no(),
            token,
            mode,
            password: (ask.need_password == 1).then(|| ask.password_md5.text().unwrap_or_default()),
            role: if ask.role == 0 { MergeRole::Main } else { MergeRole::Auxiliary },
            merge,
        };
        self.event(reply, packet, bytes, DeviceEvent::MergedStartAsked(Box::new(asked)));
    }

    /// 0xA3: the event first; the command ends when every gun has agreed, or one has not. Then the others
    /// are told to stop.
    pub(super) fn merged_reply(&mut self, reply: &MergedStartReply, packet: &Packet, bytes: &[u8]) {
        let MergedStartReply { trade_no, pile, gun, result, fail_reason, .. } = *reply;
        let outcome = RemoteStartReply { trade_no, pile, gun, result, fail_reason }.outcome();
        let event = DeviceEvent::StartConfirmed {
            session: SessionKey::Trade(trade_no),
            connector: gun.no(),
            result: outcome.clone(),
        };
        self.event(Reply::Nothing, packet, bytes, event);
        let waits = |p: &super::outbound::Pending| p.awaits(MergedStartReply::TYPE, gun);
        let Some(place) = self.pending.iter().rposition(waits) else { return };
        let command = self.pending[place].command;
        match outcome {
            Ok(()) => {
                if self.pending[place].agreed(gun) {
                    self.pending.remove(place);
                    self.done(command, Outcome::Accepted { detail: None }, None);
                }
            }
            Err(refusal) => {
                let others = self.pending.remove(place).others(gun);
                for gun in others {
                    self.send(&Message::from(RemoteStop { pile, gun }));
                }
                let text = Text::new(
                    format!("{} 号枪：{}；并充的其他枪已停止", gun.no(), refusal.text.zh),
                    format!("connector {}: {}; the others were stopped", gun.no(), refusal.text.en),
                );
                self.done(command, Outcome::Refused(model::device::Refusal { text, ..refusal }), None);
            }
        }
    }
}

/// 0xA4 for each gun.
pub(super) fn request(
    pile: PileNo,
    merge: MergeNo,
    parts: &[MergedPart],
    balance: Fen,
) -> Result<Request, Outcome> {
    let mut messages = Vec::with_capacity(parts.len());
    let mut guns: Vec<Gun> = Vec::with_capacity(parts.len());
    for part in parts {
        let gun = gun_of(part.connector)?;
        guns.push(gun);
        messages.push(
            MergedStart {
                trade_no: part.session,
                pile,
                gun,
                logic_card: Bcd::ZERO,
                physical_card: CardNo::ZERO,
                balance: balance_of(balance),
                merge_no: Bcd(merge.0),
            }
            .into(),
        );
    }
    Ok(Request::of_all(messages, MergedStartReply::TYPE, guns))
}

//! 云快充 piles of the crash load: log in, ask for a card, report once, send the bill, and send it
//! again over every loss of the link until it is confirmed.

use super::sessions::{BACK_OFF_FIRST, BACK_OFF_MAX};
use super::witness::Line;
use super::{Mode, Options, Shared};
use model::energy::Energy;
use model::id::TradeNo;
use model::tariff::{Period, Tariff};
use model::time::{Timestamp, Zone};
use protocol::ykc::field::{Ascii, Bcd, CardNo, Cp56, Gun, Meter, PileNo, Raw};
use protocol::ykc::frame::{CrcOrder, Packet, Reader};
use protocol::ykc::message::bill::{Bill, BillPeriod};
use protocol::ykc::message::card_start::CardStart;
use protocol::ykc::message::login::Login;
use protocol::ykc::message::realtime::Realtime;
use protocol::ykc::message::tariff::TariffRequest;
use protocol::ykc::message::{Body, Message};
use std::collections::VecDeque;
use std::io::{Error, ErrorKind, Result};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sessions last milliseconds: one watt-hour each, so that the meter also fits in whole ones.
const ENERGY_DWH: u32 = 10;
const GUN: Gun = Gun(1);
/// 0x13 of a session, beside 0x31 and 0x3B.
const OBSERVED: u16 = 4;

/// Who a pile is: fourteen digits, and a card as an M1 reader reads it.
pub(crate) fn identity(options: &Options, place: usize) -> Option<(PileNo, CardNo)> {
    let number = options.first + place;
    let pile = PileNo::parse(&format!("{}{number:06}", options.ykc_prefix))?;
    Some((pile, CardNo::parse(&card_tag(number))?))
}

pub fn card_tag(number: usize) -> String {
    format!("CA{number:06}")
}

struct Link {
    stream: TcpStream,
    reader: Reader,
    read: VecDeque<Message>,
    sequence: u16,
}

impl Link {
    async fn say<B: Body>(&mut self, body: &B) -> Result<()> {
        let frame = body.frame(self.sequence.to_le_bytes(), CrcOrder::LowFirst);
        self.sequence = self.sequence.wrapping_add(1);
        self.stream.write_all(&frame).await
    }

    /// The next frame from the platform that is wanted here; others are passed over.
    async fn wait<T>(&mut self, wanted: impl Fn(Message) -> Option<T>) -> Result<T> {
        let mut buffer = [0; 512];
        loop {
            while let Some(message) = self.read.pop_front() {
                if let Some(found) = wanted(message) {
                    return Ok(found);
                }
            }
            let count = self.stream.read(&mut buffer).await?;
            if count == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let read = &mut self.read;
            self.reader.receive(buffer.get(..count).unwrap_or_default(), |frame| {
                let message = Packet::parse(frame).and_then(|(p, _)| Message::decode(p.kind, &p.body).ok());
                read.extend(message);
            });
        }
    }
}

pub(crate) struct Pile {
    shared: Arc<Shared>,
    number: PileNo,
    card: CardNo,
    zone: Zone,
    link: Option<Link>,
    tariff: Option<Tariff>,
    meter_dwh: u64,
    /// The session that was granted and whose bill is not confirmed.
    granted: Option<(TradeNo, Timestamp)>,
    bill: Option<Bill>,
}

impl Pile {
    pub fn new(shared: Arc<Shared>, number: PileNo, card: CardNo) -> Pile {
        let zone = Zone::shanghai();
        Pile {
            shared,
            number,
            card,
            zone,
            link: None,
            tariff: None,
            meter_dwh: 10_000_000,
            granted: None,
            bill: None,
        }
    }

    pub async fn run(mut self) {
        let mut back_off = BACK_OFF_FIRST;
        while !(self.shared.ending() && self.granted.is_none()) {
            let patience = Options::seconds(self.shared.options.patience);
            match tokio::time::timeout(patience, self.step()).await {
                Ok(Ok(())) => back_off = BACK_OFF_FIRST,
                Ok(Err(error)) if error.kind() == ErrorKind::PermissionDenied => {
                    self.shared.refused(format!("{}: {error}", self.number).as_bytes());
                    tokio::time::sleep(BACK_OFF_MAX).await;
                }
                _ => {
                    self.link = None;
                    self.shared.reconnects.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(back_off).await;
                    back_off = (back_off * 2).min(BACK_OFF_MAX);
                }
            }
        }
    }

    async fn step(&mut self) -> Result<()> {
        if self.link.is_none() {
            self.log_in().await?;
        }
        let begin = Instant::now();
        if self.granted.is_none() {
            self.ask().await?;
        } else {
            self.settle().await?;
        }
        self.shared.answered(begin.elapsed());
        Ok(())
    }

    async fn log_in(&mut self) -> Result<()> {
        let stream = TcpStream::connect(&self.shared.options.ykc).await?;
        stream.set_nodelay(true)?;
        let mut link = Link { stream, reader: Reader::default(), read: VecDeque::new(), sequence: 0 };
        let login = Login {
            pile: self.number,
            pile_type: 0,
            gun_count: 1,
            protocol_version: 0x10,
            firmware: Ascii::of("LOAD"),
            net_type: 1,
            sim_iccid: Bcd::ZERO,
            carrier: 4,
        };
        link.say(&login).await?;
        let result =
            link.wait(|m| if let Message::LoginReply(reply) = m { Some(reply.result) } else { None }).await?;
        if result != 0 {
            return Err(Error::new(ErrorKind::PermissionDenied, "login was refused"));
        }
        link.say(&TariffRequest { pile: self.number }).await?;
        let tariff = link
            .wait(|m| if let Message::TariffReply(reply) = m { Some(reply.tariff()) } else { None })
            .await?;
        self.tariff = tariff;
        self.link = Some(link);
        Ok(())
    }

    async fn ask(&mut self) -> Result<()> {
        let link = self.link.as_mut().ok_or(ErrorKind::NotConnected)?;
        let ask = CardStart {
            pile: self.number,
            gun: GUN,
            start_mode: 1,
            need_password: 0,
            card_or_account: self.card,
            password_md5: Ascii::EMPTY,
            vin: Ascii::EMPTY,
        };
        link.say(&ask).await?;
        let reply =
            link.wait(|m| if let Message::CardStartReply(reply) = m { Some(reply) } else { None }).await?;
        if reply.auth_ok != 1 {
            let why = format!("the card was refused with {:02X}", reply.fail_reason);
            return Err(Error::new(ErrorKind::PermissionDenied, why));
        }
        self.granted = Some((reply.trade_no, self.shared.clock.now()));
        Ok(())
    }

    async fn settle(&mut self) -> Result<()> {
        let Some((trade_no, started_at)) = self.granted else {
            return Ok(());
        };
        let now = self.shared.clock.now();
        if self.bill.is_none() && self.shared.options.mode == Mode::Sessions {
            self.observe(trade_no).await?;
        }
        let bill = match self.bill.take() {
            Some(bill) => bill,
            None => self.bill_of(trade_no, started_at, now),
        };
        let link = self.link.as_mut().ok_or(ErrorKind::NotConnected)?;
        let said = link.say(&bill).await;
        self.bill = Some(bill);
        said?;
        let wanted = |m| match m {
            Message::BillReply(reply) if reply.trade_no == trade_no => Some(reply.result),
            _ => None,
        };
        let result = link.wait(wanted).await?;
        if result != 0 {
            // Said again until the platform takes it; the pause keeps that from being a flood.
            tokio::time::sleep(Duration::from_millis(200)).await;
            return Err(Error::new(ErrorKind::PermissionDenied, "the bill was called illegal"));
        }
        self.bill = None;
        self.granted = None;
        let start_wh = i64::try_from(self.meter_dwh / 10).unwrap_or(0);
        self.meter_dwh += u64::from(ENERGY_DWH);
        if let Some(witness) = &self.shared.witness {
            witness.tell(&Line {
                kind: "bill",
                pile: &self.number.to_string(),
                transaction: &trade_no.to_string(),
                meter_start_wh: start_wh,
                meter_stop_wh: Some(start_wh + i64::from(ENERGY_DWH / 10)),
                started_at,
                stopped_at: Some(now),
            });
        }
        self.shared.order();
        Ok(())
    }

    /// What a pile says every fifteen seconds; it waits for no answer.
    async fn observe(&mut self, trade_no: TradeNo) -> Result<()> {
        let link = self.link.as_mut().ok_or(ErrorKind::NotConnected)?;
        for minutes in 1..=OBSERVED {
            let observed = Realtime {
                trade_no,
                pile: self.number,
                gun: GUN,
                state: 3,
                gun_home: 0,
                plugged: 1,
                voltage: 4_002,
                current: 1_499,
                cable_temp: 80,
                cable_code: Raw([0; 8]),
                soc: 40,
                battery_max_temp: 80,
                charged_minutes: minutes,
                remaining_minutes: 30,
                energy: ENERGY_DWH,
                loss_energy: ENERGY_DWH,
                amount: 0,
                hw_fault: 0,
            };
            link.say(&observed).await?;
            self.shared.said();
        }
        Ok(())
    }

    fn bill_of(&self, trade_no: TradeNo, started_at: Timestamp, now: Timestamp) -> Bill {
        let mut periods = [BillPeriod::default(); 4];
        let mut total_amount = 0;
        if let Some(tariff) = &self.tariff {
            let wire = |value: i64| u32::try_from(value.max(0)).unwrap_or(u32::MAX);
            let period = tariff.period_at(&self.zone, started_at);
            for each in Period::ALL {
                let rate = tariff.rate(each);
                periods[each.number()].price = wire((rate.electricity + rate.service).0);
            }
            let rate = tariff.rate(period);
            let amount = (rate.electricity + rate.service).of(Energy::from_dwh(i64::from(ENERGY_DWH)));
            total_amount = wire(amount.0);
            let used = &mut periods[period.number()];
            (used.energy, used.loss_energy, used.amount) = (ENERGY_DWH, ENERGY_DWH, total_amount);
        }
        let [sharp, peak, flat, valley] = periods;
        Bill {
            trade_no,
            pile: self.number,
            gun: GUN,
            start_time: Cp56::of(started_at, &self.zone),
            end_time: Cp56::of(now, &self.zone),
            sharp,
            peak,
            flat,
            valley,
            meter_start: Meter::of(self.meter_dwh),
            meter_end: Meter::of(self.meter_dwh + u64::from(ENERGY_DWH)),
            total_energy: ENERGY_DWH,
            total_loss_energy: ENERGY_DWH,
            total_amount,
            vin: Ascii::EMPTY,
            trade_flag: 2,
            trade_time: Cp56::of(now, &self.zone),
            stop_reason: 0x45,
            physical_card: self.card,
        }
    }
}

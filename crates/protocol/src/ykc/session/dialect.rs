//! How this pile departs from the paper (section 8): put right here, so that nobody above knows of it.

use super::{Link, Session};
use crate::Output;
use crate::ykc::codes::{FaultBase, extra_stop};
use crate::ykc::frame::CrcOrder;
use crate::ykc::message::bill::Bill;
use crate::ykc::message::qr_prefix::QrPrefix;
use model::device::{Observation, PileBill, SampledEnergy, StopReason};
use model::dialect::DialectRules;
use model::energy::Energy;

impl Session {
    /// From now on, what waits to be answered included; also in the middle of a link's life.
    pub fn read_as(&mut self, rules: &DialectRules) {
        let settings = &mut self.settings;
        let other_prefix = settings.dialect.qr_prefix != rules.qr_prefix;
        settings.crc_order = rules.crc_high_first.then_some(CrcOrder::HighFirst);
        settings.fault_base = if rules.fault_bit_two { FaultBase::Two } else { FaultBase::One };
        settings.current_coding = rules.current_coding;
        settings.dialect = rules.clone();
        let order = settings.crc_order.unwrap_or_default();
        for output in &mut self.outputs {
            if let Output::Event { asked: crate::Asked::Ykc(asked), .. } = output {
                asked.order = order;
            }
        }
        // After a log-in it is sent in any case.
        if other_prefix {
            self.send_qr_prefix();
        }
    }

    fn energy(&self, told: Energy) -> Energy {
        Energy::from_dwh(told.dwh().saturating_mul(self.settings.dialect.energy_unit.dwh()))
    }

    pub(super) fn observed_as(&self, mut seen: Observation) -> Observation {
        if let Some(SampledEnergy::Session(told)) = seen.sample.energy {
            seen.sample.energy = Some(SampledEnergy::Session(self.energy(told)));
        }
        seen
    }

    pub(super) fn billed_as(&self, bill: &Bill) -> PileBill {
        let dialect = &self.settings.dialect;
        let mut told = bill.to_bill(&self.settings.zone);
        for period in &mut told.periods {
            period.energy = self.energy(period.energy);
            period.loss_energy = self.energy(period.loss_energy);
        }
        told.energy = self.energy(told.energy);
        told.loss_energy = self.energy(told.loss_energy);
        if dialect.meter_from_zero {
            (told.meter_start, told.meter_end) = (Energy::ZERO, Energy::ZERO);
        }
        if let Some((class, code)) = extra_stop(bill.stop_reason).filter(|_| dialect.extra_stop_codes) {
            told.reason = StopReason { class, code };
        }
        told
    }

    /// 0xF0, after every log-in: the pile forgets it when its power goes.
    pub(super) fn send_qr_prefix(&mut self) {
        let (Link::LoggedIn(pile), Some(prefix)) = (self.link, self.settings.dialect.qr_prefix.clone())
        else {
            return;
        };
        self.send(&QrPrefix { pile, format: 1, prefix: prefix.into_bytes() }.into());
    }
}

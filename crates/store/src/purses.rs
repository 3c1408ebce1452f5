//! What payers have, in memory: a session begins, and goes on, as long as its payer's purse allows it,
//! and the device path asks no database for that.
//!
//! All writers share the purses. What makes one poorer counts at once, also for the others; what makes
//! it richer only after its commit: so that the two piles of one customer never spend one fen twice,
//! whichever of their transactions fails.

use crate::db::{Conn, DbResult};
use crate::hot::Hot;
use crate::order_payments::{self, OrderPayment};
use model::id::OrderId;
use model::ledger::{AccountId, Funds, Payer};
use model::money::Fen;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A change of a purse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub principal: i64,
    pub gift: i64,
    pub held: i64,
    /// How far below zero the principal may go.
    pub credit: i64,
}

impl Spent {
    fn plus(self, other: Spent) -> Spent {
        Spent {
            principal: self.principal + other.principal,
            gift: self.gift + other.gift,
            held: self.held + other.held,
            credit: self.credit + other.credit,
        }
    }

    fn minus(self, other: Spent) -> Spent {
        let Spent { principal, gift, held, credit } = other;
        self.plus(Spent { principal: -principal, gift: -gift, held: -held, credit: -credit })
    }

    /// What of it counts before the commit.
    fn poorer(self) -> Spent {
        Spent {
            principal: self.principal.min(0),
            gift: self.gift.min(0),
            held: self.held.max(0),
            credit: self.credit.min(0),
        }
    }
}

/// A purse: what is committed, and what is not yet and may make it poorer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purse {
    kept: Spent,
    doubt: Spent,
}

impl Purse {
    /// What can still be held or taken out.
    pub fn available(&self) -> Fen {
        let Spent { principal, gift, held, credit } = self.kept.plus(self.doubt);
        Fen(principal + gift - held + credit)
    }

    /// What of the gift can be taken out: sessions are held against all of the purse.
    pub fn funds(&self) -> Funds {
        let Spent { principal, gift, .. } = self.kept.plus(self.doubt);
        Funds { principal: Fen(principal), gift: Fen(gift) }
    }

    pub fn held(&self) -> Fen {
        Fen(self.kept.held + self.doubt.held)
    }

    pub fn credit(&self) -> Fen {
        Fen(self.kept.credit)
    }
}

/// The purses that were asked for since the start. They stay: a purse that is forgotten and read again
/// while another writer commits could be read as it was before.
#[derive(Debug, Default)]
pub(crate) struct Purses(Mutex<HashMap<Payer, Purse>>);

impl Purses {
    fn all(&self) -> MutexGuard<'_, HashMap<Payer, Purse>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn get(&self, payer: Payer) -> Option<Purse> {
        self.all().get(&payer).copied()
    }

    /// Whoever has read it first is right: since then it is changed here.
    pub fn put(&self, payer: Payer, kept: Spent) -> Purse {
        *self.all().entry(payer).or_insert(Purse { kept, doubt: Spent::default() })
    }

    /// Lets `decide` say what is spent, while nobody else spends; nothing for a purse that was not read.
    fn spend<T>(
        &self,
        payer: Payer,
        decide: impl FnOnce(&Purse) -> (T, Option<Spent>),
    ) -> Option<(T, Option<Spent>)> {
        let mut all = self.all();
        let purse = all.get_mut(&payer)?;
        let (told, spent) = decide(purse);
        if let Some(spent) = spent {
            purse.doubt = purse.doubt.plus(spent.poorer());
        }
        Some((told, spent))
    }

    /// Ends the doubt: it is committed, or it never was.
    fn end(&self, spendings: &[Spending], committed: bool) {
        if spendings.is_empty() {
            return;
        }
        let mut all = self.all();
        for Spending { payer, spent, .. } in spendings {
            let Some(purse) = all.get_mut(payer) else { continue };
            purse.doubt = purse.doubt.minus(spent.poorer());
            if committed {
                purse.kept = purse.kept.plus(*spent);
            }
        }
    }
}

/// What a transaction has spent, and the row by which it is known later whether it was committed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spending {
    payer: Payer,
    spent: Spent,
    witness: Witness,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Witness {
    Posting(i64),
    Step(OrderId, i64),
    Fleet(i64, i64),
}

impl Witness {
    fn is_there(self, conn: &mut Conn) -> DbResult<bool> {
        let (sql, values) = match self {
            Witness::Posting(id) => ("SELECT 1 FROM posting WHERE id = $1", vec![id.into()]),
            Witness::Step(order, step) => (
                "SELECT 1 FROM order_payment WHERE order_id = $1 AND step = $2",
                vec![order.0.into(), step.into()],
            ),
            Witness::Fleet(fleet, version) => {
                ("SELECT 1 FROM fleet WHERE id = $1 AND version >= $2", vec![fleet.into(), version.into()])
            }
        };
        Ok(conn.find(sql, &values, |_| Ok(()))?.is_some())
    }
}

/// What the money of a writer's piles is judged by, and what its running transaction does with it.
#[derive(Debug, Default)]
pub(crate) struct Money {
    /// Orders of this writer's piles whose payment is open.
    pub open: HashMap<OrderId, OrderPayment>,
    /// What `open` said before each change of the running transaction.
    pub changed: Vec<(OrderId, Option<OrderPayment>)>,
    /// By the running transaction.
    spendings: Vec<Spending>,
    /// Debit and credit of what is posted: added to the accounts by the last statement of the
    /// transaction, sorted, because several writers post to one operator's account.
    pub posted: Vec<(AccountId, AccountId, Fen)>,
    /// By transactions of which it is not known whether they were committed.
    doubtful: Vec<Vec<Spending>>,
}

/// How far a job's money went back to.
#[derive(Clone, Copy, Default)]
pub(crate) struct MoneyMarks {
    changed: usize,
    spendings: usize,
    posted: usize,
}

impl Money {
    pub fn marks(&self) -> MoneyMarks {
        MoneyMarks { changed: self.changed.len(), spendings: self.spendings.len(), posted: self.posted.len() }
    }

    /// Notes what the order's payment is now; nothing when it is over.
    pub fn set(&mut self, order: OrderId, now: Option<OrderPayment>) {
        let before = match now {
            Some(now) => self.open.insert(order, now),
            None => self.open.remove(&order),
        };
        self.changed.push((order, before));
    }

    /// What each account is moved by, sorted.
    pub fn sums(&self) -> BTreeMap<AccountId, (i64, i64)> {
        let mut sums: BTreeMap<AccountId, (i64, i64)> = BTreeMap::new();
        for (debit, credit, fen) in &self.posted {
            sums.entry(*debit).or_default().0 += fen.0;
            sums.entry(*credit).or_default().1 += fen.0;
        }
        sums
    }
}

impl Hot {
    /// Spends what `decide` says of a purse that was read before.
    pub(crate) fn spend<T>(
        &mut self,
        payer: Payer,
        witness: Witness,
        decide: impl FnOnce(&Purse) -> (T, Option<Spent>),
    ) -> Option<T> {
        let (told, spent) = self.shared.purses.spend(payer, decide)?;
        if let Some(spent) = spent {
            self.money.spendings.push(Spending { payer, spent, witness });
        }
        Some(told)
    }

    /// The transaction is in the database.
    pub(crate) fn money_committed(&mut self) {
        self.shared.purses.end(&self.money.spendings, true);
        self.money.spendings.clear();
        self.money.changed.clear();
        self.money.posted.clear();
    }

    /// Takes back what was done since then.
    pub(crate) fn money_undo(&mut self, marks: MoneyMarks) {
        for (order, before) in self.money.changed.split_off(marks.changed).into_iter().rev() {
            match before {
                Some(payment) => self.money.open.insert(order, payment),
                None => self.money.open.remove(&order),
            };
        }
        let undone = self.money.spendings.split_off(marks.spendings);
        self.shared.purses.end(&undone, false);
        self.money.posted.truncate(marks.posted);
    }

    /// What is left of the money when everything else is forgotten: spendings of unknown fate.
    pub(crate) fn money_doubtful(&self) -> Money {
        let mut doubtful = self.money.doubtful.clone();
        if !self.money.spendings.is_empty() {
            doubtful.push(self.money.spendings.clone());
        }
        Money { doubtful, ..Money::default() }
    }

    /// Reads the open payments of this writer's piles, and learns what became of the doubtful ones.
    pub(crate) fn money_load(&mut self, conn: &mut Conn) -> DbResult<()> {
        let doubtful = std::mem::take(&mut self.money.doubtful);
        for (place, spendings) in doubtful.iter().enumerate() {
            let found = match spendings.last() {
                Some(last) => last.witness.is_there(conn),
                None => Ok(false),
            };
            match found {
                Ok(committed) => self.shared.purses.end(spendings, committed),
                Err(error) => {
                    self.money.doubtful = doubtful[place..].to_vec();
                    return Err(error);
                }
            }
        }
        for payment in order_payments::open_all(conn)? {
            if !self.is_own(payment.pile) {
                continue;
            }
            // What is held is let go in memory, too, so that its purse has to be there.
            if let Some(payer) = payment.payer().filter(|payer| self.shared.purses.get(*payer).is_none()) {
                let kept = order_payments::purse_read(conn, payer)?;
                self.shared.purses.put(payer, kept);
            }
            self.money.open.insert(payment.order, payment);
        }
        Ok(())
    }
}

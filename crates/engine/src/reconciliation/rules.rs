//! What every case of reconciliation has in common: what becomes of differences when a day is compared again, and
//! what is asked before a person decides.

use crate::audit::Actor;
use model::reconciliation::{DifferenceState, ReconciliationState};
use model::{Error, Result};
use std::collections::HashMap;
use store::Tx;
use store::reconciliation_books::{self, Books};

/// A day as it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub state: ReconciliationState,
    pub version: i64,
    pub open_count: i64,
    /// What its differences that were written off are worth.
    pub written_off_fen: i64,
}

/// A difference that is kept of an earlier run.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub id: i64,
    pub key: String,
    pub state: DifferenceState,
    /// Energy and money: what was decided was decided of these.
    pub worth: (i64, i64),
}

/// What a run does with what it has found; `at` is the place in what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Insert { at: usize },
    Refresh { id: i64, at: usize, state: DifferenceState },
    Gone { id: i64 },
}

/// Lays what was found beside what is kept. Of a day that is signed off nothing changes: only what is new is added.
pub(super) fn steps(kept: Vec<Kept>, found: &[(&str, (i64, i64))], is_signed: bool) -> Vec<Step> {
    let mut kept: HashMap<String, Kept> = kept.into_iter().map(|one| (one.key.clone(), one)).collect();
    let mut steps = Vec::new();
    for (at, (key, worth)) in found.iter().enumerate() {
        match kept.remove(*key) {
            None => steps.push(Step::Insert { at }),
            Some(_) if is_signed => {}
            Some(old) => {
                let same = old.worth == *worth;
                let state = match old.state {
                    DifferenceState::Gone => DifferenceState::Open,
                    handled if same => handled,
                    _ => DifferenceState::Open,
                };
                if !same || state != old.state {
                    steps.push(Step::Refresh { id: old.id, at, state });
                }
            }
        }
    }
    let gone = kept.into_values().filter(|old| !is_signed && old.state == DifferenceState::Open);
    steps.extend(gone.map(|old| Step::Gone { id: old.id }));
    steps
}

pub(super) fn stale() -> Error {
    Error::conflict(
        "reconciliation.version_differs",
        "这条记录刚被他人处理或重新核对过，已读取最新内容，请确认后再操作",
        "Somebody has just handled this, or the day was compared again. Look at it as it is now, then try again.",
    )
}

/// A difference is handled as it was shown, on a day that nobody has signed off.
pub(super) fn handle_allowed(
    day: ReconciliationState,
    (state, known): (DifferenceState, i64),
    version: i64,
) -> Result<()> {
    if day == ReconciliationState::Signed {
        return Err(Error::refused(
            "reconciliation.signed",
            "这一天已签核，差异不能再处理；请先写明原因重开对账",
            "The day is signed off. Open it again, with a reason, before anything of it is handled.",
        ));
    }
    if known != version || state == DifferenceState::Gone {
        return Err(stale());
    }
    Ok(())
}

/// Nothing waits to be handled; and who has written off more than one person may does not sign.
pub(super) fn sign_allowed(
    tx: &mut Tx<'_>,
    (books, id): (Books, i64),
    (day, version): (Standing, i64),
    (actor, rules): (&Actor, &crate::Rules),
) -> Result<()> {
    if day.version != version || day.state == ReconciliationState::Signed {
        return Err(stale());
    }
    if day.open_count > 0 {
        return Err(Error::refused(
            "reconciliation.open",
            format!("还有 {} 条差异未处理，全部处理后才能签核", day.open_count),
            format!("{} differences are not handled yet; handle them first.", day.open_count),
        ));
    }
    let above = day.written_off_fen > rules.write_off_alone.0;
    if above && reconciliation_books::wrote_off(tx, books, id, actor.caller.staff.0)? {
        return Err(Error::refused(
            "reconciliation.own",
            "核销金额超过单人核销限额，须由没有经手核销的另一人签核",
            "More was written off than one person may. Somebody who wrote nothing of it off has to sign.",
        ));
    }
    Ok(())
}

pub(super) fn reopen_allowed(day: Standing, version: i64) -> Result<()> {
    if day.version != version || day.state != ReconciliationState::Signed {
        return Err(stale());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(state: DifferenceState, fen: i64) -> Vec<Kept> {
        vec![Kept { id: 7, key: "a".to_owned(), state, worth: (0, fen) }]
    }

    #[test]
    fn what_was_decided_stays_as_long_as_its_numbers_do() {
        use DifferenceState::{Accepted, Gone, Open};
        let refresh = |state| vec![Step::Refresh { id: 7, at: 0, state }];
        for (state, fen, is_signed, expected) in [
            (Open, 5, false, vec![]),
            (Accepted, 5, false, vec![]),
            (Accepted, 6, false, refresh(Open)),
            (Gone, 5, false, refresh(Open)),
            (Accepted, 6, true, vec![]),
        ] {
            assert_eq!(steps(kept(state, 5), &[("a", (0, fen))], is_signed), expected, "{state:?} {fen}");
        }
        for (state, is_signed, expected) in [
            (Open, false, vec![Step::Gone { id: 7 }]),
            (Accepted, false, vec![]),
            (Gone, false, vec![]),
            (Open, true, vec![]),
        ] {
            assert_eq!(steps(kept(state, 5), &[], is_signed), expected, "{state:?} is not found any more");
        }
        assert_eq!(steps(vec![], &[("b", (0, 1))], true), [Step::Insert { at: 0 }]);
    }
}

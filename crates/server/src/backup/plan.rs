//! What lies at a place, and which of it makes the database of a moment.

use super::place::Found;
use model::time::{Timestamp, Zone};
use model::{Error, Result};
use std::collections::BTreeMap;
use store::archive::tail::named;

/// A full backup by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Full {
    pub name: String,
    pub bytes: u64,
    pub at_ms: i64,
    pub line: String,
    pub seq: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub name: String,
    pub bytes: u64,
    pub at_ms: i64,
    pub seq: u64,
}

/// Everything that lies at a place.
#[derive(Clone, Debug, Default)]
pub struct Stock {
    /// Oldest first.
    pub fulls: Vec<Full>,
    /// By line, in their order.
    pub lines: BTreeMap<String, Vec<Segment>>,
    pub files: Vec<Found>,
}

/// A stretch of time within which any moment can be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct BackupRange {
    pub from_ms: i64,
    pub to_ms: i64,
}

pub fn full_name(at_ms: i64, line: &str, seq: u64) -> String {
    format!("fulls/{at_ms:013}_{line}_{seq:012}.full")
}

pub fn segment_name(line: &str, seq: u64, at_ms: i64) -> String {
    format!("lines/{line}/{line}_{seq:012}_{at_ms:013}.seg")
}

/// What is needed for a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub full: Full,
    pub segments: Vec<Segment>,
    /// The moment whose state it gives.
    pub at_ms: i64,
}

fn full_of(found: &Found) -> Option<Full> {
    let mut parts = found.name.strip_prefix("fulls/")?.strip_suffix(".full")?.split('_');
    let (at_ms, line, seq) =
        (parts.next()?.parse().ok()?, parts.next()?.to_owned(), parts.next()?.parse().ok()?);
    Some(Full { name: found.name.clone(), bytes: found.bytes, at_ms, line, seq })
}

impl Stock {
    pub fn of(found: Vec<Found>) -> Stock {
        let mut stock = Stock::default();
        for one in found {
            if let Some(full) = full_of(&one) {
                stock.fulls.push(full);
            } else if let Some((line, seq, at_ms)) =
                one.name.strip_prefix("lines/").and_then(|name| named(name.rsplit('/').next()?))
            {
                let segment = Segment { name: one.name, bytes: one.bytes, at_ms, seq };
                stock.lines.entry(line).or_default().push(segment);
            } else if one.name.starts_with("files/") {
                stock.files.push(one);
            }
        }
        stock.fulls.sort_by_key(|full| (full.at_ms, full.seq));
        for segments in stock.lines.values_mut() {
            segments.sort_by_key(|segment| segment.seq);
        }
        stock
    }

    pub fn bytes(&self) -> u64 {
        let fulls = self.fulls.iter().map(|full| full.bytes);
        let segments = self.lines.values().flatten().map(|segment| segment.bytes);
        fulls.chain(segments).chain(self.files.iter().map(|file| file.bytes)).sum()
    }

    /// The segments behind a full backup, and the number that is missing before others, if one is.
    pub fn behind(&self, full: &Full) -> (Vec<&Segment>, Option<u64>) {
        let mut found = Vec::new();
        let later = self.lines.get(&full.line).into_iter().flatten().filter(|one| one.seq > full.seq);
        for (next, segment) in (full.seq + 1..).zip(later) {
            if segment.seq != next {
                return (found, Some(next));
            }
            found.push(segment);
        }
        (found, None)
    }

    /// For the state at `to`, or the last that there is.
    pub fn plan(&self, to: Option<Timestamp>) -> Result<Plan> {
        let to_ms = to.map_or(i64::MAX, Timestamp::as_ms);
        let Some(full) = self.fulls.iter().rfind(|full| full.at_ms <= to_ms) else {
            return Err(self.nothing());
        };
        let (behind, missing) = self.behind(full);
        let reached = behind.last().map_or(full.at_ms, |last| last.at_ms);
        // When the missing one was cut nobody knows: behind what is whole no moment is certain.
        if let Some(missing) = missing.filter(|_| to_ms > reached) {
            return Err(gap(missing, reached));
        }
        let segments: Vec<Segment> = behind.into_iter().filter(|one| one.at_ms <= to_ms).cloned().collect();
        let at_ms = segments.last().map_or(full.at_ms, |last| last.at_ms);
        Ok(Plan { full: full.clone(), segments, at_ms })
    }

    fn nothing(&self) -> Error {
        match self.fulls.first() {
            None => Error::refused(
                "backup.none",
                "备份地没有完整备份，无法恢复；请核对 --from 是否为备份地本身",
                "There is no full backup at this place. See whether --from names the place itself.",
            ),
            Some(first) => Error::invalid(
                "to",
                format!("最早只能恢复到 {}；请选择该时间或之后", moment(first.at_ms)),
                format!(
                    "The earliest moment that can be restored is {}; choose that or a later one.",
                    moment(first.at_ms)
                ),
            ),
        }
    }

    /// The stretches of time that can be restored, oldest first; what joins is one.
    pub fn ranges(&self) -> Vec<BackupRange> {
        let mut all: Vec<BackupRange> = Vec::new();
        for (index, full) in self.fulls.iter().enumerate() {
            let (behind, _) = self.behind(full);
            let to_ms = behind.last().map_or(full.at_ms, |last| last.at_ms);
            // From a later full backup on, that one counts.
            let until = self.fulls.get(index + 1).map_or(i64::MAX, |next| next.at_ms);
            let range = BackupRange { from_ms: full.at_ms, to_ms: to_ms.min(until).max(full.at_ms) };
            let before = index.checked_sub(1).and_then(|index| self.fulls.get(index));
            let joins = before.is_some_and(|before| {
                let reached = self.behind(before).0.last().map_or(before.seq, |one| one.seq);
                before.line == full.line && reached >= full.seq
            });
            match all.last_mut() {
                Some(last) if joins => last.to_ms = last.to_ms.max(range.to_ms),
                _ => all.push(range),
            }
        }
        all
    }
}

fn gap(missing: u64, reached: i64) -> Error {
    Error::refused(
        "backup.gap",
        format!(
            "第 {missing} 段变更缺失，其后的变更无法衔接；最多可恢复到 {0}，请用 --to {0}",
            moment(reached)
        ),
        format!(
            "Segment {missing} is missing, so that what follows cannot be put in. {0} can be reached: use --to {0}.",
            moment(reached)
        ),
    )
}

/// A moment as `--to` takes it, on China's clock.
pub fn moment(at_ms: i64) -> String {
    let local = Zone::shanghai().local(Timestamp::from_ms(at_ms));
    let (year, month, day) = (local.day / 10_000, local.day / 100 % 100, local.day % 100);
    let (hour, minute, second, ms) = (local.hour, local.minute, local.second, at_ms.rem_euclid(1_000));
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}+08:00")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[String]) -> Stock {
        Stock::of(names.iter().map(|name| Found { name: name.clone(), bytes: 1 }).collect())
    }

    #[test]
    fn a_moment_needs_the_last_full_backup_before_it_and_all_that_follows() {
        let mut names = vec![full_name(1_000, "a", 0), full_name(4_000, "a", 3), full_name(9_000, "b", 0)];
        names.extend((1..=5).map(|seq| segment_name("a", seq, 1_000 + seq as i64 * 1_000)));
        let stock = found(&names);
        for (to, full, segments, at) in [
            (None, 9_000, 0, 9_000),
            (Some(999), 0, 0, 0),
            (Some(1_000), 1_000, 0, 1_000),
            (Some(2_999), 1_000, 1, 2_000),
            (Some(4_000), 4_000, 0, 4_000),
            (Some(8_999), 4_000, 2, 6_000),
        ] {
            match stock.plan(to.map(Timestamp::from_ms)) {
                Ok(plan) => {
                    assert_eq!(
                        (plan.full.at_ms, plan.segments.len(), plan.at_ms),
                        (full, segments, at),
                        "{to:?}"
                    );
                }
                Err(why) => assert!(full == 0 && why.text.zh.contains("最早只能恢复到"), "{to:?}: {why}"),
            }
        }
        let ranges = stock.ranges();
        assert_eq!(
            ranges,
            [BackupRange { from_ms: 1_000, to_ms: 6_000 }, BackupRange { from_ms: 9_000, to_ms: 9_000 }]
        );
    }

    #[test]
    fn a_missing_segment_is_told_unless_it_is_not_needed() {
        let mut names = vec![full_name(1_000, "a", 0)];
        names.extend([1, 2, 4, 5].map(|seq| segment_name("a", seq, 1_000 + seq as i64 * 1_000)));
        let stock = found(&names);
        let why = stock.plan(None).unwrap_err();
        assert_eq!(why.code, "backup.gap");
        assert!(why.text.zh.contains("第 3 段"), "{}", why.text.zh);
        assert!(stock.plan(Some(Timestamp::from_ms(3_500))).is_err(), "the third may be of 3.2 s");
        assert_eq!(stock.plan(Some(Timestamp::from_ms(3_000))).unwrap().at_ms, 3_000);
    }

    #[test]
    fn a_moment_is_told_so_that_it_can_be_given_again() {
        for ms in [0, 1_795_406_400_123, 1_795_449_599_999] {
            assert_eq!(Timestamp::parse(&moment(ms)), Some(Timestamp::from_ms(ms)), "{}", moment(ms));
        }
    }
}

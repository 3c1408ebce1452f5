//! Whether values, one after the other, are too much for a rule.

use super::{SafetyFact, SafetyMeasure, SafetyRule};
use crate::time::{MINUTE_MS, SECOND_MS, Timestamp};

/// The last values of a measure are the evidence of an act.
const KEPT: usize = 24;
/// Temperatures from which a rise is seen: so far apart and so many, so that they reach over three minutes at any pace.
const APART_MS: i64 = 5 * SECOND_MS;
const MARKS: usize = 40;
/// A rise is that over at least a minute: temperatures are told in whole degrees.
const RISE_LEAST_MS: i64 = MINUTE_MS;
const RISE_MOST_MS: i64 = 3 * MINUTE_MS;
/// After such a gap values are not in a row any more.
const GAP_MS: i64 = 10 * MINUTE_MS;

#[derive(Clone, Debug)]
struct Series {
    measure: SafetyMeasure,
    points: Vec<(Timestamp, i64)>,
    marks: Vec<(Timestamp, i64)>,
}

/// A rule whose threshold is reached, or was and is not far enough below it again.
#[derive(Clone, Copy, Debug)]
struct Run {
    rule: i64,
    since: Timestamp,
    last: Timestamp,
    count: i64,
    fired: bool,
    /// It has found its case while somebody had paused it.
    passed: bool,
}

/// A rule that has found its case, with the values that led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafetyFired {
    pub rule: i64,
    pub value: i64,
    pub since: Timestamp,
    pub at: Timestamp,
    /// Milliseconds and values, the oldest first.
    pub evidence: Vec<(i64, i64)>,
}

/// What is remembered of one connector's session between two messages.
#[derive(Clone, Debug, Default)]
pub struct SafetyWatch {
    series: Vec<Series>,
    runs: Vec<Run>,
}

impl SafetyWatch {
    /// Takes in what was shown; the rules that have just found their case. `rules`: those that hold here.
    pub fn take<'a>(
        &mut self,
        facts: &[SafetyFact],
        rules: impl Iterator<Item = &'a SafetyRule> + Clone,
    ) -> Vec<SafetyFired> {
        let mut fired = Vec::new();
        for fact in facts {
            let wanted = |measure: SafetyMeasure| rules.clone().any(|rule| rule.measure == measure);
            let rise = fact.measure.rise().filter(|rise| wanted(*rise));
            if rise.is_none() && !wanted(fact.measure) {
                continue;
            }
            if !self.keep(fact) {
                continue;
            }
            self.judge(fact, rules.clone(), &mut fired);
            let risen = rise.and_then(|measure| {
                let value = self.rise_of(fact)?;
                Some(SafetyFact { measure, value, ..*fact })
            });
            if let Some(risen) = risen
                && self.keep(&risen)
            {
                self.judge(&risen, rules.clone(), &mut fired);
            }
        }
        fired
    }

    /// Whether a rule has found its case here and is not over again.
    pub fn holds(&self, rule: i64) -> bool {
        self.runs.iter().any(|run| run.rule == rule && run.fired)
    }

    /// A rule has found its case and nothing was done about it.
    pub fn passed_over(&mut self, rule: i64) {
        self.runs.iter_mut().filter(|run| run.rule == rule).for_each(|run| run.passed = true);
    }

    /// What was passed over counts once its pause is over: the next value that is too much finds the case again.
    pub fn resume(&mut self, is_paused: impl Fn(i64) -> bool) {
        for run in self.runs.iter_mut().filter(|run| run.passed && !is_paused(run.rule)) {
            (run.fired, run.passed) = (false, false);
        }
    }

    /// False for a value of a moment that was told already.
    fn keep(&mut self, fact: &SafetyFact) -> bool {
        let place = self.series.iter().position(|series| series.measure == fact.measure);
        let place = place.unwrap_or_else(|| {
            self.series.push(Series { measure: fact.measure, points: Vec::new(), marks: Vec::new() });
            self.series.len() - 1
        });
        let Series { points, marks, .. } = &mut self.series[place];
        if points.last().is_some_and(|(at, _)| *at >= fact.at) {
            return false;
        }
        if points.len() >= KEPT {
            points.remove(0);
        }
        points.push((fact.at, fact.value));
        let far = marks.last().is_none_or(|(at, _)| fact.at.since(*at) >= APART_MS);
        if far && fact.measure.rise().is_some() {
            if marks.len() >= MARKS {
                marks.remove(0);
            }
            marks.push((fact.at, fact.value));
        }
        true
    }

    /// 0.1 °C a minute.
    fn rise_of(&self, fact: &SafetyFact) -> Option<i64> {
        let series = self.series.iter().find(|series| series.measure == fact.measure)?;
        let before = series.marks.iter().rev().find(|(at, _)| fact.at.since(*at) >= RISE_LEAST_MS)?;
        let apart = fact.at.since(before.0);
        (apart <= RISE_MOST_MS).then(|| (fact.value - before.1) * 10 * MINUTE_MS / apart)
    }

    fn judge<'a>(
        &mut self,
        fact: &SafetyFact,
        rules: impl Iterator<Item = &'a SafetyRule>,
        fired: &mut Vec<SafetyFired>,
    ) {
        for rule in rules.filter(|rule| rule.measure == fact.measure) {
            let place = self.runs.iter().position(|run| run.rule == rule.id);
            if fact.value < rule.threshold {
                let over = fact.value < rule.threshold.saturating_sub(rule.hysteresis);
                if let Some(place) = place.filter(|place| over || !self.runs[*place].fired) {
                    self.runs.swap_remove(place);
                }
                continue;
            }
            let fresh =
                Run { rule: rule.id, since: fact.at, last: fact.at, count: 0, fired: false, passed: false };
            let place = place.unwrap_or_else(|| {
                self.runs.push(fresh);
                self.runs.len() - 1
            });
            let run = &mut self.runs[place];
            if !run.fired && fact.at.since(run.last) > GAP_MS {
                *run = fresh;
            }
            run.count += 1;
            run.last = fact.at;
            let held = fact.at.since(run.since) >= rule.hold_s * SECOND_MS;
            if run.fired || run.count < rule.samples || !held {
                continue;
            }
            run.fired = true;
            let since = run.since;
            let evidence = self.evidence(fact.measure);
            fired.push(SafetyFired { rule: rule.id, value: fact.value, since, at: fact.at, evidence });
        }
    }

    fn evidence(&self, measure: SafetyMeasure) -> Vec<(i64, i64)> {
        let series = self.series.iter().find(|series| series.measure == measure);
        let points = series.map(|series| series.points.iter().map(|(at, value)| (at.as_ms(), *value)));
        points.map(Iterator::collect).unwrap_or_default()
    }
}

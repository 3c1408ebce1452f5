//! Free connectors in the next minutes: how long sessions like those that run have lasted, and how often cars come to a
//! connector that is free.
//!
//! Each connector is a coin of its own: one that charges is free by then when its session has ended and nobody has come
//! since, one that is free stays so when nobody comes. What they are together is the exact distribution of their sum.

/// How far ahead is looked, in minutes.
pub const HORIZONS: [i64; 3] = [15, 30, 60];
/// With fewer sessions nothing is said.
pub const SESSIONS_MIN: usize = 100;
/// The latest that are kept of a station: a month of a busy one.
pub const STAYS_MAX: usize = 1_500;

const DAY_MIN: f64 = 1_440.0;
const HOUR_MIN: f64 = 60.0;
/// Sessions that began within about this time of the day are alike.
const NEAR_MIN: f64 = 120.0;
/// Others count by this at least: a few of them say more than none.
const FAR_WEIGHT: f64 = 0.05;
/// With fewer that lasted as long as this one, nothing is learned from them.
const SURVIVORS_MIN: f64 = 5.0;

/// A session that has ended. Minutes are of one clock for all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Session {
    /// Which of the connectors.
    pub connector: usize,
    pub start_min: f64,
    pub end_min: f64,
    pub energy_kwh: f64,
}

/// What is remembered of a session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stay {
    pub start_of_day: f64,
    pub minutes: f64,
    pub energy_kwh: f64,
}

/// What is known of a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Turnover {
    pub stays: Vec<Stay>,
    /// Cars an hour that come to a free connector, by hour of the day.
    pub arrivals: [f64; 24],
}

/// One that charges now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Busy {
    pub minutes: f64,
    /// What it has taken so far, where that is known.
    pub energy_kwh: Option<f64>,
}

/// What is to be expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    pub mean: f64,
    /// Four times of five it comes to lie between them.
    pub low: usize,
    pub high: usize,
    /// That there is one at all.
    pub any: f64,
}

/// How far such forecasts were off, beside "as many as now".
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FreeTest {
    pub count: usize,
    pub error: f64,
    pub naive_error: f64,
    /// Mean squared error of the probability that there is one.
    pub brier: f64,
    pub naive_brier: f64,
}

impl Turnover {
    /// Learns from sessions that had ended by `until_min` and began after `from_min`, of so many connectors.
    pub fn learn(sessions: &[Session], connectors: usize, from_min: f64, until_min: f64) -> Turnover {
        let known: Vec<&Session> = sessions
            .iter()
            .filter(|one| {
                one.start_min >= from_min && one.end_min <= until_min && one.end_min > one.start_min
            })
            .collect();
        let stays: Vec<Stay> = known
            .iter()
            .skip(known.len().saturating_sub(STAYS_MAX))
            .map(|one| Stay {
                start_of_day: one.start_min.rem_euclid(DAY_MIN),
                minutes: one.end_min - one.start_min,
                energy_kwh: one.energy_kwh,
            })
            .collect();
        let days = ((until_min - from_min) / DAY_MIN).max(1.0);
        let (mut starts, mut busy) = ([0.0; 24], [0.0; 24]);
        for one in &known {
            starts[hour_of(one.start_min)] += 1.0;
            // Minute by minute would be exact; quarters of an hour are enough for a rate.
            let mut at = one.start_min;
            while at < one.end_min {
                busy[hour_of(at)] += (one.end_min - at).min(15.0) / HOUR_MIN;
                at += 15.0;
            }
        }
        let hours = connectors as f64 * days;
        let arrivals =
            std::array::from_fn(|hour| starts[hour] / (hours - busy[hour]).max(hours * 0.05).max(0.5));
        Turnover { stays, arrivals }
    }

    /// What comes of so many free ones and these busy ones, `ahead` minutes after this minute.
    pub fn expect(&self, now_min: f64, idle: usize, busy: &[Busy], ahead: f64) -> Expected {
        let mut each: Vec<f64> = vec![self.stays_free(now_min, ahead); idle];
        each.extend(busy.iter().map(|one| self.becomes_free(now_min, *one, ahead)));
        sum_of(&each)
    }

    /// Nobody comes for so long.
    fn stays_free(&self, now_min: f64, minutes: f64) -> f64 {
        (-self.arrivals[hour_of(now_min)] * minutes.max(0.0) / HOUR_MIN).exp()
    }

    fn becomes_free(&self, now_min: f64, one: Busy, ahead: f64) -> f64 {
        let began = (now_min - one.minutes).rem_euclid(DAY_MIN);
        let (mut weights, mut free) = (0.0, 0.0);
        for stay in self.stays.iter().filter(|stay| stay.minutes > one.minutes) {
            // One that had taken less in the end than this one already has is another kind of session.
            let fits = one.energy_kwh.is_none_or(|so_far| stay.energy_kwh >= so_far);
            let weight = nearness(stay.start_of_day, began) * if fits { 1.0 } else { FAR_WEIGHT };
            let left = stay.minutes - one.minutes;
            weights += weight;
            if left <= ahead {
                free += weight * self.stays_free(now_min + left, ahead - left);
            }
        }
        if weights < SURVIVORS_MIN * FAR_WEIGHT {
            // It lasts longer than any before: nothing is known, so that neither is believed.
            return 0.5 * (1.0 - (-ahead / HOUR_MIN).exp());
        }
        free / weights
    }
}

fn hour_of(minute: f64) -> usize {
    ((minute.rem_euclid(DAY_MIN) / HOUR_MIN) as usize).min(23)
}

fn nearness(one: f64, other: f64) -> f64 {
    let apart = (one - other).abs();
    (-apart.min(DAY_MIN - apart) / NEAR_MIN).exp().max(FAR_WEIGHT)
}

/// The sum of coins of their own, exactly.
fn sum_of(each: &[f64]) -> Expected {
    let mut chances = vec![1.0];
    for p in each.iter().map(|p| p.clamp(0.0, 1.0)) {
        let mut next = vec![0.0; chances.len() + 1];
        for (count, chance) in chances.iter().enumerate() {
            next[count] += chance * (1.0 - p);
            next[count + 1] += chance * p;
        }
        chances = next;
    }
    let quantile = |share: f64| {
        let mut sum = 0.0;
        chances
            .iter()
            .position(|chance| {
                sum += chance;
                sum >= share - 1e-12
            })
            .unwrap_or(each.len())
    };
    Expected {
        mean: each.iter().sum(),
        low: quantile(0.1),
        high: quantile(0.9),
        any: 1.0 - chances.first().copied().unwrap_or(1.0),
    }
}

/// Which connectors charge at a minute, and since when.
fn busy_at(sessions: &[Session], minute: f64) -> Vec<(usize, f64)> {
    let running = sessions.iter().filter(|one| one.start_min <= minute && minute < one.end_min);
    let mut all: Vec<(usize, f64)> = running.map(|one| (one.connector, minute - one.start_min)).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    all.dedup_by_key(|one| one.0);
    all
}

/// Scores forecasts for every hour between two minutes, learned from what had ended before the first of them. What a
/// running session has taken is not looked at: only what it took in the end is known of it.
pub fn judge(
    sessions: &[Session],
    connectors: usize,
    (from_min, test_min, end_min): (f64, f64, f64),
) -> Vec<(i64, FreeTest)> {
    let learned = Turnover::learn(sessions, connectors, from_min, test_min);
    if learned.stays.len() < SESSIONS_MIN || connectors == 0 {
        return Vec::new();
    }
    let score = |ahead: i64| {
        let mut test = FreeTest::default();
        let mut at = test_min;
        while at + ahead as f64 <= end_min {
            let busy = busy_at(sessions, at);
            let idle = connectors.saturating_sub(busy.len());
            let later = connectors.saturating_sub(busy_at(sessions, at + ahead as f64).len());
            let now: Vec<Busy> =
                busy.iter().map(|(_, minutes)| Busy { minutes: *minutes, energy_kwh: None }).collect();
            let said = learned.expect(at, idle, &now, ahead as f64);
            let (came, was) = (f64::from(u8::from(later > 0)), f64::from(u8::from(idle > 0)));
            test.count += 1;
            test.error += (said.mean - later as f64).abs();
            test.naive_error += (idle as f64 - later as f64).abs();
            test.brier += (said.any - came).powi(2);
            test.naive_brier += (was - came).powi(2);
            at += HOUR_MIN;
        }
        let count = test.count.max(1) as f64;
        let mean = |sum: f64| sum / count;
        FreeTest {
            count: test.count,
            error: mean(test.error),
            naive_error: mean(test.naive_error),
            brier: mean(test.brier),
            naive_brier: mean(test.naive_brier),
        }
    };
    HORIZONS.iter().map(|ahead| (*ahead, score(*ahead))).collect()
}

/// Of the hours between 7 and 22, in how many all connectors charged at the full hour.
pub fn full_share(sessions: &[Session], connectors: usize, from_min: f64, end_min: f64) -> Option<f64> {
    let (mut full, mut all) = (0.0, 0.0);
    let mut at = (from_min / HOUR_MIN).ceil() * HOUR_MIN;
    while at < end_min {
        if (7..22).contains(&hour_of(at)) {
            all += 1.0;
            full += f64::from(u8::from(busy_at(sessions, at).len() >= connectors));
        }
        at += HOUR_MIN;
    }
    (all > 0.0 && connectors > 0).then(|| full / all)
}

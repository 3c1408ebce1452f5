-- 节假日安排 of a year as staff have entered it; years that are not here are as delivered. holidays: JSON list of {name, days};
-- workdays: JSON list.
CREATE TABLE holiday_year (
    year BIGINT PRIMARY KEY,
    source TEXT NOT NULL,
    holidays TEXT NOT NULL,
    workdays TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);

-- before_year, after_year: JSON; empty where it was, or is again, as delivered.
CREATE TABLE holiday_change (
    id BIGINT PRIMARY KEY,
    year BIGINT NOT NULL,
    before_year TEXT NOT NULL,
    after_year TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    staff_name TEXT NOT NULL
);

-- How long sessions last and how often cars come, learned every night from a station's own orders (basis 'station') or
-- those of its kind ('kind'). stays: JSON list of [minute of the day, minutes, 0.1 Wh]. arrivals: JSON list of 24, cars an
-- hour that come to a free connector, in thousandths. tests: JSON, see store::turnovers.
CREATE TABLE turnover (
    station_id BIGINT PRIMARY KEY,
    made_at_ms BIGINT NOT NULL,
    basis TEXT NOT NULL,
    order_count BIGINT NOT NULL,
    full_permille BIGINT,
    stays TEXT NOT NULL,
    arrivals TEXT NOT NULL,
    tests TEXT NOT NULL
);

-- 经营建议. subject: the kind of thing and its id, the same for the same advice every night; live_key: the same while it is
-- new, so that there is one. facts, expected, effect: JSON, see store::advices. seen_at_ms: the last night in which it held.
CREATE TABLE advice (
    id BIGINT PRIMARY KEY,
    subject TEXT NOT NULL,
    live_key TEXT UNIQUE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    operator_id BIGINT,
    station_id BIGINT,
    pile_id BIGINT,
    facts TEXT NOT NULL,
    expected TEXT,
    effect TEXT,
    made_at_ms BIGINT NOT NULL,
    seen_at_ms BIGINT NOT NULL,
    decided_at_ms BIGINT,
    decided_by TEXT,
    reason TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX advice_subject ON advice (subject, id);
CREATE INDEX advice_station ON advice (station_id, id);

-- Whoever does not want to be told where and when to charge.
ALTER TABLE customer ADD COLUMN advice_off BOOLEAN NOT NULL DEFAULT FALSE;

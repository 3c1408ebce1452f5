-- What staff keep of operators and cities. contract_from_day, contract_to_day: yyyymmdd.
ALTER TABLE operator ADD COLUMN credit_code TEXT;
ALTER TABLE operator ADD COLUMN contact TEXT;
ALTER TABLE operator ADD COLUMN phone TEXT;
ALTER TABLE operator ADD COLUMN contract_from_day BIGINT;
ALTER TABLE operator ADD COLUMN contract_to_day BIGINT;
-- From when on nothing may be started at its stations, and why; NULL: it may.
ALTER TABLE operator ADD COLUMN disabled_from_ms BIGINT;
ALTER TABLE operator ADD COLUMN disable_reason TEXT;
ALTER TABLE operator ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

ALTER TABLE city ADD COLUMN opened_at_ms BIGINT;
ALTER TABLE city ADD COLUMN hotline TEXT;
ALTER TABLE city ADD COLUMN paused_from_ms BIGINT;
ALTER TABLE city ADD COLUMN pause_reason TEXT;
ALTER TABLE city ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

-- code: 站点编号; NULL: S and the id. opening_*_minute: minutes of the day on the station's clock, over
-- midnight when it ends before it begins; NULL: always open. facilities: JSON list. Coordinates are WGS-84.
ALTER TABLE station ADD COLUMN code TEXT;
ALTER TABLE station ADD COLUMN phone TEXT;
ALTER TABLE station ADD COLUMN opening_from_minute BIGINT;
ALTER TABLE station ADD COLUMN opening_to_minute BIGINT;
ALTER TABLE station ADD COLUMN parking TEXT;
ALTER TABLE station ADD COLUMN facilities TEXT NOT NULL DEFAULT '[]';
ALTER TABLE station ADD COLUMN transformer_kva BIGINT;
ALTER TABLE station ADD COLUMN power_cap_w BIGINT;
CREATE UNIQUE INDEX station_code ON station (code);

-- Kinds of days: their tables are in tariff.body. last_model_no: the number of the last of them (NULL: all
-- days are alike).
ALTER TABLE tariff ADD COLUMN last_model_no BIGINT;

-- Which table of a version with kinds of days holds today on the clocks of a zone; kept by the job that
-- tells piles. name: of the kind, NULL on all other days.
CREATE TABLE tariff_today (
    tariff_id BIGINT NOT NULL,
    time_zone TEXT NOT NULL,
    day BIGINT NOT NULL,
    model_no BIGINT NOT NULL,
    name TEXT,
    PRIMARY KEY (tariff_id, time_zone)
);

-- The table that was sent, by its number (NULL: the one of before, for all days).
ALTER TABLE tariff_delivery ADD COLUMN model_no BIGINT;

-- A pile's own tariff goes before its station's (NULL: it has the station's). tariff_from_ms: when it was
-- last given or taken away (NULL: never).
ALTER TABLE pile ADD COLUMN tariff_id BIGINT;
ALTER TABLE pile ADD COLUMN tariff_from_ms BIGINT;
CREATE INDEX pile_tariff_id ON pile (tariff_id);

-- Which tariff of its own a pile had from which moment on (NULL: its station's).
CREATE TABLE pile_tariff (
    pile_id BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    tariff_id BIGINT,
    PRIMARY KEY (pile_id, from_ms)
);

-- tariff_assign: which tariff (NULL: the station's).
ALTER TABLE pile_batch ADD COLUMN tariff_id BIGINT;

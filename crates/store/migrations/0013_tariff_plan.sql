-- A change of tariff from a moment on: the stations that it names show the version from effective_ms.
-- state: scheduled, effective, withdrawn. ended_at_ms: when it was put into effect or withdrawn.
CREATE TABLE tariff_plan (
    id BIGINT PRIMARY KEY,
    tariff_id BIGINT NOT NULL,
    effective_ms BIGINT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    staff_id BIGINT,
    created_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    withdrawn_by BIGINT,
    withdraw_reason TEXT
);
CREATE INDEX tariff_plan_state ON tariff_plan (state, effective_ms);

CREATE TABLE tariff_plan_station (
    plan_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    PRIMARY KEY (plan_id, station_id)
);
CREATE INDEX tariff_plan_station_station ON tariff_plan_station (station_id, plan_id);

-- Bringing a 云快充 pile to the version that its station shows since from_ms. state: waiting, sent,
-- confirmed, refused. message: why it did not come to that, as {"zh":…,"en":…}.
CREATE TABLE tariff_delivery (
    pile_id BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    tariff_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_try_ms BIGINT,
    command_id BIGINT,
    message TEXT,
    sent_at_ms BIGINT,
    ended_at_ms BIGINT,
    PRIMARY KEY (pile_id, from_ms)
);

-- The number of the tariff that the pile last said it has (NULL: it has not said, 0: none), and when.
ALTER TABLE pile ADD COLUMN tariff_model BIGINT;
ALTER TABLE pile ADD COLUMN tariff_told_ms BIGINT;

-- 占位费方案: what a station asks for a car that stays plugged in after its charge.
CREATE TABLE occupancy_plan (
    station_id BIGINT NOT NULL PRIMARY KEY,
    enabled BOOLEAN NOT NULL,
    free_minutes BIGINT NOT NULL,
    fen_per_minute BIGINT NOT NULL,
    cap_fen BIGINT NOT NULL,
    from_minute BIGINT NOT NULL,
    to_minute BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- 占位: a car that stays plugged in, one for each order. state, ended_by: model::occupancy. What the plan said when it began is kept
-- with it. stretch_from_ms: since when the plug is known to be in without a gap, null while the link is down; counted_ms: what of
-- the stretches before it costs something.
CREATE TABLE occupancy (
    order_id BIGINT NOT NULL PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    connector_no BIGINT NOT NULL,
    state TEXT NOT NULL,
    began_at_ms BIGINT NOT NULL,
    stretch_from_ms BIGINT,
    proven_at_ms BIGINT NOT NULL,
    counted_ms BIGINT NOT NULL,
    gap_ms BIGINT NOT NULL,
    ended_by TEXT,
    ended_at_ms BIGINT,
    fee_fen BIGINT NOT NULL,
    free_minutes BIGINT NOT NULL,
    fen_per_minute BIGINT NOT NULL,
    cap_fen BIGINT NOT NULL,
    from_minute BIGINT NOT NULL,
    to_minute BIGINT NOT NULL,
    warned_at_ms BIGINT,
    waived_reason TEXT,
    changed_at_ms BIGINT NOT NULL
);
CREATE INDEX occupancy_running ON occupancy (state, pile_id);

-- 免除占位费, a proposal as settlements are.
CREATE TABLE occupancy_waiver (
    id BIGINT NOT NULL PRIMARY KEY,
    order_id BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    staff_id BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    decided_by BIGINT,
    decided_by_name TEXT,
    decided_at_ms BIGINT,
    decision_reason TEXT
);
CREATE INDEX occupancy_waiver_order ON occupancy_waiver (order_id);

-- 占位费 of an order, asked for beside its total; and in the sums of days.
ALTER TABLE orders ADD COLUMN occupancy_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE order_day ADD COLUMN occupancy_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE day_bill ADD COLUMN occupancy_fen BIGINT NOT NULL DEFAULT 0;

-- 设备健康 of a pile, as the nightly job found it over the last days: 100 is without a fault. reasons: JSON of what was taken off, the most first.
CREATE TABLE pile_health (
    pile_id BIGINT PRIMARY KEY,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    score BIGINT NOT NULL,
    reasons TEXT NOT NULL,
    start_count BIGINT NOT NULL,
    from_day BIGINT NOT NULL,
    made_at_ms BIGINT NOT NULL
);
CREATE INDEX pile_health_score ON pile_health (score, pile_id);

-- 电量异常: what of a pile's energy does not fit, with its evidence. kind: model::health. found, usual: what it is and what it should be, in the
-- unit of the kind. cases: of how many orders or days. order_id: the clearest of them.
CREATE TABLE meter_oddity (
    pile_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    found BIGINT NOT NULL,
    usual BIGINT NOT NULL,
    cases BIGINT NOT NULL,
    order_id BIGINT,
    from_day BIGINT NOT NULL,
    since_ms BIGINT NOT NULL,
    made_at_ms BIGINT NOT NULL,
    PRIMARY KEY (pile_id, kind)
);

-- What the apps show, and the messages they send. kind, audience, decision and target_group:
-- model::content. operator_id: whose, null for the whole platform. cities: codes as ,420100,440300, so that
-- one is found by LIKE on both databases; empty for all. event, topic, metric, goal: of the kinds that
-- have them. from_ms null: as soon as it is published; until_ms null: without end.
CREATE TABLE content (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    audience TEXT NOT NULL,
    operator_id BIGINT,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    link TEXT NOT NULL,
    topic TEXT,
    event TEXT,
    metric TEXT,
    goal BIGINT,
    coupon_id BIGINT,
    target_group TEXT NOT NULL,
    fleet_id BIGINT,
    cities TEXT NOT NULL,
    rank BIGINT NOT NULL,
    decision TEXT NOT NULL,
    from_ms BIGINT,
    until_ms BIGINT,
    created_by TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    published_at_ms BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX content_shown ON content (audience, decision, kind);

-- 优惠券. total null: as many as are given. Either both valid_from_ms and valid_until_ms, or valid_days.
-- given_count: those that were given and not taken back.
CREATE TABLE coupon (
    id BIGINT PRIMARY KEY,
    operator_id BIGINT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    off_fen BIGINT,
    percent_off BIGINT,
    cap_fen BIGINT,
    threshold_fen BIGINT NOT NULL,
    total BIGINT,
    per_person BIGINT NOT NULL,
    valid_from_ms BIGINT,
    valid_until_ms BIGINT,
    valid_days BIGINT,
    payer TEXT NOT NULL,
    cities TEXT NOT NULL,
    note TEXT NOT NULL,
    stopped BOOLEAN NOT NULL,
    given_count BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- One coupon of one customer. operator_id: the coupon's. request_id: names one giving out, so that a
-- repeat gives nobody a second one. order_id: where it was used.
CREATE TABLE voucher (
    id BIGINT PRIMARY KEY,
    coupon_id BIGINT NOT NULL,
    operator_id BIGINT,
    customer_id BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    valid_from_ms BIGINT NOT NULL,
    valid_until_ms BIGINT NOT NULL,
    order_id BIGINT,
    staff_name TEXT NOT NULL,
    given_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    end_reason TEXT,
    UNIQUE (coupon_id, request_id, customer_id)
);
CREATE INDEX voucher_coupon ON voucher (coupon_id, id);
CREATE INDEX voucher_customer ON voucher (customer_id, coupon_id);

-- 司机价. area: model::access::Area as JSON. weekdays: 1234567. from_minute, to_minute: minutes of the
-- day on the station's clock, over midnight when it ends before it begins; null: all day.
CREATE TABLE driver_price (
    id BIGINT PRIMARY KEY,
    operator_id BIGINT,
    name TEXT NOT NULL,
    fee TEXT NOT NULL,
    cut TEXT NOT NULL,
    percent_off BIGINT,
    off_price_e5 BIGINT,
    target_group TEXT NOT NULL,
    fleet_id BIGINT,
    area TEXT NOT NULL,
    weekdays TEXT NOT NULL,
    from_minute BIGINT,
    to_minute BIGINT,
    rank BIGINT NOT NULL,
    note TEXT NOT NULL,
    decision TEXT NOT NULL,
    from_ms BIGINT,
    until_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- 电池报告: what the battery has told along a DC session. facts: model/battery.rs as JSON. course: what it asked for,
-- as JSON.
CREATE TABLE battery_report (
    order_id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    facts TEXT NOT NULL,
    course TEXT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);

-- 设备事件: what went wrong at a pile or in a car at it, each with the wire's word.
CREATE TABLE pile_event (
    id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    connector_no BIGINT,
    order_id BIGINT,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX pile_event_of_pile ON pile_event (pile_id, id);

-- 地锁: the last that was told of the lock before a connector.
CREATE TABLE ground_lock (
    pile_id BIGINT NOT NULL,
    connector_no BIGINT NOT NULL,
    state TEXT NOT NULL,
    occupied BOOLEAN,
    battery_percent BIGINT,
    alarm TEXT,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (pile_id, connector_no)
);

-- 并充: an order that is one connector's part of charging one car by several.
CREATE TABLE order_merge (
    order_id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    merge_no TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX order_merge_of_pile ON order_merge (pile_id, merge_no);

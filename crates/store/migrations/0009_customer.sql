-- 用户 in full. source: model::customer::CustomerSource. external_id, account: how the source names the
-- person; both null for our own. phone_back: the phone read backwards, so that its last digits are found
-- by index. status: what we have decided; active_at_source: what the source says. tags: JSON list.
ALTER TABLE customer ADD COLUMN source TEXT NOT NULL DEFAULT 'own';
ALTER TABLE customer ADD COLUMN external_id TEXT;
ALTER TABLE customer ADD COLUMN account TEXT;
ALTER TABLE customer ADD COLUMN phone_back TEXT;
ALTER TABLE customer ADD COLUMN kind TEXT NOT NULL DEFAULT 'person';
ALTER TABLE customer ADD COLUMN fleet_id BIGINT;
ALTER TABLE customer ADD COLUMN status TEXT NOT NULL DEFAULT 'active';
ALTER TABLE customer ADD COLUMN status_reason TEXT;
ALTER TABLE customer ADD COLUMN frozen_until_ms BIGINT;
ALTER TABLE customer ADD COLUMN active_at_source BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE customer ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE customer ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE customer ADD COLUMN synced_at_ms BIGINT;
ALTER TABLE customer ADD COLUMN changed_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customer ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE INDEX customer_phone ON customer (phone);
CREATE INDEX customer_phone_back ON customer (phone_back);
CREATE UNIQUE INDEX customer_account ON customer (source, account);
CREATE UNIQUE INDEX customer_external ON customer (source, external_id);
CREATE INDEX customer_fleet ON customer (fleet_id) WHERE fleet_id IS NOT NULL;
CREATE INDEX customer_created ON customer (created_at_ms, id);
CREATE INDEX customer_kind ON customer (kind, created_at_ms, id);
CREATE INDEX customer_source ON customer (source, created_at_ms, id);
CREATE INDEX customer_apart ON customer (created_at_ms, id) WHERE status <> 'active' OR NOT active_at_source;
INSERT INTO id_lease (noun, next_id) SELECT 'customer', COALESCE(MAX(id), 0) + 1 FROM customer;

-- Every end of every name, in lower case: a name that contains a text has an end that begins with it,
-- which an index finds. Bytes, because texts are sorted otherwise by every database and language.
CREATE TABLE customer_name (
    part BYTEA NOT NULL,
    customer_id BIGINT NOT NULL,
    PRIMARY KEY (part, customer_id)
);
CREATE INDEX customer_name_customer ON customer_name (customer_id);

-- Completed orders of a customer summed up per station, so that staff see the sums of the stations
-- that they may see, and no page adds up orders.
CREATE TABLE customer_station (
    customer_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    order_count BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    last_ended_ms BIGINT NOT NULL,
    PRIMARY KEY (customer_id, station_id)
);
CREATE INDEX customer_station_operator ON customer_station (operator_id, customer_id);
CREATE INDEX customer_station_station ON customer_station (station_id, customer_id);
INSERT INTO customer_station (customer_id, station_id, operator_id, order_count, energy_dwh, total_fen, last_ended_ms)
    SELECT customer_id, station_id, MAX(operator_id), COUNT(*), CAST(SUM(energy_dwh) AS BIGINT),
        CAST(SUM(total_fen) AS BIGINT), MAX(ended_at_ms)
    FROM orders
    WHERE state = 'completed' AND customer_id IS NOT NULL AND ended_at_ms IS NOT NULL
    GROUP BY customer_id, station_id;

CREATE INDEX card_customer ON card (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX audit_thing ON audit (noun, key, id);

-- A car belongs to a customer, to a fleet, or to both.
CREATE TABLE car (
    id BIGINT PRIMARY KEY,
    plate TEXT NOT NULL UNIQUE,
    vin TEXT UNIQUE,
    customer_id BIGINT,
    fleet_id BIGINT,
    note TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX car_customer ON car (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX car_fleet ON car (fleet_id) WHERE fleet_id IS NOT NULL;

CREATE TABLE fleet (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    contact_name TEXT NOT NULL,
    contact_phone TEXT,
    note TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);

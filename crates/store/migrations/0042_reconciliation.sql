-- 桩账单: what piles have reported of sessions that are over, appended as it comes. record_key: the same report said
-- again is one row. explained: its amount differs only by another table of the same tariff. repeated: the session had
-- a record already.
CREATE TABLE bill_record (
    id BIGINT PRIMARY KEY,
    record_key TEXT NOT NULL UNIQUE,
    pile_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    connector_no BIGINT NOT NULL,
    session_key TEXT,
    order_id BIGINT,
    started_at_ms BIGINT,
    ended_at_ms BIGINT NOT NULL,
    energy_dwh BIGINT,
    amount_e4 BIGINT,
    meter_start_dwh BIGINT,
    meter_end_dwh BIGINT,
    explained BOOLEAN NOT NULL,
    repeated BOOLEAN NOT NULL,
    received_at_ms BIGINT NOT NULL
);
CREATE INDEX bill_record_station ON bill_record (station_id, ended_at_ms);
CREATE INDEX bill_record_order ON bill_record (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX bill_record_meter ON bill_record (pile_id, connector_no, ended_at_ms);
CREATE INDEX orders_station_ended ON orders (station_id, ended_at_ms);

-- Orders from here on have their records kept.
CREATE TABLE bill_record_begin (after_order_id BIGINT NOT NULL);
INSERT INTO bill_record_begin (after_order_id) SELECT COALESCE(MAX(id), 0) FROM orders;

-- 桩账单对账: a local day of a station. state: model::reconciliation. written_off_fen: what its differences that were
-- written off are worth. signed_at_ms stays when it is opened again: what comes later is late.
CREATE TABLE reconciliation (
    id BIGINT PRIMARY KEY,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    state TEXT NOT NULL,
    record_count BIGINT NOT NULL,
    order_count BIGINT NOT NULL,
    posted_count BIGINT NOT NULL,
    record_energy_dwh BIGINT NOT NULL,
    order_energy_dwh BIGINT NOT NULL,
    record_amount_e4 BIGINT NOT NULL,
    order_total_fen BIGINT NOT NULL,
    posted_fen BIGINT NOT NULL,
    difference_count BIGINT NOT NULL,
    open_count BIGINT NOT NULL,
    written_off_fen BIGINT NOT NULL,
    ran_at_ms BIGINT NOT NULL,
    signed_by BIGINT,
    signed_by_name TEXT,
    signed_at_ms BIGINT,
    reason TEXT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (day, station_id)
);
CREATE INDEX reconciliation_station ON reconciliation (station_id, day);

-- 对账差异. difference_key: the same in every run of the day. evidence: JSON of model::reconciliation::Evidence.
CREATE TABLE difference (
    id BIGINT PRIMARY KEY,
    reconciliation_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    kind TEXT NOT NULL,
    difference_key TEXT NOT NULL,
    pile_id BIGINT NOT NULL,
    connector_no BIGINT NOT NULL,
    record_id BIGINT,
    order_id BIGINT,
    energy_dwh BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    staff_id BIGINT,
    staff_name TEXT,
    handled_at_ms BIGINT,
    found_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (reconciliation_id, difference_key)
);
CREATE INDEX difference_open ON difference (station_id, day) WHERE state = 'open';

-- 换表: said by staff. end_dwh: what the old meter showed at last; begin_dwh: what the new one began with.
CREATE TABLE meter_change (
    id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    connector_no BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    end_dwh BIGINT NOT NULL,
    begin_dwh BIGINT NOT NULL,
    reason TEXT NOT NULL,
    staff_name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX meter_change_pile ON meter_change (pile_id, connector_no, at_ms);

-- Sums that reports are made of. changes: how often an order was counted into or taken out of the day; stale: since the report's
-- sums of the day were made. The row is written with every completed order anyway, and so is the mark.
ALTER TABLE station_day ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE station_day ADD COLUMN stale BOOLEAN NOT NULL DEFAULT TRUE;
CREATE INDEX station_day_stale ON station_day (day, station_id) WHERE stale;

-- 分析汇总 of a station's local day, made by a job of the orders that ended on it. buyer: model::report. received_fen: from
-- purses when the order ended; paid_later_fen and refunded_fen by the day on which they were posted. *_e4: 0.0001 yuan of the segments
-- of a period, before bills are rounded to fen.
CREATE TABLE report_day (
    day BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    order_count BIGINT NOT NULL,
    success_count BIGINT NOT NULL,
    charge_s BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    electricity_fen BIGINT NOT NULL,
    service_fen BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    discount_fen BIGINT NOT NULL,
    occupancy_fen BIGINT NOT NULL,
    received_fen BIGINT NOT NULL,
    gift_fen BIGINT NOT NULL,
    owed_fen BIGINT NOT NULL,
    unpaid_fen BIGINT NOT NULL,
    refund_count BIGINT NOT NULL,
    refunded_fen BIGINT NOT NULL,
    paid_later_fen BIGINT NOT NULL,
    sharp_dwh BIGINT NOT NULL,
    peak_dwh BIGINT NOT NULL,
    flat_dwh BIGINT NOT NULL,
    valley_dwh BIGINT NOT NULL,
    sharp_electricity_e4 BIGINT NOT NULL,
    peak_electricity_e4 BIGINT NOT NULL,
    flat_electricity_e4 BIGINT NOT NULL,
    valley_electricity_e4 BIGINT NOT NULL,
    sharp_service_e4 BIGINT NOT NULL,
    peak_service_e4 BIGINT NOT NULL,
    flat_service_e4 BIGINT NOT NULL,
    valley_service_e4 BIGINT NOT NULL,
    PRIMARY KEY (day, station_id, operator_id)
);

-- The same by everything that a report may ask for: the hour, the pile, who charged and how it was started.
CREATE TABLE report_hour (
    day BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    pile_id BIGINT NOT NULL,
    buyer TEXT NOT NULL,
    start_mode TEXT NOT NULL,
    order_count BIGINT NOT NULL,
    success_count BIGINT NOT NULL,
    charge_s BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    electricity_fen BIGINT NOT NULL,
    service_fen BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    discount_fen BIGINT NOT NULL,
    occupancy_fen BIGINT NOT NULL,
    received_fen BIGINT NOT NULL,
    gift_fen BIGINT NOT NULL,
    owed_fen BIGINT NOT NULL,
    unpaid_fen BIGINT NOT NULL,
    refund_count BIGINT NOT NULL,
    refunded_fen BIGINT NOT NULL,
    paid_later_fen BIGINT NOT NULL,
    sharp_dwh BIGINT NOT NULL,
    peak_dwh BIGINT NOT NULL,
    flat_dwh BIGINT NOT NULL,
    valley_dwh BIGINT NOT NULL,
    sharp_electricity_e4 BIGINT NOT NULL,
    peak_electricity_e4 BIGINT NOT NULL,
    flat_electricity_e4 BIGINT NOT NULL,
    valley_electricity_e4 BIGINT NOT NULL,
    sharp_service_e4 BIGINT NOT NULL,
    peak_service_e4 BIGINT NOT NULL,
    flat_service_e4 BIGINT NOT NULL,
    valley_service_e4 BIGINT NOT NULL,
    PRIMARY KEY (day, station_id, operator_id, hour, pile_id, buyer, start_mode)
);

-- What orders that ended on made_day have done in each hour of their session: seconds, and their energy spread evenly over it. begun_count:
-- sessions that began in the hour.
CREATE TABLE report_busy (
    made_day BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    begun_count BIGINT NOT NULL,
    busy_s BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    PRIMARY KEY (made_day, station_id, operator_id, day, hour)
);

-- 设备时长 of a pile's local day: seconds in service, on line, with a fault, on line without a fault; connector_s and rated_ws: times its
-- connectors and its rated power in watts. offline_count: links that ended. The running day is what has passed of it.
CREATE TABLE pile_time (
    day BIGINT NOT NULL,
    pile_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    service_s BIGINT NOT NULL,
    online_s BIGINT NOT NULL,
    fault_s BIGINT NOT NULL,
    available_s BIGINT NOT NULL,
    connector_s BIGINT NOT NULL,
    rated_ws BIGINT NOT NULL,
    offline_count BIGINT NOT NULL,
    PRIMARY KEY (day, pile_id)
);
CREATE INDEX pile_time_pile ON pile_time (pile_id, day);

-- The same of a station and operator.
CREATE TABLE station_time (
    day BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    service_s BIGINT NOT NULL,
    online_s BIGINT NOT NULL,
    fault_s BIGINT NOT NULL,
    available_s BIGINT NOT NULL,
    connector_s BIGINT NOT NULL,
    rated_ws BIGINT NOT NULL,
    offline_count BIGINT NOT NULL,
    PRIMARY KEY (day, station_id, operator_id)
);

-- 报表订阅: a report that is sent by mail for each period that is over. query: of the report as its page has it. recipients: JSON list of
-- staff ids. at_minute: of the day in China. from_ms: what was due before is not sent. The report is made with the scope that staff_id has
-- when it is sent.
CREATE TABLE report_plan (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    staff_id BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    operator_id BIGINT,
    query TEXT NOT NULL,
    every TEXT NOT NULL,
    at_minute BIGINT NOT NULL,
    recipients TEXT NOT NULL,
    english BOOLEAN NOT NULL,
    enabled BOOLEAN NOT NULL,
    from_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- A period that was sent, or that could not be: once for each. period_day: its first day.
CREATE TABLE report_sending (
    id BIGINT PRIMARY KEY,
    plan_id BIGINT NOT NULL,
    period_day BIGINT NOT NULL,
    to_day BIGINT NOT NULL,
    begun_at_ms BIGINT NOT NULL,
    note TEXT NOT NULL,
    UNIQUE (plan_id, period_day)
);

-- Closed days that were written as Parquet, and where to. changes: what station_day had counted of the day then.
CREATE TABLE parquet_day (
    target TEXT NOT NULL,
    day BIGINT NOT NULL,
    changes BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    written_at_ms BIGINT NOT NULL,
    PRIMARY KEY (target, day)
);

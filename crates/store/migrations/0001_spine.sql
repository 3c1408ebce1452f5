-- Units are in the names: _ms UTC milliseconds, _fen 0.01 yuan, _e4 0.0001 yuan, _dwh 0.1 Wh,
-- _w watt, _e6 degrees × 10^6. Words (state, kind, …) are those of the model.

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Row ids are leased in blocks by each writer, so that no insert asks the database for a number.
CREATE TABLE id_lease (
    noun TEXT PRIMARY KEY,
    next_id BIGINT NOT NULL
);

CREATE TABLE operator (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE city (
    code TEXT PRIMARY KEY,
    province TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL
);

-- Every published version is a row that never changes; a station points at the one for new orders.
CREATE TABLE tariff (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    version_no BIGINT NOT NULL,
    model_no BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    UNIQUE (name, version_no)
);

CREATE TABLE station (
    id BIGINT PRIMARY KEY,
    operator_id BIGINT NOT NULL,
    city_code TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    longitude_e6 BIGINT,
    latitude_e6 BIGINT,
    time_zone TEXT NOT NULL,
    tariff_id BIGINT,
    created_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX station_operator ON station (operator_id);
CREATE INDEX station_city ON station (city_code);

-- Which version a station showed from which moment on (NULL: none): a session that waited in a pile
-- is billed by the version of its own time.
CREATE TABLE station_tariff (
    station_id BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    tariff_id BIGINT,
    PRIMARY KEY (station_id, from_ms)
);

CREATE TABLE pile (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    protocol TEXT NOT NULL,
    lifecycle TEXT NOT NULL,
    rated_power_w BIGINT NOT NULL,
    secret TEXT,
    vendor TEXT,
    model TEXT,
    serial TEXT,
    firmware TEXT,
    iccid TEXT,
    meter_serial TEXT,
    online BOOLEAN NOT NULL,
    connected_at_ms BIGINT,
    last_seen_ms BIGINT,
    remote_address TEXT,
    skew_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX pile_station ON pile (station_id);
CREATE INDEX pile_operator ON pile (operator_id);

-- id = pile_id * 1000 + connector number; number 0 is the pile as a whole.
CREATE TABLE connector (
    id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    no BIGINT NOT NULL,
    status TEXT NOT NULL,
    status_at_ms BIGINT NOT NULL,
    fault_code TEXT,
    fault_vendor_code TEXT,
    fault_info TEXT
);

-- session_key: the pile's name of the session (OCPP transaction id, 云快充 trade number).
-- start_verdict, stop_verdict: what the pile was told of the token, for when it asks again.
-- No foreign keys on the tables of the device path: the writer holds what they refer to in memory.
CREATE TABLE orders (
    id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    connector_no BIGINT NOT NULL,
    session_key TEXT,
    start_mode TEXT NOT NULL,
    token_kind TEXT,
    token TEXT,
    card_id BIGINT,
    customer_id BIGINT,
    staff_id BIGINT,
    tariff_id BIGINT,
    created_at_ms BIGINT NOT NULL,
    sample_from BIGINT NOT NULL,
    frame_from BIGINT NOT NULL,
    state TEXT NOT NULL,
    abnormal BIGINT NOT NULL,
    deadline_ms BIGINT,
    started_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    end_received_ms BIGINT,
    skew_ms BIGINT,
    meter_start_dwh BIGINT,
    meter_end_dwh BIGINT,
    energy_dwh BIGINT NOT NULL,
    electricity_fen BIGINT NOT NULL,
    service_fen BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    pile_amount_e4 BIGINT,
    soc_start BIGINT,
    soc_end BIGINT,
    vin TEXT,
    stop_code TEXT,
    stop_class TEXT,
    start_verdict TEXT,
    stop_verdict TEXT,
    UNIQUE (session_key, pile_id)
);
CREATE INDEX orders_started ON orders (started_at_ms, id);
CREATE INDEX orders_operator ON orders (operator_id, started_at_ms);
CREATE INDEX orders_station ON orders (station_id, started_at_ms);
CREATE INDEX orders_pile ON orders (pile_id, started_at_ms);
CREATE INDEX orders_token ON orders (token, started_at_ms);
CREATE INDEX orders_ended ON orders (ended_at_ms, id);
CREATE INDEX orders_unfinished ON orders (state, started_at_ms) WHERE state <> 'completed' AND state <> 'failed';

-- What explains an order, written once when it ends. curve: model::curve. segments, pile_bill: JSON.
CREATE TABLE order_detail (
    order_id BIGINT PRIMARY KEY,
    segments TEXT NOT NULL,
    pile_bill TEXT,
    billed_by TEXT NOT NULL,
    curve BYTEA NOT NULL
);

-- Values of running sessions, append-only: the curves of open orders are rebuilt from here (ids from
-- orders.sample_from on), closed orders have theirs in order_detail. previous_id: the sample before of
-- the same order, null for the first, -1 when it was not known.
CREATE TABLE sample (
    id BIGINT PRIMARY KEY,
    previous_id BIGINT,
    order_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    delivered_dwh BIGINT,
    power_w BIGINT,
    voltage_dv BIGINT,
    current_da BIGINT,
    soc_percent BIGINT,
    temperature_c BIGINT
);

-- Everything that was said, append-only. Found by pile through frame_block, a sparse index that
-- names the blocks of ids in which a pile has frames, and from there through previous_id, the frame
-- before of the same pile (null when it was not known): an index entry per frame would cost the device
-- path a page write per message.
CREATE TABLE frame (
    id BIGINT PRIMARY KEY,
    previous_id BIGINT,
    pile_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    up BOOLEAN NOT NULL,
    kind TEXT NOT NULL,
    connector_no BIGINT,
    order_id BIGINT,
    verdict TEXT NOT NULL,
    note TEXT,
    body BYTEA NOT NULL,
    answer BYTEA
);

CREATE TABLE frame_block (
    pile_id BIGINT NOT NULL,
    block BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (pile_id, block)
);

CREATE TABLE command (
    id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    connector_no BIGINT,
    order_id BIGINT,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    staff_id BIGINT,
    state TEXT NOT NULL,
    message TEXT,
    detail TEXT,
    created_at_ms BIGINT NOT NULL,
    deadline_ms BIGINT NOT NULL,
    ended_at_ms BIGINT
);
CREATE INDEX command_pile ON command (pile_id, id);
CREATE INDEX command_order ON command (order_id);
CREATE INDEX command_open ON command (deadline_ms) WHERE ended_at_ms IS NULL;

CREATE TABLE customer (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    phone TEXT,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE card (
    id BIGINT PRIMARY KEY,
    tag TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    card_group TEXT,
    customer_id BIGINT,
    expires_at_ms BIGINT,
    sessions_max BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- Roles of the operator's own making; those that come with the product are in model::access.
-- permissions: JSON list of their names. staff.area: model::access::Area as JSON.
CREATE TABLE role (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    permissions TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE staff (
    id BIGINT PRIMARY KEY,
    account TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    operator_id BIGINT,
    area TEXT NOT NULL,
    password TEXT NOT NULL,
    disabled BOOLEAN NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- Browser sessions and API tokens; only a hash of the secret is kept.
CREATE TABLE credential (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    staff_id BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    seen_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT,
    remote_address TEXT NOT NULL
);
CREATE INDEX credential_staff ON credential (staff_id);

CREATE TABLE audit (
    id BIGINT PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    staff_id BIGINT,
    staff_name TEXT NOT NULL,
    action TEXT NOT NULL,
    noun TEXT NOT NULL,
    key TEXT NOT NULL,
    success BOOLEAN NOT NULL,
    detail TEXT NOT NULL,
    remote_address TEXT NOT NULL
);
CREATE INDEX audit_at ON audit (at_ms, id);

-- Piles that knocked without being registered: listed for one-click registration, never created.
CREATE TABLE unknown_pile (
    code TEXT PRIMARY KEY,
    protocol TEXT NOT NULL,
    remote_address TEXT NOT NULL,
    vendor TEXT,
    model TEXT,
    attempts BIGINT NOT NULL,
    first_seen_ms BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL
);

-- Completed orders summed up by the local hour in which they ended: what the home page and the
-- trends read, at any number of orders. id is day * 100 + hour for the range scan.
CREATE TABLE station_hour (
    day BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    order_count BIGINT NOT NULL,
    success_count BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    electricity_fen BIGINT NOT NULL,
    service_fen BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    PRIMARY KEY (day, hour, station_id)
);

-- The same per pile and day, for the pile list.
CREATE TABLE pile_day (
    pile_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    order_count BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    PRIMARY KEY (pile_id, day)
);

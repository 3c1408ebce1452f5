-- 负荷管理 of a station: what its piles may draw together. cap: see model/load/cap.rs; units: rank and memory of single
-- connectors; both as JSON. short_since_ms: since when the piles can no longer be held below the cap.
CREATE TABLE station_load (
    station_id BIGINT PRIMARY KEY,
    enabled BOOLEAN NOT NULL,
    cap TEXT NOT NULL,
    strategy TEXT NOT NULL,
    safe_w BIGINT NOT NULL,
    fleets_first BOOLEAN NOT NULL,
    units TEXT NOT NULL,
    version BIGINT NOT NULL,
    short_since_ms BIGINT
);

-- What a connector (0: a whole 云快充 pile) has been told to take at most, and what it said to that: see
-- store/loads.rs. command_id: the command that it has not answered yet.
CREATE TABLE load_limit (
    pile_id BIGINT NOT NULL,
    connector_no BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    command_id BIGINT,
    state TEXT NOT NULL,
    PRIMARY KEY (pile_id, connector_no)
);
CREATE INDEX load_limit_of_station ON load_limit (station_id);

-- One moment of a station, every minute.
CREATE TABLE load_point (
    station_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    cap_w BIGINT NOT NULL,
    worst_w BIGINT NOT NULL,
    limit_w BIGINT NOT NULL,
    power_w BIGINT NOT NULL,
    PRIMARY KEY (station_id, at_ms)
);

-- What the car of a running session wants, as its pile has told us.
CREATE TABLE load_wish (
    order_id BIGINT PRIMARY KEY,
    departs_at_ms BIGINT,
    energy_wh BIGINT,
    told_at_ms BIGINT NOT NULL
);

-- 充电计划: a profile that a pile has accepted or told of. body: see model/profile.rs.
CREATE TABLE pile_profile (
    pile_id BIGINT NOT NULL,
    profile_no BIGINT NOT NULL,
    connector_no BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    stack_level BIGINT NOT NULL,
    body TEXT NOT NULL,
    told_at_ms BIGINT NOT NULL,
    PRIMARY KEY (pile_id, profile_no)
);

-- What somebody else limits a pile to, as it has told us. periods: JSON.
CREATE TABLE pile_limit (
    pile_id BIGINT NOT NULL,
    connector_no BIGINT NOT NULL,
    source TEXT NOT NULL,
    unit TEXT NOT NULL,
    periods TEXT NOT NULL,
    told_at_ms BIGINT NOT NULL,
    PRIMARY KEY (pile_id, connector_no, source)
);

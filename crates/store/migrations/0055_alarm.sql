-- 告警: one row for what is wrong, however often it is said. live_key: what it is about while it is not closed, so that
-- one fact has one alarm; empty once it is closed. first_at_ms: since when it holds, last_at_ms: when it was last
-- seen to begin. told_from_ms: since when it counts. parent_id: the storm that it is one of. frame_id: the frame that showed it.
CREATE TABLE alarm (
    id BIGINT PRIMARY KEY,
    live_key TEXT UNIQUE,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    level TEXT NOT NULL,
    state TEXT NOT NULL,
    operator_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    pile_id BIGINT,
    connector_no BIGINT,
    order_id BIGINT,
    frame_id BIGINT,
    info TEXT,
    storm BOOLEAN NOT NULL,
    parent_id BIGINT,
    times BIGINT NOT NULL,
    first_at_ms BIGINT NOT NULL,
    last_at_ms BIGINT NOT NULL,
    told_from_ms BIGINT NOT NULL,
    recovered_at_ms BIGINT,
    acknowledged_at_ms BIGINT,
    acknowledged_by TEXT,
    silenced_until_ms BIGINT,
    closed_at_ms BIGINT,
    notified_at_ms BIGINT,
    close_after_s BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX alarm_live ON alarm (state, id) WHERE live_key IS NOT NULL;
CREATE INDEX alarm_member ON alarm (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX alarm_station ON alarm (station_id, id);
CREATE INDEX alarm_pile ON alarm (pile_id, id);

CREATE TABLE alarm_event (
    id BIGINT PRIMARY KEY,
    alarm_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    action TEXT NOT NULL,
    staff_name TEXT,
    text TEXT NOT NULL
);
CREATE INDEX alarm_event_of ON alarm_event (alarm_id, id);

-- As what alarms are raised. code: empty for all of a source, a code, the beginning of one with a star, or class:… .
CREATE TABLE alarm_rule (
    id BIGINT PRIMARY KEY,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    level TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    delay_s BIGINT NOT NULL,
    close_after_s BIGINT NOT NULL,
    storm_count BIGINT NOT NULL,
    quiet_from_minute BIGINT,
    quiet_to_minute BIGINT,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    UNIQUE (source, code)
);
INSERT INTO alarm_rule (id, source, code, level, enabled, delay_s, close_after_s, storm_count, quiet_from_minute, quiet_to_minute, version, changed_at_ms, changed_by) VALUES
    (1, 'fault', '', 'major', TRUE, 0, 1800, 5, NULL, NULL, 1, 0, ''),
    (2, 'fault', 'GroundFailure', 'critical', TRUE, 0, 1800, 5, NULL, NULL, 1, 0, ''),
    (3, 'fault', 'HighTemperature', 'critical', TRUE, 0, 1800, 5, NULL, NULL, 1, 0, ''),
    (4, 'fault', 'WeakSignal', 'notice', TRUE, 600, 1800, 5, NULL, NULL, 1, 0, ''),
    (5, 'fault', 'ReaderFailure', 'minor', TRUE, 0, 1800, 5, NULL, NULL, 1, 0, ''),
    (6, 'fault', 'ykc:hw_fault:0001', 'critical', TRUE, 0, 1800, 5, NULL, NULL, 1, 0, ''),
    (7, 'fault', 'ykc:hw_fault:0004', 'critical', TRUE, 0, 1800, 5, NULL, NULL, 1, 0, ''),
    (8, 'fault', 'ykc:hw_fault:0080', 'minor', TRUE, 0, 1800, 5, NULL, NULL, 1, 0, ''),
    (9, 'fault', 'ykc:hw_fault:4000', 'critical', TRUE, 0, 1800, 5, NULL, NULL, 1, 0, ''),
    (10, 'offline', '', 'major', TRUE, 180, 600, 3, NULL, NULL, 1, 0, ''),
    (11, 'flapping', '', 'minor', TRUE, 0, 3600, 10, NULL, NULL, 1, 0, ''),
    (12, 'stop', '', 'minor', TRUE, 0, 86400, 5, NULL, NULL, 1, 0, ''),
    (13, 'stop', 'class:emergency', 'critical', TRUE, 0, 86400, 5, NULL, NULL, 1, 0, ''),
    (14, 'stop', 'class:safety', 'critical', TRUE, 0, 86400, 5, NULL, NULL, 1, 0, ''),
    (15, 'stop', 'class:fault', 'major', TRUE, 0, 86400, 5, NULL, NULL, 1, 0, ''),
    (16, 'stop', 'class:start_failed', 'notice', TRUE, 0, 3600, 10, NULL, NULL, 1, 0, ''),
    (17, 'battery', '', 'minor', TRUE, 0, 86400, 10, NULL, NULL, 1, 0, ''),
    (18, 'ground_lock', '', 'minor', TRUE, 0, 86400, 10, NULL, NULL, 1, 0, ''),
    (19, 'variable', '', 'minor', TRUE, 0, 3600, 10, NULL, NULL, 1, 0, ''),
    (20, 'variable', 'class:danger', 'critical', TRUE, 0, 3600, 10, NULL, NULL, 1, 0, ''),
    (21, 'session', '', 'major', TRUE, 0, 86400, 10, NULL, NULL, 1, 0, '');
INSERT INTO id_lease (noun, next_id) VALUES ('alarm_rule', 22);

-- before_rule, after_rule: JSON of the rule; empty where there was none.
CREATE TABLE alarm_rule_change (
    id BIGINT PRIMARY KEY,
    rule_id BIGINT NOT NULL,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    before_rule TEXT NOT NULL,
    after_rule TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    staff_name TEXT NOT NULL
);

-- Who is told, and when. role: staff with it who have left an address and see the station; addresses: JSON list of
-- mail addresses besides. level: at least so grave. sources: JSON list, empty for all.
CREATE TABLE alarm_notice (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    enabled BOOLEAN NOT NULL,
    role TEXT,
    addresses TEXT NOT NULL,
    level TEXT NOT NULL,
    sources TEXT NOT NULL,
    from_minute BIGINT NOT NULL,
    to_minute BIGINT NOT NULL,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);

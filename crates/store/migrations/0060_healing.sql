-- 自愈预案: what the platform does by itself about a fault. code: as in alarm_rule. vendor, pile_model: empty for any.
-- steps: JSON list of {kind, wait_s, success}. after_s: it waits so long for the fault to pass. hard_allowed: without it
-- hard resets are left out.
CREATE TABLE healing_playbook (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    enabled BOOLEAN NOT NULL,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    vendor TEXT NOT NULL,
    pile_model TEXT NOT NULL,
    steps TEXT NOT NULL,
    after_s BIGINT NOT NULL,
    tries_per_day BIGINT NOT NULL,
    station_most BIGINT NOT NULL,
    cool_down_s BIGINT NOT NULL,
    hard_allowed BOOLEAN NOT NULL,
    follow TEXT NOT NULL,
    quiet_from_minute BIGINT,
    quiet_to_minute BIGINT,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
INSERT INTO healing_playbook (id, name, enabled, source, code, vendor, pile_model, steps, after_s, tries_per_day, station_most, cool_down_s, hard_allowed, follow, quiet_from_minute, quiet_to_minute, version, changed_at_ms, changed_by) VALUES
    (1, '桩未说明原因的故障', TRUE, 'fault', 'pileops:faulted', '', '', '[{"kind":"status","wait_s":30,"success":"recovered"},{"kind":"soft_reset","wait_s":180,"success":"recovered"},{"kind":"hard_reset","wait_s":300,"success":"recovered"}]', 60, 2, 2, 1800, FALSE, 'work_order', NULL, NULL, 1, 0, ''),
    (2, '桩内部错误', TRUE, 'fault', 'InternalError', '', '', '[{"kind":"status","wait_s":30,"success":"recovered"},{"kind":"soft_reset","wait_s":180,"success":"recovered"},{"kind":"hard_reset","wait_s":300,"success":"recovered"}]', 60, 2, 2, 1800, FALSE, 'work_order', NULL, NULL, 1, 0, ''),
    (3, '枪锁故障', TRUE, 'fault', 'ConnectorLockFailure', '', '', '[{"kind":"unlock","wait_s":30,"success":"recovered"},{"kind":"soft_reset","wait_s":180,"success":"recovered"}]', 60, 2, 2, 1800, FALSE, 'work_order', NULL, NULL, 1, 0, ''),
    (4, '读卡器故障', TRUE, 'fault', 'ReaderFailure', '', '', '[{"kind":"status","wait_s":30,"success":"recovered"},{"kind":"soft_reset","wait_s":180,"success":"recovered"}]', 300, 1, 2, 3600, FALSE, 'escalate', NULL, NULL, 1, 0, ''),
    (5, '云快充枪故障', TRUE, 'fault', 'ykc:gun_fault', '', '', '[{"kind":"status","wait_s":30,"success":"recovered"},{"kind":"soft_reset","wait_s":240,"success":"recovered"},{"kind":"hard_reset","wait_s":300,"success":"recovered"}]', 60, 2, 2, 1800, FALSE, 'work_order', NULL, NULL, 1, 0, '');
INSERT INTO id_lease (noun, next_id) VALUES ('healing_playbook', 6);

-- before_playbook, after_playbook: JSON; empty where there was none.
CREATE TABLE healing_playbook_change (
    id BIGINT PRIMARY KEY,
    playbook_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    before_playbook TEXT NOT NULL,
    after_playbook TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    staff_name TEXT NOT NULL
);

-- 自愈记录. terms: JSON of what it was begun with. alarm_times: which beginning of the alarm it is about. step_no: how many
-- steps were taken. due_at_ms: when the next one is due. good_since_ms: since when the fault seems to be over.
-- live_pile: the pile as long as it runs, so that there is one at a time.
CREATE TABLE healing_run (
    id BIGINT PRIMARY KEY,
    playbook_id BIGINT NOT NULL,
    playbook_name TEXT NOT NULL,
    playbook_version BIGINT NOT NULL,
    terms TEXT NOT NULL,
    alarm_id BIGINT NOT NULL,
    alarm_times BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    pile_id BIGINT NOT NULL,
    connector_no BIGINT,
    state TEXT NOT NULL,
    reason TEXT,
    step_no BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    good_since_ms BIGINT,
    begun_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    ended_by TEXT,
    work_order_id BIGINT,
    live_pile BIGINT UNIQUE
);
CREATE INDEX healing_run_pile ON healing_run (pile_id, begun_at_ms);
CREATE INDEX healing_run_alarm ON healing_run (alarm_id);
CREATE INDEX healing_run_playbook ON healing_run (playbook_id, begun_at_ms);

-- message: the pile's reason as {"zh","en"}, kept here because commands are not kept for ever.
CREATE TABLE healing_step (
    id BIGINT PRIMARY KEY,
    run_id BIGINT NOT NULL,
    step_no BIGINT NOT NULL,
    kind TEXT NOT NULL,
    command_id BIGINT,
    state TEXT NOT NULL,
    message TEXT,
    at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT
);
CREATE INDEX healing_step_of ON healing_step (run_id, id);

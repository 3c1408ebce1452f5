-- 工单. request_id: the same request again makes no second one. alarm_id, feedback_id, plan_id: what it comes from. parts:
-- what was used, in words. checklist: JSON of what is to be looked at, with what was found. done_by: who says that it is done.
CREATE TABLE work_order (
    id BIGINT PRIMARY KEY,
    no TEXT NOT NULL UNIQUE,
    request_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    state TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    operator_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    pile_id BIGINT,
    connector_no BIGINT,
    alarm_id BIGINT,
    feedback_id BIGINT,
    plan_id BIGINT,
    handler_id BIGINT,
    done_by BIGINT,
    checklist TEXT NOT NULL,
    result TEXT,
    parts TEXT,
    cost_fen BIGINT,
    accept_due_ms BIGINT NOT NULL,
    finish_due_ms BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    accepted_at_ms BIGINT,
    arrived_at_ms BIGINT,
    done_at_ms BIGINT,
    closed_at_ms BIGINT,
    closed_by TEXT,
    escalated_at_ms BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX work_order_open ON work_order (id) WHERE state NOT IN ('closed', 'cancelled');
CREATE INDEX work_order_station ON work_order (station_id, id);
CREATE INDEX work_order_alarm ON work_order (alarm_id) WHERE alarm_id IS NOT NULL;
CREATE INDEX work_order_feedback ON work_order (feedback_id) WHERE feedback_id IS NOT NULL;

CREATE TABLE work_order_event (
    id BIGINT PRIMARY KEY,
    work_order_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    action TEXT NOT NULL,
    staff_name TEXT,
    text TEXT NOT NULL
);
CREATE INDEX work_order_event_of ON work_order_event (work_order_id, id);

-- Within how many minutes somebody takes one, and is done with it.
CREATE TABLE work_order_limit (
    level TEXT PRIMARY KEY,
    accept_minutes BIGINT NOT NULL,
    finish_minutes BIGINT NOT NULL
);
INSERT INTO work_order_limit (level, accept_minutes, finish_minutes) VALUES
    ('critical', 15, 240),
    ('major', 60, 1440),
    ('minor', 240, 4320),
    ('notice', 1440, 10080);

-- 巡检计划. stations, items: JSON lists. next_at_ms: when its next work orders are made.
CREATE TABLE inspection_plan (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    stations TEXT NOT NULL,
    items TEXT NOT NULL,
    every_days BIGINT NOT NULL,
    next_at_ms BIGINT NOT NULL,
    handler_id BIGINT,
    level TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);

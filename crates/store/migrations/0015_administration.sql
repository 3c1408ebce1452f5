-- What staff have set instead of the product's own values; value null: back at the default.
CREATE TABLE parameter (
    name TEXT PRIMARY KEY,
    value BIGINT,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);

-- Who set what, from which value to which, and why; null: the default.
CREATE TABLE parameter_change (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    address TEXT NOT NULL,
    before_value BIGINT,
    after_value BIGINT,
    reason TEXT NOT NULL
);
CREATE INDEX parameter_change_of ON parameter_change (name, id);

-- What feedback is about. One that is switched off is offered no more; what has it keeps its name.
CREATE TABLE feedback_category (
    code TEXT PRIMARY KEY,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    place BIGINT NOT NULL,
    enabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL
);
INSERT INTO feedback_category (code, name_zh, name_en, place, enabled, version) VALUES
    ('cannot_start', '无法启动', 'Cannot start', 1, TRUE, 1),
    ('connector_broken', '枪头损坏', 'Connector broken', 2, TRUE, 1),
    ('slow', '充电慢', 'Slow charging', 3, TRUE, 1),
    ('place_taken', '车位被占', 'Place taken', 4, TRUE, 1),
    ('bill', '计费疑问', 'Bill', 5, TRUE, 1),
    ('refund', '退款', 'Refund', 6, TRUE, 1),
    ('invoice', '发票', 'Invoice', 7, TRUE, 1),
    ('other', '其他', 'Other', 8, TRUE, 1);

-- What staff have decided of a job; one without a row runs as the product says.
CREATE TABLE job (
    name TEXT PRIMARY KEY,
    paused BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);

-- Runs of jobs. message: JSON of what came of it, in both languages.
CREATE TABLE job_run (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    started_by TEXT NOT NULL,
    staff_name TEXT,
    state TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    done_count BIGINT NOT NULL,
    message TEXT
);
CREATE INDEX job_run_of ON job_run (name, id);
CREATE UNIQUE INDEX job_run_open ON job_run (name) WHERE state = 'running';

-- Ways out for messages. config: JSON without the secret; secret: sealed with the installation's key.
CREATE TABLE channel (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    enabled BOOLEAN NOT NULL,
    config TEXT NOT NULL,
    secret TEXT,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);

-- What was sent through them, and what came of it. message: JSON in both languages.
CREATE TABLE channel_send (
    id BIGINT PRIMARY KEY,
    channel_id BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    target TEXT NOT NULL,
    success BOOLEAN NOT NULL,
    message TEXT,
    took_ms BIGINT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX channel_send_of ON channel_send (channel_id, id);

ALTER TABLE mail ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN next_at_ms BIGINT NOT NULL DEFAULT 0;

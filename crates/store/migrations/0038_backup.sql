-- 备份: a full backup that was made, or was tried. name: its file at the place; line and seq: see store/archive.
CREATE TABLE backup (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    line TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    state TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT NOT NULL,
    plain_bytes BIGINT NOT NULL,
    stored_bytes BIGINT NOT NULL,
    digest TEXT NOT NULL,
    checked_at_ms BIGINT,
    check_passed BOOLEAN,
    message TEXT
);
CREATE INDEX backup_by_name ON backup (name);

-- 恢复演练: when, how, what was lost and how long it took. message: JSON of what came of it, in both languages.
CREATE TABLE drill (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    passed BOOLEAN NOT NULL,
    started_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT NOT NULL,
    restored_to_ms BIGINT,
    rpo_ms BIGINT,
    rpo_event_count BIGINT,
    rto_ms BIGINT,
    order_count BIGINT,
    audit_count BIGINT,
    audit_head TEXT,
    staff_name TEXT NOT NULL,
    note TEXT NOT NULL,
    message TEXT
);

-- 监视器: what a pile of OCPP 2 watches of itself, as far as it has told; base and level of all of them.
CREATE TABLE pile_monitor (
    pile_id BIGINT NOT NULL,
    monitor_no BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT,
    severity BIGINT NOT NULL,
    in_session BOOLEAN,
    origin TEXT,
    told_at_ms BIGINT NOT NULL,
    PRIMARY KEY (pile_id, monitor_no)
);
CREATE TABLE pile_monitoring (
    pile_id BIGINT PRIMARY KEY,
    base TEXT,
    severity BIGINT,
    told_at_ms BIGINT NOT NULL
);

-- What a pile has noticed of its variables is an event as well; of the others these are empty.
ALTER TABLE pile_event ADD COLUMN severity BIGINT;
ALTER TABLE pile_event ADD COLUMN event_no BIGINT;
ALTER TABLE pile_event ADD COLUMN cause_no BIGINT;
ALTER TABLE pile_event ADD COLUMN name TEXT;
ALTER TABLE pile_event ADD COLUMN value TEXT;
ALTER TABLE pile_event ADD COLUMN cleared BOOLEAN;
ALTER TABLE pile_event ADD COLUMN tech TEXT;

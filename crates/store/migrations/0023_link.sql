-- 上下线记录: one row for each link of a pile, written when it ends. ended: why. shown: what it came in with
-- (OCPP only).
CREATE TABLE link (
    pile_id BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT NOT NULL,
    remote_address TEXT NOT NULL,
    shown TEXT,
    ended TEXT NOT NULL,
    PRIMARY KEY (pile_id, from_ms)
);
CREATE INDEX link_ended ON link (to_ms);

-- 固件: a file that piles can be brought to. operator_id NULL: the whole platform's. size_bytes NULL: its file has not
-- come yet. The file itself lies in the data folder.
CREATE TABLE firmware (
    id BIGINT PRIMARY KEY,
    operator_id BIGINT,
    name TEXT NOT NULL,
    vendor TEXT NOT NULL,
    model TEXT NOT NULL,
    version TEXT NOT NULL,
    note TEXT NOT NULL,
    file_name TEXT,
    size_bytes BIGINT,
    digest TEXT,
    signature TEXT,
    certificate TEXT,
    staff_id BIGINT,
    created_at_ms BIGINT NOT NULL
);

-- 文件传输: one firmware that a pile fetches, or one log that it sends. state: see model/transfer.rs. steps: what the
-- pile said, as JSON. token: SHA-256 of the secret in its address.
CREATE TABLE transfer (
    id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    firmware_id BIGINT,
    version TEXT,
    state TEXT NOT NULL,
    message TEXT,
    steps TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    expires_at_ms BIGINT NOT NULL,
    command_id BIGINT,
    staff_id BIGINT,
    file_name TEXT,
    size_bytes BIGINT,
    digest TEXT,
    created_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT
);
CREATE INDEX transfer_of_pile ON transfer (pile_id, id);
CREATE INDEX transfer_of_firmware ON transfer (firmware_id);
CREATE INDEX transfer_open ON transfer (expires_at_ms) WHERE ended_at_ms IS NULL;

-- 安全事件: what a pile has reported of its own security.
CREATE TABLE security_event (
    id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    info TEXT,
    at_ms BIGINT NOT NULL,
    received_at_ms BIGINT NOT NULL
);
CREATE INDEX security_event_of_pile ON security_event (pile_id, id);

-- What a batch of updates brings, and the address that its piles reach us by.
ALTER TABLE pile_batch ADD COLUMN firmware_id BIGINT;
ALTER TABLE pile_batch ADD COLUMN reached_by TEXT;

-- One thing done to several piles. state: running, done, halted.
CREATE TABLE pile_batch (
    id BIGINT PRIMARY KEY,
    staff_id BIGINT,
    deed TEXT NOT NULL,
    station_id BIGINT,
    state TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT
);

-- What became of it at each of them. state: waiting, running, done, failed, cut (the server stopped or a
-- person halted it before it was known). message: {"zh":…,"en":…}.
CREATE TABLE pile_batch_row (
    batch_id BIGINT NOT NULL,
    pile_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    message TEXT,
    ended_at_ms BIGINT,
    PRIMARY KEY (batch_id, pile_id)
);

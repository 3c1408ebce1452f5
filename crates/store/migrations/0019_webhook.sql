-- What webhooks are to be told, written in the transaction in which it happens. subject: what it is
-- about, as people know it. body: JSON of what happened. holds: the receiver does not work, so that
-- what came later waits too. waits_from_ms: when it was put here, or was sent again by a person.
CREATE TABLE delivery (
    id BIGINT PRIMARY KEY,
    channel_id BIGINT NOT NULL,
    event TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    next_at_ms BIGINT NOT NULL,
    holds BOOLEAN NOT NULL,
    created_at_ms BIGINT NOT NULL,
    waits_from_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    status BIGINT,
    message TEXT
);
CREATE INDEX delivery_of ON delivery (channel_id, id);
CREATE INDEX delivery_waiting ON delivery (channel_id, id) WHERE state = 'waiting';
CREATE INDEX delivery_ended ON delivery (ended_at_ms);

-- The answer's status, and the delivery that was tried.
ALTER TABLE channel_send ADD COLUMN status BIGINT;
ALTER TABLE channel_send ADD COLUMN delivery_id BIGINT;

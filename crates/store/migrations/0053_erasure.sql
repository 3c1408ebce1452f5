-- 个人信息删除: asked for by one person and decided by another. state: model::personal. What was erased of a customer stays
-- known by their id alone, in their orders and in the books.
CREATE TABLE erasure (
    id BIGINT PRIMARY KEY,
    customer_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    staff_id BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    decided_by BIGINT,
    decided_by_name TEXT,
    decided_at_ms BIGINT,
    decision_reason TEXT,
    row_count BIGINT NOT NULL
);
CREATE INDEX erasure_customer ON erasure (customer_id, id);
CREATE UNIQUE INDEX erasure_open ON erasure (customer_id) WHERE state = 'asked';

ALTER TABLE customer ADD COLUMN erased_at_ms BIGINT;

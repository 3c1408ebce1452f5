-- 反馈黑名单: from whom no feedback is taken any more, until when, and why. phone: digits. operator_id null: for the whole
-- platform; else only what concerns the piles of this operator. reason: what the person is told.
CREATE TABLE feedback_block (
    id BIGINT PRIMARY KEY,
    phone TEXT NOT NULL,
    customer_id BIGINT,
    operator_id BIGINT,
    feedback_id BIGINT,
    reason TEXT NOT NULL,
    until_ms BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    lifted_at_ms BIGINT,
    lifted_by TEXT,
    lift_reason TEXT
);
CREATE INDEX feedback_block_phone ON feedback_block (phone) WHERE lifted_at_ms IS NULL;
CREATE INDEX feedback_block_customer ON feedback_block (customer_id) WHERE lifted_at_ms IS NULL AND customer_id IS NOT NULL;

-- 账务: money moves by postings, which are only appended. id: model::ledger::AccountId, owner × 32 + kind. Both sums
-- grow only; each transaction adds to them what it has posted.
CREATE TABLE account (
    id BIGINT PRIMARY KEY,
    debit_fen BIGINT NOT NULL,
    credit_fen BIGINT NOT NULL
);

-- posting_key: what it is for, in words that are the same when it is said again.
CREATE TABLE posting (
    id BIGINT PRIMARY KEY,
    debit_id BIGINT NOT NULL,
    credit_id BIGINT NOT NULL,
    fen BIGINT NOT NULL,
    code TEXT NOT NULL,
    posting_key TEXT NOT NULL,
    order_id BIGINT,
    operator_id BIGINT,
    at_ms BIGINT NOT NULL,
    staff_id BIGINT,
    staff_name TEXT,
    reason TEXT NOT NULL
);
CREATE UNIQUE INDEX posting_unique ON posting (posting_key);
CREATE INDEX posting_by_order ON posting (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX posting_by_debit ON posting (debit_id, id);
CREATE INDEX posting_by_credit ON posting (credit_id, id);

-- 订单支付: who pays an order and from what. Orders that nobody pays have none. way, state: model::ledger. held_fen: held
-- now; most_held_fen: held at most. principal_fen, gift_fen, owed_fen: what the bill was posted to. refunded_fen: given
-- back since; written_off_fen: of owed_fen, what nobody will pay. exhausted: nothing more could be held, and the session was stopped. step: changes with every write.
CREATE TABLE order_payment (
    order_id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    fleet_id BIGINT,
    way TEXT NOT NULL,
    state TEXT NOT NULL,
    held_fen BIGINT NOT NULL,
    most_held_fen BIGINT NOT NULL,
    principal_fen BIGINT NOT NULL,
    gift_fen BIGINT NOT NULL,
    owed_fen BIGINT NOT NULL,
    refunded_fen BIGINT NOT NULL,
    written_off_fen BIGINT NOT NULL,
    exhausted BOOLEAN NOT NULL,
    step BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);
CREATE INDEX order_payment_open ON order_payment (customer_id) WHERE state = 'open';
CREATE INDEX order_payment_open_fleet ON order_payment (fleet_id) WHERE state = 'open' AND fleet_id IS NOT NULL;

-- Orders from here on have their money in postings.
CREATE TABLE ledger_begin (after_order_id BIGINT NOT NULL);
INSERT INTO ledger_begin (after_order_id) SELECT COALESCE(MAX(id), 0) FROM orders;

-- pay_way NULL: as the parameter says. fleet.pays: for its drivers, from its account, down to minus credit_fen.
ALTER TABLE customer ADD COLUMN pay_way TEXT;
ALTER TABLE fleet ADD COLUMN pays BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE fleet ADD COLUMN credit_fen BIGINT NOT NULL DEFAULT 0;

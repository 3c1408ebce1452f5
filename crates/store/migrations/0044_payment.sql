-- 支付渠道: where customers pay. kind, config (JSON): model::pay. operator_id NULL: the platform's. secret: sealed.
-- notify_url: under which address the channel reaches us.
CREATE TABLE pay_channel (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    operator_id BIGINT,
    enabled BOOLEAN NOT NULL,
    config TEXT NOT NULL,
    secret TEXT NOT NULL,
    notify_url TEXT NOT NULL,
    checked_at_ms BIGINT,
    check_fault TEXT,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);

-- 支付单: what a customer pays at a channel. no: what the channel knows it by. purpose, state: model::pay. refunded_fen: in
-- refunds that were not given up. late: paid after it was closed. excess: paid, and owed by nobody. next_at_ms: when the
-- channel is asked next; NULL: it need not be.
CREATE TABLE payment (
    id BIGINT PRIMARY KEY,
    no TEXT NOT NULL,
    token TEXT NOT NULL,
    pay_channel_id BIGINT NOT NULL,
    operator_id BIGINT,
    customer_id BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    order_id BIGINT,
    pile_id BIGINT,
    amount_fen BIGINT NOT NULL,
    refunded_fen BIGINT NOT NULL,
    state TEXT NOT NULL,
    request_id TEXT NOT NULL,
    channel_no TEXT,
    pay_url TEXT,
    late BOOLEAN NOT NULL,
    excess BOOLEAN NOT NULL,
    message TEXT,
    tries BIGINT NOT NULL,
    next_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    paid_at_ms BIGINT,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX payment_by_no ON payment (no);
CREATE UNIQUE INDEX payment_by_request ON payment (customer_id, request_id);
CREATE UNIQUE INDEX payment_by_channel_no ON payment (pay_channel_id, channel_no) WHERE channel_no IS NOT NULL;
CREATE INDEX payment_by_order ON payment (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX payment_due ON payment (next_at_ms) WHERE next_at_ms IS NOT NULL;
CREATE INDEX payment_by_paid ON payment (pay_channel_id, paid_at_ms) WHERE paid_at_ms IS NOT NULL;

-- What happened to a payment and its refunds. what: a word; words: what the channel or a person said.
CREATE TABLE payment_event (
    id BIGINT PRIMARY KEY,
    payment_id BIGINT NOT NULL,
    refund_id BIGINT,
    at_ms BIGINT NOT NULL,
    what TEXT NOT NULL,
    words TEXT NOT NULL,
    staff_name TEXT
);
CREATE INDEX payment_event_by_payment ON payment_event (payment_id, id);

-- Of what was owed for an order: paid at a channel since.
ALTER TABLE order_payment ADD COLUMN settled_fen BIGINT NOT NULL DEFAULT 0;

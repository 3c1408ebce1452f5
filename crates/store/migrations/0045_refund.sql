-- 退款单: money on its way back to a customer. no: the one number under which it is sent, however often. kind, route, state:
-- model::pay. proof: of a transfer by hand. next_at_ms: when the channel is told or asked next; NULL: it need not be.
CREATE TABLE refund (
    id BIGINT PRIMARY KEY,
    no TEXT NOT NULL,
    payment_id BIGINT NOT NULL,
    pay_channel_id BIGINT NOT NULL,
    operator_id BIGINT,
    customer_id BIGINT NOT NULL,
    order_id BIGINT,
    pile_id BIGINT,
    kind TEXT NOT NULL,
    amount_fen BIGINT NOT NULL,
    reason TEXT NOT NULL,
    request_id TEXT NOT NULL,
    route TEXT NOT NULL,
    state TEXT NOT NULL,
    channel_no TEXT,
    message TEXT,
    tries BIGINT NOT NULL,
    next_at_ms BIGINT,
    staff_id BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    decided_by_name TEXT,
    decided_at_ms BIGINT,
    submitted_at_ms BIGINT,
    ended_at_ms BIGINT,
    proof TEXT,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX refund_by_no ON refund (no);
CREATE INDEX refund_by_request ON refund (request_id);
CREATE INDEX refund_by_payment ON refund (payment_id);
CREATE INDEX refund_by_customer ON refund (customer_id, id);
CREATE INDEX refund_due ON refund (next_at_ms) WHERE next_at_ms IS NOT NULL;

-- Of what was paid at a channel for an order: gone back to its source, or reserved for it.
ALTER TABLE order_payment ADD COLUMN returned_fen BIGINT NOT NULL DEFAULT 0;

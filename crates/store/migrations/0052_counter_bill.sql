-- What a channel keeps of each payment, in 0.01 %; NULL: nobody has said, and its fees are taken as they come.
ALTER TABLE pay_channel ADD COLUMN fee_bp BIGINT;

-- 互联方: a platform whose customers charge here. code: its OperatorID of T/CEC 102. fleet_id: the fleet under which its
-- orders are kept here; NULL: its orders are known by its own lists alone.
CREATE TABLE peer (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL UNIQUE,
    fleet_id BIGINT,
    note TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);

-- 对方账单: what a pay channel (source 'pay_channel') or a peer (source 'peer') says of a day in China, beside what we say
-- of it. state: model::reconciliation. body: as it came; NULL: it is not here yet. message: why not. next_at_ms: when it
-- is asked for next; NULL: not any more by itself. back: refunds. fee_posted_fen: what of fee_fen is in the postings,
-- made in fee_step steps.
CREATE TABLE counter_bill (
    id BIGINT PRIMARY KEY,
    source TEXT NOT NULL,
    source_id BIGINT NOT NULL,
    operator_id BIGINT,
    day BIGINT NOT NULL,
    state TEXT NOT NULL,
    our_count BIGINT NOT NULL,
    our_fen BIGINT NOT NULL,
    our_energy_dwh BIGINT NOT NULL,
    our_back_count BIGINT NOT NULL,
    our_back_fen BIGINT NOT NULL,
    their_count BIGINT NOT NULL,
    their_fen BIGINT NOT NULL,
    their_energy_dwh BIGINT NOT NULL,
    their_back_count BIGINT NOT NULL,
    their_back_fen BIGINT NOT NULL,
    fee_fen BIGINT NOT NULL,
    fee_posted_fen BIGINT NOT NULL,
    fee_step BIGINT NOT NULL,
    difference_count BIGINT NOT NULL,
    open_count BIGINT NOT NULL,
    written_off_fen BIGINT NOT NULL,
    file_name TEXT,
    digest TEXT,
    body BYTEA,
    fetched_at_ms BIGINT,
    tries BIGINT NOT NULL,
    message TEXT,
    next_at_ms BIGINT,
    ran_at_ms BIGINT,
    signed_by BIGINT,
    signed_by_name TEXT,
    signed_at_ms BIGINT,
    reason TEXT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (day, source, source_id)
);
CREATE INDEX counter_bill_source ON counter_bill (source, source_id, day);

-- A line of such a bill. payment_no: our number of the payment, or of the payment that is refunded; of a peer's order: our
-- number of the order. own_no: our number of what the line is about. their_no: theirs. done: it is over there. order_id:
-- the order that a peer's line is of.
CREATE TABLE counter_line (
    id BIGINT PRIMARY KEY,
    counter_bill_id BIGINT NOT NULL,
    source TEXT NOT NULL,
    source_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    line_no BIGINT NOT NULL,
    is_refund BOOLEAN NOT NULL,
    own_no TEXT NOT NULL,
    payment_no TEXT NOT NULL,
    their_no TEXT NOT NULL,
    fen BIGINT NOT NULL,
    energy_dwh BIGINT,
    fee_fen BIGINT,
    at_ms BIGINT NOT NULL,
    done BOOLEAN NOT NULL,
    order_id BIGINT
);
CREATE INDEX counter_line_bill ON counter_line (counter_bill_id, line_no);
CREATE INDEX counter_line_own ON counter_line (source, source_id, own_no);
CREATE INDEX counter_line_their ON counter_line (source, source_id, their_no);
CREATE INDEX counter_line_order ON counter_line (order_id) WHERE order_id IS NOT NULL;

-- 对方差异. difference_key: the same in every run of the day. evidence: JSON of model::reconciliation::CounterEvidence.
CREATE TABLE counter_difference (
    id BIGINT PRIMARY KEY,
    counter_bill_id BIGINT NOT NULL,
    source TEXT NOT NULL,
    source_id BIGINT NOT NULL,
    operator_id BIGINT,
    day BIGINT NOT NULL,
    kind TEXT NOT NULL,
    difference_key TEXT NOT NULL,
    payment_id BIGINT,
    refund_id BIGINT,
    order_id BIGINT,
    energy_dwh BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    staff_id BIGINT,
    staff_name TEXT,
    handled_at_ms BIGINT,
    found_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (counter_bill_id, difference_key)
);
CREATE INDEX counter_difference_open ON counter_difference (source, source_id, day) WHERE state = 'open';
CREATE INDEX refund_by_ended ON refund (pay_channel_id, ended_at_ms) WHERE ended_at_ms IS NOT NULL;

-- Customer service. no: what the person is told. request_id: the intake's own name of it, so that a
-- repeat adds nothing. *_due_ms: what was promised when it came in, unmoved by later changes.
CREATE TABLE feedback (
    id BIGINT PRIMARY KEY,
    no TEXT NOT NULL UNIQUE,
    request_id TEXT NOT NULL UNIQUE,
    upload_token TEXT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    content TEXT NOT NULL,
    phone TEXT,
    name TEXT,
    customer_id BIGINT,
    operator_id BIGINT,
    station_id BIGINT,
    pile_id BIGINT,
    connector_no BIGINT,
    order_id BIGINT,
    state TEXT NOT NULL,
    handler_id BIGINT,
    merged_into BIGINT,
    answer_due_ms BIGINT NOT NULL,
    close_due_ms BIGINT NOT NULL,
    answered_at_ms BIGINT,
    closed_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX feedback_created ON feedback (created_at_ms, id);
CREATE INDEX feedback_phone ON feedback (phone, created_at_ms);
CREATE INDEX feedback_open ON feedback (state, id) WHERE state <> 'closed' AND state <> 'merged';

-- What was done with it, in order. told: the person who wrote sees it too.
CREATE TABLE feedback_event (
    id BIGINT PRIMARY KEY,
    feedback_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    action TEXT NOT NULL,
    staff_name TEXT,
    text TEXT NOT NULL,
    told BOOLEAN NOT NULL
);
CREATE INDEX feedback_event_of ON feedback_event (feedback_id, id);

-- How soon we answer and end each kind; kinds without a row have the product's own limits.
CREATE TABLE feedback_limit (
    kind TEXT PRIMARY KEY,
    answer_minutes BIGINT NOT NULL,
    close_minutes BIGINT NOT NULL
);

-- Pictures of whatever noun. digest: SHA-256, so that the same picture is kept once per thing.
CREATE TABLE attachment (
    id BIGINT PRIMARY KEY,
    noun TEXT NOT NULL,
    noun_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    digest TEXT NOT NULL,
    body BYTEA NOT NULL,
    created_at_ms BIGINT NOT NULL,
    UNIQUE (noun, noun_id, digest)
);

-- Only those that have a customer: the others would cost each order a page for nothing.
CREATE INDEX orders_customer ON orders (customer_id, started_at_ms) WHERE customer_id IS NOT NULL;

-- E-invoices. operator_id: the seller; one invoice has one. station_id: the one station of all its
-- orders, null when there are several. total_fen = net_fen + tax_fen; a red one has negative amounts.
CREATE TABLE invoice (
    id BIGINT PRIMARY KEY,
    serial_no TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    red BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    customer_id BIGINT,
    customer_kind TEXT NOT NULL,
    phone TEXT,
    title TEXT NOT NULL,
    tax_no TEXT,
    operator_id BIGINT NOT NULL,
    station_id BIGINT,
    net_fen BIGINT NOT NULL,
    tax_fen BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    electricity_fen BIGINT NOT NULL,
    service_fen BIGINT NOT NULL,
    number TEXT,
    email TEXT,
    failure TEXT,
    applied_at_ms BIGINT NOT NULL,
    issued_at_ms BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX invoice_applied ON invoice (applied_at_ms, id);

-- live: the order cannot stand in another blue invoice; let go when this one fails or is reversed.
CREATE TABLE invoice_order (
    invoice_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    live BOOLEAN NOT NULL,
    PRIMARY KEY (invoice_id, order_id)
);
CREATE UNIQUE INDEX invoice_order_live ON invoice_order (order_id) WHERE live;

CREATE TABLE invoice_event (
    id BIGINT PRIMARY KEY,
    invoice_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    action TEXT NOT NULL,
    staff_name TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX invoice_event_of ON invoice_event (invoice_id, id);

-- The outbox: what shall be sent, and what became of it.
CREATE TABLE mail (
    id BIGINT PRIMARY KEY,
    noun TEXT NOT NULL,
    noun_id BIGINT NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL,
    message TEXT,
    created_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT
);
CREATE INDEX mail_of ON mail (noun, noun_id, id);
CREATE INDEX mail_waiting ON mail (id) WHERE state = 'waiting';

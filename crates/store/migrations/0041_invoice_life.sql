-- 销售方: who stands in invoices as the seller of an operator. An operator without a row sells under its own name,
-- and the platform makes receipts for it. secret: sealed. login: of the channel at the tax bureau.
CREATE TABLE seller (
    operator_id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    tax_no TEXT,
    address TEXT,
    phone TEXT,
    bank_account TEXT,
    electricity_name TEXT NOT NULL,
    electricity_code TEXT NOT NULL,
    electricity_rate_e4 BIGINT NOT NULL,
    service_name TEXT NOT NULL,
    service_code TEXT NOT NULL,
    service_rate_e4 BIGINT NOT NULL,
    quota_fen BIGINT NOT NULL,
    drawer TEXT NOT NULL,
    checker TEXT,
    payee TEXT,
    review BOOLEAN NOT NULL,
    channel TEXT NOT NULL,
    nuonuo TEXT,
    secret TEXT,
    login TEXT NOT NULL,
    login_message TEXT,
    login_at_ms BIGINT,
    login_checked_at_ms BIGINT,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);

-- 抬头: to whom the invoices of a customer or a fleet are made out; one of each owner is the preferred one.
CREATE TABLE invoice_title (
    id BIGINT PRIMARY KEY,
    customer_id BIGINT,
    fleet_id BIGINT,
    company BOOLEAN NOT NULL,
    name TEXT NOT NULL,
    tax_no TEXT,
    address TEXT,
    phone TEXT,
    bank_account TEXT,
    email TEXT,
    preferred BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    CHECK ((customer_id IS NULL) <> (fleet_id IS NULL))
);
CREATE INDEX invoice_title_customer ON invoice_title (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX invoice_title_fleet ON invoice_title (fleet_id, id) WHERE fleet_id IS NOT NULL;

-- parties: seller and buyer as they were when it was applied for. due_at_ms: when the channel is asked (again);
-- null when nothing is to be asked. tries: how often it was. blue_id: of a red one, what it takes back.
-- red_count: how many reversals were asked for, which numbers their confirmations.
ALTER TABLE invoice ADD COLUMN fleet_id BIGINT;
ALTER TABLE invoice ADD COLUMN channel TEXT NOT NULL DEFAULT 'nuonuo';
ALTER TABLE invoice ADD COLUMN parties TEXT;
ALTER TABLE invoice ADD COLUMN blue_id BIGINT;
ALTER TABLE invoice ADD COLUMN channel_no TEXT;
ALTER TABLE invoice ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invoice ADD COLUMN due_at_ms BIGINT;
ALTER TABLE invoice ADD COLUMN red_reason TEXT;
ALTER TABLE invoice ADD COLUMN red_state TEXT;
ALTER TABLE invoice ADD COLUMN red_count BIGINT NOT NULL DEFAULT 0;
CREATE INDEX invoice_due ON invoice (due_at_ms, id) WHERE due_at_ms IS NOT NULL;
CREATE INDEX invoice_todo ON invoice (state) WHERE state IN ('review', 'failed');
CREATE INDEX invoice_blue ON invoice (blue_id) WHERE blue_id IS NOT NULL;

-- What of each order stands in it.
ALTER TABLE invoice_order ADD COLUMN electricity_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invoice_order ADD COLUMN service_fen BIGINT NOT NULL DEFAULT 0;
CREATE INDEX invoice_order_of ON invoice_order (order_id);

CREATE TABLE invoice_line (
    invoice_id BIGINT NOT NULL,
    no BIGINT NOT NULL,
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    rate_e4 BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    net_fen BIGINT NOT NULL,
    tax_fen BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    PRIMARY KEY (invoice_id, no)
);

-- An application that is sent again makes nothing new. body: what it said, so that another one under the same
-- number is told apart.
CREATE TABLE invoice_request (
    request_id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    invoices TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- Files that the channel has and we have not fetched yet.
CREATE TABLE invoice_file (
    invoice_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    tries BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    PRIMARY KEY (invoice_id, kind)
);

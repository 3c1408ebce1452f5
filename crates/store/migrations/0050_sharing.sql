-- 分账方: who has a part in what an operator earns. kind: model::sharing. account_no: where it is paid to.
CREATE TABLE payee (
    id BIGINT PRIMARY KEY,
    operator_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    account_name TEXT NOT NULL,
    bank_name TEXT NOT NULL,
    account_no TEXT NOT NULL,
    note TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (operator_id, name)
);

-- 分账规则. station_id NULL: wherever a station has none of its own. basis, deduction, rate: model::sharing. to_day: inclusive,
-- NULL: until somebody ends it. What a closed period was divided by does not change.
CREATE TABLE sharing_rule (
    id BIGINT PRIMARY KEY,
    operator_id BIGINT NOT NULL,
    station_id BIGINT,
    payee_id BIGINT NOT NULL,
    basis TEXT NOT NULL,
    rate BIGINT NOT NULL,
    deduction TEXT NOT NULL,
    fee_rate BIGINT NOT NULL,
    cost_price BIGINT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT,
    note TEXT NOT NULL,
    staff_name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX sharing_rule_by_operator ON sharing_rule (operator_id, from_day);
CREATE INDEX sharing_rule_by_payee ON sharing_rule (payee_id);

-- 分账期: some days of an operator, divided. The sums are of the orders of these days, after discounts and refunds; shared_fen is
-- what payees get of them, rest_fen the operator's. adjusted_fen: what changed since for closed periods, for all payees.
CREATE TABLE sharing_period (
    id BIGINT PRIMARY KEY,
    operator_id BIGINT NOT NULL,
    cycle TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT NOT NULL,
    state TEXT NOT NULL,
    order_count BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    electricity_fen BIGINT NOT NULL,
    service_fen BIGINT NOT NULL,
    shared_fen BIGINT NOT NULL,
    rest_fen BIGINT NOT NULL,
    adjusted_fen BIGINT NOT NULL,
    adjusted_count BIGINT NOT NULL,
    made_at_ms BIGINT NOT NULL,
    made_count BIGINT NOT NULL,
    closed_by_name TEXT,
    closed_at_ms BIGINT,
    version BIGINT NOT NULL,
    UNIQUE (operator_id, from_day, to_day)
);
CREATE INDEX sharing_period_closed ON sharing_period (operator_id, to_day) WHERE state = 'closed';

-- 分账单: what one payee gets of a period. carried_fen: below zero, what it had got too much before. payable_fen: all of it
-- together. before_fen: shared_fen + adjusted_fen in the trial before; NULL: there was none.
CREATE TABLE sharing_statement (
    id BIGINT PRIMARY KEY,
    period_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    payee_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    shared_fen BIGINT NOT NULL,
    adjusted_fen BIGINT NOT NULL,
    carried_fen BIGINT NOT NULL,
    payable_fen BIGINT NOT NULL,
    before_fen BIGINT,
    paid_by_name TEXT,
    paid_at_ms BIGINT,
    reference TEXT,
    version BIGINT NOT NULL,
    UNIQUE (period_id, payee_id)
);
CREATE INDEX sharing_statement_by_payee ON sharing_statement (payee_id, period_id);

-- 分账明细: what a rule comes to at a station. about_period_id: whose orders; another than period_id: an adjustment of what was
-- closed, whose figures are differences. The terms are kept as they were divided by.
CREATE TABLE sharing_line (
    id BIGINT PRIMARY KEY,
    period_id BIGINT NOT NULL,
    about_period_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    payee_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    rule_id BIGINT NOT NULL,
    basis TEXT NOT NULL,
    rate BIGINT NOT NULL,
    deduction TEXT NOT NULL,
    fee_rate BIGINT NOT NULL,
    cost_price BIGINT NOT NULL,
    from_day BIGINT NOT NULL,
    to_day BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    basis_fen BIGINT NOT NULL,
    share_fen BIGINT NOT NULL,
    before_fen BIGINT,
    UNIQUE (period_id, about_period_id, station_id, rule_id)
);
CREATE INDEX sharing_line_by_about ON sharing_line (about_period_id, station_id);

-- What a closed period rests on: each order as it was. adjustment NULL: an order of the period itself; else why one of
-- about_period_id stands here, with its figures as they are now. latest: no later period has it again.
CREATE TABLE sharing_order (
    period_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    about_period_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    adjustment TEXT,
    energy_dwh BIGINT NOT NULL,
    electricity_fen BIGINT NOT NULL,
    service_fen BIGINT NOT NULL,
    latest BOOLEAN NOT NULL,
    PRIMARY KEY (period_id, order_id)
);
CREATE INDEX sharing_order_latest ON sharing_order (order_id) WHERE latest;
CREATE INDEX sharing_order_by_about ON sharing_order (about_period_id, station_id) WHERE latest;
CREATE INDEX sharing_order_by_operator ON sharing_order (operator_id, day) WHERE latest;

-- What a second person decides: closing a period, or paying a statement.
CREATE TABLE sharing_proposal (
    id BIGINT PRIMARY KEY,
    operator_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    period_id BIGINT NOT NULL,
    statement_id BIGINT,
    amount_fen BIGINT NOT NULL,
    reference TEXT,
    state TEXT NOT NULL,
    staff_id BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    decided_by BIGINT,
    decided_by_name TEXT,
    decided_at_ms BIGINT,
    decision_reason TEXT
);
CREATE INDEX sharing_proposal_by_period ON sharing_proposal (period_id, id);

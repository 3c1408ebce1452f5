-- 异常结算: what a person decided of an order that was held, and who else agreed. energies: JSON list of
-- sharp, peak, flat, valley. energy, fees: what the order gets, or would get, by it.
CREATE TABLE settlement (
    id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL,
    basis TEXT NOT NULL,
    energies TEXT,
    energy_dwh BIGINT NOT NULL,
    electricity_fen BIGINT NOT NULL,
    service_fen BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    staff_id BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    decided_by BIGINT,
    decided_by_name TEXT,
    decided_at_ms BIGINT,
    decision_reason TEXT
);
CREATE INDEX settlement_order ON settlement (order_id, id);
-- One decision at a time waits for its second person.
CREATE UNIQUE INDEX settlement_proposed ON settlement (order_id) WHERE state = 'proposed';

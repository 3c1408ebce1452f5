-- 余额调整: money that staff put into a purse or take out of it; above a limit a second person agrees first. kind, state:
-- model::wallet. Either customer_id or fleet_id. request_id: said again, it is the same change.
CREATE TABLE wallet_change (
    id BIGINT PRIMARY KEY,
    customer_id BIGINT,
    fleet_id BIGINT,
    kind TEXT NOT NULL,
    amount_fen BIGINT NOT NULL,
    reason TEXT NOT NULL,
    request_id TEXT NOT NULL,
    state TEXT NOT NULL,
    staff_id BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    decided_by BIGINT,
    decided_by_name TEXT,
    decided_at_ms BIGINT,
    decision_reason TEXT
);
CREATE UNIQUE INDEX wallet_change_by_request ON wallet_change (request_id);
CREATE INDEX wallet_change_by_customer ON wallet_change (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX wallet_change_by_fleet ON wallet_change (fleet_id, id) WHERE fleet_id IS NOT NULL;

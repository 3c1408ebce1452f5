-- An account can be changed by two people at once; whoever leaves says what stays to be done.
ALTER TABLE staff ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE staff ADD COLUMN handover TEXT NOT NULL DEFAULT '';

-- Roles of an operator's own making: their names need not differ from those of other operators.
CREATE TABLE role_new (
    code TEXT PRIMARY KEY,
    operator_id BIGINT,
    name TEXT NOT NULL,
    permissions TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
INSERT INTO role_new (code, name, permissions, created_at_ms, version)
    SELECT code, name, permissions, created_at_ms, version FROM role;
DROP TABLE role;
ALTER TABLE role_new RENAME TO role;
CREATE UNIQUE INDEX role_name ON role (COALESCE(operator_id, 0), name);

-- The audit log is a chain: each row keeps a hash over its content and the row before. audit_head is
-- the end of it; whoever appends holds that row until the commit, so that the chain has one order.
ALTER TABLE audit ADD COLUMN chain_no BIGINT;
ALTER TABLE audit ADD COLUMN hash TEXT;
CREATE UNIQUE INDEX audit_chain ON audit (chain_no);
CREATE INDEX audit_action ON audit (action, id);
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY,
    chain_no BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (id, chain_no, hash) VALUES (1, 0, '');

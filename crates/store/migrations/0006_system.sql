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

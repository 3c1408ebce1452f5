-- What staff have set instead of the product's own values; value null: back at the default.
CREATE TABLE parameter (
    name TEXT PRIMARY KEY,
    value BIGINT,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);

-- Who set what, from which value to which, and why; null: the default.
CREATE TABLE parameter_change (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    staff_name TEXT NOT NULL,
    address TEXT NOT NULL,
    before_value BIGINT,
    after_value BIGINT,
    reason TEXT NOT NULL
);
CREATE INDEX parameter_change_of ON parameter_change (name, id);

-- Files of lost orders that staff bring in. operator_id: whose piles whoever brought it may see; null for
-- the platform. faults: JSON of the first rows that are wrong.
CREATE TABLE order_import (
    id BIGINT PRIMARY KEY,
    staff_id BIGINT NOT NULL,
    operator_id BIGINT,
    file_name TEXT NOT NULL,
    state TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    good_count BIGINT NOT NULL,
    bad_count BIGINT NOT NULL,
    existing_count BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    faults TEXT NOT NULL,
    message TEXT,
    created_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT
);

-- Which orders each of them has brought.
CREATE TABLE order_import_row (
    order_id BIGINT PRIMARY KEY,
    import_id BIGINT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX order_import_row_import ON order_import_row (import_id, order_id);

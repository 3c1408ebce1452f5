-- What a pile of OCPP 2 has told of itself (device model), each variable under the name by which it is asked for.
CREATE TABLE pile_variable (
    pile_id BIGINT NOT NULL REFERENCES pile (id),
    name TEXT NOT NULL,
    value TEXT,
    mutability TEXT,
    data_type TEXT,
    unit TEXT,
    told_at_ms BIGINT NOT NULL,
    PRIMARY KEY (pile_id, name)
);

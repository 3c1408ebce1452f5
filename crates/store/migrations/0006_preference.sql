-- How each person has arranged the console. value: JSON, made and read by the pages alone.
CREATE TABLE preference (
    staff_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    PRIMARY KEY (staff_id, key)
);

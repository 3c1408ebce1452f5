-- What staff keep of a pile beyond what it says of itself. Days: yyyymmdd. tags: one a line. connectors: what
-- is known of each as JSON [{"no","socket","standard","park_no"}]. version 1 is what nobody has written yet.
CREATE TABLE pile_record (
    pile_id BIGINT PRIMARY KEY,
    tags TEXT NOT NULL,
    owner TEXT,
    made_day BIGINT,
    installed_day BIGINT,
    warranty_day BIGINT,
    voltage_min_v BIGINT,
    voltage_max_v BIGINT,
    current_max_a BIGINT,
    note TEXT,
    connectors TEXT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX pile_record_warranty ON pile_record (warranty_day) WHERE warranty_day IS NOT NULL;

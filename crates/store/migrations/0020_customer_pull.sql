-- The platform from which customers are asked, in its one row. secret: the bearer token, sealed. seen_ms: the
-- latest change that the source has told of, from which the next round asks on; null: all are asked for.
-- gone_asked: so many seem to be gone that staff have to say so; gone_accepted: they have. The rest: what came of the rounds; faults: JSON.
CREATE TABLE customer_pull (
    id BIGINT PRIMARY KEY,
    url TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    secret TEXT,
    page_size BIGINT NOT NULL,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    seen_ms BIGINT,
    whole_wanted BOOLEAN NOT NULL,
    gone_accepted BOOLEAN NOT NULL,
    whole_at_ms BIGINT,
    synced_at_ms BIGINT,
    tried_at_ms BIGINT,
    error TEXT,
    was_whole BOOLEAN NOT NULL,
    total_count BIGINT NOT NULL,
    new_count BIGINT NOT NULL,
    changed_count BIGINT NOT NULL,
    gone_count BIGINT NOT NULL,
    gone_asked BIGINT NOT NULL,
    refused_count BIGINT NOT NULL,
    faults TEXT NOT NULL
);

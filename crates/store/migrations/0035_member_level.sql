-- 会员等级. A customer has the highest one (place) whose rules are kept over the days that a parameter says.
-- rights: one a line, as people read them.
CREATE TABLE member_level (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    place BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    order_count BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    rights TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
INSERT INTO member_level (id, name, place, energy_dwh, order_count, total_fen, rights, version, changed_at_ms, changed_by) VALUES
    (1, '普通会员', 1, 0, 0, 0, '', 1, 0, ''),
    (2, '银卡会员', 2, 2000000, 5, 0, '客服优先受理', 1, 0, ''),
    (3, '金卡会员', 3, 6000000, 15, 0, '客服优先受理
生日券', 1, 0, '');
INSERT INTO id_lease (noun, next_id) VALUES ('member_level', 4);

-- marks: JSON list of what the nightly job says of a customer (model::customer::CustomerMark).
ALTER TABLE customer ADD COLUMN level_id BIGINT;
ALTER TABLE customer ADD COLUMN marks TEXT NOT NULL DEFAULT '[]';
CREATE INDEX customer_level ON customer (level_id, created_at_ms, id) WHERE level_id IS NOT NULL;

-- Tags by hand and marks by rule, so that whoever has one is found by index.
CREATE TABLE customer_tag (
    by_rule BOOLEAN NOT NULL,
    tag TEXT NOT NULL,
    customer_id BIGINT NOT NULL,
    PRIMARY KEY (tag, customer_id, by_rule)
);
CREATE INDEX customer_tag_customer ON customer_tag (customer_id);

-- 预约: a connector that is kept for one card until a time. state: see model/reservation.rs. message: why it came
-- to nothing, as {"zh":…,"en":…}. order_id: the order that used it.
CREATE TABLE reservation (
    id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    connector_no BIGINT NOT NULL,
    tag TEXT NOT NULL,
    card_group TEXT,
    customer_id BIGINT,
    state TEXT NOT NULL,
    until_ms BIGINT NOT NULL,
    note TEXT NOT NULL,
    message TEXT,
    order_id BIGINT,
    command_id BIGINT,
    staff_id BIGINT,
    created_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT
);
CREATE INDEX reservation_of_pile ON reservation (pile_id, id);
CREATE INDEX reservation_open ON reservation (pile_id) WHERE state IN ('asked', 'accepted');

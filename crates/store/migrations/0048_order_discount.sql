-- 优惠: what of a bill is not asked of its payer, a line for each reason. kind, bearer: model::discount. permille: of the service
-- fee, where it is such a share. source_id: what gave it (member: the level). orders.discount_fen is their sum.
CREATE TABLE order_discount (
    order_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    amount_fen BIGINT NOT NULL,
    bearer TEXT NOT NULL,
    permille BIGINT,
    source_id BIGINT,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (order_id, kind)
);

-- What the level of a customer takes off the service fee; an order keeps it as it was when the session began.
ALTER TABLE member_level ADD COLUMN service_off_permille BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN member_level_id BIGINT;
ALTER TABLE orders ADD COLUMN service_off_permille BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN discount_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE order_day ADD COLUMN discount_fen BIGINT NOT NULL DEFAULT 0;

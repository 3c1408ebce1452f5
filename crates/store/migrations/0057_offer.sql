-- 优惠 of coupons and activities beside that of a member level. platform_fen: what of a line the platform bears, the operator the
-- rest. voucher_id: the one that was used up. name: what the activity or the coupon was called then. source_id: its id.
ALTER TABLE order_discount ADD COLUMN platform_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE order_discount ADD COLUMN voucher_id BIGINT;
ALTER TABLE order_discount ADD COLUMN name TEXT;
CREATE INDEX order_discount_source ON order_discount (kind, source_id);
CREATE INDEX voucher_order ON voucher (order_id);

-- platform_permille: the platform's part of a shared coupon. combines: beside a member's share and an activity. returns: good again when
-- all that was paid for its order is given back. stations: where it may be used; none: all.
ALTER TABLE coupon ADD COLUMN platform_permille BIGINT NOT NULL DEFAULT 0;
ALTER TABLE coupon ADD COLUMN combines BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE coupon ADD COLUMN returns BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE coupon ADD COLUMN stations TEXT NOT NULL DEFAULT '';
UPDATE coupon SET platform_permille = 1000 WHERE payer = 'platform';

-- 活动: prices of drivers, and of everybody. payer and platform_permille: who bears what it takes off. combines: beside a member's share.
-- cap_fen: the most that it takes off one order; budget_fen: off all of them; spent_fen: what it has taken off. Until now they changed
-- no bill, so those that are published wait for somebody who publishes them again, knowing that they do.
ALTER TABLE driver_price ADD COLUMN payer TEXT NOT NULL DEFAULT 'operator';
ALTER TABLE driver_price ADD COLUMN platform_permille BIGINT NOT NULL DEFAULT 0;
ALTER TABLE driver_price ADD COLUMN combines BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE driver_price ADD COLUMN cap_fen BIGINT;
ALTER TABLE driver_price ADD COLUMN budget_fen BIGINT;
ALTER TABLE driver_price ADD COLUMN spent_fen BIGINT NOT NULL DEFAULT 0;
UPDATE driver_price SET payer = 'platform', platform_permille = 1000 WHERE operator_id IS NULL;
UPDATE driver_price SET decision = 'withdrawn', version = version + 1 WHERE decision = 'published';

-- What of the discounts of an order the platform bears, and what of that has come back to it with refunds.
ALTER TABLE order_payment ADD COLUMN platform_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE order_payment ADD COLUMN platform_back_fen BIGINT NOT NULL DEFAULT 0;
-- 占位费 in what was paid, and what of it was waived: the discounts and the shares are of the charging alone.
ALTER TABLE order_payment ADD COLUMN occupancy_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE order_payment ADD COLUMN occupancy_back_fen BIGINT NOT NULL DEFAULT 0;
UPDATE order_payment SET occupancy_fen = COALESCE((SELECT SUM(x.fen) FROM posting x WHERE x.order_id = order_payment.order_id
    AND x.code = 'occupancy'), 0) WHERE order_id IN (SELECT order_id FROM occupancy);
UPDATE order_payment SET occupancy_back_fen = COALESCE((SELECT SUM(x.fen) FROM posting x WHERE x.order_id = order_payment.order_id
    AND x.code = 'refund' AND x.posting_key LIKE 'occupancy_waiver/%'), 0) WHERE order_id IN (SELECT order_id FROM occupancy);

-- 司机用量上限: what a fleet lets its drivers charge on its account, where and when. customer_id 0: every driver who has none of their own;
-- null: no limit. An order keeps with its payment what was left of it when it began.
CREATE TABLE fleet_driver_limit (
    fleet_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    order_fen BIGINT,
    day_fen BIGINT,
    month_fen BIGINT,
    order_dwh BIGINT,
    day_dwh BIGINT,
    month_dwh BIGINT,
    stations TEXT,
    hours TEXT NOT NULL DEFAULT '[]',
    version BIGINT NOT NULL,
    PRIMARY KEY (fleet_id, customer_id)
);
ALTER TABLE order_payment ADD COLUMN limit_fen BIGINT;
ALTER TABLE order_payment ADD COLUMN limit_dwh BIGINT;

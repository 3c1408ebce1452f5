-- 站日账单: what a station has sold on a local day, made of its completed orders. The energies of the periods and
-- other_dwh (of orders without periods) are energy_dwh; what was received from each way of paying and discount_fen is total_fen.
-- refund_count, refunded_fen: given back on this day, whenever the order was. made_count: how often it was made.
CREATE TABLE day_bill (
    id BIGINT PRIMARY KEY,
    day BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    order_count BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    sharp_dwh BIGINT NOT NULL,
    peak_dwh BIGINT NOT NULL,
    flat_dwh BIGINT NOT NULL,
    valley_dwh BIGINT NOT NULL,
    other_dwh BIGINT NOT NULL,
    electricity_fen BIGINT NOT NULL,
    service_fen BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    discount_fen BIGINT NOT NULL,
    principal_fen BIGINT NOT NULL,
    gift_fen BIGINT NOT NULL,
    fleet_fen BIGINT NOT NULL,
    owed_fen BIGINT NOT NULL,
    unpaid_fen BIGINT NOT NULL,
    refund_count BIGINT NOT NULL,
    refunded_fen BIGINT NOT NULL,
    made_at_ms BIGINT NOT NULL,
    made_count BIGINT NOT NULL,
    UNIQUE (day, station_id, operator_id)
);
CREATE INDEX day_bill_station ON day_bill (station_id, day);
CREATE INDEX posting_refund ON posting (at_ms) WHERE code = 'refund';

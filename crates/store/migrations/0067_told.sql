-- Where a payment is made, model::pay::PayScene. payer_openid: who pays inside of WeChat, as the app knows them there.
-- wechat_call: what the app hands to WeChat for it, as JSON.
ALTER TABLE payment ADD COLUMN scene TEXT NOT NULL DEFAULT 'scan';
ALTER TABLE payment ADD COLUMN payer_openid TEXT;
ALTER TABLE payment ADD COLUMN wechat_call TEXT;

-- What the driver of a car that stays plugged in was told, each once for an order, however often its place was taken.
-- free: the free time has begun; soon: it ends soon; fee: it costs something from now on; cap: it costs no more than now.
CREATE TABLE occupancy_told (
    order_id BIGINT NOT NULL PRIMARY KEY,
    free_at_ms BIGINT,
    soon_at_ms BIGINT,
    fee_at_ms BIGINT,
    cap_at_ms BIGINT
);
INSERT INTO occupancy_told (order_id, soon_at_ms) SELECT order_id, warned_at_ms FROM occupancy WHERE warned_at_ms IS NOT NULL;

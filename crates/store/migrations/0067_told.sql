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

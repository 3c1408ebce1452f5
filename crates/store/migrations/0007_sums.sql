-- Completed orders summed up by the day on which they began, by the platform's clock: what the totals
-- of the order list are read from, at any number of orders. day: days since 1970 in UTC+8. Orders that
-- are not completed are few, and are added from their index.
CREATE TABLE order_day (
    day BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    order_count BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    electricity_fen BIGINT NOT NULL,
    service_fen BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    PRIMARY KEY (day, station_id, operator_id)
);
INSERT INTO order_day (day, station_id, operator_id, order_count, energy_dwh, electricity_fen, service_fen, total_fen)
    SELECT (started_at_ms + 28800000) / 86400000, station_id, operator_id, COUNT(*), SUM(energy_dwh),
        SUM(electricity_fen), SUM(service_fen), SUM(total_fen)
    FROM orders WHERE state = 'completed'
    GROUP BY (started_at_ms + 28800000) / 86400000, station_id, operator_id;

-- station_hour without the hours: a station sells in most hours of a day, and the home page looks
-- thirty days back. day as there: 20261123, local.
CREATE TABLE station_day (
    day BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    order_count BIGINT NOT NULL,
    success_count BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    electricity_fen BIGINT NOT NULL,
    service_fen BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    PRIMARY KEY (day, station_id, operator_id)
);
INSERT INTO station_day (day, station_id, operator_id, order_count, success_count, energy_dwh, electricity_fen,
        service_fen, total_fen)
    SELECT day, station_id, operator_id, SUM(order_count), SUM(success_count), SUM(energy_dwh),
        SUM(electricity_fen), SUM(service_fen), SUM(total_fen)
    FROM station_hour GROUP BY day, station_id, operator_id;

-- Failed orders are looked for as well as unfinished ones, and are as few.
DROP INDEX orders_unfinished;
CREATE INDEX orders_not_completed ON orders (state, started_at_ms) WHERE state <> 'completed';
CREATE INDEX orders_abnormal ON orders (started_at_ms, id) WHERE abnormal <> 0;
-- Nearly all orders begin with the app or a card; whoever asks for another way finds them here.
CREATE INDEX orders_mode ON orders (start_mode, started_at_ms) WHERE start_mode <> 'app' AND start_mode <> 'card';
-- A pile that comes back is asked for its open orders; it has hundreds of others.
CREATE INDEX orders_open ON orders (pile_id, state) WHERE state <> 'completed' AND state <> 'failed';

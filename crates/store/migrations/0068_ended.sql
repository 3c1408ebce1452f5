-- An order is found by its end only when it has one: a session that begins writes nothing there, and its end writes once.
DROP INDEX orders_ended;
CREATE INDEX orders_ended ON orders (ended_at_ms, id) WHERE ended_at_ms IS NOT NULL;
DROP INDEX orders_station_ended;
CREATE INDEX orders_station_ended ON orders (station_id, ended_at_ms) WHERE ended_at_ms IS NOT NULL;

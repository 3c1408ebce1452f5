-- Orders are also looked for by the car and by why they ended: only those that have one, and only the
-- reasons that are few, so that hardly an order pays for it.
CREATE INDEX orders_vin ON orders (vin, started_at_ms) WHERE vin IS NOT NULL;
CREATE INDEX orders_stop ON orders (stop_class, started_at_ms) WHERE stop_class <> 'normal' AND stop_class <> 'unknown';

-- What staff have written down beside an order; never changed, never taken away.
CREATE TABLE order_note (
    id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL,
    staff_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX order_note_order ON order_note (order_id, id);

-- Customers by when they charged last: few of them by this index, many along their registration.
CREATE INDEX customer_station_last ON customer_station (last_ended_ms, customer_id);

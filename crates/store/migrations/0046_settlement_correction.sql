-- Sessions that charge without an order are looked for by kind.
-- linked_order_id: the order to which the session belongs that is void here. difference_fen: of a correction of what was
-- settled before, how much more is paid by it, or less; null where a held order is settled.
ALTER TABLE settlement ADD COLUMN linked_order_id BIGINT;
ALTER TABLE settlement ADD COLUMN difference_fen BIGINT;
CREATE INDEX pile_event_session ON pile_event (id) WHERE kind = 'session';

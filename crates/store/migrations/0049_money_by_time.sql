-- Lists of money are read by time: payments and postings of a month among those of years.
CREATE INDEX payment_by_created ON payment (created_at_ms, id);
CREATE INDEX payment_odd ON payment (created_at_ms, id) WHERE late OR excess;
CREATE INDEX payment_by_channel_no_alone ON payment (channel_no) WHERE channel_no IS NOT NULL;
CREATE INDEX posting_by_time ON posting (at_ms, id);

-- Everything but what every bill posts.
CREATE INDEX posting_rare ON posting (at_ms, id) WHERE code <> 'electricity' AND code <> 'service';

-- 待支付, and what was given back or written off: the same conditions as in store/order_payments.rs.
CREATE INDEX order_payment_owed ON order_payment (created_at_ms, order_id)
    WHERE state = 'posted' AND owed_fen - written_off_fen - settled_fen - refunded_fen > 0;
CREATE INDEX order_payment_back ON order_payment (created_at_ms, order_id)
    WHERE state = 'posted' AND (refunded_fen > 0 OR returned_fen > 0 OR written_off_fen > 0);

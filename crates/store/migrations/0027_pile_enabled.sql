-- 启用时间 of a pile. Of piles from before only the registration is known.
ALTER TABLE pile ADD COLUMN enabled_at_ms BIGINT;
UPDATE pile SET enabled_at_ms = created_at_ms WHERE lifecycle <> 'inactive';

-- What the person who wrote thinks of how it was handled: 1 to 5, with their words. escalated_at_ms: since when
-- a chief is to look at it, because somebody said so or because it is long overdue.
ALTER TABLE feedback ADD COLUMN score BIGINT;
ALTER TABLE feedback ADD COLUMN score_text TEXT;
ALTER TABLE feedback ADD COLUMN scored_at_ms BIGINT;
ALTER TABLE feedback ADD COLUMN escalated_at_ms BIGINT;

-- What is written again and again. category: a code of feedback_category; null: for all.
CREATE TABLE feedback_template (
    id BIGINT PRIMARY KEY,
    category TEXT,
    name TEXT NOT NULL UNIQUE,
    text TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
INSERT INTO feedback_template (id, category, name, text, version, changed_at_ms, changed_by) VALUES
    (1, NULL, '安排检修', '您好，您反映的问题已收到，我们正在安排现场检修，预计 24 小时内处理完毕，处理结果会在此告知。', 1, 0, ''),
    (2, 'cannot_start', '已恢复', '您好，该充电枪已恢复正常，请重新插枪后扫码启动；如仍有问题，请直接在此补充反馈。', 1, 0, ''),
    (3, 'bill', '计费说明', '您好，已核对您的订单：电费与服务费按各时段单价分别计算，明细可在「订单详情」中查看。', 1, 0, ''),
    (4, 'refund', '退款受理', '您好，退款已受理，款项将按原支付方式退回，通常 1 至 3 个工作日到账。', 1, 0, ''),
    (5, NULL, '感谢建议', '感谢您的建议，我们已转交运营团队评估，后续改进会在公告中说明。', 1, 0, '');
INSERT INTO id_lease (noun, next_id) VALUES ('feedback_template', 6);

-- Only those of somebody we know.
CREATE INDEX invoice_customer ON invoice (customer_id, id) WHERE customer_id IS NOT NULL;

-- 客户分群 of each night, of the whole platform: how many are in a segment and what their orders of the judged days come to.
-- mark: model::customer::CustomerMark; empty for everybody.
CREATE TABLE segment_day (
    day BIGINT NOT NULL,
    mark TEXT NOT NULL,
    customer_count BIGINT NOT NULL,
    order_count BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    made_at_ms BIGINT NOT NULL,
    PRIMARY KEY (day, mark)
);

-- The same of the last night by where it was charged, for staff of a part of the platform.
CREATE TABLE segment_station (
    mark TEXT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    order_count BIGINT NOT NULL,
    energy_dwh BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    PRIMARY KEY (mark, station_id, operator_id)
);

-- The segment that a content is for, where its group is one.
ALTER TABLE content ADD COLUMN mark TEXT;

-- 重复故障: the closed alarm of the same fault of the same pile that it came back of.
ALTER TABLE alarm ADD COLUMN repeat_of BIGINT;
CREATE INDEX alarm_fault ON alarm (first_at_ms) WHERE source = 'fault';
-- Asked for each new fault, on the way on which a pile waits; and for those who look at what came back.
CREATE INDEX alarm_closed ON alarm (pile_id, code, closed_at_ms) WHERE source = 'fault';
CREATE INDEX alarm_repeated ON alarm (id) WHERE repeat_of IS NOT NULL;

-- Whether a battery report says more than was judged. What the look-back of before would have passed over stays passed over:
-- only the rows of the last two days are written, however many there are.
ALTER TABLE battery_report ADD COLUMN unjudged BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE battery_report SET unjudged = TRUE
    WHERE updated_at_ms >= (SELECT MAX(updated_at_ms) FROM battery_report) - 172800000
    AND NOT EXISTS (SELECT 1 FROM battery_safety b WHERE b.order_id = battery_report.order_id AND b.report_at_ms >= battery_report.updated_at_ms);
CREATE INDEX battery_report_unjudged ON battery_report (updated_at_ms) WHERE unjudged;
DROP INDEX battery_report_updated;

-- 安全规则屏蔽: a rule that does nothing at a station, or at one of its piles, until a moment. ended_at_ms: somebody has ended it earlier.
CREATE TABLE safety_pause (
    id BIGINT PRIMARY KEY,
    rule_id BIGINT NOT NULL,
    rule_name TEXT NOT NULL,
    operator_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    pile_id BIGINT,
    reason TEXT NOT NULL,
    from_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    ended_at_ms BIGINT,
    ended_by TEXT,
    -- How often the rule would have acted meanwhile, and when last.
    held_count BIGINT NOT NULL,
    held_at_ms BIGINT
);
CREATE INDEX safety_pause_until ON safety_pause (until_ms);
CREATE INDEX safety_pause_station ON safety_pause (station_id, id);

-- 安全规则: what is too much, where, and what is done about it; see model/safety. Values are in the unit of the measure.
-- operator_id, station_id, vendor, model, kind: where it holds; null where that does not matter. basis: where the value
-- comes from.
CREATE TABLE safety_rule (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    enabled BOOLEAN NOT NULL,
    measure TEXT NOT NULL,
    threshold BIGINT NOT NULL,
    hold_s BIGINT NOT NULL,
    samples BIGINT NOT NULL,
    hysteresis BIGINT NOT NULL,
    operator_id BIGINT,
    station_id BIGINT,
    vendor TEXT,
    model TEXT,
    kind TEXT,
    level TEXT NOT NULL,
    action TEXT NOT NULL,
    limit_percent BIGINT NOT NULL,
    repeat_s BIGINT NOT NULL,
    of_vehicle BOOLEAN NOT NULL,
    basis TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
-- What comes with the product. It stops a session where the battery itself, or the temperature that a plug may have,
-- says that it is too much; where a value may be wrong (how currents are written, flags that piles leave empty) it only
-- tells.
INSERT INTO safety_rule (id, name, enabled, measure, threshold, hold_s, samples, hysteresis, operator_id, station_id, vendor, model, kind, level, action, limit_percent, repeat_s, of_vehicle, basis, version, changed_at_ms, changed_by) VALUES
    (1, '电池温度超过其允许值', TRUE, 'battery_temperature_over', 2, 10, 2, 2, NULL, NULL, NULL, NULL, 'dc', 'person', 'stop', 50, 20, TRUE, 'BCP 报文中电池自报的最高允许温度，加 2 ℃ 采样余量', 1, 0, ''),
    (2, '电池温度过高', TRUE, 'battery_temperature', 65, 10, 2, 3, NULL, NULL, NULL, NULL, 'dc', 'person', 'stop', 50, 20, TRUE, '高于常见锂电池充电上限 55～60 ℃；用于未上报允许温度的车辆，本平台取值', 1, 0, ''),
    (3, '电池温升过快', TRUE, 'battery_temperature_rise', 50, 0, 2, 20, NULL, NULL, NULL, NULL, 'dc', 'person', 'notice', 50, 20, TRUE, '每分钟 5 ℃，本平台取值；温度按整度上报，只提示', 1, 0, ''),
    (4, '枪线温度过高停止', TRUE, 'plug_temperature', 90, 10, 2, 10, NULL, NULL, NULL, NULL, NULL, 'person', 'stop', 50, 20, FALSE, '环境 40 ℃ 加端子允许温升 50 K（IEC 62196-1 温升试验）', 1, 0, ''),
    (5, '枪线温度偏高限功率', TRUE, 'plug_temperature', 78, 30, 3, 8, NULL, NULL, NULL, NULL, NULL, 'device', 'limit', 50, 20, FALSE, '低于停止值 12 ℃，先降功率，本平台取值', 1, 0, ''),
    (6, '枪线温升过快', TRUE, 'plug_temperature_rise', 100, 0, 2, 40, NULL, NULL, NULL, NULL, NULL, 'device', 'notice', 50, 20, FALSE, '每分钟 10 ℃，本平台取值，只提示', 1, 0, ''),
    (7, '桩体温度过高', TRUE, 'pile_temperature', 85, 30, 2, 10, NULL, NULL, NULL, NULL, NULL, 'device', 'notice', 50, 20, FALSE, '各厂商取点不同，只提示，本平台取值', 1, 0, ''),
    (8, '单体电压超过允许值', TRUE, 'cell_voltage_over', 50, 10, 2, 30, NULL, NULL, NULL, NULL, 'dc', 'person', 'stop', 50, 20, TRUE, 'BCP 报文中单体最高允许电压，加 50 mV 采样余量', 1, 0, ''),
    (9, '单体压差过大', TRUE, 'cell_voltage_spread', 300, 0, 1, 0, NULL, NULL, NULL, NULL, 'dc', 'notice', 'notice', 50, 20, TRUE, '充电结束时的单体最高与最低电压之差，本平台取值', 1, 0, ''),
    (10, '输出电压超过电池允许值', TRUE, 'voltage_share', 1050, 10, 2, 20, NULL, NULL, NULL, NULL, 'dc', 'person', 'stop', 50, 20, FALSE, 'BCP 报文中最高允许充电总电压，加 5 % 测量余量', 1, 0, ''),
    (11, '输出电流超过电池允许值', TRUE, 'current_share', 1100, 15, 2, 50, NULL, NULL, NULL, NULL, 'dc', 'device', 'notice', 50, 20, FALSE, 'BCP 报文中最高允许充电电流，加 10 %；各厂商电流编码不一，只提示', 1, 0, ''),
    (12, '输出电流超过电池需求', TRUE, 'current_demand_share', 1200, 45, 3, 100, NULL, NULL, NULL, NULL, 'dc', 'device', 'notice', 50, 20, FALSE, 'BCL 报文中的需求电流；降流需要时间，只提示', 1, 0, ''),
    (13, '输出功率超过额定功率', TRUE, 'power_share', 1100, 60, 3, 50, NULL, NULL, NULL, NULL, NULL, 'device', 'notice', 50, 20, FALSE, '登记的额定功率可能不准，只提示', 1, 0, ''),
    (14, '停止后仍有电流', TRUE, 'current_after_stop', 50, 30, 2, 20, NULL, NULL, NULL, NULL, NULL, 'person', 'lock', 50, 20, FALSE, '停止 30 秒后仍大于 5 A，本平台取值', 1, 0, ''),
    (15, '电池禁止充电后仍有电流', TRUE, 'current_forbidden', 50, 60, 3, 20, NULL, NULL, NULL, NULL, 'dc', 'person', 'notice', 50, 20, FALSE, 'BSM 报文的充电允许位；有的桩不填写该位，只提示', 1, 0, ''),
    (16, '充满后仍在充电', TRUE, 'soc', 100, 3600, 10, 0, NULL, NULL, NULL, NULL, 'dc', 'notice', 'notice', 50, 20, TRUE, '磷酸铁锂车辆满电后会均衡，超过 1 小时才提示', 1, 0, '');
INSERT INTO id_lease (noun, next_id) VALUES ('safety_rule', 17);

-- before_rule, after_rule: JSON of the rule; empty where there was none.
CREATE TABLE safety_rule_change (
    id BIGINT PRIMARY KEY,
    rule_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    before_rule TEXT NOT NULL,
    after_rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    staff_name TEXT NOT NULL
);

-- 安全事件: a rule has found its case. act_key: the same rule and session are one act, counted. evidence: JSON of the last
-- values, [milliseconds, value] each. next_at_ms: when it is looked at whether the pile has obeyed; empty once nothing is
-- awaited. held: what was done to the pile and is to be taken back, `limit` or `lock`.
CREATE TABLE safety_act (
    id BIGINT PRIMARY KEY,
    act_key TEXT NOT NULL UNIQUE,
    rule_id BIGINT NOT NULL,
    rule_name TEXT NOT NULL,
    measure TEXT NOT NULL,
    threshold BIGINT NOT NULL,
    value BIGINT NOT NULL,
    level TEXT NOT NULL,
    action TEXT NOT NULL,
    of_vehicle BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    step TEXT NOT NULL,
    repeat_s BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    pile_id BIGINT NOT NULL,
    connector_no BIGINT NOT NULL,
    order_id BIGINT,
    frame_id BIGINT,
    evidence TEXT NOT NULL,
    since_ms BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    last_at_ms BIGINT NOT NULL,
    times BIGINT NOT NULL,
    next_at_ms BIGINT,
    held TEXT,
    verdict TEXT,
    verdict_text TEXT,
    verdict_by TEXT,
    verdict_at_ms BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX safety_act_next ON safety_act (next_at_ms) WHERE next_at_ms IS NOT NULL;
CREATE INDEX safety_act_held ON safety_act (id) WHERE held IS NOT NULL;
CREATE INDEX safety_act_station ON safety_act (station_id, id);
CREATE INDEX safety_act_order ON safety_act (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE safety_step (
    id BIGINT PRIMARY KEY,
    act_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    step TEXT NOT NULL,
    command_id BIGINT,
    staff_name TEXT,
    text TEXT NOT NULL
);
CREATE INDEX safety_step_of ON safety_step (act_id, id);

-- 试算. rule: JSON of the rule that is tried.. after_id: the last
-- order that was looked at. bare: of how many nothing was kept that the rule looks at.
CREATE TABLE safety_trial (
    id BIGINT PRIMARY KEY,
    rule TEXT NOT NULL,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT NOT NULL,
    state TEXT NOT NULL,
    after_id BIGINT NOT NULL,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    bare BIGINT NOT NULL,
    hits BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    ended_at_ms BIGINT
);
CREATE TABLE safety_trial_hit (
    trial_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    value BIGINT NOT NULL,
    times BIGINT NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (trial_id, order_id)
);

-- 紧急停机. live_key: the station while it is stopped, so that it is stopped once; empty for a drill and once it is over.
-- contacts: JSON of who was to be called, as they were then.
CREATE TABLE emergency (
    id BIGINT PRIMARY KEY,
    live_key TEXT UNIQUE,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    drill BOOLEAN NOT NULL,
    locks BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    evacuation TEXT NOT NULL,
    contacts TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    started_by TEXT NOT NULL,
    ended_at_ms BIGINT,
    ended_by TEXT,
    end_text TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX emergency_station ON emergency (station_id, id);

-- What was wanted of each pile. state: as the command has ended, `offline` where there was no link, `drill` where nothing
-- was sent.
CREATE TABLE emergency_step (
    id BIGINT PRIMARY KEY,
    emergency_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    pile_id BIGINT NOT NULL,
    order_id BIGINT,
    state TEXT NOT NULL,
    text TEXT,
    command_id BIGINT,
    tries BIGINT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX emergency_step_of ON emergency_step (emergency_id, id);

-- 电池安全报告 of an order that has ended. level: of the gravest finding; empty where there is none. report_at_ms: of which
-- state of the battery report it was made.
CREATE TABLE battery_safety (
    order_id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    level TEXT,
    findings TEXT NOT NULL,
    causes TEXT NOT NULL,
    cell_voltage_max_mv BIGINT,
    temperature_min_c BIGINT,
    temperature_max_c BIGINT,
    soc_start_percent BIGINT,
    soc_end_percent BIGINT,
    started_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT NOT NULL,
    report_at_ms BIGINT NOT NULL,
    warned_at_ms BIGINT
);
CREATE INDEX battery_safety_station ON battery_safety (station_id, order_id);
CREATE INDEX battery_safety_level ON battery_safety (level, order_id) WHERE level IS NOT NULL;
CREATE INDEX battery_report_updated ON battery_report (updated_at_ms);

-- 检验到期: what has to be inspected, until when. Days as 20261123. remind_day: from when on people are reminded.
CREATE TABLE device_check (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    operator_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    pile_id BIGINT,
    certificate_no TEXT,
    agency TEXT,
    done_day BIGINT,
    due_day BIGINT NOT NULL,
    remind_days BIGINT NOT NULL,
    remind_day BIGINT NOT NULL,
    note TEXT,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
CREATE INDEX device_check_remind ON device_check (remind_day);
CREATE INDEX device_check_station ON device_check (station_id, id);

-- As what they raise alarms.
INSERT INTO id_lease (noun, next_id) SELECT 'alarm_rule', 22 WHERE NOT EXISTS (SELECT 1 FROM id_lease WHERE noun = 'alarm_rule');
INSERT INTO alarm_rule (id, source, code, level, enabled, delay_s, close_after_s, storm_count, quiet_from_minute, quiet_to_minute, version, changed_at_ms, changed_by)
    SELECT l.next_id + n.place, n.source, n.code, n.level, TRUE, 0, 86400, 10, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), 1, 0, '' FROM id_lease l CROSS JOIN (
        SELECT 0 AS place, 'safety' AS source, '' AS code, 'minor' AS level
        UNION ALL SELECT 1, 'safety', 'class:person', 'critical'
        UNION ALL SELECT 2, 'safety', 'class:device', 'major'
        UNION ALL SELECT 3, 'safety', 'class:notice', 'notice'
        UNION ALL SELECT 4, 'inspection', '', 'minor'
    ) n WHERE l.noun = 'alarm_rule';
UPDATE id_lease SET next_id = next_id + 5 WHERE noun = 'alarm_rule';

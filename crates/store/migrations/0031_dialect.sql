-- 方言: how piles of one kind depart from the paper. key: of those that come with the product. vendor, model, firmware:
-- what a pile's own begin with that are read so by themselves; empty: none. rules: model/dialect.rs as JSON.
CREATE TABLE dialect (
    id BIGINT PRIMARY KEY,
    operator_id BIGINT,
    key TEXT,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    note TEXT NOT NULL,
    vendor TEXT NOT NULL,
    model TEXT NOT NULL,
    firmware TEXT NOT NULL,
    rules TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- Which pile staff have said to be read how; it goes before what its vendor, model and firmware say.
CREATE TABLE pile_dialect (
    pile_id BIGINT PRIMARY KEY,
    dialect_id BIGINT NOT NULL,
    set_at_ms BIGINT NOT NULL
);
CREATE INDEX pile_dialect_of_dialect ON pile_dialect (dialect_id);

INSERT INTO id_lease (noun, next_id) VALUES ('dialect', 101);
INSERT INTO dialect (id, operator_id, key, name, source, note, vendor, model, firmware, rules, version, created_at_ms) VALUES
    (1, NULL, 'yilian', '易联桩（上海联联睿科能源）V1.8.22', '方言文档 V1.8.22；桩端程序 YKC16', '', '', '', '', '{"fault_bit_two":true,"current_coding":"plus_4000","start_tail":0,"extra_stop_codes":true}', 1, 0),
    (2, NULL, 'crc_high_first', '校验高字节在前', 'V1.6 文档附录的校验函数返回值已交换字节；公开抓包', '', '', '', '', '{"crc_high_first":true}', 1, 0),
    (3, NULL, 'current_plus', 'BMS 电流加 4000', 'V1.6 文档 0x23 的偏移 −400 A；桩端程序 YKC16', '', '', '', '', '{"current_coding":"plus_4000"}', 1, 0),
    (4, NULL, 'current_minus', 'BMS 电流按 GB/T 27930（4000 减）', 'GB/T 27930 的充电电流为负值', '', '', '', '', '{"current_coding":"minus_4000"}', 1, 0),
    (5, NULL, 'meter_from_zero', '账单表底从零开始', '公开抓包 S3：电表总起值、总止值为 0', '', '', '', '', '{"meter_from_zero":true}', 1, 0),
    (6, NULL, 'energy_wh', '电量三位小数', 'V1.4 变更记录：电量改为四位小数，更早的程序位数较少，请按抓包核对', '', '', '', '', '{"energy_unit":"wh"}', 1, 0),
    (7, NULL, 'reply_slow', '应答需要间隔', '现场经验：个别程序来不及处理过快的应答', '', '', '', '', '{"reply_delay_ms":300}', 1, 0);

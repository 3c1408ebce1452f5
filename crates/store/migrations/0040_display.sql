-- 屏显消息: what a pile of OCPP 2 was given to show, and what it says it shows. Both are JSON of model/display.rs.
CREATE TABLE display_message (
    pile_id BIGINT NOT NULL,
    message_no BIGINT NOT NULL,
    wished TEXT,
    wished_at_ms BIGINT,
    told TEXT,
    told_at_ms BIGINT,
    PRIMARY KEY (pile_id, message_no)
);

-- 费用显示: what a pile was last told that a session costs.
CREATE TABLE cost_shown (
    pile_id BIGINT NOT NULL,
    session TEXT NOT NULL,
    cost TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (pile_id, session)
);

-- 客户信息查询: what a pile was asked of a customer, and what it told, piece by piece. about: masked.
CREATE TABLE customer_inquiry (
    pile_id BIGINT NOT NULL,
    request_no BIGINT NOT NULL,
    about TEXT,
    reports BOOLEAN NOT NULL,
    clears BOOLEAN NOT NULL,
    staff_name TEXT,
    command_id BIGINT,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (pile_id, request_no)
);
CREATE INDEX customer_inquiry_at ON customer_inquiry (at_ms);
CREATE TABLE customer_part (
    pile_id BIGINT NOT NULL,
    request_no BIGINT NOT NULL,
    seq_no BIGINT NOT NULL,
    is_last BOOLEAN NOT NULL,
    content TEXT NOT NULL,
    told_at_ms BIGINT NOT NULL,
    PRIMARY KEY (pile_id, request_no, seq_no)
);

-- 厂商消息: DataTransfer in either direction, with what was answered.
CREATE TABLE vendor_message (
    id BIGINT PRIMARY KEY,
    pile_id BIGINT NOT NULL,
    up BOOLEAN NOT NULL,
    vendor TEXT NOT NULL,
    message TEXT,
    data TEXT,
    status TEXT NOT NULL,
    answer TEXT,
    at_ms BIGINT NOT NULL
);
CREATE INDEX vendor_message_of_pile ON vendor_message (pile_id, id);
CREATE INDEX vendor_message_at ON vendor_message (at_ms);

-- 厂商标识: whose messages the platform takes. message: empty for all of this vendor.
CREATE TABLE vendor_word (
    id BIGINT PRIMARY KEY,
    vendor TEXT NOT NULL,
    message TEXT NOT NULL,
    note TEXT NOT NULL,
    UNIQUE (vendor, message)
);

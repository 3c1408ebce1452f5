//! Every table and column that can hold a person's data: what it is, whether the person is given it, and what erasure
//! does with it. A table is before those by which its rows are found.

use super::Erase::{self, Blank, Keep, Replace};
use super::{Part, PersonTable};

const ERASED: Erase = Replace("'（已按用户要求删除）'");
const NOTHING: Erase = Replace("''");
const BOOKS: Erase = Keep("vouchers of the accounts are kept for 30 years");
const INVOICES: Erase = Keep("an invoice is a tax document, kept for 30 years with its buyer");
const LOGS: Erase = Keep("device logs are kept for 190 days at least, and pruned after");
const AUDIT: Erase = Keep("the audit log is a chain that nobody changes; phones and plates are masked in it");

/// Feedback of the customer, also what they have said before they were one.
macro_rules! feedback_of {
    () => {
        "SELECT f.id FROM feedback f WHERE f.customer_id = $1 OR (f.customer_id IS NULL AND f.phone = \
         (SELECT c.phone FROM customer c WHERE c.id = $1))"
    };
}

/// Given to the person.
const fn part(column: &'static str, zh: &'static str, en: &'static str, erase: Erase) -> Part {
    Part { column, zh, en, give: true, erase }
}

/// About the person, and of no use to them: keys, or what they are found by.
const fn quiet(column: &'static str, zh: &'static str, en: &'static str, erase: Erase) -> Part {
    Part { column, zh, en, give: false, erase }
}

const fn table(
    name: &'static str,
    (zh, en): (&'static str, &'static str),
    of: &'static str,
    parts: &'static [Part],
    (facts, own): (&'static str, &'static str),
) -> PersonTable {
    PersonTable { name, zh, en, of, gone: false, parts, facts, own }
}

const fn gone(
    name: &'static str,
    told: (&'static str, &'static str),
    of: &'static str,
    parts: &'static [Part],
    columns: (&'static str, &'static str),
) -> PersonTable {
    PersonTable { gone: true, ..table(name, told, of, parts, columns) }
}

pub const PARTS: &[PersonTable] = &[
    gone(
        "attachment",
        ("反馈照片", "Photos of feedback"),
        concat!("noun = 'feedback' AND noun_id IN (", feedback_of!(), ")"),
        &[quiet("body", "照片", "Photo", Blank), quiet("digest", "照片指纹", "Digest", Blank)],
        ("id noun_id kind created_at_ms", "noun"),
    ),
    table(
        "feedback_event",
        ("反馈经过", "Course of feedback"),
        concat!("feedback_id IN (", feedback_of!(), ")"),
        &[part("text", "内容", "Text", ERASED)],
        ("feedback_id at_ms action", "id staff_name told"),
    ),
    table(
        "feedback",
        ("投诉建议", "Feedback"),
        concat!("id IN (", feedback_of!(), ")"),
        &[
            part("name", "称呼", "Name", Blank),
            part("phone", "手机号", "Phone", Blank),
            part("content", "内容", "Content", ERASED),
            part("score_text", "评价", "Score", Blank),
            quiet("upload_token", "上传凭证", "Upload key", NOTHING),
        ],
        (
            "no kind category source state score created_at_ms answered_at_ms closed_at_ms order_id station_id",
            "id request_id customer_id operator_id pile_id connector_no handler_id merged_into answer_due_ms close_due_ms \
             version scored_at_ms escalated_at_ms",
        ),
    ),
    gone(
        "feedback_block",
        ("反馈黑名单", "Feedback blacklist"),
        "customer_id = $1",
        &[part("phone", "手机号", "Phone", Blank), part("reason", "原因", "Reason", Blank)],
        (
            "created_at_ms until_ms",
            "id customer_id operator_id feedback_id staff_name lifted_at_ms lifted_by lift_reason",
        ),
    ),
    table(
        "mail",
        ("发票邮件", "Mails of invoices"),
        "noun = 'invoice' AND noun_id IN (SELECT i.id FROM invoice i WHERE i.customer_id = $1)",
        &[part("address", "邮箱", "Address", NOTHING)],
        ("state created_at_ms ended_at_ms", "id noun noun_id message tries next_at_ms"),
    ),
    table(
        "channel_send",
        ("发送记录", "Log of sending"),
        "target IN (SELECT i.email FROM invoice i WHERE i.customer_id = $1)",
        &[part("target", "邮箱", "Address", NOTHING)],
        ("purpose success at_ms", "id channel_id message took_ms status delivery_id"),
    ),
    table(
        "invoice_event",
        ("发票经过", "Course of invoices"),
        "invoice_id IN (SELECT i.id FROM invoice i WHERE i.customer_id = $1)",
        &[part("text", "内容", "Text", NOTHING)],
        ("invoice_id at_ms action", "id staff_name"),
    ),
    table(
        "invoice_request",
        ("开票申请", "Applications for invoices"),
        "EXISTS (SELECT 1 FROM invoice i WHERE i.customer_id = $1 AND ',' || REPLACE(REPLACE(REPLACE(\
         invoice_request.invoices, '[', ''), ']', ''), ' ', '') || ',' LIKE '%,' || i.id || ',%')",
        &[quiet("body", "申请内容", "Application", Replace("'{}'"))],
        ("created_at_ms", "request_id invoices"),
    ),
    gone(
        "invoice_title",
        ("开票抬头", "Invoice titles"),
        "customer_id = $1",
        &[
            part("name", "抬头", "Title", Blank),
            part("tax_no", "税号", "Tax number", Blank),
            part("address", "地址", "Address", Blank),
            part("phone", "电话", "Phone", Blank),
            part("bank_account", "开户行及账号", "Bank account", Blank),
            part("email", "邮箱", "E-mail", Blank),
        ],
        ("company preferred changed_at_ms", "id customer_id fleet_id version"),
    ),
    table(
        "invoice",
        ("电子发票", "E-invoices"),
        "customer_id = $1",
        &[
            part("title", "抬头", "Title", INVOICES),
            part("tax_no", "税号", "Tax number", INVOICES),
            quiet("parties", "购销双方", "Parties", INVOICES),
            part("phone", "手机号", "Phone", Blank),
            part("email", "邮箱", "E-mail", Blank),
            quiet("failure", "渠道说明", "Words of the channel", Blank),
        ],
        (
            "serial_no number kind red state net_fen tax_fen total_fen applied_at_ms issued_at_ms",
            "id customer_id customer_kind operator_id station_id electricity_fen service_fen version fleet_id channel \
             blue_id channel_no tries due_at_ms red_reason red_state red_count",
        ),
    ),
    table(
        "order_note",
        ("订单备注", "Notes on orders"),
        "order_id IN (SELECT o.id FROM orders o WHERE o.customer_id = $1)",
        &[part("text", "备注", "Note", ERASED)],
        ("order_id created_at_ms", "id staff_id"),
    ),
    gone(
        "battery_report",
        ("电池报告", "Battery reports"),
        "order_id IN (SELECT o.id FROM orders o WHERE o.customer_id = $1)",
        &[part("facts", "电池参数", "Facts", Blank), quiet("course", "充电过程", "Course", Blank)],
        ("order_id updated_at_ms", "pile_id unjudged"),
    ),
    table(
        "order_detail",
        ("账单明细", "Bill details"),
        "order_id IN (SELECT o.id FROM orders o WHERE o.customer_id = $1)",
        &[
            quiet("pile_bill", "桩账单原文", "The pile's own bill", BOOKS),
            quiet("curve", "充电曲线", "Curve", BOOKS),
        ],
        ("order_id segments", "billed_by"),
    ),
    table(
        "order_import_row",
        ("补录说明", "Notes of imports"),
        "order_id IN (SELECT o.id FROM orders o WHERE o.customer_id = $1)",
        &[part("note", "说明", "Note", BOOKS)],
        ("order_id", "import_id"),
    ),
    table(
        "settlement",
        ("人工结算", "Settlements by hand"),
        "order_id IN (SELECT o.id FROM orders o WHERE o.customer_id = $1)",
        &[part("reason", "原因", "Reason", BOOKS), quiet("decision_reason", "审核意见", "Decision", BOOKS)],
        (
            "order_id energy_dwh electricity_fen service_fen total_fen state created_at_ms",
            "id basis energies staff_id staff_name decided_by decided_by_name decided_at_ms linked_order_id difference_fen",
        ),
    ),
    table(
        "posting",
        ("账务流水", "Postings"),
        "debit_id IN (CAST($1 AS BIGINT) * 32 + 1, CAST($1 AS BIGINT) * 32 + 2, CAST($1 AS BIGINT) * 32 + 3, \
         CAST($1 AS BIGINT) * 32 + 9) OR credit_id IN (CAST($1 AS BIGINT) * 32 + 1, CAST($1 AS BIGINT) * 32 + 2, \
         CAST($1 AS BIGINT) * 32 + 3, CAST($1 AS BIGINT) * 32 + 9)",
        &[part("reason", "原因", "Reason", BOOKS)],
        ("at_ms code fen order_id", "id debit_id credit_id posting_key operator_id staff_id staff_name"),
    ),
    table(
        "wallet_change",
        ("余额调整", "Wallet changes"),
        "customer_id = $1",
        &[part("reason", "原因", "Reason", BOOKS), quiet("decision_reason", "审核意见", "Decision", BOOKS)],
        (
            "kind amount_fen state created_at_ms",
            "id customer_id fleet_id request_id staff_id staff_name decided_by decided_by_name decided_at_ms",
        ),
    ),
    table(
        "payment_event",
        ("支付经过", "Course of payments"),
        "payment_id IN (SELECT p.id FROM payment p WHERE p.customer_id = $1)",
        &[quiet("words", "渠道说明", "Words of the channel", BOOKS)],
        ("payment_id at_ms what", "id refund_id staff_name"),
    ),
    table(
        "refund",
        ("退款", "Refunds"),
        "customer_id = $1",
        &[
            part("reason", "原因", "Reason", BOOKS),
            part("proof", "转账凭证", "Proof", BOOKS),
            quiet("message", "渠道说明", "Words of the channel", BOOKS),
        ],
        (
            "no amount_fen kind route state created_at_ms ended_at_ms",
            "id payment_id pay_channel_id operator_id customer_id order_id pile_id request_id channel_no tries next_at_ms \
             staff_id staff_name decided_by_name decided_at_ms submitted_at_ms version",
        ),
    ),
    table(
        "payment",
        ("支付", "Payments"),
        "customer_id = $1",
        &[
            quiet("token", "查询凭证", "Key", NOTHING),
            quiet("pay_url", "收银台", "Cashier", Blank),
            part("payer_openid", "微信 openid", "WeChat openid", Blank),
            quiet("wechat_call", "微信支付参数", "Parameters of WeChat Pay", Blank),
            quiet("message", "渠道说明", "Words of the channel", BOOKS),
        ],
        (
            "no purpose scene amount_fen refunded_fen state created_at_ms paid_at_ms channel_no",
            "id pay_channel_id operator_id customer_id order_id pile_id request_id late excess tries next_at_ms \
             expires_at_ms version",
        ),
    ),
    table(
        "order_payment",
        ("订单支付", "Payments of orders"),
        "customer_id = $1",
        &[],
        (
            "order_id way state principal_fen gift_fen owed_fen settled_fen refunded_fen returned_fen written_off_fen",
            "pile_id operator_id customer_id fleet_id held_fen most_held_fen exhausted step created_at_ms changed_at_ms \
             limit_fen limit_dwh platform_fen platform_back_fen occupancy_fen occupancy_back_fen",
        ),
    ),
    gone(
        "fleet_driver_limit",
        ("车队用量上限", "Limits of a fleet's driver"),
        "customer_id = $1",
        &[],
        (
            "fleet_id order_fen day_fen month_fen order_dwh day_dwh month_dwh",
            "customer_id stations hours version",
        ),
    ),
    table(
        "voucher",
        ("优惠券", "Vouchers"),
        "customer_id = $1",
        &[
            part("reason", "发放原因", "Reason", ERASED),
            quiet("end_reason", "收回原因", "Why it ended", Blank),
        ],
        (
            "coupon_id state valid_from_ms valid_until_ms given_at_ms order_id",
            "id operator_id customer_id request_id staff_name ended_at_ms",
        ),
    ),
    table(
        "reservation",
        ("预约", "Reservations"),
        "customer_id = $1",
        &[
            part("tag", "卡号", "Card", Replace("'erased'")),
            quiet("card_group", "卡组", "Card group", Blank),
            part("note", "备注", "Note", NOTHING),
        ],
        (
            "state until_ms created_at_ms",
            "id pile_id connector_no customer_id message order_id command_id staff_id ended_at_ms",
        ),
    ),
    table(
        "orders",
        ("充电订单", "Orders"),
        "customer_id = $1",
        &[
            part("token", "卡号", "Card", Replace("CASE WHEN token IS NULL THEN NULL ELSE 'erased' END")),
            part("vin", "车架号", "VIN", Blank),
            quiet("card_id", "充电卡", "Card", Blank),
        ],
        (
            "id created_at_ms started_at_ms ended_at_ms state energy_dwh electricity_fen service_fen discount_fen occupancy_fen \
             total_fen station_id pile_id connector_no start_mode soc_start soc_end",
            "operator_id session_key token_kind customer_id staff_id tariff_id sample_from frame_from abnormal \
             deadline_ms end_received_ms skew_ms meter_start_dwh meter_end_dwh pile_amount_e4 stop_code stop_class \
             start_verdict stop_verdict member_level_id service_off_permille",
        ),
    ),
    table(
        "customer_station",
        ("常去的充电站", "Stations"),
        "customer_id = $1",
        &[part(
            "station_id",
            "充电站编号",
            "Station",
            Keep("sums of the orders, which are kept by number alone"),
        )],
        ("order_count energy_dwh total_fen last_ended_ms", "customer_id operator_id"),
    ),
    gone(
        "car",
        ("车辆", "Cars"),
        "customer_id = $1",
        &[
            part("plate", "车牌号", "Plate", Blank),
            part("vin", "车架号", "VIN", Blank),
            part("note", "备注", "Note", Blank),
        ],
        ("created_at_ms", "id customer_id fleet_id"),
    ),
    table(
        "card",
        ("充电卡", "Cards"),
        "customer_id = $1",
        &[part("tag", "卡号", "Card", Keep("a card is the operator's, and is given to somebody else"))],
        ("status expires_at_ms created_at_ms", "id card_group customer_id sessions_max offline"),
    ),
    table(
        "audit",
        ("操作记录", "Log of what was done"),
        "noun = 'customer' AND key = CAST(CAST($1 AS BIGINT) AS TEXT)",
        &[quiet("detail", "内容", "Detail", AUDIT)],
        ("at_ms action success", "id staff_id staff_name noun key remote_address chain_no hash"),
    ),
    table(
        "frame",
        ("设备报文", "Messages of devices"),
        "1 = 0 AND id = $1",
        &[quiet("body", "报文", "Message", LOGS), quiet("answer", "应答", "Answer", LOGS)],
        ("", "id previous_id pile_id at_ms up kind connector_no order_id verdict note trace"),
    ),
    table(
        "vendor_message",
        ("厂商报文", "Messages of vendors"),
        "1 = 0 AND id = $1",
        &[quiet("data", "报文", "Message", LOGS), quiet("answer", "应答", "Answer", LOGS)],
        ("", "id pile_id up vendor message status at_ms"),
    ),
    table(
        "customer_part",
        ("桩上的用户信息", "What piles have said of a card"),
        "1 = 0 AND pile_id = $1",
        &[quiet("content", "内容", "Content", LOGS)],
        ("", "pile_id request_no seq_no is_last told_at_ms"),
    ),
    table(
        "customer_inquiry",
        ("来电查询", "Inquiries at piles"),
        "1 = 0 AND pile_id = $1",
        &[quiet("about", "所问的卡或证书", "Card or certificate", LOGS)],
        ("", "pile_id request_no reports clears staff_name command_id at_ms"),
    ),
    table(
        "delivery",
        ("回调", "Webhooks"),
        "1 = 0 AND id = $1",
        &[quiet("body", "内容", "Body", Keep("told to the operator's own systems, and pruned after days"))],
        (
            "",
            "id channel_id event subject state tries next_at_ms holds created_at_ms waits_from_ms ended_at_ms status \
             message",
        ),
    ),
    table(
        "erasure",
        ("删除申请", "Erasures"),
        "customer_id = $1",
        &[part("reason", "原因", "Reason", Keep("why a person was erased has to be known"))],
        (
            "state created_at_ms decided_at_ms",
            "id customer_id staff_id staff_name decided_by decided_by_name decision_reason row_count",
        ),
    ),
    gone(
        "customer_name",
        ("姓名索引", "Index of names"),
        "customer_id = $1",
        &[quiet("part", "姓名片段", "Part of a name", Blank)],
        ("", "customer_id"),
    ),
    gone(
        "customer_tag",
        ("标签", "Tags"),
        "customer_id = $1",
        &[part("tag", "标签", "Tag", Blank)],
        ("by_rule", "customer_id"),
    ),
    table(
        "customer",
        ("用户", "Customer"),
        "id = $1",
        &[
            part("name", "姓名", "Name", Replace("'已注销用户'")),
            part("phone", "手机号", "Phone", Blank),
            quiet("phone_back", "手机号索引", "Index of phones", Blank),
            part("account", "来源账号", "Account at the source", Blank),
            part("external_id", "来源编号", "Id at the source", Blank),
            part("tags", "标签", "Tags", Replace("'[]'")),
            part("marks", "系统标签", "Marks", Replace("'[]'")),
            part("note", "备注", "Note", NOTHING),
            part("status_reason", "状态原因", "Reason of the status", Blank),
            part("fleet_id", "车队", "Fleet", Blank),
        ],
        (
            "id created_at_ms source kind status frozen_until_ms active_at_source synced_at_ms changed_at_ms level_id \
             pay_way advice_off",
            "version erased_at_ms",
        ),
    ),
];

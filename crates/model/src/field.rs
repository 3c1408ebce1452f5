//! What the fields of forms are called when people are told about them: a sentence names its field even where
//! it is read far from it.

use crate::error::Text;

/// As the API spells it, in Chinese, and in English behind "The".
const NAMES: &[(&str, &str, &str)] = &[
    ("account", "账号", "account"),
    ("account_name", "户名", "account's name"),
    ("account_no", "银行账号", "account's number"),
    ("action", "操作", "action"),
    ("address", "地址", "address"),
    ("amount_fen", "金额", "amount"),
    ("area", "数据范围", "area"),
    ("audience", "投放端", "audience"),
    ("bank_name", "开户行", "bank"),
    ("basis", "依据", "basis"),
    ("body", "正文", "text"),
    ("cap_w", "功率上限", "cap on the power"),
    ("caption", "说明", "caption"),
    ("card_tag", "卡号", "card's number"),
    ("cards", "充电卡", "cards"),
    ("category", "分类", "category"),
    ("cities", "城市", "cities"),
    ("city_code", "城市", "city"),
    ("client_id", "客户端标识", "client id"),
    ("code", "编号", "code"),
    ("columns", "列", "columns"),
    ("connector_count", "枪数", "number of connectors"),
    ("connector_no", "枪号", "connector's number"),
    ("contact_name", "联系人", "contact"),
    ("contact_phone", "联系电话", "contact's telephone"),
    ("content", "内容", "content"),
    ("coupon_id", "优惠券", "coupon"),
    ("credit_code", "统一社会信用代码", "credit code"),
    ("credit_fen", "信用额度", "credit"),
    ("customer_id", "用户", "customer"),
    ("customer_name", "用户姓名", "customer's name"),
    ("days", "天数", "number of days"),
    ("electricity_price_e5", "电价", "price of electricity"),
    ("email", "邮箱", "e-mail address"),
    ("evacuation", "疏散说明", "words of evacuation"),
    ("expires_at_ms", "有效期", "time of expiry"),
    ("fleet_id", "车队", "fleet"),
    ("from_day", "开始日期", "first day"),
    ("from_ms", "开始时间", "beginning"),
    ("group", "分组", "group"),
    ("handler_id", "处理人", "handler"),
    ("handover", "交接说明", "handover"),
    ("hold_s", "持续时间", "time that it lasts"),
    ("holidays", "节假日", "holidays"),
    ("host", "服务器", "host"),
    ("hours", "可用时段", "hours"),
    ("hysteresis", "回差", "hysteresis"),
    ("issuer", "签发方地址", "issuer"),
    ("items", "项目", "items"),
    ("kind", "类型", "kind"),
    ("latitude_e6", "纬度", "latitude"),
    ("level", "级别", "level"),
    ("limit", "每页条数", "number of rows on a page"),
    ("limit_percent", "限制比例", "limit"),
    ("longitude_e6", "经度", "longitude"),
    ("message", "内容", "message"),
    ("name", "名称", "name"),
    ("name_en", "英文名称", "English name"),
    ("name_zh", "中文名称", "Chinese name"),
    ("note", "备注", "note"),
    ("notice", "公告", "notice"),
    ("off_fen", "减免金额", "amount off"),
    ("operator_id", "运营商", "operator"),
    ("order_id", "订单", "order"),
    ("order_no", "订单编号", "order's number"),
    ("parts", "更换的部件", "parts"),
    ("password", "密码", "password"),
    ("payer", "费用承担方", "payer"),
    ("per_person", "每人限领", "number for each person"),
    ("percent_off", "减免比例", "percentage off"),
    ("periods", "时段", "periods"),
    ("permissions", "权限", "permissions"),
    ("phone", "手机号", "phone number"),
    ("pile_code", "电桩编号", "pile's code"),
    ("pile_codes", "充电桩", "piles"),
    ("place", "顺序", "place"),
    ("plate", "车牌号", "plate"),
    ("port", "端口", "port"),
    ("power_percent", "最大输出功率", "highest power"),
    ("protocol", "通信协议", "protocol"),
    ("province", "省份", "province"),
    ("rank", "排序", "rank"),
    ("rated_power_w", "额定功率", "rated power"),
    ("rates", "各时段价格", "rates"),
    ("reason", "原因", "reason"),
    ("recipients", "收件人", "recipients"),
    ("request_id", "请求编号", "request id"),
    ("reserve_w", "预留功率", "reserve"),
    ("rights", "权益说明", "words on the rights"),
    ("role", "角色", "role"),
    ("safe_w", "安全功率", "safe power"),
    ("samples", "连续样本数", "number of samples"),
    ("score", "评分", "score"),
    ("secret", "密钥", "secret"),
    ("service_price_e5", "服务费", "service price"),
    ("short_name", "简称", "short name"),
    ("sort", "排序", "sort"),
    ("source", "来源", "source"),
    ("state", "状态", "state"),
    ("station_id", "充电站", "station"),
    ("station_ids", "充电站", "stations"),
    ("station_most", "单站上限", "most at one station"),
    ("stations", "充电站", "stations"),
    ("status", "状态", "status"),
    ("storm_count", "告警风暴阈值", "count of a storm"),
    ("tag", "卡号", "card's number"),
    ("tags", "标签", "tags"),
    ("tariff_id", "计费模型", "tariff"),
    ("tax_no", "税号", "tax number"),
    ("text", "内容", "text"),
    ("threshold", "阈值", "threshold"),
    ("threshold_fen", "使用门槛", "least amount"),
    ("time_zone", "时区", "time zone"),
    ("timeout_s", "超时时间", "time-out"),
    ("title", "标题", "title"),
    ("to_day", "结束日期", "last day"),
    ("to_ms", "结束时间", "end"),
    ("total", "发放总量", "number in all"),
    ("tries_per_day", "每日次数", "number of tries a day"),
    ("until_ms", "截止时间", "time until which"),
    ("url", "网址", "address"),
    ("utility_no", "户号", "number at the utility"),
    ("valid_days", "有效天数", "number of days"),
    ("value", "值", "value"),
    ("vendor", "厂商", "vendor"),
    ("version", "版本", "version"),
    ("vin", "车架号", "VIN"),
    ("weekdays", "适用日期", "weekdays"),
];

/// The subject of a sentence about this field. Of a field inside of another (`rates[3].period`) the whole
/// path is told as well, and one that has no name here is told as the API spells it. No path means the whole of what was sent.
pub fn field_text(path: &str) -> Text {
    if path.is_empty() {
        return Text::of("请求内容", "The body");
    }
    let last = path.rsplit('.').next().unwrap_or(path).split('[').next().unwrap_or(path);
    let Some((_, zh, en)) = NAMES.iter().find(|(field, ..)| *field == last) else {
        return Text::new(format!("“{path}”"), path.to_owned());
    };
    if last == path {
        return Text::new(*zh, format!("The {en}"));
    }
    Text::new(format!("{zh}（{path}）"), format!("The {en} ({path})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_called_what_people_call_it_and_told_where_it_is() {
        for (path, zh, en) in [
            ("name", "名称", "The name"),
            (
                "rates[3].electricity_price_e5",
                "电价（rates[3].electricity_price_e5）",
                "The price of electricity (rates[3].electricity_price_e5)",
            ),
            ("webhook.timeout_s", "超时时间（webhook.timeout_s）", "The time-out (webhook.timeout_s)"),
            ("station_ids[0]", "充电站（station_ids[0]）", "The stations (station_ids[0])"),
            ("no_such", "“no_such”", "no_such"),
            ("", "请求内容", "The body"),
        ] {
            assert_eq!(field_text(path), Text::new(zh, en), "{path}");
        }
    }

    #[test]
    fn each_field_stands_once_and_in_its_place() {
        assert!(NAMES.is_sorted_by(|one, next| one.0 < next.0));
    }
}

//! What may be asked of a 云快充 pile, each with a form: the names and fields are those of the platform's own
//! commands, not of the wire, whose frames carry numbers that only the platform can give.

use crate::ocpp::catalogue::{self, Profile, profiles};
use crate::ocpp::operation::{Direction, Operation as Schemas, Schema};
use crate::operation::{CallFault, Operation};

static PROFILES: &[Profile] = profiles! {
    "session" "充电控制" / "Charging" {
        "start" "远程启动充电 34" / "Start charging (34)":
            "生成交易流水号并建立订单，请桩开始充电；桩须在 90 秒内确认" / "Makes an order with a trade number and asks the pile to begin; it has 90 s to confirm";
        "merged_start" "并充启动 A4" / "Merged start (A4)":
            "用多把枪同时给一辆车充电（云快充 1.6）；第一把为主枪，各枪分别计费，有一把不能启动则全部不启动" / "Charges one car by several connectors (1.6); the first is the main one, each has its own bill, all begin or none";
        "stop" "远程停止充电 36" / "Stop charging (36)":
            "停止这把枪当前的充电，以桩上传的交易记录结算" / "Ends what charges on this connector; the pile's own record settles it";
        "balance_update" "余额更新 42" / "Update the balance (42)":
            "告诉桩正在充电的账户还有多少余额，花完时桩自动停机" / "Tells the pile what the running session may cost; it stops when that is reached";
    }
    "data" "数据" / "Data" {
        "trigger" "召测 12" / "Ask for data (12)":
            "请桩立即上报实时数据；不选枪则逐枪上报" / "Asks for the real-time data of a connector, or of each of them";
    }
    "settings" "参数与计费" / "Settings and tariff" {
        "work_parameters" "工作参数 52" / "Working parameters (52)":
            "允许工作或锁定整桩，并限制最大输出功率" / "Lets the whole pile work or locks it, and limits its power";
        "clock_set" "对时 56" / "Set the clock (56)":
            "把桩的时间设为平台时间（充电站所在时区）" / "Sets the pile's clock to the platform's, in the station's zone";
        "tariff_set" "下发计费模型 58" / "Send the tariff (58)":
            "下发充电站当前的计费模型；桩离线或充电中时排队" / "Sends the tariff that holds; it waits while the pile is off line or charges";
    }
    "cards" "离线卡" / "Offline cards" {
        "offline_cards_add" "下发离线卡 44" / "Add offline cards (44)":
            "下发桩断网时可以充电的卡，须已登记且状态正常，一次最多 11 张" / "Cards that may charge while the pile is off line; registered and in order, at most 11";
        "offline_cards_remove" "清除离线卡 46" / "Remove offline cards (46)":
            "从桩内清除离线卡，一次最多 23 张" / "Removes cards from the pile, at most 23";
        "offline_cards_find" "查询离线卡 48" / "Look for offline cards (48)":
            "查询卡是否在桩内，一次最多 23 张" / "Which of these cards the pile has, at most 23";
    }
    "device" "设备" / "Device" {
        "ground_lock" "地锁升降 62" / "Ground lock (62)":
            "升起或降下一把枪的地锁" / "Raises or lowers the ground lock before a connector";
        "reset" "远程重启 92" / "Reboot (92)":
            "立即重启会中断充电；否则等桩空闲再重启" / "At once, which cuts running sessions, or when the pile is idle";
    }
};

macro_rules! forms {
    ($($name:literal: $schema:literal,)*) => {
        [$(Schemas {
            name: $name,
            direction: Direction::ToPile,
            request: Schema::new($schema),
            response: Schema::new("{}"),
        },)*]
    };
}

/// The fields of the platform's commands of the same names.
static FORMS: [Schemas; 13] = forms! {
    "start": r#"{"type":"object","properties":{"connector_no":{"type":"integer","minimum":1,"maximum":99}},"required":["connector_no"],"additionalProperties":false}"#,
    "merged_start": r#"{"type":"object","properties":{"connector_nos":{"type":"array","minItems":2,"maxItems":4,"items":{"type":"integer","minimum":1,"maximum":99}}},"required":["connector_nos"],"additionalProperties":false}"#,
    "stop": r#"{"type":"object","properties":{"connector_no":{"type":"integer","minimum":1,"maximum":99}},"required":["connector_no"],"additionalProperties":false}"#,
    "balance_update": r#"{"type":"object","properties":{"connector_no":{"type":"integer","minimum":1,"maximum":99},"balance_fen":{"type":"integer","minimum":1,"maximum":1000000}},"required":["connector_no","balance_fen"],"additionalProperties":false}"#,
    "trigger": r#"{"type":"object","properties":{"connector_no":{"type":"integer","minimum":1,"maximum":99}},"additionalProperties":false}"#,
    "work_parameters": r#"{"type":"object","properties":{"operative":{"type":"boolean"},"power_percent":{"type":"integer","minimum":30,"maximum":100}},"required":["operative","power_percent"],"additionalProperties":false}"#,
    "clock_set": r#"{"type":"object","properties":{},"additionalProperties":false}"#,
    "tariff_set": r#"{"type":"object","properties":{},"additionalProperties":false}"#,
    "offline_cards_add": r#"{"type":"object","properties":{"cards":{"type":"array","minItems":1,"maxItems":11,"items":{"type":"string","maxLength":16}}},"required":["cards"],"additionalProperties":false}"#,
    "offline_cards_remove": r#"{"type":"object","properties":{"cards":{"type":"array","minItems":1,"maxItems":23,"items":{"type":"string","maxLength":16}}},"required":["cards"],"additionalProperties":false}"#,
    "offline_cards_find": r#"{"type":"object","properties":{"cards":{"type":"array","minItems":1,"maxItems":23,"items":{"type":"string","maxLength":16}}},"required":["cards"],"additionalProperties":false}"#,
    "ground_lock": r#"{"type":"object","properties":{"connector_no":{"type":"integer","minimum":1,"maximum":99},"raise":{"type":"boolean"}},"required":["connector_no","raise"],"additionalProperties":false}"#,
    "reset": r#"{"type":"object","properties":{"hard":{"type":"boolean"}},"required":["hard"],"additionalProperties":false}"#,
};

fn find(name: &str) -> Option<&'static Schemas> {
    FORMS.iter().find(|form| form.name == name)
}

pub fn operations() -> Vec<Operation> {
    catalogue::operations(PROFILES, find)
}

pub fn call_check(action: &str, payload: &str) -> Option<Result<(), CallFault>> {
    catalogue::call_check(find(action), payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocpp::json::Node;

    #[test]
    fn every_form_is_told_once_and_can_be_read() {
        let told: Vec<&str> = operations().iter().map(|operation| operation.name).collect();
        assert_eq!(told.len(), FORMS.len());
        for form in &FORMS {
            assert_eq!(told.iter().filter(|name| **name == form.name).count(), 1, "{}", form.name);
            assert_ne!(*form.request.tree(), Node::Null, "{}", form.name);
        }
    }

    #[test]
    fn a_fault_names_its_field() {
        let fault = |action, payload| call_check(action, payload).unwrap().unwrap_err().field;
        assert_eq!(fault("reset", "{}"), "hard");
        assert_eq!(fault("work_parameters", r#"{"operative":true,"power_percent":29}"#), "power_percent");
        assert_eq!(fault("balance_update", r#"{"connector_no":0,"balance_fen":1}"#), "connector_no");
        assert_eq!(fault("offline_cards_add", r#"{"cards":[]}"#), "cards");
        assert_eq!(fault("offline_cards_add", r#"{"cards":["12345678901234567"]}"#), "cards[0]");
        assert_eq!(call_check("clock_set", "{}"), Some(Ok(())));
        assert_eq!(call_check("Reset", "{}"), None, "names have their case");
    }
}

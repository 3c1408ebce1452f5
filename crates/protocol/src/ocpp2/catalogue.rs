//! The operations that may be sent to a pile, in people's words, by the functional blocks of OCPP 2.0.1
//! (part 2) and 2.1.

use super::schemas;
use crate::ocpp::Version;
use crate::ocpp::catalogue::{self, Profile, profiles};
use crate::operation::{CallFault, Operation};

static PROFILES: &[Profile] = profiles! {
    "remote" "F 远程控制" / "F Remote control" {
        "RequestStartTransaction" "远程启动充电" / "Start charging":
            "请桩以给定的卡号开始充电，可附带充电曲线" / "Asks the pile to begin charging under a given token, with a charging profile where wanted";
        "RequestStopTransaction" "远程停止充电" / "Stop charging":
            "按交易编号停止正在进行的充电" / "Ends the running transaction with the given id";
        "UnlockConnector" "解锁枪" / "Unlock a connector":
            "松开枪锁；正在充电时桩会拒绝" / "Opens the lock of a connector; a pile that charges refuses";
        "TriggerMessage" "请求上报" / "Trigger a message":
            "请桩现在发送一种消息" / "Asks the pile to send a kind of message now";
        "GetTransactionStatus" "查询交易状态" / "Get the state of a transaction":
            "交易是否仍在进行，是否还有未上报的消息" / "Whether a transaction still runs and whether messages of it wait to be sent";
    }
    "provisioning" "B 配置与设备模型" / "B Provisioning" {
        "Reset" "重启" / "Reset":
            "立即重启，或等空闲后重启" / "Restarts the pile at once or when it is idle";
        "GetVariables" "读取变量" / "Get variables":
            "读取设备模型中的变量" / "Reads variables of the device model";
        "SetVariables" "设置变量" / "Set variables":
            "设置设备模型中的变量" / "Sets variables of the device model";
        "GetBaseReport" "读取全部变量" / "Get a base report":
            "请桩报告配置清单、全部变量或摘要" / "Asks for a report of the configuration, of all variables or in short";
        "GetReport" "按条件读取变量" / "Get a report":
            "请桩报告符合条件的变量" / "Asks for a report of the variables that match";
        "SetNetworkProfile" "设置网络连接" / "Set a network profile":
            "设置桩连接平台所用的网络与地址" / "Sets by which network and address the pile connects";
    }
    "security" "A 安全" / "A Security" {
        "CertificateSigned" "下发签发的证书" / "Send a signed certificate":
            "把签发好的桩证书链发给桩" / "Gives the pile its signed certificate chain";
    }
    "authorization" "C 授权" / "C Authorization" {
        "ClearCache" "清除授权缓存" / "Clear the authorisation cache":
            "让桩忘掉它记住的卡号授权结果" / "Makes the pile forget what it knows about tokens it has seen";
    }
    "local_list" "D 本地授权列表" / "D Local authorisation list" {
        "SendLocalList" "下发本地授权列表" / "Send the local list":
            "下发桩离线时可以充电的卡号，整表或增量" / "Sends the tokens that may charge while the pile is off line, all of them or the differences";
        "GetLocalListVersion" "读取列表版本" / "Get the list version":
            "读取桩上本地授权列表的版本号" / "Reads the version of the pile's local list";
    }
    "availability" "G 可用性" / "G Availability" {
        "ChangeAvailability" "启用或停用" / "Change the availability":
            "启用或停用一把枪或整桩；充电中的在结束后生效" / "Takes an EVSE, a connector or the whole pile into or out of service; one that charges, afterwards";
    }
    "reservation" "H 预约" / "H Reservation" {
        "ReserveNow" "预约枪" / "Reserve":
            "为一张卡保留一把枪直到给定时间" / "Keeps an EVSE for one token until a given time";
        "CancelReservation" "取消预约" / "Cancel a reservation":
            "取消给定编号的预约" / "Cancels the reservation with the given number";
    }
    "tariff" "I 电价与费用" / "I Tariff and cost" {
        "CostUpdated" "下发当前费用" / "Tell the cost so far":
            "把一笔交易到目前为止的费用发给桩显示" / "Tells the pile what a transaction has cost so far, to be shown";
        "SetDefaultTariff" "设置默认电价" / "Set the default tariff":
            "设置一把枪或整桩显示与计算所用的电价" / "Sets the tariff by which an EVSE or the pile shows and counts";
        "GetTariffs" "读取电价" / "Get tariffs":
            "读取桩上现有的电价" / "Reads which tariffs the pile has";
        "ClearTariffs" "清除电价" / "Clear tariffs":
            "清除桩上的电价" / "Removes tariffs from the pile";
        "ChangeTransactionTariff" "更改交易电价" / "Change the tariff of a transaction":
            "更改一笔进行中交易的电价" / "Changes the tariff of a running transaction";
    }
    "smart_charging" "K 智能充电" / "K Smart charging" {
        "SetChargingProfile" "下发充电曲线" / "Set a charging profile":
            "按时间表限制枪或整桩的充电功率" / "Limits the power of an EVSE or of the pile by a schedule";
        "ClearChargingProfile" "清除充电曲线" / "Clear charging profiles":
            "清除符合条件的充电曲线；不填条件则清除全部" / "Removes the charging profiles that match; all of them when nothing is named";
        "GetChargingProfiles" "读取充电曲线" / "Get charging profiles":
            "请桩报告已有的充电曲线" / "Asks for a report of the charging profiles that the pile has";
        "GetCompositeSchedule" "读取综合时间表" / "Get the composite schedule":
            "读取各条曲线叠加后实际执行的限值" / "Reads the limits that follow from all profiles together";
        "UpdateDynamicSchedule" "更新动态限值" / "Update a dynamic schedule":
            "更新一条动态充电曲线的当前限值" / "Gives a dynamic charging profile its present limit";
        "UsePriorityCharging" "优先充电" / "Use priority charging":
            "开启或关闭一笔交易的优先充电" / "Turns priority charging of a transaction on or off";
        "NotifyAllowedEnergyTransfer" "允许的充放电方式" / "Allowed energy transfer":
            "告诉桩一笔交易可以使用的充放电方式" / "Tells which modes of energy transfer a transaction may use";
    }
    "firmware" "L 固件管理" / "L Firmware management" {
        "UpdateFirmware" "升级固件" / "Update the firmware":
            "让桩在给定时间从给定地址下载并安装固件" / "Makes the pile fetch firmware from an address at a given time and install it";
        "PublishFirmware" "发布固件" / "Publish firmware":
            "让本地控制器下载固件并供站内的桩取用" / "Makes a local controller fetch firmware and offer it to the piles of its site";
        "UnpublishFirmware" "撤下固件" / "Unpublish firmware":
            "让本地控制器不再提供某个固件" / "Makes a local controller offer a firmware no more";
    }
    "certificates" "M 证书管理" / "M Certificates" {
        "InstallCertificate" "安装根证书" / "Install a root certificate":
            "安装平台、车企或固件厂商的根证书" / "Installs a root certificate of the platform, of mobility operators or of the manufacturer";
        "DeleteCertificate" "删除证书" / "Delete a certificate":
            "按散列值删除桩上的一个证书" / "Deletes one certificate of the pile by its hashes";
        "GetInstalledCertificateIds" "查询证书" / "List installed certificates":
            "读取桩上已安装的证书" / "Reads which certificates the pile has";
    }
    "diagnostics" "N 诊断与监控" / "N Diagnostics" {
        "GetLog" "上传日志" / "Get a log":
            "让桩把诊断日志或安全日志上传到给定地址" / "Makes the pile upload its diagnostics or security log to an address";
        "SetVariableMonitoring" "设置监控" / "Set monitors":
            "变量越限、变化或按周期时由桩上报" / "Makes the pile report when a variable passes a limit, changes or at intervals";
        "ClearVariableMonitoring" "清除监控" / "Clear monitors":
            "按编号清除监控" / "Removes monitors by their ids";
        "GetMonitoringReport" "读取监控" / "Get a report of monitors":
            "请桩报告已设置的监控" / "Asks for a report of the monitors that are set";
        "SetMonitoringBase" "选择监控基准" / "Set the monitoring base":
            "启用全部、出厂或仅硬件的监控" / "Turns on all monitors, those of the factory or those of the hardware only";
        "SetMonitoringLevel" "设置上报级别" / "Set the monitoring level":
            "只上报达到给定严重程度的事件" / "Makes the pile report only events of the given severity or worse";
        "CustomerInformation" "读取或删除用户信息" / "Customer information":
            "请桩报告或删除它保存的一位用户的信息" / "Asks the pile to report or to delete what it keeps of a customer";
        "AdjustPeriodicEventStream" "调整周期数据流" / "Adjust an event stream":
            "调整周期数据流的间隔与数量" / "Changes interval and size of a periodic event stream";
        "GetPeriodicEventStream" "读取周期数据流" / "Get event streams":
            "读取进行中的周期数据流" / "Reads which periodic event streams run";
    }
    "display" "O 显示消息" / "O Display messages" {
        "SetDisplayMessage" "显示消息" / "Set a display message":
            "在桩的屏幕上显示一条消息" / "Shows a message on the pile's display";
        "GetDisplayMessages" "读取显示消息" / "Get display messages":
            "请桩报告屏幕上已设置的消息" / "Asks for a report of the messages that are set";
        "ClearDisplayMessage" "清除显示消息" / "Clear a display message":
            "按编号清除屏幕上的消息" / "Removes a message from the display";
    }
    "data_transfer" "P 自定义消息" / "P Data transfer" {
        "DataTransfer" "厂商自定义消息" / "Vendor message":
            "发送只有厂商懂得的内容，格式由厂商规定" / "Sends something that only the vendor understands, in the vendor's own form";
    }
    "der" "R 分布式能源" / "R Distributed energy" {
        "SetDERControl" "设置并网控制" / "Set a DER control":
            "设置双向充电时对电网的支撑方式" / "Sets how a bidirectional pile supports the grid";
        "GetDERControl" "读取并网控制" / "Get DER controls":
            "请桩报告已设置的并网控制" / "Asks for a report of the DER controls that are set";
        "ClearDERControl" "清除并网控制" / "Clear DER controls":
            "清除符合条件的并网控制" / "Removes the DER controls that match";
        "AFRRSignal" "调频信号" / "aFRR signal":
            "发送自动频率恢复备用的信号" / "Sends a signal of the automatic frequency restoration reserve";
    }
    "battery_swap" "S 换电" / "S Battery swap" {
        "RequestBatterySwap" "请求换电" / "Request a battery swap":
            "请换电站为给定的卡号开始换电" / "Asks a swap station to begin a swap for a given token";
    }
};

pub fn operations(version: Version) -> Vec<Operation> {
    catalogue::operations(PROFILES, |name| schemas::find(version, name))
}

pub fn call_check(version: Version, action: &str, payload: &str) -> Option<Result<(), CallFault>> {
    catalogue::call_check(schemas::find(version, action), payload)
}

pub fn answer_check(version: Version, action: &str, payload: &str) -> Option<Result<(), CallFault>> {
    catalogue::answer_check(schemas::find(version, action), payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocpp::operation::Direction;

    #[test]
    fn every_operation_that_may_be_sent_is_told_once() {
        for version in [Version::V201, Version::V21] {
            let told: Vec<&str> = operations(version).iter().map(|operation| operation.name).collect();
            let sent = schemas::all(version).iter().filter(|one| one.direction != Direction::FromPile);
            for operation in sent.clone() {
                let times = told.iter().filter(|name| **name == operation.name).count();
                assert_eq!(times, 1, "{} {}", version.name(), operation.name);
            }
            assert_eq!(told.len(), sent.count());
        }
    }

    #[test]
    fn a_fault_names_its_field() {
        let fault = |payload| call_check(Version::V201, "Reset", payload).unwrap().unwrap_err().field;
        assert_eq!(fault(r#"{"type":"Hard"}"#), "type");
        assert_eq!(call_check(Version::V201, "Reset", r#"{"type":"OnIdle"}"#), Some(Ok(())));
        assert!(call_check(Version::V201, "SetDERControl", "{}").is_none(), "2.1 only");
        assert!(call_check(Version::V21, "Heartbeat", "{}").is_none(), "the pile's");
    }
}

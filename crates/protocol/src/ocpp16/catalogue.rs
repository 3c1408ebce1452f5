//! The operations that may be sent to a pile, in people's words, by the feature profiles of OCPP 1.6
//! section 3.2 and the security extension (white paper, edition 3).

use super::schemas;
use crate::ocpp::catalogue::{self, Profile, profiles};
use crate::operation::{CallFault, Operation};

static PROFILES: &[Profile] = profiles! {
    "core" "核心" / "Core" {
        "RemoteStartTransaction" "远程启动充电" / "Start charging":
            "请桩以给定的卡号开始充电，可附带充电曲线" / "Asks the pile to begin charging under a given token, with a charging profile where wanted";
        "RemoteStopTransaction" "远程停止充电" / "Stop charging":
            "按事务编号停止正在进行的充电" / "Ends the running session with the given transaction id";
        "Reset" "重启" / "Reset":
            "软重启先正常结束充电，硬重启立即中断" / "A soft reset ends running sessions first, a hard one cuts them";
        "UnlockConnector" "解锁枪" / "Unlock a connector":
            "松开枪锁；正在充电时桩会先结束充电" / "Opens the lock of a connector; a running session is ended first";
        "ChangeAvailability" "启用或停用" / "Change the availability":
            "启用或停用一把枪或整桩（枪号 0）；充电中的在结束后生效" / "Takes a connector or the whole pile (connector 0) into or out of service; one that charges, afterwards";
        "GetConfiguration" "读取配置" / "Read the configuration":
            "读取桩的配置项；不填配置项则读取全部" / "Reads configuration keys of the pile; all of them when none is named";
        "ChangeConfiguration" "修改配置" / "Change the configuration":
            "设置桩的一个配置项" / "Sets one configuration key of the pile";
        "ClearCache" "清除授权缓存" / "Clear the authorisation cache":
            "让桩忘掉它记住的卡号授权结果" / "Makes the pile forget what it knows about tokens it has seen";
        "DataTransfer" "厂商自定义消息" / "Vendor message":
            "发送只有厂商懂得的内容，格式由厂商规定" / "Sends something that only the vendor understands, in the vendor's own form";
    }
    "firmware" "固件管理" / "Firmware management" {
        "UpdateFirmware" "升级固件" / "Update the firmware":
            "让桩在给定时间从给定地址下载并安装固件" / "Makes the pile fetch firmware from an address at a given time and install it";
        "GetDiagnostics" "上传诊断文件" / "Get diagnostics":
            "让桩把诊断文件上传到给定地址" / "Makes the pile upload a diagnostics file to an address";
    }
    "local_list" "本地授权列表" / "Local authorisation list" {
        "SendLocalList" "下发本地授权列表" / "Send the local list":
            "下发桩离线时可以充电的卡号，整表或增量" / "Sends the tokens that may charge while the pile is off line, all of them or the differences";
        "GetLocalListVersion" "读取列表版本" / "Get the list version":
            "读取桩上本地授权列表的版本号" / "Reads the version of the pile's local list";
    }
    "reservation" "预约" / "Reservation" {
        "ReserveNow" "预约枪" / "Reserve a connector":
            "为一张卡保留一把枪直到给定时间" / "Keeps a connector for one token until a given time";
        "CancelReservation" "取消预约" / "Cancel a reservation":
            "取消给定编号的预约" / "Cancels the reservation with the given number";
    }
    "smart_charging" "智能充电" / "Smart charging" {
        "SetChargingProfile" "下发充电曲线" / "Set a charging profile":
            "按时间表限制枪或整桩的充电功率" / "Limits the power of a connector or of the pile by a schedule";
        "ClearChargingProfile" "清除充电曲线" / "Clear charging profiles":
            "清除符合条件的充电曲线；不填条件则清除全部" / "Removes the charging profiles that match; all of them when nothing is named";
        "GetCompositeSchedule" "读取综合时间表" / "Get the composite schedule":
            "读取各条曲线叠加后实际执行的限值" / "Reads the limits that follow from all profiles together";
    }
    "remote_trigger" "远程触发" / "Remote trigger" {
        "TriggerMessage" "请求上报" / "Trigger a message":
            "请桩现在发送一种消息" / "Asks the pile to send a kind of message now";
    }
    "security" "安全扩展" / "Security extension" {
        "ExtendedTriggerMessage" "请求上报（扩展）" / "Trigger a message (extended)":
            "请桩现在发送一种消息，含日志、签名固件与证书申请" / "Asks the pile to send a kind of message now, also log, signed firmware and certificate ones";
        "SignedUpdateFirmware" "升级签名固件" / "Update signed firmware":
            "让桩下载固件，核对签名与签名证书后安装" / "Makes the pile fetch firmware, check its signature and signing certificate, and install it";
        "GetLog" "上传日志" / "Get a log":
            "让桩把诊断日志或安全日志上传到给定地址" / "Makes the pile upload its diagnostics or security log to an address";
        "InstallCertificate" "安装根证书" / "Install a root certificate":
            "安装平台或固件厂商的根证书" / "Installs a root certificate of the platform or of the manufacturer";
        "DeleteCertificate" "删除证书" / "Delete a certificate":
            "按散列值删除桩上的一个根证书" / "Deletes one root certificate of the pile by its hashes";
        "GetInstalledCertificateIds" "查询证书" / "List installed certificates":
            "读取桩上已安装的根证书" / "Reads which root certificates the pile has";
        "CertificateSigned" "下发签发的证书" / "Send a signed certificate":
            "把签发好的桩证书链发给桩" / "Gives the pile its signed certificate chain";
    }
};

pub fn operations() -> Vec<Operation> {
    catalogue::operations(PROFILES, schemas::find)
}

pub fn call_check(action: &str, payload: &str) -> Option<Result<(), CallFault>> {
    catalogue::call_check(schemas::find(action), payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocpp::operation::Direction;
    use crate::ocpp16::schemas::OPERATIONS;

    #[test]
    fn every_operation_that_may_be_sent_is_told_once() {
        let told: Vec<&str> = operations().iter().map(|operation| operation.name).collect();
        for operation in OPERATIONS.iter().filter(|operation| operation.direction != Direction::FromPile) {
            let times = told.iter().filter(|name| **name == operation.name).count();
            assert_eq!(times, 1, "{}", operation.name);
        }
        assert_eq!(told.len(), 26);
    }

    #[test]
    fn a_fault_names_its_field() {
        let fault = |action, payload| call_check(action, payload).unwrap().unwrap_err().field;
        assert_eq!(fault("Reset", r#"{"type":"Warm"}"#), "type");
        assert_eq!(fault("Reset", "{}"), "type");
        assert_eq!(fault("Reset", "[]"), "");
        let list =
            r#"{"listVersion":1,"updateType":"Full","localAuthorizationList":[{"idTag":"A"},{"idTag":7}]}"#;
        assert_eq!(fault("SendLocalList", list), "localAuthorizationList[1].idTag");
        assert_eq!(call_check("Reset", r#"{"type":"Soft"}"#), Some(Ok(())));
        assert_eq!(call_check("BootNotification", "{}"), None, "the platform does not send it");
        assert_eq!(call_check("reset", "{}"), None, "names have their case");
    }
}

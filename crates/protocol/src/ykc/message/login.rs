//! 0x01 login request 充电桩登录认证, 0x02 login reply 登录认证应答 (section 4.1).

use super::frame_body;
use super::show::{choice, digits, plain, scaled, text};
use crate::ykc::field::{Ascii, Bcd, PileNo};

frame_body! {
    /// 0x01, pile to platform: on power-up and after every link loss.
    Login = 0x01 {
        pile: PileNo = "桩编号", "pile number", plain;
        pile_type: u8 = "桩类型", "pile type", |v| choice(*v, &[(0, "直流", "DC"), (1, "交流", "AC")]);
        gun_count: u8 = "充电枪数量", "number of guns", plain;
        protocol_version: u8 = "通信协议版本", "protocol version", |v| scaled(i64::from(*v), 1, "");
        firmware: Ascii<8> = "程序版本", "firmware", text;
        net_type: u8 = "网络链接类型", "network", |v| choice(
            *v, &[(0, "SIM卡", "SIM"), (1, "LAN", "LAN"), (2, "WAN", "WAN"), (3, "其他", "other")]);
        sim_iccid: Bcd<10> = "Sim卡", "SIM ICCID", digits;
        carrier: u8 = "运营商", "carrier", |v| choice(
            *v, &[(0, "移动", "China Mobile"), (2, "电信", "China Telecom"), (3, "联通", "China Unicom"), (4, "其他", "other")]);
    }
}

frame_body! {
    /// 0x02, platform to pile. On failure the platform closes the connection.
    LoginReply = 0x02 {
        pile: PileNo = "桩编号", "pile number", plain;
        result: u8 = "登陆结果", "result", |v| choice(*v, &[(0, "登陆成功", "ok"), (1, "登陆失败", "refused")]);
    }
}

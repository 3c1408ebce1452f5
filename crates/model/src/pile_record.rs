//! What staff keep of a 充电桩 beyond what it says of itself: 资产档案.

crate::words! {
    /// 接口类型 of a connector (ConnectorType of T/CEC 102.2).
    SocketKind {
        /// 家用插座
        Household = "household",
        /// 交流接口插座, 连接方式 B
        AcOutlet = "ac_outlet",
        /// 交流接口插头, 连接方式 C
        AcPlug = "ac_plug",
        /// 直流接口枪头, 连接方式 C
        DcPlug = "dc_plug",
        Wireless = "wireless",
        Other = "other",
    }
    /// 接口国标 (NationalStandard of T/CEC 102.2, and what came after it).
    SocketStandard {
        /// GB/T 20234-2011
        Gb2011 = "gb2011",
        /// GB/T 20234-2015
        Gb2015 = "gb2015",
        /// GB/T 20234-2023, with ChaoJi (20234.4)
        Gb2023 = "gb2023",
    }
}

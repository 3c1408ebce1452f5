//! Single rights and sets of them.

use serde::{Deserialize, Serialize};

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $word:tt, $zh:literal, $en:literal;)*) => {
        /// One right, named `noun.verb` as the routes and the menu name it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum Permission {
            $($(#[$doc])* #[serde(rename = $word)] $name,)*
        }

        impl Permission {
            pub const ALL: &[Permission] = &[$(Permission::$name),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Permission::$name => $word,)* }
            }

            /// What it allows, for people who make roles.
            pub fn label(self) -> crate::Text {
                match self { $(Permission::$name => crate::Text::of($zh, $en),)* }
            }
        }
    };
}

permissions! {
    HomeRead = "home.read", "查看首页", "See the home page";
    OperatorWrite = "operator.write", "维护运营商", "Edit operators";
    CityWrite = "city.write", "开通、暂停城市", "Open and pause cities";
    StationRead = "station.read", "查看运营商、城市、充电站", "See operators, cities and stations";
    StationWrite = "station.write", "维护充电站", "Edit stations";
    PileRead = "pile.read", "查看充电桩", "See piles";
    PileWrite = "pile.write", "维护充电桩", "Edit piles";
    PileCommand = "pile.command", "远程操作充电桩", "Operate piles from afar";
    AlarmRead = "alarm.read", "查看告警", "See alarms";
    AlarmWrite = "alarm.write", "确认、屏蔽、关闭告警，设置告警规则", "Acknowledge, silence and close alarms, set their rules";
    WorkOrderRead = "work_order.read", "查看工单", "See work orders";
    WorkOrderWrite = "work_order.write", "创建、处理、验收工单，维护巡检计划", "Make, work on and accept work orders, edit inspection plans";
    SafetyRead = "safety.read", "查看安全管理", "See safety management";
    SafetyWrite = "safety.write", "设置安全规则、试算、核实安全事件、维护检验到期", "Set safety rules and try them, judge acts, edit inspection dates";
    OrderRead = "order.read", "查看订单", "See orders";
    OrderExport = "order.export", "导出订单", "Export orders";
    OrderImport = "order.import", "导入丢失订单", "Import lost orders";
    OrderSettle = "order.settle", "处理异常订单", "Settle orders that are held";
    OrderNote = "order.note", "给订单写备注", "Write notes beside orders";
    TariffRead = "tariff.read", "查看计费模型", "See tariffs";
    TariffWrite = "tariff.write", "维护计费模型", "Edit tariffs";
    CardRead = "card.read", "查看充电卡", "See cards";
    CardWrite = "card.write", "维护充电卡", "Edit cards";
    CustomerRead = "customer.read", "查看用户", "See customers";
    CustomerWrite = "customer.write", "维护用户", "Edit customers";
    /// Personal data in full; each look is logged.
    CustomerReveal = "customer.reveal", "查看完整个人信息", "See personal data in full";
    /// Everything of one person, as a file for them; each is logged.
    CustomerExport = "customer.export", "导出个人信息", "Export a person's data";
    CustomerErase = "customer.erase", "删除个人信息（申请与复核）", "Erase a person's data";
    FleetRead = "fleet.read", "查看车队", "See fleets";
    FleetWrite = "fleet.write", "维护车队", "Edit fleets";
    /// What moved between accounts, and what is in purses.
    LedgerRead = "ledger.read", "查看账务与钱包", "See the books and wallets";
    WalletWrite = "wallet.write", "充值、扣款，设置支付方式", "Top up and deduct, set how people pay";
    OrderRefund = "order.refund", "订单退款、核销", "Refund orders, write off debts";
    ReconciliationRead = "reconciliation.read", "查看对账", "See reconciliation";
    ReconciliationWrite = "reconciliation.write", "处理对账差异、签核", "Handle differences, sign days off";
    SharingRead = "sharing.read", "查看分账", "See revenue sharing";
    SharingWrite = "sharing.write", "维护分账方与规则，试算、结算、付款", "Set up payees and rules, try, close and pay periods";
    PaymentRead = "payment.read", "查看支付流水与退款", "See payments and refunds";
    PaymentWrite = "payment.write", "代客收款、关闭支付、办理退款", "Take payments, close them, refund them";
    PayChannelWrite = "pay_channel.write", "配置支付渠道", "Set up pay channels";
    InvoiceRead = "invoice.read", "查看电子发票", "See e-invoices";
    InvoiceWrite = "invoice.write", "处理电子发票", "Handle e-invoices";
    FeedbackRead = "feedback.read", "查看投诉建议", "See feedback";
    FeedbackWrite = "feedback.write", "处理投诉建议", "Handle feedback";
    ContentRead = "content.read", "查看用户端、司机端内容", "See what the apps show";
    ContentWrite = "content.write", "发布用户端、司机端内容", "Publish what the apps show";
    ReportRead = "report.read", "查看分析与报表", "See analyses and reports";
    ReportWrite = "report.write", "设置报表订阅", "Set up reports by mail";
    StaffRead = "staff.read", "查看账号与角色", "See staff and roles";
    StaffWrite = "staff.write", "维护账号与角色", "Edit staff and roles";
    /// Of whoever administers security and does none of the work.
    StaffGrant = "staff.grant", "授予自己没有的权限", "Give rights that one has not oneself";
    ParameterRead = "parameter.read", "查看字典与参数", "See dictionaries and parameters";
    ParameterWrite = "parameter.write", "修改字典与参数", "Edit dictionaries and parameters";
    AuditRead = "audit.read", "查看审计日志", "See the audit log";
    JobRead = "job.read", "查看任务与渠道", "See jobs and channels";
    JobWrite = "job.write", "运行任务、配置渠道", "Run jobs, set up channels";
    BrandWrite = "brand.write", "设置品牌", "Set up the brand";
}

impl Permission {
    pub fn parse(text: &str) -> Option<Permission> {
        Permission::ALL.iter().copied().find(|permission| permission.as_str() == text)
    }

    fn bit(self) -> u64 {
        1 << self as u64
    }
}

/// A set of rights. In JSON and in the database it is the list of their names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    pub fn all() -> Permissions {
        Permission::ALL.iter().copied().collect()
    }

    pub fn has(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether everything in the other set is in this one too.
    pub fn covers(self, other: Permissions) -> bool {
        other.0 & !self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.has(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(all: I) -> Permissions {
        Permissions(all.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_noun_and_verb_and_read_back() {
        assert!(Permission::ALL.len() <= 64, "they are bits of one number");
        for permission in Permission::ALL {
            let word = permission.as_str();
            assert!(word.split_once('.').is_some_and(|(noun, verb)| !noun.is_empty() && !verb.is_empty()));
            assert_eq!(Permission::parse(word), Some(*permission));
            assert_eq!(serde_json::to_value(permission).unwrap(), word);
        }
        assert_eq!(Permission::parse("order.destroy"), None);
    }

    #[test]
    fn a_set_holds_what_it_was_made_of() {
        let some: Permissions = [Permission::PileRead, Permission::JobWrite].into_iter().collect();
        assert!(some.has(Permission::JobWrite) && !some.has(Permission::PileWrite));
        assert_eq!(some.iter().collect::<Vec<_>>(), [Permission::PileRead, Permission::JobWrite]);
        assert!(Permissions::all().covers(some) && !some.covers(Permissions::all()));
        assert!(some.covers(Permissions::default()));
    }
}

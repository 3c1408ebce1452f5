//! What staff may set about passwords, sessions and two-step verification.

use super::{Parameter, ParameterGroup, ParameterUnit};
use crate::staff::FactorFor;
use model::Text;
use model::time::{DAY_MS, SECOND_MS};

parameters! {
    "session_idle_s" Security Second 300 ..= 86_400, 1_800, "无操作退出时间", "Idle time of a session",
        "登录后无人操作超过此时间自动退出，退出前两分钟提示；已填写的内容不会丢失", "a session that nobody uses for this long ends; two minutes before, the page says so, and nothing typed is lost",
        |rules, value| rules.staff.idle_ms = value * SECOND_MS;
    "session_life_s" Security Second 3_600 ..= 604_800, 43_200, "登录有效时间", "Life of a session",
        "登录满此时间后须重新登录，对之后的登录生效", "any session ends after this time, from the next sign-in on",
        |rules, value| rules.staff.life_ms = value * SECOND_MS;
    "session_max" Security Count 1 ..= 1_000, 20, "每人同时登录数", "Sessions of a person",
        "同一账号同时有效的登录数，超过时最久未使用的自动退出", "how many sessions an account may have; beyond it the one that was used longest ago ends",
        |rules, value| rules.staff.sessions_max = value;
    "proof_s" Security Second 60 ..= 43_200, 900, "敏感操作验证有效时间", "How long a proof holds",
        "修改权限、审批退款与付款、导出个人信息等操作前，须在此时间内验证过密码或验证码", "changes of rights, approvals of money and exports of personal data want the password or a code shown within this time",
        |rules, value| rules.staff.proof_ms = value * SECOND_MS;
    "password_length" Security Count 8 ..= 64, 10, "密码最短长度", "Least length of passwords",
        "新密码至少的字符数", "least characters of a new password",
        |rules, value| rules.staff.password_least = value;
    "password_kinds" Security Count 1 ..= 4, 3, "密码字符种类", "Kinds of characters in passwords",
        "新密码至少包含小写字母、大写字母、数字、其他字符中的几种", "of small letters, capitals, digits and others a new password has at least so many",
        |rules, value| rules.staff.password_kinds = value;
    "password_past" Security Count 0 ..= 24, 5, "历史密码个数", "Passwords remembered",
        "新密码不能与最近使用过的这么多个密码相同，0 为不限制", "a new password is none of so many from before; 0: it may be",
        |rules, value| rules.staff.password_past = value;
    "password_days" Security Day 0 ..= 730, 0, "密码最长使用天数", "Days of a password",
        "超过后须先修改密码才能继续使用，0 为不要求；有要求的单位通常设为 90", "after it a password is changed before anything else goes; 0: it is not asked for. Those whose rules ask for it usually take 90",
        |rules, value| rules.staff.password_days = value;
    "two_factor_for" Security Count 0 ..= 2, 0, "两步验证范围", "Who needs two-step verification",
        "0 由各人自愿开启；1 可修改账号、参数、资金、价格或查看完整个人信息的账号必须开启；2 所有账号必须开启", "0: whoever wants it; 1: whoever may change accounts, parameters, money or prices, or see personal data in full; 2: everybody",
        |rules, value| rules.staff.factor_for = FactorFor::of(value);
    "two_factor_grace_days" Security Day 0 ..= 90, 7, "两步验证宽限天数", "Grace of two-step verification",
        "必须开启两步验证的账号，从下次登录起可在此天数内照常使用，之后须先开启", "whoever needs it may go on for so many days from the next sign-in; after that nothing goes before it is switched on",
        |rules, value| rules.staff.factor_grace_ms = value * DAY_MS;
    "administrators_apart" Security Switch 0 ..= 1, 0, "三员分立", "Administrators apart",
        "开启后，同一账号不能同时拥有系统管理、安全管理、安全审计中两类的权限；请先在「账号」页用“三员分立”办理", "nobody holds two of system administration, security administration and audit; begin with “Split the administrator” on the page of accounts",
        |rules, value| rules.staff.apart = value == 1;
}

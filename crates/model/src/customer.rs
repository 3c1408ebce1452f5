//! 用户: who drives and pays, and how much of them a page may show.

use crate::error::Text;
use crate::time::Timestamp;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$own:meta])* $case:ident = $word:literal, $zh:literal, $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$own])* $case,)* }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$case),*];

            pub fn as_str(self) -> &'static str {
                match self { $($name::$case => $word,)* }
            }

            pub fn label(self) -> Text {
                match self { $($name::$case => Text::of($zh, $en),)* }
            }

            pub fn parse(text: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|word| word.as_str() == text)
            }
        }
    };
}

words! {
    /// 用户类型
    CustomerKind {
        Person = "person", "个人", "Person";
        Driver = "driver", "司机", "Driver";
        Employee = "employee", "企业员工", "Employee";
    }
}

words! {
    /// 来源平台: who looks after the person's own data.
    CustomerSource {
        Own = "own", "自有用户", "Our own";
        /// A mobility platform that pushes by SCIM 2.0.
        Scim = "scim", "出行平台（推送）", "Mobility platform (pushes)";
        /// A mobility platform that is asked by us.
        Pull = "pull", "出行平台（拉取）", "Mobility platform (asked)";
    }
}

words! {
    /// 客户分群: what the nightly job says of a customer by rule. What each means is in [`crate::segment::SEGMENTS`].
    CustomerMark {
        /// Registered lately.
        New = "new", "新用户", "New";
        /// Has charged before, and not for long.
        Sleeping = "sleeping", "沉睡", "Sleeping";
        /// Charges mostly between 22:00 and 06:00.
        Night = "night", "夜间", "Night";
        HighValue = "high_value", "高价值", "High value";
        Fleet = "fleet", "车队", "Fleet";
        /// Silent for much longer than the customer's own rhythm says.
        ChurnRisk = "churn_risk", "流失风险", "Churn risk";
        /// 最近、次数、金额, each high (h) or low (l).
        RfmHhh = "rfm_hhh", "重要价值", "Important, to keep as they are";
        RfmHlh = "rfm_hlh", "重要发展", "Important, to charge more often";
        RfmLhh = "rfm_lhh", "重要保持", "Important, to come back";
        RfmLlh = "rfm_llh", "重要挽留", "Important, to win back";
        RfmHhl = "rfm_hhl", "一般价值", "Regular, of little money";
        RfmHll = "rfm_hll", "一般发展", "Recent, seldom, of little money";
        RfmLhl = "rfm_lhl", "一般保持", "Often before, of little money";
        RfmLll = "rfm_lll", "一般挽留", "Seldom, long ago, of little money";
    }
}

words! {
    /// What we have decided of a customer ourselves; a source says apart from it who is active there.
    CustomerStatus {
        Active = "active", "正常", "Active";
        Frozen = "frozen", "已冻结", "Frozen";
        /// The source says that the person is its customer no more.
        Deactivated = "deactivated", "来源已停用", "Deactivated by its source";
        Cancelled = "cancelled", "已注销", "Cancelled";
    }
}

/// Whether somebody may charge: what we have decided, and what their source says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Never `Deactivated`: that is what the source says.
    pub decided: CustomerStatus,
    /// A freeze ends by itself then.
    pub frozen_until: Option<Timestamp>,
    pub active_at_source: bool,
}

impl Standing {
    pub fn status(&self, now: Timestamp) -> CustomerStatus {
        match self.decided {
            CustomerStatus::Cancelled => CustomerStatus::Cancelled,
            _ if !self.active_at_source => CustomerStatus::Deactivated,
            CustomerStatus::Frozen if self.frozen_until.is_none_or(|until| until > now) => {
                CustomerStatus::Frozen
            }
            _ => CustomerStatus::Active,
        }
    }
}

/// A mobile number without what people put between its digits: 11 digits from 13… to 19…, or + and
/// 7 to 15 digits for other countries.
pub fn phone_parse(field: &'static str, text: &str) -> Result<String> {
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let bare = bare.strip_prefix("tel:").unwrap_or(&bare);
    let home = bare.strip_prefix("+86").or_else(|| bare.strip_prefix("0086")).unwrap_or(bare);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_mobile = home.len() == 11
        && digits(home)
        && home.starts_with('1')
        && home.as_bytes().get(1).is_some_and(|second| (b'3'..=b'9').contains(second));
    if is_mobile {
        return Ok(home.to_owned());
    }
    match bare.strip_prefix('+') {
        Some(abroad) if !abroad.starts_with("86") && digits(abroad) && (7..=15).contains(&abroad.len()) => {
            Ok(bare.to_owned())
        }
        _ => Err(Error::invalid(
            field,
            "手机号应为 13 至 19 开头的 11 位数字；境外号码请写 + 和国家代码",
            "A mobile number has 11 digits and begins with 13 to 19; write numbers of other countries with + and the country's code.",
        )),
    }
}

/// 138****1234
pub fn phone_masked(phone: &str) -> String {
    masked(phone, 3, 4, "****")
}

/// 鄂A***23
pub fn plate_masked(plate: &str) -> String {
    masked(plate, 2, 2, "***")
}

/// The last six characters, which is what people read to each other.
pub fn vin_masked(vin: &str) -> String {
    masked(vin, 0, 6, "***")
}

fn masked(text: &str, front: usize, back: usize, stars: &str) -> String {
    let count = text.chars().count();
    if count <= front + back {
        return stars.to_owned();
    }
    let head: String = text.chars().take(front).collect();
    let tail: String = text.chars().skip(count - back).collect();
    format!("{head}{stars}{tail}")
}

const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// A Chinese number plate (GA 36): province, office letter, five places; of a new-energy car six,
/// the first or the last of them a letter from A to K. Neither I nor O is ever used.
pub fn plate_parse(text: &str) -> Result<String> {
    let plate: String =
        text.trim().chars().filter(|c| !matches!(c, ' ' | '·' | '-')).collect::<String>().to_uppercase();
    let all: Vec<char> = plate.chars().collect();
    let letter = |c: char| c.is_ascii_uppercase() && c != 'I' && c != 'O';
    let place = |c: &char| letter(*c) || c.is_ascii_digit();
    let mark = |c: char| matches!(c, 'A'..='H' | 'J' | 'K');
    let digits = |part: &[char]| part.iter().all(char::is_ascii_digit);
    let ok = match all.as_slice() {
        [province, office, rest @ ..] if PROVINCES.contains(*province) && letter(*office) => match rest {
            [first @ .., last] if rest.len() == 5 => {
                first.iter().all(place) && (place(last) || matches!(last, '挂' | '学' | '警' | '港' | '澳'))
            }
            [first, second, tail @ ..] if rest.len() == 6 => {
                mark(*first) && place(second) && digits(tail) || digits(&rest[..5]) && mark(rest[5])
            }
            _ => false,
        },
        _ => false,
    };
    if ok {
        return Ok(plate);
    }
    Err(Error::invalid(
        "plate",
        "车牌号不正确，应为普通车牌如 鄂A12345（7 位），新能源车牌如 鄂AD12345 或 鄂A12345D（8 位），不含字母 I 和 O",
        "This is no number plate: 7 characters such as 鄂A12345, or 8 of a new-energy car such as 鄂AD12345; the letters I and O are not used.",
    ))
}

const VIN_WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

fn vin_value(c: char) -> Option<u32> {
    match c {
        '0'..='9' => c.to_digit(10),
        'A'..='H' => Some(c as u32 - 'A' as u32 + 1),
        'J'..='N' => Some(c as u32 - 'J' as u32 + 1),
        'P' => Some(7),
        'R' => Some(9),
        'S'..='Z' => Some(c as u32 - 'S' as u32 + 2),
        _ => None,
    }
}

/// A vehicle identification number (GB 16735), whatever its check digit says.
pub fn vin_read(text: &str) -> Result<String> {
    let vin = text.trim().to_ascii_uppercase();
    if vin.chars().count() == VIN_WEIGHTS.len() && vin.chars().all(|c| vin_value(c).is_some()) {
        return Ok(vin);
    }
    Err(Error::invalid(
        "vin",
        "车架号（VIN）应为 17 位字母和数字，不含 I、O、Q",
        "A VIN has 17 letters and digits, without I, O and Q.",
    ))
}

/// Whether the ninth place is the check digit of the others. Not every maker outside of China keeps it.
pub fn vin_checks(vin: &str) -> bool {
    let values = vin.chars().filter_map(vin_value).zip(VIN_WEIGHTS);
    let sum: u32 = values.map(|(value, weight)| value * weight).sum();
    vin.chars().nth(8) == Some(char::from_digit(sum % 11, 10).unwrap_or('X'))
}

/// A vehicle identification number with its check digit in the ninth place, as somebody types it.
pub fn vin_parse(text: &str) -> Result<String> {
    let vin = vin_read(text)?;
    if vin_checks(&vin) {
        return Ok(vin);
    }
    Err(Error::invalid(
        "vin",
        "车架号（VIN）的第 9 位校验码不符，请对照行驶证检查是否有输错的字符",
        "The check digit of this VIN (its ninth place) does not fit; compare it with the vehicle licence.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones() {
        for (typed, kept) in [
            ("13800138000", "13800138000"),
            (" 138-0013 8000 ", "13800138000"),
            ("+86 138 0013 8000", "13800138000"),
            ("tel:+8613800138000", "13800138000"),
            ("+85291234567", "+85291234567"),
        ] {
            assert_eq!(phone_parse("phone", typed).unwrap(), kept);
        }
        for bad in ["", "1380013800", "138001380000", "12800138000", "a3800138000", "+123456", "+86138", "+"]
        {
            assert_eq!(phone_parse("phone", bad).unwrap_err().field.unwrap(), "phone", "{bad}");
        }
    }

    #[test]
    fn plates() {
        for good in ["鄂A12345", "鄂AD12345", "鄂AFA1234", "粤B12345D", "沪A1234学", "粤Z1234港", "川A0R2K7"]
        {
            assert_eq!(plate_parse(good).unwrap(), good);
        }
        assert_eq!(plate_parse("京a·d12345").unwrap(), "京AD12345");
        for bad in [
            "",
            "鄂AF1A234",
            "A12345",
            "鄂A1234",
            "鄂AI2345",
            "鄂A123O5",
            "鄂AL12345",
            "鄂A123456",
            "鄂A12345DD",
            "台A12345",
        ] {
            assert_eq!(plate_parse(bad).unwrap_err().field.unwrap(), "plate", "{bad}");
        }
    }

    #[test]
    fn vins() {
        assert_eq!(vin_parse(" 1m8gdm9axkp042788 ").unwrap(), "1M8GDM9AXKP042788");
        assert_eq!(vin_parse("1HGCM82633A004352").unwrap(), "1HGCM82633A004352");
        assert!(vin_parse("1HGCM82603A004352").is_err(), "the check digit is another one");
        for bad in ["", "1M8GDM9AXKP04278", "1M8GDM9AXKP0427888", "1M8GDM9A1KP042788", "1M8GDM9AXKPO42788"] {
            assert_eq!(vin_parse(bad).unwrap_err().field.unwrap(), "vin", "{bad}");
        }
    }

    #[test]
    fn masks_show_what_they_may() {
        assert_eq!(phone_masked("13800131234"), "138****1234");
        assert_eq!(phone_masked("1234567"), "****");
        assert_eq!(plate_masked("鄂A12323"), "鄂A***23");
        assert_eq!(plate_masked("鄂AD12323"), "鄂A***23");
        assert_eq!(vin_masked("1M8GDM9AXKP042788"), "***042788");
    }

    #[test]
    fn a_freeze_ends_by_itself_and_a_source_has_its_say() {
        let at = Timestamp::from_ms;
        let standing = |decided, until: Option<i64>, active_at_source| Standing {
            decided,
            frozen_until: until.map(at),
            active_at_source,
        };
        use CustomerStatus::*;
        for (standing, status) in [
            (standing(Active, None, true), Active),
            (standing(Frozen, None, true), Frozen),
            (standing(Frozen, Some(11), true), Frozen),
            (standing(Frozen, Some(10), true), Active),
            (standing(Active, None, false), Deactivated),
            (standing(Frozen, None, false), Deactivated),
            (standing(Cancelled, None, false), Cancelled),
        ] {
            assert_eq!(standing.status(at(10)), status, "{standing:?}");
        }
    }
}

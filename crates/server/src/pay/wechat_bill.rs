//! 交易账单 of WeChat Pay: a CSV whose cells begin with a back quote; the columns are found by their names.

use super::{BillRow, PayFault, Told};
use model::money::divide_rounded;
use model::time::{Timestamp, Zone};

/// Yuan with two decimals.
fn fen(text: &str) -> Option<i64> {
    let (yuan, rest) = text.split_once('.').unwrap_or((text, "0"));
    let rest = format!("{rest:0<2}");
    (rest.len() == 2).then_some(())?;
    Some(yuan.parse::<i64>().ok()? * 100 + rest.parse::<i64>().ok()?)
}

/// What the channel keeps, told to 0.00001 yuan and below zero in the line of a refund. An empty cell says nothing.
fn fee(text: &str) -> Option<i64> {
    let (back, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let (yuan, rest) = text.split_once('.').unwrap_or((text, "0"));
    let rest = format!("{rest:0<5}");
    (rest.len() == 5).then_some(())?;
    let exact = yuan.parse::<i64>().ok()?.checked_mul(100_000)?.checked_add(rest.parse().ok()?)?;
    let fen = i64::try_from(divide_rounded(i128::from(exact), 1_000)).ok()?;
    Some(if back { -fen } else { fen })
}

/// `2026-11-25 08:30:15`, in China.
fn moment(text: &str) -> Option<Timestamp> {
    let (day, time) = text.split_once(' ')?;
    let mut day = day.split('-');
    let (year, month, date) =
        (day.next()?.parse().ok()?, day.next()?.parse().ok()?, day.next()?.parse().ok()?);
    let mut time = time.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
    Zone::shanghai().moment(year, month, date, ((hour * 60 + minute) * 60 + second) * 1_000)
}

/// Everything before the line with the sums.
pub fn bill_rows(bytes: &[u8]) -> Told<Vec<BillRow>> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty());
    let names: Vec<&str> = lines.next().unwrap_or_default().split(',').map(str::trim).collect();
    let place = |name: &str| {
        names
            .iter()
            .position(|one| *one == name)
            .ok_or_else(|| PayFault::strange(format!("no column {name}")))
    };
    let [at, channel_no, no, state] =
        [place("交易时间")?, place("微信订单号")?, place("商户订单号")?, place("交易状态")?];
    let [refund_channel_no, refund_no, refund_state] =
        [place("微信退款单号")?, place("商户退款单号")?, place("退款状态")?];
    let [paid, back, kept] = [place("订单金额")?, place("申请退款金额")?, place("手续费")?];
    let mut rows = Vec::new();
    for line in lines {
        // The sums stand behind a heading of their own.
        if !line.starts_with('`') {
            break;
        }
        let cells: Vec<&str> = line.split(',').map(|cell| cell.trim().trim_start_matches('`')).collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        let refund = matches!(cell(state), "REFUND" | "REVOKED");
        let amount = fen(cell(if refund { back } else { paid }));
        let (Some(fen), Some(at)) = (amount, moment(cell(at))) else {
            return Err(PayFault::strange(format!("the line {line}")));
        };
        rows.push(BillRow {
            payment_no: cell(no).to_owned(),
            refund_no: refund.then(|| cell(refund_no).to_owned()),
            channel_no: cell(if refund { refund_channel_no } else { channel_no }).to_owned(),
            fen,
            fee_fen: fee(cell(kept)),
            at,
            done: !refund || cell(refund_state) == "SUCCESS",
        });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "\u{feff}交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n";
    const PAID: &str = "`2026-11-22 08:30:15,`wx1,`1900000001,`0,`,`4200001,`ZF1,`o1,`NATIVE,`SUCCESS,`OTHERS,`CNY,`100.50,`0.00,`0,`0,`0.00,`0.00,`,`,`充值,`,`0.60,`0.60%,`100.50,`0.00,`\r\n";
    const BACK: &str = "`2026-11-22 23:59:59,`wx1,`1900000001,`0,`,`4200001,`ZF1,`o1,`NATIVE,`REFUND,`OTHERS,`CNY,`0.00,`0.00,`5030001,`TK1,`20.05,`0.00,`ORIGINAL,`SUCCESS,`充值,`,`-0.12,`0.60%,`0.00,`20.05,`\r\n";
    const SUMS: &str = "总交易单数,应结订单总金额,退款总金额\r\n`2,`100.50,`20.05\r\n";

    #[test]
    fn a_bill_is_read_up_to_its_sums() {
        let rows = bill_rows(format!("{HEAD}{PAID}{BACK}{SUMS}").as_bytes()).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].fen, rows[0].payment_no.as_str(), &rows[0].refund_no), (10_050, "ZF1", &None));
        assert_eq!(rows[0].at.rfc3339(), Timestamp::parse("2026-11-22T00:30:15Z").unwrap().rfc3339());
        assert_eq!((rows[1].fen, rows[1].refund_no.as_deref()), (2_005, Some("TK1")));
        assert_eq!(rows[1].channel_no, "5030001");
        assert_eq!((rows[0].fee_fen, rows[1].fee_fen), (Some(60), Some(-12)));
        assert!(rows.iter().all(|row| row.done));
        // One bill holds what was scanned and what was paid inside of WeChat.
        let within = PAID.replace("NATIVE", "JSAPI").replace("ZF1", "ZF2");
        let rows = bill_rows(format!("{HEAD}{PAID}{within}{SUMS}").as_bytes()).unwrap();
        assert_eq!(rows.iter().map(|row| row.payment_no.as_str()).collect::<Vec<_>>(), ["ZF1", "ZF2"]);
        assert_eq!((rows[0].fen, rows[0].fee_fen), (rows[1].fen, rows[1].fee_fen));
    }

    #[test]
    fn a_bill_that_is_none_is_refused() {
        assert!(bill_rows(b"<html>").is_err());
        assert!(
            bill_rows(format!("{HEAD}{}", PAID.replace("100.50,`0.00,`\r", "a,`0.00,`\r")).as_bytes())
                .is_err()
        );
        assert_eq!(bill_rows(format!("{HEAD}{SUMS}").as_bytes()).unwrap(), []);
    }

    #[test]
    fn a_fee_is_told_finer_than_a_fen() {
        for (text, amount) in [
            ("0.60", Some(60)),
            ("0.00600", Some(1)),
            ("0.00400", Some(0)),
            ("-0.12345", Some(-12)),
            ("1", Some(100)),
            ("", None),
            ("0.123456", None),
        ] {
            assert_eq!(fee(text), amount, "{text}");
        }
    }

    #[test]
    fn yuan_become_fen() {
        for (text, amount) in
            [("0.01", Some(1)), ("12", Some(1_200)), ("12.5", Some(1_250)), ("1.234", None), ("x", None)]
        {
            assert_eq!(fen(text), amount, "{text}");
        }
    }
}

//! Everything of one person as an archive: a table for people, the same for machines, their photos, and what is not in it
//! and why.

use super::column::wall;
use super::sheet::Unwritable;
use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use store::personal::{Erase, PARTS, PersonPhoto, PersonRows};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What is given out, to whom, by whom.
pub struct Given {
    pub rows: Vec<PersonRows>,
    pub photos: Vec<PersonPhoto>,
    /// Who has taken this out, and when.
    pub mark: String,
}

/// How facts are called; those of the parts are in their list.
const FACTS: &[(&str, &str)] = &[
    ("id", "编号"),
    ("no", "单号"),
    ("noun_id", "所属编号"),
    ("kind", "类型"),
    ("category", "分类"),
    ("source", "来源"),
    ("state", "状态"),
    ("status", "状态"),
    ("score", "评分"),
    ("action", "操作"),
    ("purpose", "用途"),
    ("scene", "支付场景"),
    ("success", "是否成功"),
    ("company", "是否企业"),
    ("preferred", "是否默认"),
    ("serial_no", "流水号"),
    ("number", "发票号码"),
    ("red", "是否红票"),
    ("code", "类别"),
    ("what", "事件"),
    ("route", "去向"),
    ("way", "支付方式"),
    ("pay_way", "支付方式"),
    ("start_mode", "启动方式"),
    ("soc_start", "起始 SOC (%)"),
    ("soc_end", "结束 SOC (%)"),
    ("channel_no", "渠道单号"),
    ("segments", "分时明细"),
    ("order_id", "订单编号"),
    ("feedback_id", "反馈编号"),
    ("invoice_id", "发票编号"),
    ("payment_id", "支付编号"),
    ("coupon_id", "优惠券编号"),
    ("station_id", "充电站编号"),
    ("pile_id", "充电桩编号"),
    ("connector_no", "枪号"),
    ("level_id", "会员等级编号"),
    ("fleet_id", "车队编号"),
    ("advice_off", "已关闭充电建议"),
    ("order_fen", "每单限额"),
    ("day_fen", "每日限额"),
    ("month_fen", "每月限额"),
    ("order_dwh", "每单电量上限"),
    ("day_dwh", "每日电量上限"),
    ("month_dwh", "每月电量上限"),
    ("by_rule", "是否系统标签"),
    ("order_count", "订单数"),
    ("active_at_source", "来源是否有效"),
    ("at_ms", "时间"),
    ("created_at_ms", "创建时间"),
    ("started_at_ms", "开始时间"),
    ("ended_at_ms", "结束时间"),
    ("answered_at_ms", "答复时间"),
    ("closed_at_ms", "关闭时间"),
    ("changed_at_ms", "修改时间"),
    ("updated_at_ms", "更新时间"),
    ("synced_at_ms", "同步时间"),
    ("applied_at_ms", "申请时间"),
    ("issued_at_ms", "开票时间"),
    ("paid_at_ms", "支付时间"),
    ("decided_at_ms", "复核时间"),
    ("given_at_ms", "发放时间"),
    ("valid_from_ms", "有效期起"),
    ("valid_until_ms", "有效期止"),
    ("expires_at_ms", "有效期"),
    ("until_ms", "截止时间"),
    ("frozen_until_ms", "冻结至"),
    ("last_ended_ms", "最近充电"),
    ("energy_dwh", "电量 (kWh)"),
    ("fen", "金额（元）"),
    ("amount_fen", "金额（元）"),
    ("total_fen", "合计（元）"),
    ("net_fen", "不含税金额（元）"),
    ("tax_fen", "税额（元）"),
    ("electricity_fen", "电费（元）"),
    ("service_fen", "服务费（元）"),
    ("discount_fen", "优惠（元）"),
    ("occupancy_fen", "占位费（元）"),
    ("principal_fen", "本金支付（元）"),
    ("gift_fen", "赠送金支付（元）"),
    ("owed_fen", "待支付（元）"),
    ("settled_fen", "已补付（元）"),
    ("refunded_fen", "已退款（元）"),
    ("returned_fen", "原路退回（元）"),
    ("written_off_fen", "已核销（元）"),
];

/// What people call a column of a table.
fn label(of: &PersonRows, column: &'static str) -> &'static str {
    let part = of.table.parts.iter().find(|part| part.column == column).map(|part| part.zh);
    let fact = FACTS.iter().find(|(name, _)| *name == column).map(|(_, zh)| *zh);
    part.or(fact).unwrap_or(column)
}

fn places(value: i64, digits: u32) -> String {
    let unit = 10_i64.pow(digits);
    let sign = if value < 0 { "-" } else { "" };
    let (whole, rest) = (value.abs() / unit, value.abs() % unit);
    format!("{sign}{whole}.{rest:0width$}", width = digits as usize)
}

/// A value as people read it.
fn readable(column: &str, value: &str) -> String {
    let number = value.parse::<i64>();
    match number {
        Ok(at_ms) if column.ends_with("_ms") => wall(at_ms),
        Ok(fen) if column == "fen" || column.ends_with("_fen") => places(fen, 2),
        Ok(dwh) if column.ends_with("_dwh") => places(dwh, 4),
        _ => value.to_owned(),
    }
}

/// Most characters of a cell, as the format has it.
const CELL_MAX: usize = 32_000;

fn workbook(given: &Given) -> Result<Vec<u8>, Unwritable> {
    let (mut book, head) = (Workbook::new(), Format::new().set_bold());
    for of in given.rows.iter().filter(|of| !of.rows.is_empty()) {
        let sheet = book.add_worksheet();
        sheet.set_name(of.table.zh)?;
        for (place, column) in (0..).zip(&of.columns) {
            sheet.write_string_with_format(0, place, label(of, column), &head)?;
            sheet.set_column_width(place, 20.0)?;
        }
        for (line, row) in (1..).zip(&of.rows) {
            for (place, (column, value)) in (0..).zip(of.columns.iter().zip(row)) {
                let text: String =
                    readable(column, value.as_deref().unwrap_or_default()).chars().take(CELL_MAX).collect();
                sheet.write_string(line, place, text)?;
            }
        }
    }
    Ok(book.save_to_buffer()?)
}

fn machine(given: &Given) -> Value {
    let mut tables = Map::new();
    for of in &given.rows {
        let row = |row: &Vec<Option<String>>| {
            let cells =
                of.columns.iter().zip(row).map(|(column, value)| ((*column).to_owned(), json!(value)));
            Value::Object(cells.collect())
        };
        tables.insert(of.table.name.to_owned(), of.rows.iter().map(row).collect());
    }
    json!({"exported": given.mark, "tables": tables})
}

/// What is in it, and what is not and why.
fn note(given: &Given) -> String {
    let mut text = format!(
        "{}\r\n\r\n本压缩包是平台保存的您的个人信息：\r\n  个人信息.xlsx  按类别分表，便于阅读\r\n  个人信息.json  同样的内容，便于程序处理\r\n  photos/        您提交的照片\r\n\r\n注销并删除后仍会保留的内容与原因：\r\n",
        given.mark
    );
    for table in PARTS.iter().filter(|table| !table.gone) {
        let mut kept: Vec<(&str, Vec<&str>)> = Vec::new();
        for part in table.parts {
            let Erase::Keep(why) = part.erase else { continue };
            match kept.iter_mut().find(|(other, _)| *other == why) {
                Some((_, parts)) => parts.push(part.zh),
                None => kept.push((why, vec![part.zh])),
            }
        }
        for (why, parts) in kept {
            text.push_str(&format!("  {}：{}（{why}）\r\n", table.zh, parts.join("、")));
        }
    }
    text
}

/// Writes the archive; its size.
pub fn write(path: &Path, given: &Given) -> Result<u64, Unwritable> {
    let failed = |why: zip::result::ZipError| Unwritable(why.to_string());
    let mut archive = ZipWriter::new(BufWriter::new(File::create(path)?));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let text = serde_json::to_vec_pretty(&machine(given)).map_err(|why| Unwritable(why.to_string()))?;
    let mut files = vec![
        ("说明.txt".to_owned(), format!("\u{feff}{}", note(given)).into_bytes()),
        ("个人信息.xlsx".to_owned(), workbook(given)?),
        ("个人信息.json".to_owned(), text),
    ];
    for photo in &given.photos {
        let end = photo.kind.rsplit('/').next().filter(|end| end.chars().all(|c| c.is_ascii_alphanumeric()));
        files.push((format!("photos/{}.{}", photo.id, end.unwrap_or("jpeg")), photo.body.clone()));
    }
    for (name, body) in files {
        archive.start_file(name, options).map_err(failed)?;
        archive.write_all(&body)?;
    }
    archive.finish().map_err(failed)?.flush()?;
    Ok(std::fs::metadata(path)?.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn values_are_read_by_people() {
        for (column, value, text) in [
            ("created_at_ms", "1795406400000", "2026-11-23 12:00:00"),
            ("total_fen", "-5", "-0.05"),
            ("energy_dwh", "123456", "12.3456"),
            ("note", "12", "12"),
            ("created_at_ms", "", ""),
        ] {
            assert_eq!(readable(column, value), text, "{column}");
        }
    }

    #[test]
    fn everything_that_is_given_has_a_name() {
        let mut missing = Vec::new();
        for table in PARTS {
            let of = PersonRows { table, columns: table.given(), rows: Vec::new() };
            missing.extend(of.columns.iter().filter(|column| label(&of, column) == **column).copied());
            assert!(table.zh.chars().count() <= 31, "{}: the name of a sheet", table.zh);
        }
        assert_eq!(missing, Vec::<&str>::new());
    }

    #[test]
    fn an_archive_has_the_tables_twice_the_photos_and_what_is_kept() {
        let table = PARTS.iter().find(|table| table.name == "car").unwrap();
        let columns = table.given();
        let row = columns.iter().map(|column| Some(format!("<{column}>"))).collect();
        let given = Given {
            rows: vec![PersonRows { table, columns, rows: vec![row] }],
            photos: vec![PersonPhoto { id: 7, kind: "image/png".to_owned(), body: vec![1, 2, 3] }],
            mark: "导出人：张三".to_owned(),
        };
        let path = std::env::temp_dir().join(format!("person_{}.zip", std::process::id()));
        let size = write(&path, &given).unwrap();
        let mut archive = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
        let mut read = |name: &str| {
            let mut bytes = Vec::new();
            archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        };
        let json: Value = serde_json::from_slice(&read("个人信息.json")).unwrap();
        assert_eq!(json["tables"]["car"][0]["plate"], "<plate>");
        assert_eq!(read("photos/7.png"), [1, 2, 3]);
        assert!(read("个人信息.xlsx").starts_with(b"PK"));
        assert!(String::from_utf8(read("说明.txt")).unwrap().contains("电子发票"));
        assert_eq!(size, std::fs::metadata(&path).unwrap().len());
        std::fs::remove_file(path).unwrap();
    }
}

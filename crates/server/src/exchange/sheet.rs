//! Rows into a file, one after the other: the memory that a file takes does not grow with it.

use super::column::{Cell, wall};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use store::exports::ExportFormat;

/// Most rows of a sheet, as the format has it.
pub const SHEET_ROWS: u32 = 1_048_576;

/// Of these the first is for the names of the columns, the last three for the totals and the mark.
const RESERVED: u32 = 4;

/// What stands around the rows.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What a sheet is called.
    pub title: String,
    pub heads: Vec<Head>,
    pub total: String,
    /// Who has taken this out, and when: in the last line and under every printed page.
    pub mark: String,
    pub sheet_rows: u32,
}

#[derive(Clone, Debug)]
pub struct Head {
    pub label: String,
    pub summed: bool,
}

/// A file that is being written.
pub enum Sheet {
    Xlsx(Box<Xlsx>),
    Csv(Box<Csv>),
}

#[derive(Debug)]
pub struct Unwritable(pub String);

impl From<XlsxError> for Unwritable {
    fn from(why: XlsxError) -> Unwritable {
        Unwritable(why.to_string())
    }
}

impl From<std::io::Error> for Unwritable {
    fn from(why: std::io::Error) -> Unwritable {
        Unwritable(why.to_string())
    }
}

impl From<csv::Error> for Unwritable {
    fn from(why: csv::Error) -> Unwritable {
        Unwritable(why.to_string())
    }
}

impl Sheet {
    pub fn create(path: &Path, format: ExportFormat, frame: Frame) -> Result<Sheet, Unwritable> {
        Ok(match format {
            ExportFormat::Xlsx => Sheet::Xlsx(Box::new(Xlsx::create(path, frame)?)),
            ExportFormat::Csv => Sheet::Csv(Box::new(Csv::create(path, frame)?)),
            ExportFormat::Zip => return Err(Unwritable("a list is no archive".to_owned())),
        })
    }

    pub fn row(&mut self, cells: &[Cell]) -> Result<(), Unwritable> {
        match self {
            Sheet::Xlsx(xlsx) => xlsx.row(cells),
            Sheet::Csv(csv) => csv.row(cells),
        }
    }

    /// Writes what stands below the rows; the file's size.
    pub fn finish(self) -> Result<u64, Unwritable> {
        match self {
            Sheet::Xlsx(xlsx) => xlsx.finish(),
            Sheet::Csv(csv) => csv.finish(),
        }
    }
}

/// The sums of the columns that have some.
struct Sums {
    columns: Vec<Option<(i64, u8)>>,
    rows: u64,
}

impl Sums {
    fn new(heads: &[Head]) -> Sums {
        Sums { columns: heads.iter().map(|head| head.summed.then_some((0, 0))).collect(), rows: 0 }
    }

    fn add(&mut self, cells: &[Cell]) {
        self.rows += 1;
        for (sum, cell) in self.columns.iter_mut().zip(cells) {
            if let (Some((sum, places)), Cell::Number(value, of)) = (sum, cell) {
                *sum = sum.saturating_add(*value);
                *places = *of;
            }
        }
    }

    /// The line below the rows: its name stands in the first column that has no sum.
    fn line(&self, frame: &Frame) -> Vec<Cell> {
        let name = self.columns.iter().position(Option::is_none);
        let named = |place| {
            if Some(place) == name {
                Cell::Text(format!("{} ({})", frame.total, self.rows))
            } else {
                Cell::Empty
            }
        };
        let cell = |(place, sum): (usize, &Option<(i64, u8)>)| match sum {
            Some((sum, places)) => Cell::Number(*sum, *places),
            None => named(place),
        };
        self.columns.iter().enumerate().map(cell).collect()
    }
}

/// A number with its point, exactly: no binary fraction is in between.
pub fn decimal(value: i64, places: u8) -> String {
    let places = usize::from(places);
    if places == 0 {
        return value.to_string();
    }
    let digits = format!("{:0width$}", value.unsigned_abs(), width = places + 1);
    let (whole, rest) = digits.split_at(digits.len() - places);
    format!("{}{whole}.{rest}", if value < 0 { "-" } else { "" })
}

/// A spreadsheet takes a text that begins like this for a formula.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// Digits that a spreadsheet would shorten to a number: order numbers, phones, cards.
fn is_long_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
        && (text.len() >= 11 || (text.len() > 1 && text.starts_with('0')))
}

pub struct Csv {
    out: csv::Writer<BufWriter<File>>,
    frame: Frame,
    sums: Sums,
}

impl Csv {
    fn create(path: &Path, frame: Frame) -> Result<Csv, Unwritable> {
        let mut file = BufWriter::with_capacity(1 << 16, File::create(path)?);
        // Without it a spreadsheet on Windows reads Chinese as something else.
        file.write_all("\u{feff}".as_bytes())?;
        let mut out =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(file);
        out.write_record(frame.heads.iter().map(|head| head.label.as_str()))?;
        let sums = Sums::new(&frame.heads);
        Ok(Csv { out, frame, sums })
    }

    fn row(&mut self, cells: &[Cell]) -> Result<(), Unwritable> {
        self.sums.add(cells);
        self.line(cells)
    }

    fn line(&mut self, cells: &[Cell]) -> Result<(), Unwritable> {
        for cell in cells {
            self.out.write_field(csv_text(cell))?;
        }
        self.out.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn finish(mut self) -> Result<u64, Unwritable> {
        let totals = self.sums.line(&self.frame);
        self.line(&totals)?;
        self.out.write_record([csv_text(&Cell::Text(self.frame.mark.clone()))])?;
        let file = self.out.into_inner().map_err(|why| Unwritable(why.to_string()))?;
        let file = file.into_inner().map_err(|why| Unwritable(why.to_string()))?;
        file.sync_all()?;
        Ok(file.metadata()?.len())
    }
}

fn csv_text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) if is_formula(text) => format!("'{text}"),
        // The tab behind it makes it a text, and is trimmed by everybody who reads it as data.
        Cell::Text(text) if is_long_number(text) => format!("{text}\t"),
        Cell::Text(text) => text.clone(),
        Cell::Number(value, places) => decimal(*value, *places),
        Cell::Time(at_ms) => wall(*at_ms),
    }
}

/// An empty file to be filled in: the names of the columns and an example, all of it text.
pub fn template_write(path: &Path, format: ExportFormat, rows: &[Vec<String>]) -> Result<(), Unwritable> {
    if format == ExportFormat::Csv {
        let mut file = BufWriter::new(File::create(path)?);
        file.write_all("\u{feff}".as_bytes())?;
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
        for row in rows {
            out.write_record(row.iter().map(|text| csv_text(&Cell::Text(text.clone()))))?;
        }
        return Ok(out.flush()?);
    }
    let formats = Formats::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (number, row) in (0..).zip(rows) {
        for (column, text) in (0..).zip(row) {
            let format = if number == 0 { &formats.head } else { &formats.text };
            sheet.write_string_with_format(number, column, text, format)?;
            // What is typed below stays what was typed: no trade number becomes a rounded number.
            sheet.set_column_format(column, &formats.text)?;
            sheet.set_column_width(column, f64::from(width(row.first().map_or("", |_| text))))?;
        }
    }
    Ok(book.save(path)?)
}

struct Formats {
    head: Format,
    text: Format,
    /// Shown and edited as a text, whatever it begins with.
    quoted: Format,
    time: Format,
    numbers: [Format; 7],
    total: Format,
    totals: [Format; 7],
    mark: Format,
}

impl Formats {
    fn new() -> Formats {
        let numbers =
            ["#,##0", "#,##0.0", "#,##0.00", "#,##0.000", "#,##0.0000", "#,##0.00000", "#,##0.000000"];
        let total = || Format::new().set_bold().set_border_top(FormatBorder::Thin);
        Formats {
            head: Format::new()
                .set_bold()
                .set_background_color("DDEBE9")
                .set_align(FormatAlign::VerticalCenter),
            text: Format::new().set_num_format("@"),
            quoted: Format::new().set_num_format("@").set_quote_prefix(),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            numbers: numbers.map(|shape| Format::new().set_num_format(shape)),
            total: total(),
            totals: numbers.map(|shape| total().set_num_format(shape)),
            mark: Format::new().set_font_color("808080").set_italic(),
        }
    }
}

pub struct Xlsx {
    book: Workbook,
    path: std::path::PathBuf,
    frame: Frame,
    formats: Formats,
    sums: Sums,
    sheets: u32,
    next: u32,
}

impl Xlsx {
    fn create(path: &Path, frame: Frame) -> Result<Xlsx, Unwritable> {
        let mut book = Workbook::new();
        // What waits to be packed lies beside the file, where there is room, and not in memory.
        let folder = path.parent().unwrap_or(Path::new("."));
        book.set_tempdir(folder)?;
        let sums = Sums::new(&frame.heads);
        let mut xlsx =
            Xlsx { book, path: path.to_owned(), frame, formats: Formats::new(), sums, sheets: 0, next: 0 };
        xlsx.open()?;
        Ok(xlsx)
    }

    /// The next sheet, with the names of the columns.
    fn open(&mut self) -> Result<(), Unwritable> {
        self.sheets += 1;
        let title: String = self.frame.title.chars().take(24).collect();
        let name = if self.sheets == 1 { title } else { format!("{title} {}", self.sheets) };
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_footer(format!("&L{}&R&P / &N", self.frame.mark.replace('&', "&&")));
        for (column, head) in (0..).zip(&self.frame.heads) {
            sheet.set_column_width(column, f64::from(width(&head.label)))?;
            sheet.write_string_with_format(0, column, &head.label, &self.formats.head)?;
        }
        self.next = 1;
        Ok(())
    }

    fn row(&mut self, cells: &[Cell]) -> Result<(), Unwritable> {
        if self.next + RESERVED > self.frame.sheet_rows {
            self.open()?;
        }
        self.sums.add(cells);
        let sheet = self.book.worksheet_from_index(self.sheets as usize - 1)?;
        for (column, cell) in (0..).zip(cells) {
            cell_write(sheet, self.next, column, cell, &self.formats)?;
        }
        self.next += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<u64, Unwritable> {
        let totals = self.sums.line(&self.frame);
        let (row, formats) = (self.next, &self.formats);
        let sheet = self.book.worksheet_from_index(self.sheets as usize - 1)?;
        for (column, cell) in (0..).zip(&totals) {
            if let Cell::Number(value, places) = cell {
                let format = &formats.totals[usize::from(*places).min(6)];
                sheet.write_number_with_format(row, column, number(*value, *places), format)?;
            } else if let Cell::Text(text) = cell {
                sheet.write_string_with_format(row, column, text, &formats.total)?;
            } else {
                sheet.write_blank(row, column, &formats.total)?;
            }
        }
        sheet.write_string_with_format(row + 2, 0, &self.frame.mark, &formats.mark)?;
        self.book.save(&self.path)?;
        let file = File::open(&self.path)?;
        file.sync_all()?;
        Ok(file.metadata()?.len())
    }
}

/// Wide enough for its name, where a Chinese character takes two places, and for a time.
fn width(label: &str) -> u16 {
    let places: u16 = label.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    places.saturating_add(4).clamp(14, 40)
}

/// The nearest number that a spreadsheet can hold.
fn number(value: i64, places: u8) -> f64 {
    decimal(value, places).parse().unwrap_or_default()
}

/// Days since 1899-12-30 on the platform's clock, which is ahead of UTC by eight hours.
fn days(at_ms: i64) -> f64 {
    (at_ms + 8 * 3_600_000) as f64 / 86_400_000.0 + 25_569.0
}

fn cell_write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            let format = if is_formula(text) { &formats.quoted } else { &formats.text };
            sheet.write_string_with_format(row, column, text, format)?;
        }
        Cell::Number(value, places) => {
            let format = &formats.numbers[usize::from(*places).min(6)];
            sheet.write_number_with_format(row, column, number(*value, *places), format)?;
        }
        Cell::Time(at_ms) => {
            sheet.write_number_with_format(row, column, days(*at_ms), &formats.time)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx as Book, open_workbook};

    fn frame(sheet_rows: u32) -> Frame {
        let head = |label: &str, summed| Head { label: label.to_owned(), summed };
        Frame {
            title: "充电订单".to_owned(),
            heads: vec![head("单号", false), head("金额", true), head("时间", false)],
            total: "合计".to_owned(),
            mark: "导出人：张三&".to_owned(),
            sheet_rows,
        }
    }

    fn written(name: &str, format: ExportFormat, sheet_rows: u32, rows: &[Vec<Cell>]) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("pileops_sheet_{}_{name}", std::process::id()));
        let mut sheet = Sheet::create(&path, format, frame(sheet_rows)).unwrap();
        rows.iter().for_each(|row| sheet.row(row).unwrap());
        assert_eq!(sheet.finish().unwrap(), std::fs::metadata(&path).unwrap().len());
        path
    }

    fn rows(texts: &[&str]) -> Vec<Vec<Cell>> {
        texts
            .iter()
            .map(|text| vec![Cell::Text((*text).to_owned()), Cell::Number(-105, 2), Cell::Time(0)])
            .collect()
    }

    #[test]
    fn no_text_of_a_csv_is_a_formula_and_no_long_number_loses_digits() {
        let path = written(
            "a.csv",
            ExportFormat::Csv,
            SHEET_ROWS,
            &rows(&["=1+1", "+1", "-1", "@x", "\tx", "\rx", "202611230000000042", "0123", "A,\"B"]),
        );
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines[0], "\u{feff}单号,金额,时间");
        assert_eq!(lines[1], "'=1+1,-1.05,1970-01-01 08:00:00");
        assert!(lines[2..=4].iter().all(|line| line.starts_with('\'')), "{text}");
        assert!(text.contains("'\tx") && text.contains("'\rx"));
        assert!(
            text.contains("202611230000000042\t,")
                && text.contains("0123\t,")
                && text.contains("\"A,\"\"B\",")
        );
        assert!(text.ends_with("合计 (9),-9.45,\r\n导出人：张三&\r\n"), "{text}");
    }

    #[test]
    fn a_full_sheet_is_followed_by_another_and_the_totals_are_of_all() {
        // Sheets of ten rows hold the names, six rows, and room for what stands below.
        let path = written(
            "b.xlsx",
            ExportFormat::Xlsx,
            10,
            &rows(&["=cmd|'/c calc'!A0", "1", "2", "3", "4", "5", "6", "202611230000000042"]),
        );
        let mut book: Book<_> = open_workbook(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        assert_eq!(book.sheet_names(), ["充电订单", "充电订单 2"]);
        let first = book.worksheet_range("充电订单").unwrap();
        assert_eq!(first.height(), 7);
        assert_eq!(first.get_value((1, 0)), Some(&Data::String("=cmd|'/c calc'!A0".to_owned())));
        assert!(book.worksheet_formula("充电订单").unwrap().is_empty());
        let second = book.worksheet_range("充电订单 2").unwrap();
        assert_eq!(second.get_value((0, 1)), Some(&Data::String("金额".to_owned())));
        assert_eq!(second.get_value((2, 0)), Some(&Data::String("202611230000000042".to_owned())));
        assert_eq!(second.get_value((3, 0)), Some(&Data::String("合计 (8)".to_owned())));
        assert_eq!(second.get_value((3, 1)), Some(&Data::Float(-8.4)));
        assert_eq!(second.get_value((5, 0)), Some(&Data::String("导出人：张三&".to_owned())));
    }

    #[test]
    fn figures_are_written_exactly() {
        for (value, places, text) in [
            (0, 0, "0"),
            (5, 2, "0.05"),
            (-5, 4, "-0.0005"),
            (123_456, 4, "12.3456"),
            (i64::MIN, 2, "-92233720368547758.08"),
        ] {
            assert_eq!(decimal(value, places), text);
        }
    }
}

//! Rows out of a file that somebody brings, one after the other.

use super::column::wall;
use calamine::{DataRef, Reader, Xlsx, open_workbook};
use model::{Error, Result};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use store::exports::ExportFormat;

/// A row's cells as text; the line is that of the file, 1 for the first.
pub type Line = (i64, Vec<String>);

fn unreadable(why: impl std::fmt::Display) -> Error {
    Error::invalid(
        "file",
        format!("文件无法读取，请用模板另存为 XLSX，或 UTF-8 编码的 CSV（{why}）"),
        format!("The file cannot be read; save it as XLSX, or as CSV in UTF-8 ({why})."),
    )
}

/// Gives each row that is not empty to `take`, until it says stop.
pub fn each(path: &Path, format: ExportFormat, take: impl FnMut(Line) -> Result<()>) -> Result<()> {
    match format {
        ExportFormat::Csv => each_csv(path, take),
        ExportFormat::Xlsx => each_xlsx(path, take),
    }
}

fn each_csv(path: &Path, mut take: impl FnMut(Line) -> Result<()>) -> Result<()> {
    let file = File::open(path).map_err(unreadable)?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(file);
    let mut record = csv::StringRecord::new();
    // The rows as a spreadsheet numbers them; the position that the reader tells depends on the line ends.
    let mut line = 0;
    while reader.read_record(&mut record).map_err(unreadable)? {
        line += 1;
        let mut cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        if line == 1
            && let Some(cell) = cells.first_mut()
        {
            *cell = cell.trim_start_matches('\u{feff}').to_owned();
        }
        if cells.iter().any(|cell| !cell.is_empty()) {
            take((line, cells))?;
        }
    }
    Ok(())
}

fn each_xlsx(path: &Path, mut take: impl FnMut(Line) -> Result<()>) -> Result<()> {
    let mut book: Xlsx<BufReader<File>> =
        open_workbook(path).map_err(|why: calamine::XlsxError| unreadable(why))?;
    let sheet = book.sheet_names().first().cloned().ok_or_else(|| unreadable("no sheet"))?;
    let mut reader = book.worksheet_cells_reader(&sheet).map_err(unreadable)?;
    let mut row: Option<(u32, Vec<String>)> = None;
    let mut give = |row: Option<(u32, Vec<String>)>| match row {
        Some((number, cells)) if cells.iter().any(|cell| !cell.is_empty()) => {
            take((i64::from(number) + 1, cells))
        }
        _ => Ok(()),
    };
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let (number, column) = cell.get_position();
        if row.as_ref().is_none_or(|(current, _)| *current != number) {
            give(row.take())?;
            row = Some((number, Vec::new()));
        }
        let Some((_, cells)) = row.as_mut() else { continue };
        let column = column as usize;
        // Whatever stands far to the right is no column of ours.
        if column < 64 {
            cells.resize(cells.len().max(column + 1), String::new());
            cells[column] = text(cell.get_value());
        }
    }
    give(row)
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Int(value) => value.to_string(),
        // A number that has lost digits already must not look like one that has not.
        DataRef::Float(value) if value.abs() >= 1e15 => format!("{value:e}"),
        DataRef::Float(value) => value.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(at) => moment(at.as_f64()),
        DataRef::DateTimeIso(text) => text.clone(),
        _ => String::new(),
    }
}

/// A spreadsheet's day count as the wall clock's time that it shows.
fn moment(days: f64) -> String {
    let seconds = ((days - 25_569.0) * 86_400.0).round() as i64;
    // As if it were the platform's clock: what is written is what was shown.
    wall(seconds * 1_000 - 8 * 3_600_000)
}

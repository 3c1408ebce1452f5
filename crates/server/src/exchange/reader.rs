//! Rows out of a file that somebody brings, one after the other.

use super::column::wall;
use super::unpacked::unpacked_check;
use calamine::{DataRef, Reader, Xlsx};
use engine::sheet::SheetColumn;
use model::{Error, Result};
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;
use store::exports::ExportFormat;

/// A row's cells as text; the line is that of the file, 1 for the first.
type Line = (i64, Vec<String>);

fn unreadable(why: impl std::fmt::Display) -> Error {
    Error::invalid(
        "file",
        format!("文件无法读取，请用模板另存为 XLSX，或 UTF-8 编码的 CSV（{why}）"),
        format!("The file cannot be read; save it as XLSX, or as CSV in UTF-8 ({why})."),
    )
}

/// Opens a file that was kept.
pub fn open(path: &Path) -> Result<BufReader<File>> {
    File::open(path).map(BufReader::new).map_err(unreadable)
}

/// Gives each row below the heads to `take` with its cells in the order of `columns`, wherever they stand
/// in the file. `strict`: a head that is none of them is a slip of the pen.
pub fn each_row<const N: usize>(
    file: impl Read + Seek,
    format: ExportFormat,
    columns: &[SheetColumn; N],
    rows_max: i64,
    strict: bool,
    mut take: impl FnMut(i64, [String; N]) -> Result<()>,
) -> Result<()> {
    let mut places: Option<[Option<usize>; N]> = None;
    let mut count = 0;
    each(file, format, |(line, cells)| {
        let Some(places) = &places else {
            places = Some(places_of(columns, &cells)?);
            return if strict { known_only(columns, &cells) } else { Ok(()) };
        };
        count += 1;
        if count > rows_max {
            return Err(Error::invalid(
                "file",
                format!("一次最多导入 {rows_max} 行，请拆分文件"),
                format!("At most {rows_max} rows can be imported at once; split the file."),
            ));
        }
        let cell =
            |place: &Option<usize>| place.and_then(|place| cells.get(place)).cloned().unwrap_or_default();
        take(line, std::array::from_fn(|column| cell(&places[column])))
    })?;
    if count == 0 {
        return Err(Error::invalid(
            "file",
            "文件中没有数据行，请在列名下面填写",
            "The file has no rows below the names of the columns.",
        ));
    }
    Ok(())
}

/// Where each of our columns stands in this file.
fn places_of<const N: usize>(columns: &[SheetColumn; N], heads: &[String]) -> Result<[Option<usize>; N]> {
    let places: [Option<usize>; N] =
        std::array::from_fn(|column| heads.iter().position(|head| columns[column].is(head)));
    match columns.iter().zip(&places).find(|(column, place)| column.required && place.is_none()) {
        Some((column, _)) => Err(column.missing()),
        None => Ok(places),
    }
}

fn known_only(columns: &[SheetColumn], heads: &[String]) -> Result<()> {
    let unknown = heads.iter().find(|head| !head.is_empty() && !columns.iter().any(|column| column.is(head)));
    let Some(head) = unknown else { return Ok(()) };
    let keys: Vec<&str> = columns.iter().map(|column| column.key).collect();
    Err(Error::invalid(
        "file",
        format!("文件第一行的“{head}”不是可导入的列，请核对列名或用模板填写"),
        format!("The first line has {head}, which is no column; known are {}.", keys.join(", ")),
    ))
}

/// Gives each row that is not empty to `take`, until it says stop.
fn each(file: impl Read + Seek, format: ExportFormat, take: impl FnMut(Line) -> Result<()>) -> Result<()> {
    match format {
        ExportFormat::Csv => each_csv(file, take),
        ExportFormat::Xlsx => each_xlsx(file, take),
        ExportFormat::Zip => Err(unreadable("ZIP")),
    }
}

fn each_csv(file: impl Read, mut take: impl FnMut(Line) -> Result<()>) -> Result<()> {
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

fn each_xlsx(mut file: impl Read + Seek, mut take: impl FnMut(Line) -> Result<()>) -> Result<()> {
    unpacked_check(&mut file)?;
    file.rewind().map_err(unreadable)?;
    let mut book = Xlsx::new(file).map_err(|why: calamine::XlsxError| unreadable(why))?;
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

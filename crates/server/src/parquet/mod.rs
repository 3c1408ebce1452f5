//! Writes Apache Parquet: columns of integers and texts, packed with gzip, that analysts' tools read. What of the format is used is little,
//! and stays readable by every reader of it: one file has plain values in pages, a group for each so many rows, and its schema at the end.

pub mod orders;
mod thrift;

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};
use thrift::Compact;

const MAGIC: &[u8; 4] = b"PAR1";
const CREATED_BY: &str = "pileops";
/// Rows that are kept in memory until they are written.
const GROUP_ROWS: usize = 50_000;

// Numbers of the format.
const INT64: i32 = 2;
const BYTE_ARRAY: i32 = 6;
const UTF8: i32 = 0;
const TIMESTAMP_MILLIS: i32 = 9;
const REQUIRED: i32 = 0;
const OPTIONAL: i32 = 1;
const DATA_PAGE: i32 = 0;
const PLAIN: i32 = 0;
const RLE: i32 = 3;
const GZIP: i32 = 2;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Integer,
    /// UTC milliseconds
    Time,
    Text,
}

#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// Whether a row may have nothing there.
    pub nullable: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    Null,
    Integer(i64),
    Text(String),
}

impl From<i64> for Datum {
    fn from(value: i64) -> Datum {
        Datum::Integer(value)
    }
}

impl From<Option<i64>> for Datum {
    fn from(value: Option<i64>) -> Datum {
        value.map_or(Datum::Null, Datum::Integer)
    }
}

impl From<String> for Datum {
    fn from(value: String) -> Datum {
        Datum::Text(value)
    }
}

impl From<Option<String>> for Datum {
    fn from(value: Option<String>) -> Datum {
        value.map_or(Datum::Null, Datum::Text)
    }
}

/// The values of one column of the group that is being filled.
#[derive(Default)]
struct Column {
    /// Whether each row has a value.
    present: Vec<bool>,
    values: Vec<u8>,
}

/// Where a column of a group lies.
struct Chunk {
    offset: i64,
    packed: i64,
    plain: i64,
    rows: i64,
}

pub struct Writer<W: Write> {
    out: W,
    fields: &'static [Field],
    columns: Vec<Column>,
    rows: usize,
    at: i64,
    groups: Vec<Vec<Chunk>>,
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

fn long(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn short(value: usize) -> io::Result<i32> {
    i32::try_from(value).map_err(|_| wrong("a page of more than two gigabytes"))
}

impl<W: Write> Writer<W> {
    pub fn new(mut out: W, fields: &'static [Field]) -> io::Result<Writer<W>> {
        out.write_all(MAGIC)?;
        let columns = fields.iter().map(|_| Column::default()).collect();
        Ok(Writer { out, fields, columns, rows: 0, at: 4, groups: Vec::new() })
    }

    /// One value for each field, in their order.
    pub fn row(&mut self, row: &[Datum]) -> io::Result<()> {
        if row.len() != self.fields.len() {
            return Err(wrong("a row with other columns than its file"));
        }
        for ((field, column), datum) in self.fields.iter().zip(&mut self.columns).zip(row) {
            match (datum, field.kind) {
                (Datum::Null, _) if field.nullable => {}
                (Datum::Integer(value), Kind::Integer | Kind::Time) => {
                    column.values.extend(value.to_le_bytes())
                }
                (Datum::Text(text), Kind::Text) => {
                    let length = u32::try_from(text.len()).map_err(|_| wrong("a text that is too long"))?;
                    column.values.extend(length.to_le_bytes());
                    column.values.extend(text.as_bytes());
                }
                _ => return Err(wrong(field.name)),
            }
            column.present.push(*datum != Datum::Null);
        }
        self.rows += 1;
        if self.rows == GROUP_ROWS { self.group() } else { Ok(()) }
    }

    /// Writes the rows that wait, column by column, each as one page.
    fn group(&mut self) -> io::Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let (rows, mut chunks) = (self.rows, Vec::with_capacity(self.fields.len()));
        for (field, column) in self.fields.iter().zip(&mut self.columns) {
            let column = std::mem::take(column);
            let mut page = Vec::with_capacity(column.values.len() + 16);
            if field.nullable {
                let levels = levels(&column.present);
                page.extend(u32::try_from(levels.len()).map_err(|_| wrong("levels"))?.to_le_bytes());
                page.extend(levels);
            }
            page.extend(column.values);
            let mut packer = GzEncoder::new(Vec::new(), Compression::new(6));
            packer.write_all(&page)?;
            let packed = packer.finish()?;
            let header = page_header(short(page.len())?, short(packed.len())?, short(rows)?);
            self.out.write_all(&header)?;
            self.out.write_all(&packed)?;
            let chunk = Chunk {
                offset: self.at,
                packed: long(header.len() + packed.len()),
                plain: long(header.len() + page.len()),
                rows: long(rows),
            };
            self.at += chunk.packed;
            chunks.push(chunk);
        }
        self.groups.push(chunks);
        self.rows = 0;
        Ok(())
    }

    /// Writes what is left, and what all of it is; the file's size.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        self.group()?;
        let footer = self.footer()?;
        let length = u32::try_from(footer.len()).map_err(|_| wrong("a footer that is too long"))?;
        self.out.write_all(&footer)?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(MAGIC)?;
        self.out.flush()?;
        Ok((self.out, u64::try_from(self.at).unwrap_or(0) + u64::from(length) + 8))
    }

    fn footer(&self) -> io::Result<Vec<u8>> {
        let rows: i64 = self.groups.iter().filter_map(|group| group.first()).map(|chunk| chunk.rows).sum();
        let mut meta = Compact::default();
        meta.int(1, 1);
        meta.list(2, self.fields.len() + 1);
        meta.item(|root| {
            root.text(4, "schema");
            root.int(5, i32::try_from(self.fields.len()).unwrap_or(i32::MAX));
        });
        for field in self.fields {
            meta.item(|leaf| {
                leaf.int(1, if field.kind == Kind::Text { BYTE_ARRAY } else { INT64 });
                leaf.int(3, if field.nullable { OPTIONAL } else { REQUIRED });
                leaf.text(4, field.name);
                match field.kind {
                    Kind::Text => leaf.int(6, UTF8),
                    Kind::Time => leaf.int(6, TIMESTAMP_MILLIS),
                    Kind::Integer => {}
                }
            });
        }
        meta.long(3, rows);
        meta.list(4, self.groups.len());
        for group in &self.groups {
            meta.item(|of| self.row_group(of, group));
        }
        meta.text(6, CREATED_BY);
        Ok(meta.end())
    }

    fn row_group(&self, of: &mut Compact, group: &[Chunk]) {
        of.list(1, group.len());
        for (field, chunk) in self.fields.iter().zip(group) {
            of.item(|column| {
                column.long(2, chunk.offset);
                column.inner(3, |meta| {
                    meta.int(1, if field.kind == Kind::Text { BYTE_ARRAY } else { INT64 });
                    meta.ints(2, &[PLAIN, RLE]);
                    meta.texts(3, &[field.name]);
                    meta.int(4, GZIP);
                    meta.long(5, chunk.rows);
                    meta.long(6, chunk.plain);
                    meta.long(7, chunk.packed);
                    meta.long(9, chunk.offset);
                });
            });
        }
        of.long(2, group.iter().map(|chunk| chunk.plain).sum());
        of.long(3, group.first().map_or(0, |chunk| chunk.rows));
    }
}

fn page_header(plain: i32, packed: i32, rows: i32) -> Vec<u8> {
    let mut header = Compact::default();
    header.int(1, DATA_PAGE);
    header.int(2, plain);
    header.int(3, packed);
    header.inner(5, |data| {
        data.int(1, rows);
        data.int(2, PLAIN);
        data.int(3, RLE);
        data.int(4, RLE);
    });
    header.end()
}

/// Which rows have a value, as runs: how many, and whether.
fn levels(present: &[bool]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(first) = present.get(at) {
        let length = present[at..].iter().take_while(|one| *one == first).count();
        thrift::varint(&mut out, u64::try_from(length).unwrap_or(0) << 1);
        out.push(u8::from(*first));
        at += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    static FIELDS: &[Field] = &[
        Field { name: "id", kind: Kind::Integer, nullable: false },
        Field { name: "at", kind: Kind::Time, nullable: true },
        Field { name: "name", kind: Kind::Text, nullable: false },
    ];

    fn written(rows: &[Vec<Datum>]) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), FIELDS).unwrap();
        rows.iter().for_each(|row| writer.row(row).unwrap());
        let (bytes, size) = writer.finish().unwrap();
        assert_eq!(size, bytes.len() as u64);
        bytes
    }

    #[test]
    fn the_same_rows_are_the_same_bytes_within_the_marks_of_the_format() {
        let row = |n: i64| vec![n.into(), (n % 2 == 0).then_some(n).into(), format!("名{n}").into()];
        let rows: Vec<_> = (0..10).map(row).collect();
        let bytes = written(&rows);
        assert_eq!((&bytes[..4], &bytes[bytes.len() - 4..]), (&MAGIC[..], &MAGIC[..]));
        assert_eq!(bytes, written(&rows));
        assert_ne!(bytes, written(&rows[1..]));
        assert!(written(&[]).len() > 12, "a file without rows is one, too");
    }

    #[test]
    fn a_row_that_does_not_fit_its_columns_is_refused() {
        for row in [
            vec![1.into(), Datum::Null],
            vec![Datum::Null, Datum::Null, "x".to_owned().into()],
            vec![1.into(), Datum::Null, 7.into()],
        ] {
            assert!(Writer::new(Vec::new(), FIELDS).unwrap().row(&row).is_err(), "{row:?}");
        }
    }

    #[test]
    fn runs_say_which_rows_have_a_value() {
        assert_eq!(levels(&[]), Vec::<u8>::new());
        assert_eq!(levels(&[true, true, false]), [4, 1, 2, 0]);
        assert_eq!(levels(&[true; 100]), [200, 1, 1]);
    }
}

//! Writes Apache Parquet by the crate of the Arrow project: columns of integers, times and texts, packed with gzip,
//! that analysts' tools read.

pub mod orders;

use parquet::basic::{Compression, GzipLevel, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::io::{self, Write};
use std::sync::Arc;

const CREATED_BY: &str = "pileops";
/// Rows that are kept in memory until they are written.
const GROUP_ROWS: usize = 50_000;

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
    /// 1 where a row has a value, 0 where it has none.
    levels: Vec<i16>,
    integers: Vec<i64>,
    texts: Vec<ByteArray>,
}

pub struct Writer<W: Write + Send> {
    out: SerializedFileWriter<W>,
    fields: &'static [Field],
    columns: Vec<Column>,
    rows: usize,
}

fn failed(why: ParquetError) -> io::Error {
    io::Error::other(why.to_string())
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

fn leaf(field: &Field) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match field.kind {
        Kind::Integer => (Physical::INT64, None),
        Kind::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let repetition = if field.nullable { Repetition::OPTIONAL } else { Repetition::REQUIRED };
    let built = Type::primitive_type_builder(field.name, physical);
    built.with_logical_type(logical).with_repetition(repetition).build().map(Arc::new)
}

impl<W: Write + Send> Writer<W> {
    pub fn new(out: W, fields: &'static [Field]) -> io::Result<Writer<W>> {
        let leaves: Result<Vec<_>, _> = fields.iter().map(leaf).collect();
        let schema = leaves.and_then(|leaves| Type::group_type_builder("schema").with_fields(leaves).build());
        let properties = WriterProperties::builder()
            .set_created_by(CREATED_BY.to_owned())
            .set_compression(Compression::GZIP(GzipLevel::default()))
            .build();
        let schema = Arc::new(schema.map_err(failed)?);
        let out = SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(failed)?;
        let columns = fields.iter().map(|_| Column::default()).collect();
        Ok(Writer { out, fields, columns, rows: 0 })
    }

    /// One value for each field, in their order.
    pub fn row(&mut self, row: &[Datum]) -> io::Result<()> {
        if row.len() != self.fields.len() {
            return Err(wrong("a row with other columns than its file"));
        }
        for ((field, column), datum) in self.fields.iter().zip(&mut self.columns).zip(row) {
            match (datum, field.kind) {
                (Datum::Null, _) if field.nullable => {}
                (Datum::Integer(value), Kind::Integer | Kind::Time) => column.integers.push(*value),
                (Datum::Text(text), Kind::Text) => column.texts.push(ByteArray::from(text.as_str())),
                _ => return Err(wrong(field.name)),
            }
            column.levels.push(i16::from(*datum != Datum::Null));
        }
        self.rows += 1;
        if self.rows == GROUP_ROWS { self.group().map_err(failed) } else { Ok(()) }
    }

    /// Writes the rows that wait, column by column.
    fn group(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.out.next_row_group()?;
        for (field, column) in self.fields.iter().zip(&mut self.columns) {
            let Column { levels, integers, texts } = std::mem::take(column);
            let levels = field.nullable.then_some(levels.as_slice());
            let Some(mut writer) = group.next_column()? else { break };
            match writer.untyped() {
                ColumnWriter::Int64ColumnWriter(typed) => typed.write_batch(&integers, levels, None)?,
                ColumnWriter::ByteArrayColumnWriter(typed) => typed.write_batch(&texts, levels, None)?,
                _ => return Err(ParquetError::General(field.name.to_owned())),
            };
            writer.close()?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    /// Writes what is left, and what all of it is.
    pub fn finish(mut self) -> io::Result<W> {
        self.group().map_err(failed)?;
        self.out.into_inner().map_err(failed)
    }
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
        writer.finish().unwrap()
    }

    #[test]
    fn the_same_rows_are_the_same_bytes_within_the_marks_of_the_format() {
        let row = |n: i64| vec![n.into(), (n % 2 == 0).then_some(n).into(), format!("名{n}").into()];
        let rows: Vec<_> = (0..10).map(row).collect();
        let bytes = written(&rows);
        assert_eq!((&bytes[..4], &bytes[bytes.len() - 4..]), (&b"PAR1"[..], &b"PAR1"[..]));
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
}

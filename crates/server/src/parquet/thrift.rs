//! Thrift's compact protocol, as far as the heads of Parquet need it: fields in rising order, integers as zigzag varints.

const INT: u8 = 5;
const LONG: u8 = 6;
const TEXT: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// A structure that is being written.
#[derive(Default)]
pub struct Compact {
    out: Vec<u8>,
    last: i16,
}

pub fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap_or(0) | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or(0));
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

impl Compact {
    fn field(&mut self, id: i16, kind: u8) {
        // Ids rise by little in all structures that are written here.
        let step = u8::try_from(id - self.last).unwrap_or(0);
        self.out.push((step << 4) | kind);
        self.last = id;
    }

    pub fn int(&mut self, id: i16, value: i32) {
        self.field(id, INT);
        varint(&mut self.out, zigzag(i64::from(value)));
    }

    pub fn long(&mut self, id: i16, value: i64) {
        self.field(id, LONG);
        varint(&mut self.out, zigzag(value));
    }

    fn bytes(&mut self, text: &str) {
        varint(&mut self.out, u64::try_from(text.len()).unwrap_or(0));
        self.out.extend(text.as_bytes());
    }

    pub fn text(&mut self, id: i16, text: &str) {
        self.field(id, TEXT);
        self.bytes(text);
    }

    fn list_of(&mut self, id: i16, length: usize, kind: u8) {
        self.field(id, LIST);
        match u8::try_from(length) {
            Ok(few @ ..15) => self.out.push((few << 4) | kind),
            _ => {
                self.out.push(0xf0 | kind);
                varint(&mut self.out, u64::try_from(length).unwrap_or(0));
            }
        }
    }

    /// A list of structures: as many [`Compact::item`]s follow.
    pub fn list(&mut self, id: i16, length: usize) {
        self.list_of(id, length, STRUCT);
    }

    pub fn ints(&mut self, id: i16, values: &[i32]) {
        self.list_of(id, values.len(), INT);
        values.iter().for_each(|value| varint(&mut self.out, zigzag(i64::from(*value))));
    }

    pub fn texts(&mut self, id: i16, values: &[&str]) {
        self.list_of(id, values.len(), TEXT);
        values.iter().for_each(|value| self.bytes(value));
    }

    /// One structure of a list.
    pub fn item(&mut self, fill: impl FnOnce(&mut Compact)) {
        let outer = std::mem::replace(&mut self.last, 0);
        fill(self);
        self.out.push(0);
        self.last = outer;
    }

    /// A structure as a field.
    pub fn inner(&mut self, id: i16, fill: impl FnOnce(&mut Compact)) {
        self.field(id, STRUCT);
        self.item(fill);
    }

    pub fn end(mut self) -> Vec<u8> {
        self.out.push(0);
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_protocol_says() {
        for (value, bytes) in [
            (0, vec![0]),
            (-1, vec![1]),
            (1, vec![2]),
            (63, vec![126]),
            (64, vec![128, 1]),
            (-65, vec![129, 1]),
            (i64::MAX, vec![254, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
        ] {
            let mut out = Vec::new();
            varint(&mut out, zigzag(value));
            assert_eq!(out, bytes, "{value}");
        }
        let mut one = Compact::default();
        one.int(1, 1);
        one.list(4, 20);
        assert_eq!(one.end(), [0x15, 2, 0x39, 0xfc, 20, 0]);
    }
}

//! The columns of files that people bring, as tables of each noun name them.

use model::Error;

/// A column: its key, what it is called, whether it must be filled in, an example.
#[derive(Clone, Copy, Debug)]
pub struct SheetColumn {
    pub key: &'static str,
    pub zh: &'static str,
    /// Another key under which older files have it.
    pub alias: &'static str,
    pub required: bool,
    pub example: &'static str,
}

pub(crate) const fn column(
    key: &'static str,
    zh: &'static str,
    required: bool,
    example: &'static str,
) -> SheetColumn {
    SheetColumn { key, zh, alias: "", required, example }
}

impl SheetColumn {
    pub(crate) const fn or(self, alias: &'static str) -> SheetColumn {
        SheetColumn { alias, ..self }
    }

    /// Whether a head of the file names this column.
    pub fn is(&self, head: &str) -> bool {
        let head = head.trim_end_matches(['*', '＊']).trim();
        let key = head.to_ascii_lowercase();
        head == self.zh || key == self.key || (!self.alias.is_empty() && key == self.alias)
    }

    pub fn missing(&self) -> Error {
        Error::invalid(
            self.key,
            format!("文件第一行没有“{}”这一列，请用模板填写", self.zh),
            format!("The first line has no column {}; start from the template.", self.key),
        )
    }
}

/// The two lines of a template: the heads, and an example.
pub fn template(columns: &[SheetColumn]) -> [Vec<String>; 2] {
    let head = |column: &SheetColumn| format!("{}{}", column.zh, if column.required { "*" } else { "" });
    [columns.iter().map(head).collect(), columns.iter().map(|column| column.example.to_owned()).collect()]
}

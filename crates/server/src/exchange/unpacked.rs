//! How large a workbook is when it is opened. A file of a few kilobytes can unpack to gigabytes; what is declared in
//! it may lie, so it is unpacked once into nothing and counted before anybody keeps a piece of it.

use model::{Error, Result};
use std::io::{Read, Seek};
use zip::ZipArchive;

/// Of sheets, which are read piece by piece. 300 000 rows of thirty columns have about a third of it.
const SHEETS_MAX: u64 = 512 * 1024 * 1024;
/// Of everything else, which the reader keeps as a whole: texts, styles.
const REST_MAX: u64 = 64 * 1024 * 1024;
/// Pieces of a workbook; ours have nine, those of people some dozens.
const PIECES_MAX: usize = 2_000;

fn too_large() -> Error {
    Error::invalid(
        "file",
        "文件展开后过大，可能已损坏；请只保留需要导入的工作表，另存为 XLSX 或 CSV 后重试",
        "The file becomes too large when it is opened, it may be damaged; keep only the sheet that is to be imported, \
         save it again as XLSX or CSV, and try again.",
    )
}

/// Refuses what would not fit; a file that is no workbook is left to its reader, who knows the words.
pub fn unpacked_check(file: impl Read + Seek) -> Result<()> {
    let Ok(mut archive) = ZipArchive::new(file) else { return Ok(()) };
    if archive.len() > PIECES_MAX {
        return Err(too_large());
    }
    let (mut sheets, mut rest) = (SHEETS_MAX, REST_MAX);
    for place in 0..archive.len() {
        // A piece that cannot be read is nobody's excuse: the reader may never ask for it, and for another one.
        let Ok(piece) = archive.by_index(place) else { continue };
        let is_sheet = piece.name().is_ok_and(|name| name.starts_with("xl/worksheets/"));
        let left = if is_sheet { &mut sheets } else { &mut rest };
        // One byte more than may be: then it is known that there is more.
        let Ok(found) = std::io::copy(&mut piece.take(*left + 1), &mut std::io::sink()) else { continue };
        *left = left.checked_sub(found).ok_or_else(too_large)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use zip::write::SimpleFileOptions;

    /// A workbook with one piece of so many mebibytes behind a small one.
    fn packed(name: &str, mebibytes: usize) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file("xl/worksheets/first.xml", stored).unwrap();
        zip.write_all(FIRST).unwrap();
        zip.start_file(name, options).unwrap();
        let piece = vec![b'0'; 1024 * 1024];
        for _ in 0..mebibytes {
            zip.write_all(&piece).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    const FIRST: &[u8] = b"what stands in front";

    #[test]
    fn a26_a_broken_piece_in_front_does_not_hide_what_is_behind_it() {
        let mut bomb = packed("xl/sharedStrings.xml", 65);
        let at = bomb.windows(FIRST.len()).position(|piece| piece == FIRST).unwrap();
        // Its sum is wrong now.
        bomb[at] ^= 1;
        assert_eq!(unpacked_check(Cursor::new(bomb)).unwrap_err().field.as_deref(), Some("file"));
    }

    #[test]
    fn a26_a_small_file_that_opens_into_a_large_one_is_refused() {
        let bomb = packed("xl/sharedStrings.xml", 65);
        assert!(bomb.len() < 200_000, "{}", bomb.len());
        assert_eq!(unpacked_check(Cursor::new(bomb)).unwrap_err().field.as_deref(), Some("file"));
        unpacked_check(Cursor::new(packed("xl/sharedStrings.xml", 64))).unwrap();
        // Sheets are read piece by piece and may have more.
        unpacked_check(Cursor::new(packed("xl/worksheets/sheet1.xml", 65))).unwrap();
        for no_archive in [&b""[..], b"PK\x03\x04", b"a,b\n1,2\n"] {
            unpacked_check(Cursor::new(no_archive)).unwrap();
        }
    }
}

//! Pictures that people send: judged by their bytes, never by what they are called.

use crate::random::hex;
use model::{Error, Result};
use sha2::{Digest, Sha256};

/// Most bytes of one picture.
pub const PICTURE_MAX: usize = 5 * 1024 * 1024;

/// A picture that browsers show.
pub struct Checked {
    pub kind: &'static str,
    pub digest: String,
    pub body: Vec<u8>,
}

/// What the first bytes say it is.
fn kind_of(body: &[u8]) -> Option<&'static str> {
    if body.starts_with(&[0xff, 0xd8, 0xff]) {
        return Some("image/jpeg");
    }
    if body.starts_with(b"\x89PNG\r\n\x1a\n") && body.get(12..16) == Some(b"IHDR") {
        return Some("image/png");
    }
    if body.starts_with(b"RIFF") && body.get(8..12) == Some(b"WEBP") {
        return Some("image/webp");
    }
    None
}

/// By which two are known to be the same.
pub fn digest(body: &[u8]) -> String {
    hex(&Sha256::digest(body))
}

pub fn checked(field: &'static str, body: Vec<u8>) -> Result<Checked> {
    if body.is_empty() {
        return Err(Error::invalid(
            field,
            "图片是空的，请重新选择图片",
            "The picture is empty; choose another.",
        ));
    }
    if body.len() > PICTURE_MAX {
        return Err(Error::invalid(
            field,
            "图片超过 5 MB，请压缩后再上传",
            "A picture has at most 5 MB; make it smaller and send it again.",
        ));
    }
    let kind = kind_of(&body).ok_or_else(|| {
        Error::invalid(
            field,
            "只支持 JPEG、PNG、WebP 图片（按文件内容判断，与扩展名无关），请换一张图片",
            "Only JPEG, PNG and WebP are taken, judged by the content of the file; choose another picture.",
        )
    })?;
    let digest = digest(&body);
    Ok(Checked { kind, digest, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_what_its_bytes_say() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDRxxxx".to_vec();
        assert_eq!(checked("photo", png).unwrap().kind, "image/png");
        assert_eq!(checked("photo", vec![0xff, 0xd8, 0xff, 0xe0]).unwrap().kind, "image/jpeg");
        assert_eq!(checked("photo", b"RIFF\x10\0\0\0WEBPVP8 ".to_vec()).unwrap().kind, "image/webp");
        for bad in [&b""[..], b"GIF89a", b"<svg onload=x>", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WAVE"] {
            assert!(checked("photo", bad.to_vec()).is_err(), "{bad:?}");
        }
        let mut large = vec![0xff, 0xd8, 0xff];
        large.resize(PICTURE_MAX, 0);
        assert!(checked("photo", large.clone()).is_ok());
        large.push(0);
        assert!(checked("photo", large).is_err());
    }
}

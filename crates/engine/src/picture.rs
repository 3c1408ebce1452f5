//! Pictures that people send: judged by their bytes, never by what they are called.

mod strip;

use crate::random::hex;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, Rgba, RgbaImage};
use model::{Error, Result};
use sha2::{Digest, Sha256};
use std::io::Cursor;

/// Most bytes of one picture.
pub const PICTURE_MAX: usize = 5 * 1024 * 1024;

/// A picture that browsers show, without what was written beside its pixels.
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

/// A drawing in text, which could carry scripts: told apart only to say why it is refused.
pub fn is_svg(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(1_024)]).to_ascii_lowercase();
    start.trim_start_matches('\u{feff}').trim_start().starts_with('<') && start.contains("<svg")
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
    let body = strip::stripped(kind, body).ok_or_else(|| unreadable(field))?;
    let digest = digest(&body);
    Ok(Checked { kind, digest, body })
}

/// Longest edge of what is read, in pixels, and most pixels of all: a small file can unfold to gigabytes.
pub const EDGE_MAX: u32 = 10_000;
pub const PIXELS_MAX: u64 = 40_000_000;
/// Longest edge of what is kept of a photo, and of its small picture.
pub const PHOTO_EDGE: u32 = 1_920;
pub const THUMBNAIL_EDGE: u32 = 480;

/// A picture as pixels: upright, and without anything that was written beside them, such as where it was taken.
pub struct Drawing {
    image: DynamicImage,
}

/// A picture that was drawn by us, ready to be kept.
#[derive(Clone)]
pub struct Drawn {
    pub kind: &'static str,
    pub digest: String,
    pub width: i64,
    pub height: i64,
    pub body: Vec<u8>,
}

fn unreadable(field: &'static str) -> Error {
    Error::invalid(
        field,
        "图片已损坏或不完整，无法读取；请重新导出或换一张图片",
        "The picture is damaged or incomplete and cannot be read; export it again or choose another.",
    )
}

/// Whether a JPEG goes on to its end mark. One that was cut off is read without complaint, grey below the cut.
fn is_whole_jpeg(body: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xff, mark, high, low]) = body.get(at..at + 4) {
        if *mark == 0xda {
            // Within the pixels no byte after 0xff is 0xd9.
            return body[at..].windows(2).any(|two| two == [0xff, 0xd9]);
        }
        at += 2 + usize::from(u16::from_be_bytes([*high, *low]));
    }
    false
}

/// Reads the pixels of what `checked` has let in.
pub fn redrawn(field: &'static str, body: &[u8]) -> Result<Drawing> {
    if body.starts_with(&[0xff, 0xd8]) && !is_whole_jpeg(body) {
        return Err(unreadable(field));
    }
    let reader = ImageReader::new(Cursor::new(body)).with_guessed_format().map_err(|_| unreadable(field))?;
    let mut decoder = reader.into_decoder().map_err(|_| unreadable(field))?;
    let (width, height) = decoder.dimensions();
    if width > EDGE_MAX || height > EDGE_MAX || u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(Error::invalid(
            field,
            format!(
                "图片为 {width}×{height} 像素，每边最多 {EDGE_MAX}，总共最多 4000 万像素；请缩小后再上传"
            ),
            format!(
                "The picture has {width}×{height} pixels; an edge has at most {EDGE_MAX} and all of it 40 million. Make it smaller."
            ),
        ));
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(PIXELS_MAX * 8);
    decoder.set_limits(limits).map_err(|_| unreadable(field))?;
    // A camera held upright says so beside the pixels, which are lying.
    let turned = decoder.orientation().map_err(|_| unreadable(field))?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(|_| unreadable(field))?;
    image.apply_orientation(turned);
    Ok(Drawing { image })
}

impl Drawing {
    fn within(&self, edge: u32) -> RgbaImage {
        let (width, height) = (self.image.width(), self.image.height());
        if width <= edge && height <= edge {
            return self.image.to_rgba8();
        }
        self.image.resize(edge, edge, imageops::FilterType::Triangle).to_rgba8()
    }

    /// For photos; what can be seen through becomes white.
    pub fn jpeg(&self, edge: u32) -> Result<Drawn> {
        let image = self.within(edge);
        let mut ground = RgbaImage::from_pixel(image.width(), image.height(), Rgba([255; 4]));
        imageops::overlay(&mut ground, &image, 0, 0);
        let mut body = Vec::new();
        let image = DynamicImage::ImageRgba8(ground).into_rgb8();
        image
            .write_with_encoder(JpegEncoder::new_with_quality(&mut body, 82))
            .map_err(|_| Error::internal())?;
        Ok(Drawn::of("image/jpeg", body, image.width(), image.height()))
    }

    /// For logos, which can be seen through.
    pub fn png(&self, edge: u32) -> Result<Drawn> {
        let (image, mut body) = (self.within(edge), Vec::new());
        let encoder = PngEncoder::new_with_quality(&mut body, CompressionType::Best, FilterType::Adaptive);
        image.write_with_encoder(encoder).map_err(|_| Error::internal())?;
        Ok(Drawn::of("image/png", body, image.width(), image.height()))
    }
}

impl Drawn {
    fn of(kind: &'static str, body: Vec<u8>, width: u32, height: u32) -> Drawn {
        let digest = digest(&body);
        Drawn { kind, digest, width: i64::from(width), height: i64::from(height), body }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut body = Vec::new();
        RgbaImage::from_pixel(width, height, Rgba([10, 120, 200, 255]))
            .write_with_encoder(PngEncoder::new(&mut body))
            .unwrap();
        body
    }

    /// A JPEG with an EXIF block: orientation 6 (to be turned by a quarter) and where it was taken.
    fn jpeg_turned() -> Vec<u8> {
        let plain = redrawn("photo", &png(40, 20)).unwrap().jpeg(100).unwrap().body;
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(b"GPS 30.59N 114.30E");
        let mut body = plain[..2].to_vec();
        body.extend_from_slice(&[0xff, 0xe1]);
        body.extend_from_slice(&u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        body.extend_from_slice(&exif);
        body.extend_from_slice(&plain[2..]);
        body
    }

    #[test]
    fn a_photo_is_drawn_anew_upright_and_without_what_stood_beside_it() {
        let taken = jpeg_turned();
        assert!(taken.windows(3).any(|three| three == b"GPS"));
        let drawn = redrawn("photo", &taken).unwrap().jpeg(PHOTO_EDGE).unwrap();
        assert_eq!((drawn.width, drawn.height), (20, 40));
        assert!(!drawn.body.windows(3).any(|three| three == b"GPS" || three == b"Exi"));
        let small = redrawn("photo", &png(4_000, 1_000)).unwrap().jpeg(THUMBNAIL_EDGE).unwrap();
        assert_eq!((small.width, small.height), (480, 120));
        assert!(small.body.len() < 20_000);
    }

    #[test]
    fn what_unfolds_to_too_much_or_is_cut_off_is_refused() {
        assert!(redrawn("photo", &png(EDGE_MAX, 1)).is_ok());
        assert!(redrawn("photo", &png(EDGE_MAX + 1, 1)).is_err());
        let mut bomb = png(1, 1);
        bomb[16..24].copy_from_slice(&[0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10]);
        assert!(redrawn("photo", &bomb).is_err(), "10000 x 10000");
        let whole = png(300, 300);
        assert!(redrawn("photo", &whole[..whole.len() / 2]).is_err());
        let whole = redrawn("photo", &whole).unwrap().jpeg(300).unwrap().body;
        assert!(redrawn("photo", &whole).is_ok());
        assert!(redrawn("photo", &whole[..whole.len() - 40]).is_err());
        assert!(redrawn("photo", b"RIFF\x10\0\0\0WEBPVP8 ").is_err());
    }

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

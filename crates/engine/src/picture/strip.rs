//! What cameras write beside the pixels: where a photo was taken, when, by whose telephone. It is taken out
//! without touching the pixels; which way up the photo is stays. So does nothing that comes after its end.

/// A picture without it; `None`: it cannot be told where its parts are, and there may be such things in it.
pub fn stripped(kind: &str, body: Vec<u8>) -> Option<Vec<u8>> {
    let clean = match kind {
        "image/jpeg" => jpeg(&body),
        "image/png" => png(&body),
        _ => webp(&body),
    };
    match clean {
        Some(clean) => Some(clean),
        // Damaged. Without any of these there is nothing to hide.
        None => {
            let marks: [&[u8]; 4] = [b"Exif\0", b"ns.adobe.com/xap", b"eXIf", b"EXIF"];
            let told = |mark: &[u8]| body.windows(mark.len()).any(|part| part == mark);
            (!marks.iter().any(|mark| told(mark))).then_some(body)
        }
    }
}

/// Segments up to the end mark; of those for applications only what the pixels need.
fn jpeg(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = body.get(..2)?.to_vec();
    let mut at = 2;
    loop {
        let [0xff, mark] = *body.get(at..at + 2)? else { return None };
        match mark {
            0xff => at += 1,
            0xd9 => {
                out.extend_from_slice(&[0xff, 0xd9]);
                return Some(out);
            }
            0xd0..=0xd7 | 0x01 => {
                out.extend_from_slice(&[0xff, mark]);
                at += 2;
            }
            _ => {
                let length = usize::from(u16::from_be_bytes([*body.get(at + 2)?, *body.get(at + 3)?]));
                let segment = body.get(at..at + 2 + length)?;
                match mark {
                    0xe1 => out.extend(orientation(segment.get(4..)?).map(upright).unwrap_or_default()),
                    // Of JFIF and of Adobe's colours.
                    0xe0 | 0xee => out.extend_from_slice(segment),
                    0xe2..=0xef | 0xfe => {}
                    _ => out.extend_from_slice(segment),
                }
                at += 2 + length;
                if mark == 0xda {
                    let pixels = scan(body.get(at..)?);
                    out.extend_from_slice(&body[at..at + pixels]);
                    at += pixels;
                }
            }
        }
    }
}

/// How many bytes of pixels come before the next mark.
fn scan(rest: &[u8]) -> usize {
    let is_mark = |two: &[u8]| two[0] == 0xff && !matches!(two[1], 0x00 | 0xd0..=0xd7);
    rest.windows(2).position(is_mark).unwrap_or(rest.len())
}

/// Which way up, of what `Exif` says; upright is not worth saying.
fn orientation(exif: &[u8]) -> Option<u8> {
    let tiff = exif.strip_prefix(b"Exif\0\0")?;
    let little = tiff.starts_with(b"II");
    let short = |at: usize| {
        let two: [u8; 2] = tiff.get(at..at + 2)?.try_into().ok()?;
        Some(usize::from(if little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) }))
    };
    let long = |at: usize| {
        let four: [u8; 4] = tiff.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }).ok()
    };
    let first = long(4)?;
    let found = (0..short(first)?).map(|n| first + 2 + 12 * n).find(|at| short(*at) == Some(0x0112))?;
    u8::try_from(short(found + 8)?).ok().filter(|way| (2..=8).contains(way))
}

fn upright(way: u8) -> Vec<u8> {
    let mut segment = vec![0xff, 0xe1, 0, 34];
    segment.extend_from_slice(b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
    segment.extend_from_slice(&[way, 0, 0, 0, 0, 0, 0]);
    segment
}

fn png(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = body.get(..8)?.to_vec();
    let mut at = 8;
    loop {
        let length = usize::try_from(u32::from_be_bytes(body.get(at..at + 4)?.try_into().ok()?)).ok()?;
        let chunk = body.get(at..at.checked_add(length)?.checked_add(12)?)?;
        let name = &chunk[4..8];
        if ![&b"eXIf"[..], b"tEXt", b"zTXt", b"iTXt", b"tIME"].contains(&name) {
            out.extend_from_slice(chunk);
        }
        if name == b"IEND" {
            return Some(out);
        }
        at += chunk.len();
    }
}

fn webp(body: &[u8]) -> Option<Vec<u8>> {
    let size = |at: usize| usize::try_from(u32::from_le_bytes(body.get(at..at + 4)?.try_into().ok()?)).ok();
    let end = size(4)?.checked_add(8)?;
    let mut out = body.get(..12)?.to_vec();
    let mut at = 12;
    while at < end {
        let length = size(at + 4)?;
        let padded = length.checked_add(length & 1)?.checked_add(8)?;
        let chunk = body.get(at..at.checked_add(padded)?)?;
        match &chunk[..4] {
            b"EXIF" | b"XMP " => {}
            b"VP8X" => {
                let mut chunk = chunk.to_vec();
                // That there is none of both any more.
                *chunk.get_mut(8)? &= !0x0c;
                out.extend(chunk);
            }
            _ => out.extend_from_slice(chunk),
        }
        at += padded;
    }
    let size = u32::try_from(out.len() - 8).ok()?;
    out[4..8].copy_from_slice(&size.to_le_bytes());
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHOTO: &[u8] = include_bytes!("../../../server/src/demo/photos/place.jpg");

    fn exif(way: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        exif.extend_from_slice(&[way, 0, 0, 0, 0, 0, 0, 0]);
        exif.extend_from_slice(b"GPS 30.59N 114.30E");
        exif
    }

    fn with(photo: &[u8], mark: u8, told: &[u8]) -> Vec<u8> {
        let mut body = photo[..2].to_vec();
        body.extend_from_slice(&[0xff, mark]);
        body.extend_from_slice(&u16::try_from(told.len() + 2).unwrap().to_be_bytes());
        body.extend_from_slice(told);
        body.extend_from_slice(&photo[2..]);
        body
    }

    fn has(body: &[u8], text: &[u8]) -> bool {
        body.windows(text.len()).any(|part| part == text)
    }

    #[test]
    fn a_photo_says_no_more_where_it_was_taken_and_is_still_the_same_picture() {
        let plain = stripped("image/jpeg", PHOTO.to_vec()).unwrap();
        for (way, turned) in [(1, false), (6, true), (9, false)] {
            let mut body = with(PHOTO, 0xe1, &exif(way));
            body = with(&body, 0xe1, b"http://ns.adobe.com/xap/1.0/\0<GPS>");
            body = with(&body, 0xfe, b"GPS in a comment");
            body.extend_from_slice(b"PK\x03\x04 a second file behind the first, GPS");
            let clean = stripped("image/jpeg", body).unwrap();
            assert!(!has(&clean, b"GPS") && !has(&clean, b"PK\x03\x04"));
            assert_eq!(has(&clean, b"Exif\0\0MM"), turned, "which way up it is stays");
            let same = image::load_from_memory(&clean).unwrap().to_rgb8();
            assert_eq!(same, image::load_from_memory(&plain).unwrap().to_rgb8());
        }
        let clean = stripped("image/jpeg", with(PHOTO, 0xe1, &exif(6))).unwrap();
        assert_eq!(orientation(&clean[6..]), Some(6));
    }

    #[test]
    fn drawings_lose_their_texts_and_what_comes_after_their_end() {
        let picture = image::RgbImage::from_fn(9, 7, |x, y| image::Rgb([x as u8 * 20, y as u8 * 30, 7]));
        let picture = image::DynamicImage::ImageRgb8(picture);
        let mut png = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let mut body = png.into_inner();
        let text = b"\0\0\0\x03tEXtGPS\0\0\0\0";
        body.splice(33..33, text.iter().copied());
        body.extend_from_slice(b"<script>GPS</script>");
        let clean = stripped("image/png", body).unwrap();
        assert!(!has(&clean, b"GPS"));
        assert_eq!(image::load_from_memory(&clean).unwrap().to_rgb8(), picture.to_rgb8());
        let mut webp = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut webp, image::ImageFormat::WebP).unwrap();
        let mut body = webp.into_inner();
        body.extend_from_slice(b"EXIF\x03\0\0\0GPS\0XMP \x03\0\0\0GPS\0");
        let size = u32::try_from(body.len() - 8).unwrap();
        body[4..8].copy_from_slice(&size.to_le_bytes());
        body.extend_from_slice(b"GPS behind the end");
        let clean = stripped("image/webp", body).unwrap();
        assert!(!has(&clean, b"GPS") && !has(&clean, b"EXIF"));
        assert_eq!(image::load_from_memory(&clean).unwrap().to_rgb8(), picture.to_rgb8());
    }

    #[test]
    fn what_is_damaged_is_kept_only_when_there_is_nothing_to_hide() {
        let cut = with(PHOTO, 0xe1, &exif(1))[..60].to_vec();
        assert_eq!(stripped("image/jpeg", cut), None);
        for harmless in
            [&b"\xff\xd8\xff\xe0"[..], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"RIFF\xff\xff\xff\xffWEBPVP8 "]
        {
            let kind = if harmless[0] == 0xff {
                "image/jpeg"
            } else if harmless[0] == 0x89 {
                "image/png"
            } else {
                "image/webp"
            };
            assert_eq!(stripped(kind, harmless.to_vec()).as_deref(), Some(harmless));
        }
    }
}

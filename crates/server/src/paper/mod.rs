//! A4 pages as PDF, with the font that comes with the product: whoever opens one needs nothing installed.

mod font;

use font::Font;
use model::Result;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use std::collections::BTreeSet;

pub const WIDTH: f32 = 595.0;
pub const HEIGHT: f32 = 842.0;
const FONT_NAME: Name<'static> = Name(b"F1");

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ink {
    Black,
    Grey,
    Accent,
}

impl Ink {
    fn rgb(self) -> [f32; 3] {
        match self {
            Ink::Black => [0.09, 0.13, 0.16],
            Ink::Grey => [0.42, 0.47, 0.51],
            Ink::Accent => [0.04, 0.52, 0.47],
        }
    }
}

/// Pages that are being drawn. Lengths are points, from the lower left corner.
pub struct Paper {
    font: Font,
    content: Content,
    done: Vec<Vec<u8>>,
}

impl Paper {
    pub fn new() -> Result<Paper> {
        Ok(Paper { font: Font::shipped()?, content: Content::new(), done: Vec::new() })
    }

    pub fn width(&self, size: f32, text: &str) -> f32 {
        self.font.width(text) * size
    }

    /// `strong`: drawn with an outline, because the font comes in one weight.
    pub fn text(&mut self, (x, y): (f32, f32), size: f32, ink: Ink, strong: bool, text: &str) {
        let glyphs = self.font.glyphs(text);
        let [red, green, blue] = ink.rgb();
        self.content.begin_text();
        self.content.set_font(FONT_NAME, size);
        self.content.set_fill_rgb(red, green, blue);
        let mode = pdf_writer::types::TextRenderingMode::FillStroke;
        if strong {
            self.content.set_stroke_rgb(red, green, blue);
            self.content.set_line_width(size * 0.03);
            self.content.set_text_rendering_mode(mode);
        } else {
            self.content.set_text_rendering_mode(pdf_writer::types::TextRenderingMode::Fill);
        }
        self.content.next_line(x, y);
        self.content.show(Str(&glyphs));
        self.content.end_text();
    }

    /// Ends at `x`.
    pub fn text_right(&mut self, (x, y): (f32, f32), size: f32, ink: Ink, strong: bool, text: &str) {
        let width = self.width(size, text);
        self.text((x - width, y), size, ink, strong, text);
    }

    /// As much of it as fits, with an ellipsis where something is left out.
    pub fn fitted(&self, size: f32, text: &str, most: f32) -> String {
        if self.width(size, text) <= most {
            return text.to_owned();
        }
        let mut kept = String::new();
        for c in text.chars() {
            if self.width(size, &format!("{kept}{c}…")) > most {
                break;
            }
            kept.push(c);
        }
        kept + "…"
    }

    /// In lines that are at most this wide; broken between words, and between any two characters of Chinese.
    pub fn lines(&self, size: f32, text: &str, most: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for piece in pieces(text) {
            let last = lines.len() - 1;
            let longer = format!("{}{piece}", lines[last]);
            if !lines[last].is_empty() && self.width(size, longer.trim_end()) > most {
                lines.push(piece.trim_start().to_owned());
            } else {
                lines[last] = longer;
            }
        }
        lines
    }

    pub fn line(&mut self, from: (f32, f32), to: (f32, f32), width: f32) {
        self.content.set_stroke_gray(0.8);
        self.content.set_line_width(width);
        self.content.move_to(from.0, from.1);
        self.content.line_to(to.0, to.1);
        self.content.stroke();
    }

    /// A filled rectangle, the darker the nearer `gray` is to 0.
    pub fn fill(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), gray: f32) {
        self.content.set_fill_gray(gray);
        self.content.rect(x, y, width, height);
        self.content.fill_nonzero();
    }

    /// A QR code with its lower left corner at this place; nothing where the text is too long for one.
    pub fn qr(&mut self, (x, y): (f32, f32), size: f32, text: &str) {
        let Ok(code) = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium) else { return };
        let step = size / code.size() as f32;
        for row in 0..code.size() {
            for column in 0..code.size() {
                if code.get_module(column, row) {
                    let at = (x + column as f32 * step, y + size - (row + 1) as f32 * step);
                    // A hair wider, so that no white line runs between two.
                    self.fill(at, (step + 0.05, step + 0.05), 0.0);
                }
            }
        }
    }

    /// Where to go on: there, or near the top of another page where that is below `bottom`.
    pub fn below(&mut self, y: f32, bottom: f32) -> f32 {
        if y >= bottom {
            return y;
        }
        self.page_next();
        HEIGHT - 60.0
    }

    pub fn page_next(&mut self) {
        let content = std::mem::replace(&mut self.content, Content::new());
        self.done.push(content.finish().into_vec());
    }

    /// Whether the font has not this character.
    pub fn lacks(&self, c: char) -> bool {
        self.font.lacks(c)
    }

    /// Characters that the font does not have; a box stands where they should.
    pub fn missing(&self) -> &BTreeSet<char> {
        self.font.missing()
    }

    pub fn finish(mut self, title: &str) -> Result<Vec<u8>> {
        self.page_next();
        let mut pdf = Pdf::new();
        let mut next = 0;
        let mut id = || {
            next += 1;
            Ref::new(next)
        };
        let (catalog, tree, info, font) = (id(), id(), id(), id());
        let pages: Vec<(Ref, Ref)> = self.done.iter().map(|_| (id(), id())).collect();
        pdf.catalog(catalog).pages(tree);
        pdf.document_info(info).title(TextStr(title)).producer(TextStr("PileOps"));
        let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
        pdf.pages(tree).kids(pages.iter().map(|(page, _)| *page)).count(count);
        for ((page, content), body) in pages.iter().zip(&self.done) {
            let mut leaf = pdf.page(*page);
            leaf.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(*content);
            leaf.resources().fonts().pair(FONT_NAME, font);
            leaf.finish();
            pdf.stream(*content, body);
        }
        self.font.write(&mut pdf, font, id)?;
        Ok(pdf.finish())
    }
}

/// Where a line may be broken: behind a space, and around each character that is no Latin one.
fn pieces(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut from = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let breaks = before.is_some_and(|b| b == ' ' || u32::from(b) > 0x2e7f || u32::from(c) > 0x2e7f);
        // No line begins with what closes a sentence.
        if breaks && !"，。；：、！？）》」”.,;:!?)".contains(c) {
            all.push(&text[from..at]);
            from = at;
        }
        before = Some(c);
    }
    all.push(&text[from..]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_where_people_break_them_and_nothing_is_lost() {
        let paper = Paper::new().unwrap();
        for text in
            ["本账单由平台生成，不是发票，请勿作为报销凭证。", "This bill is not an invoice, keep it."]
        {
            let lines = paper.lines(9.0, text, 90.0);
            assert!(lines.len() > 1, "{lines:?}");
            assert!(lines.iter().all(|line| paper.width(9.0, line.trim_end()) <= 100.0), "{lines:?}");
            let bare = |text: &str| text.replace(' ', "");
            assert_eq!(bare(&lines.concat()), bare(text));
            assert!(!lines.iter().any(|line| line.starts_with('，')));
        }
        assert_eq!(paper.fitted(9.0, "很长很长很长的名字", 40.0).chars().last(), Some('…'));
        assert_eq!(paper.fitted(9.0, "短", 40.0), "短");
    }

    #[test]
    fn a_character_that_the_font_has_not_leaves_a_box_and_is_named() {
        let mut paper = Paper::new().unwrap();
        paper.text((10.0, 10.0), 9.0, Ink::Black, false, "王喆 𠮷 A");
        assert_eq!(paper.missing().iter().collect::<String>(), "𠮷");
        paper.qr((50.0, 50.0), 60.0, "https://pile.example/bill?no=1");
        let pdf = paper.finish("账单").unwrap();
        assert!(pdf.starts_with(b"%PDF-1.") && pdf.len() < 60_000, "{}", pdf.len());
    }
}

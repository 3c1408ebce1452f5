//! The shipped font (part of Noto Sans SC, SIL Open Font License 1.1): measured, and put into a file with
//! no more of its characters than are used.

use model::{Error, Result};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Finish, Name, Pdf, Rect, Ref, Str};
use std::collections::{BTreeMap, BTreeSet};
use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId, RawFace, Tag};

static BYTES: &[u8] = include_bytes!("../../assets/NotoSansSC-bill.otf");
/// Stands where a character is that the font has not.
const BOX: char = '□';
const NAME: Name<'static> = Name(b"PILEOP+NotoSansSC");
const SYSTEM: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

pub struct Font {
    face: Face<'static>,
    used: GlyphRemapper,
    /// What each used glyph means, so that text can be copied out of the file.
    meaning: BTreeMap<u16, char>,
    missing: BTreeSet<char>,
}

impl Font {
    pub fn shipped() -> Result<Font> {
        let face = Face::parse(BYTES, 0).map_err(|_| Error::internal())?;
        Ok(Font { face, used: GlyphRemapper::new(), meaning: BTreeMap::new(), missing: BTreeSet::new() })
    }

    pub fn missing(&self) -> &BTreeSet<char> {
        &self.missing
    }

    pub fn lacks(&self, c: char) -> bool {
        self.glyph(c).is_none()
    }

    fn glyph(&self, c: char) -> Option<GlyphId> {
        self.face.glyph_index(c)
    }

    /// Of the em.
    fn advance(&self, glyph: GlyphId) -> f32 {
        f32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0)) / f32::from(self.face.units_per_em())
    }

    pub fn width(&self, text: &str) -> f32 {
        let glyph = |c| self.glyph(c).or_else(|| self.glyph(BOX)).unwrap_or_default();
        text.chars().map(|c| self.advance(glyph(c))).sum()
    }

    /// As they are named in the file.
    pub fn glyphs(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len() * 2);
        for c in text.chars() {
            let (glyph, meant) = match self.glyph(c) {
                Some(glyph) => (glyph, c),
                None => {
                    self.missing.insert(c);
                    (self.glyph(BOX).unwrap_or_default(), BOX)
                }
            };
            let name = self.used.remap(glyph.0);
            self.meaning.entry(name).or_insert(meant);
            bytes.extend_from_slice(&name.to_be_bytes());
        }
        bytes
    }

    /// Writes it under `font`; `id` gives references for its parts.
    pub fn write(self, pdf: &mut Pdf, font: Ref, mut id: impl FnMut() -> Ref) -> Result<()> {
        let (cid, descriptor, map, file) = (id(), id(), id(), id());
        pdf.type0_font(font)
            .base_font(NAME)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(map);
        let advances: Vec<f32> =
            self.used.remapped_gids().map(|glyph| self.advance(GlyphId(glyph)) * 1_000.0).collect();
        let mut descendant = pdf.cid_font(cid);
        descendant
            .subtype(CidFontType::Type0)
            .base_font(NAME)
            .system_info(SYSTEM)
            .font_descriptor(descriptor)
            .default_width(1_000.0);
        descendant.widths().consecutive(0, advances);
        descendant.finish();
        let per_em = 1_000.0 / f32::from(self.face.units_per_em());
        let scaled = |units: i16| f32::from(units) * per_em;
        let bounds = self.face.global_bounding_box();
        pdf.font_descriptor(descriptor)
            .name(NAME)
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(
                scaled(bounds.x_min),
                scaled(bounds.y_min),
                scaled(bounds.x_max),
                scaled(bounds.y_max),
            ))
            .italic_angle(0.0)
            .ascent(scaled(self.face.ascender()))
            .descent(scaled(self.face.descender()))
            .cap_height(scaled(self.face.capital_height().unwrap_or(733)))
            .stem_v(80.0)
            .font_file3(file);
        let mut meaning = UnicodeCmap::new(Name(b"PileOps"), SYSTEM);
        self.meaning.iter().for_each(|(glyph, c)| meaning.pair(*glyph, *c));
        let meaning = meaning.finish();
        pdf.cmap(map, &meaning);
        let subset = subsetter::subset(BYTES, 0, &self.used).map_err(|_| Error::internal())?;
        let outlines = RawFace::parse(&subset, 0).ok().and_then(|raw| raw.table(Tag::from_bytes(b"CFF ")));
        let outlines = outlines.ok_or_else(Error::internal)?;
        pdf.stream(file, outlines).pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
        Ok(())
    }
}

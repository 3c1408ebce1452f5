//! 品牌: from one colour those of the console, each readable on what it is drawn on (WCAG 2 AA).

use crate::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

const WHITE: Colour = Colour([255; 3]);
const BLACK: Colour = Colour([0; 3]);
/// What the console's accent stands on: page, card and raised ground of the light and of the dark dress.
const LIGHT_GROUNDS: [Colour; 3] = [Colour([0xf3, 0xf6, 0xf8]), WHITE, Colour([0xf7, 0xf9, 0xfb])];
const DARK_GROUNDS: [Colour; 3] =
    [Colour([0x0d, 0x15, 0x19]), Colour([0x15, 0x1f, 0x25]), Colour([0x1b, 0x27, 0x2e])];
const DARK_CARD: Colour = DARK_GROUNDS[1];
/// AA asks for 4.5; a little more, because mixing rounds.
const READABLE: f64 = 4.6;
/// Least difference between the strongest and the weakest of red, green and blue.
const COLOURFUL: u8 = 40;

impl Colour {
    /// `#rrggbb`.
    pub fn parse(text: &str) -> Option<Colour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        let signless = digits.bytes().all(|b| b.is_ascii_hexdigit());
        signless.then_some(Colour([part(0)?, part(2)?, part(4)?]))
    }

    /// So much of the other, in hundredths.
    fn mixed(self, other: Colour, percent: u16) -> Colour {
        let mix = |at: usize| {
            let (own, more) = (u16::from(self.0[at]), u16::from(other.0[at]));
            u8::try_from((own * (100 - percent) + more * percent + 50) / 100).unwrap_or(u8::MAX)
        };
        Colour([mix(0), mix(1), mix(2)])
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.212_6 * red + 0.715_2 * green + 0.072_2 * blue
    }

    /// From 1 (the same) to 21 (black on white), as WCAG 2 counts it.
    pub fn contrast(self, other: Colour) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The colours of one dress, each `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BrandTones {
    /// Links, marks, outlines.
    pub accent: String,
    /// Letters on `soft`, and links that one points at.
    pub strong: String,
    /// A pale ground.
    pub soft: String,
    /// What white letters stand on: buttons, the menu's present page.
    pub fill: String,
    /// Least contrast of all of them with what they meet, in hundredths.
    pub contrast_percent: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BrandColours {
    /// As it was chosen.
    pub chosen: String,
    /// Whether buttons and links have another shade of it, so that they can be read.
    pub light_adjusted: bool,
    pub dark_adjusted: bool,
    pub light: BrandTones,
    pub dark: BrandTones,
}

/// The first shade on the way to `end` that is good.
fn shade(from: Colour, end: Colour, good: impl Fn(Colour) -> bool) -> Colour {
    (0..=100).map(|percent| from.mixed(end, percent)).find(|shade| good(*shade)).unwrap_or(end)
}

fn least(pairs: &[(Colour, Colour)]) -> i64 {
    let least = pairs.iter().map(|(one, two)| one.contrast(*two)).fold(21.0, f64::min);
    #[expect(clippy::cast_possible_truncation, reason = "between 100 and 2100")]
    let hundredths = (least * 100.0).floor() as i64;
    hundredths
}

fn tones(accent: Colour, strong: Colour, soft: Colour, fill: Colour, grounds: [Colour; 3]) -> BrandTones {
    let mut pairs = vec![(strong, soft), (accent, soft), (fill, WHITE)];
    pairs.extend(grounds.into_iter().flat_map(|ground| [(accent, ground), (strong, ground)]));
    BrandTones {
        accent: accent.to_string(),
        strong: strong.to_string(),
        soft: soft.to_string(),
        fill: fill.to_string(),
        contrast_percent: least(&pairs),
    }
}

/// The console's colours from an operator's own.
pub fn brand_colours(field: &'static str, text: &str) -> Result<BrandColours> {
    let chosen = Colour::parse(text.trim()).ok_or_else(|| {
        Error::invalid(
            field,
            "颜色应为 # 加 6 位十六进制数，例如 #0b8577",
            "A colour is # and six hexadecimal digits, such as #0b8577.",
        )
    })?;
    let [most, few] = [chosen.0.iter().max(), chosen.0.iter().min()].map(|part| part.copied().unwrap_or(0));
    if most - few < COLOURFUL {
        return Err(Error::invalid(
            field,
            "这个颜色太接近黑、白或灰，链接和按钮会与普通文字分不开；请选择更鲜明的颜色",
            "This is nearly black, white or grey: links and buttons could not be told from plain text. Choose a more vivid colour.",
        ));
    }
    let readable = |grounds: [Colour; 3], soft: fn(Colour) -> Colour| {
        move |shade: Colour| {
            grounds.iter().chain([&soft(shade)]).all(|ground| shade.contrast(*ground) >= READABLE)
        }
    };
    let (pale, deep) = (|shade: Colour| WHITE.mixed(shade, 11), |shade: Colour| DARK_CARD.mixed(shade, 16));
    let light = shade(chosen, BLACK, readable(LIGHT_GROUNDS, pale));
    let dark = shade(chosen, WHITE, readable(DARK_GROUNDS, deep));
    let fill = shade(chosen, BLACK, |shade| shade.contrast(WHITE) >= READABLE);
    Ok(BrandColours {
        chosen: chosen.to_string(),
        light_adjusted: light != chosen,
        dark_adjusted: dark != chosen,
        light: tones(light, light.mixed(BLACK, 18), pale(light), fill, LIGHT_GROUNDS),
        dark: tones(dark, dark.mixed(WHITE, 25), deep(dark), fill, DARK_GROUNDS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_counted_as_the_standard_does() {
        let of = |one: &str, two: &str| Colour::parse(one).unwrap().contrast(Colour::parse(two).unwrap());
        assert!((of("#000000", "#ffffff") - 21.0).abs() < 0.001);
        assert!((of("#777777", "#ffffff") - 4.478).abs() < 0.001);
        assert!((of("#ff0000", "#ffffff") - 3.998).abs() < 0.001);
    }

    #[test]
    fn every_vivid_colour_becomes_readable() {
        let steps = [0u8, 0x33, 0x66, 0x99, 0xcc, 0xff];
        let mut count = 0;
        for red in steps {
            for green in steps {
                for blue in steps {
                    let text = Colour([red, green, blue]).to_string();
                    let Ok(colours) = brand_colours("accent", &text) else { continue };
                    count += 1;
                    for tones in [&colours.light, &colours.dark] {
                        assert!(tones.contrast_percent >= 450, "{text}: {tones:?}");
                    }
                }
            }
        }
        assert_eq!(count, 210, "all but the six greys");
    }

    #[test]
    fn what_can_be_read_already_stays_as_it_is() {
        let colours = brand_colours("accent", "#0A5FB4").unwrap();
        assert_eq!((colours.chosen.as_str(), colours.light.accent.as_str()), ("#0a5fb4", "#0a5fb4"));
        assert!(!colours.light_adjusted && colours.dark_adjusted);
        let yellow = brand_colours("accent", "#ffe100").unwrap();
        assert!(yellow.light_adjusted && !yellow.dark_adjusted);
    }

    #[test]
    fn what_is_no_colour_or_none_to_speak_of_is_refused() {
        for bad in ["", "#fff", "0b8577", "#0b857g", "#0b85770", "red", "#+b8577", "#0b8577;}", "#中文"] {
            assert!(brand_colours("accent", bad).is_err(), "{bad}");
        }
        for grey in ["#000000", "#ffffff", "#808080", "#80808f", "#272700"] {
            assert!(brand_colours("accent", grey).is_err(), "{grey}");
        }
        assert!(brand_colours("accent", "#282800").is_ok());
    }
}

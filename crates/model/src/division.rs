//! 行政区划 of GB/T 2260: the cities that can be opened. A municipality is province and city at once.

use std::sync::OnceLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    /// Six digits; the first two are the province's.
    pub code: &'static str,
    pub province: &'static str,
    pub city: &'static str,
}

/// All of them, by code.
pub fn all() -> &'static [Division] {
    static ALL: OnceLock<Vec<Division>> = OnceLock::new();
    ALL.get_or_init(|| include_str!("division.txt").lines().filter_map(read).collect())
}

fn read(line: &'static str) -> Option<Division> {
    let (code, names) = line.split_once(',').filter(|_| !line.starts_with('#'))?;
    let (province, city) = names.split_once(',')?;
    Some(Division { code, province, city })
}

pub fn find(code: &str) -> Option<Division> {
    let place = all().binary_search_by_key(&code, |division| division.code).ok()?;
    all().get(place).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_city_once() {
        assert!(all().len() > 330, "{}", all().len());
        assert!(all().windows(2).all(|pair| pair[0].code < pair[1].code));
        for division in all() {
            assert!(division.code.len() == 6 && division.code.bytes().all(|b| b.is_ascii_digit()));
            assert!(!division.province.is_empty() && !division.city.is_empty());
        }
    }

    #[test]
    fn cities_are_found_by_code() {
        let names = |code| find(code).map(|division| (division.province, division.city));
        assert_eq!(names("420100"), Some(("湖北省", "武汉市")));
        assert_eq!(names("110000"), Some(("北京市", "北京市")), "a municipality is both");
        assert_eq!(names("429004"), Some(("湖北省", "仙桃市")), "a county-level city under the province");
        for none in ["", "420000", "429000", "999999", "42010"] {
            assert_eq!(names(none), None, "{none}");
        }
    }
}

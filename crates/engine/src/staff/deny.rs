//! What makes a password easy to guess although it looks mixed: words that everybody takes, runs of the
//! keyboard and the alphabet, years, and what is known of its owner.

/// Most used words and passwords, Chinese habits among them; letters only, small.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passw",
    "admin",
    "administrator",
    "root",
    "user",
    "guest",
    "test",
    "login",
    "welcome",
    "letmein",
    "qwerty",
    "qazwsx",
    "asdfgh",
    "zxcvbn",
    "iloveyou",
    "monkey",
    "dragon",
    "master",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "batman",
    "shadow",
    "michael",
    "jordan",
    "secret",
    "change",
    "changeme",
    "default",
    "system",
    "manager",
    "oracle",
    "server",
    "summer",
    "winter",
    "spring",
    "autumn",
    "abcabc",
    "woaini",
    "aini",
    "nihao",
    "mima",
    "wodemima",
    "zhongguo",
    "china",
    "beijing",
    "shanghai",
    "shenzhen",
    "guangzhou",
    "wuhan",
    "wang",
    "zhang",
    "chen",
    "yang",
    "huang",
    "zhao",
    "xiao",
    "laopo",
    "baobao",
    "chongdian",
    "dianzhuang",
    "charge",
    "charging",
    "pile",
    "pileops",
    "company",
    "office",
    "hello",
    "pass",
    "qweasd",
    "qwe",
    "asd",
    "zxc",
    "aaa",
    "abc",
];

const ROWS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "01234567890",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "!@#$%^&*()",
];
/// So many in a row of the alphabet or the keyboard are a run.
const RUN: usize = 3;
/// Guesses that everybody makes with digits.
const NUMBERS: &[&str] = &["1314", "520", "521", "666", "888", "168", "007"];

/// What must be left when all that is taken out.
const LEFT_LEAST: usize = 5;

/// Letters that are written as others: `p@ssw0rd`.
fn plain(c: char) -> char {
    match c {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '$' | '5' => 's',
        '7' => 't',
        _ => c,
    }
}

/// Whether too little of it is anybody's own. `known`: what others know of its owner.
pub fn is_easy(password: &str, known: &[&str]) -> bool {
    let small: Vec<char> = password.to_lowercase().chars().collect();
    let spelled: Vec<char> = small.iter().map(|c| plain(*c)).collect();
    let mut gone = vec![false; small.len()];
    let mut mark = |from: usize, count: usize| gone.iter_mut().skip(from).take(count).for_each(|g| *g = true);
    let words = WORDS.iter().copied().chain(NUMBERS.iter().copied()).chain(known.iter().copied());
    for word in words.filter(|word| word.chars().count() >= RUN) {
        let word: Vec<char> = word.to_lowercase().chars().collect();
        for text in [&small, &spelled] {
            for at in places(text, &word) {
                mark(at, word.len());
            }
        }
    }
    for at in 0..small.len() {
        mark(at, run_at(&small, at));
        if is_year(&small, at) {
            mark(at, 4);
        }
    }
    let left: Vec<char> = small.iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(c, _)| *c).collect();
    let mut kinds = left.clone();
    kinds.sort_unstable();
    kinds.dedup();
    // Marks between the words are no guess more; nor is one letter many times.
    left.len() < LEFT_LEAST || kinds.len() < 3 || left.iter().all(|c| !c.is_alphanumeric())
}

fn places(text: &[char], word: &[char]) -> Vec<usize> {
    text.windows(word.len()).enumerate().filter(|(_, part)| *part == word).map(|(at, _)| at).collect()
}

/// The length of the run that begins here: of a row, forwards or backwards, or of one character; else nought.
fn run_at(text: &[char], at: usize) -> usize {
    let rest = &text[at..];
    let same = rest.iter().take_while(|c| **c == rest[0]).count();
    let in_rows = ROWS.iter().map(|row| {
        let row: Vec<char> = row.chars().collect();
        let back: Vec<char> = row.iter().rev().copied().collect();
        [row, back]
            .iter()
            .flat_map(|row| {
                let starts = row.iter().enumerate().filter(|(_, c)| **c == rest[0]);
                starts.map(|(from, _)| row[from..].iter().zip(rest).take_while(|(a, b)| a == b).count())
            })
            .max()
            .unwrap_or(0)
    });
    let longest = in_rows.max().unwrap_or(0).max(same);
    if longest >= RUN { longest } else { 0 }
}

fn is_year(text: &[char], at: usize) -> bool {
    let Some(four) = text.get(at..at + 4) else { return false };
    let four: String = four.iter().collect();
    four.parse::<u32>().is_ok_and(|year| (1940..=2039).contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_takes_is_easy_and_what_is_ones_own_is_not() {
        for easy in [
            "Password123!",
            "P@ssw0rd2024",
            "Admin@123456",
            "Qwerty12345!",
            "Aa123456789!",
            "1qaz@WSX3edc",
            "Abcdefgh-12",
            "Woaini1314!!",
            "Zhang-1988-Aa",
            "PileOps@2026",
            "AAAAaaaa1111",
            "9876543210Ab",
        ] {
            assert!(is_easy(easy, &["zhangsan"]), "{easy}");
        }
        for own in [
            "Correct-Horse-9",
            "Another-Horse-8",
            "Po-w3kf-mm9x-t2vd-h7qr",
            "密码Aa7树下92站",
            "Demo-5f1c07be",
        ] {
            assert!(!is_easy(own, &["lilei", "李雷"]), "{own}");
        }
        assert!(is_easy("Hanmeimei-77", &["hanmeimei"]), "it is its owner's name");
        assert!(!is_easy("Hanmeimei-77", &["lilei"]));
    }
}

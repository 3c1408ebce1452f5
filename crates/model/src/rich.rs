//! The little Markdown that staff write for people to read. It becomes blocks of plain text, never
//! HTML: whatever was typed, no app can be made to run it.

use crate::content::link_checked;
use crate::{Error, Result};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RichBlock {
    pub kind: RichKind,
    pub spans: Vec<RichSpan>,
}

crate::words! {
    RichKind {
        /// `## …`
        Heading = "heading",
        Paragraph = "paragraph",
        /// `- …`
        Bullet = "bullet",
        /// `1. …`; its number is its place among its neighbours.
        Step = "step",
    }
}

/// A stretch of text that looks one way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RichSpan {
    pub text: String,
    /// `**…**`
    pub bold: bool,
    /// `[text](https://…)`
    pub link: Option<String>,
}

/// Reads a text. Lines that follow each other are one paragraph, in which the breaks are kept.
pub fn rich_parse(field: &'static str, text: &str) -> Result<Vec<RichBlock>> {
    let mut blocks: Vec<RichBlock> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() {
            open = false;
            continue;
        }
        let (kind, rest) = begun(line);
        let mut spans = spans(field, rest)?;
        match blocks.last_mut().filter(|_| open && kind == RichKind::Paragraph) {
            Some(block) if block.kind == RichKind::Paragraph => {
                block.spans.push(RichSpan { text: "\n".to_owned(), ..RichSpan::default() });
                block.spans.append(&mut spans);
            }
            _ => blocks.push(RichBlock { kind, spans }),
        }
        open = kind == RichKind::Paragraph;
    }
    Ok(blocks)
}

/// What a line is, and what is written in it.
fn begun(line: &str) -> (RichKind, &str) {
    for mark in ["### ", "## ", "# "] {
        if let Some(rest) = line.strip_prefix(mark) {
            return (RichKind::Heading, rest.trim());
        }
    }
    for mark in ["- ", "* "] {
        if let Some(rest) = line.strip_prefix(mark) {
            return (RichKind::Bullet, rest.trim());
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line.get(digits..).and_then(|rest| rest.strip_prefix(". ")) {
        Some(rest) if (1..=3).contains(&digits) => (RichKind::Step, rest.trim()),
        _ => (RichKind::Paragraph, line),
    }
}

/// What stands between two marks right at the beginning: `("inside", rest)`.
fn between<'a>(text: &'a str, front: &str, back: &str) -> Option<(&'a str, &'a str)> {
    let (inside, rest) = text.strip_prefix(front)?.split_once(back)?;
    (!inside.is_empty()).then_some((inside, rest))
}

fn spans(field: &'static str, line: &str) -> Result<Vec<RichSpan>> {
    let mut all = Vec::new();
    let mut plain = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let bold = between(rest, "**", "**");
        let link = between(rest, "[", "](").and_then(|(text, after)| {
            let (target, after) = after.split_once(')')?;
            (!text.contains('[')).then_some((text, target, after))
        });
        let (span, after) = match (bold, link) {
            (Some((inside, after)), _) => {
                (RichSpan { text: inside.to_owned(), bold: true, link: None }, after)
            }
            (None, Some((inside, target, after))) => {
                let target = link_checked(field, target)?;
                if target.is_empty() {
                    return Err(Error::invalid(
                        field,
                        format!("“{inside}”后的括号中没有链接，请填写 https:// 地址"),
                        format!("There is no link behind {inside:?}; give an https:// address."),
                    ));
                }
                (RichSpan { text: inside.to_owned(), bold: false, link: Some(target) }, after)
            }
            (None, None) => {
                plain.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            }
        };
        if !plain.is_empty() {
            all.push(RichSpan { text: std::mem::take(&mut plain), ..RichSpan::default() });
        }
        all.push(span);
        rest = after;
    }
    if !plain.is_empty() {
        all.push(RichSpan { text: plain, ..RichSpan::default() });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `H:`, `P:`, `B:`, `S:` and the spans: `*bold*`, `<text|link>`.
    fn told(text: &str) -> String {
        let block = |block: &RichBlock| {
            let mark = match block.kind {
                RichKind::Heading => "H:",
                RichKind::Paragraph => "P:",
                RichKind::Bullet => "B:",
                RichKind::Step => "S:",
            };
            let span = |span: &RichSpan| match (&span.link, span.bold) {
                (Some(link), _) => format!("<{}|{link}>", span.text),
                (None, true) => format!("*{}*", span.text),
                (None, false) => span.text.clone(),
            };
            format!("{mark}{}", block.spans.iter().map(span).collect::<String>())
        };
        rich_parse("body", text).unwrap().iter().map(block).collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn a_text_becomes_blocks() {
        for (text, expected) in [
            ("", ""),
            ("一\n二\n\n三", "P:一\n二 / P:三"),
            ("## 标题\n正文", "H:标题 / P:正文"),
            ("- 甲\n- 乙\n1. 丙\n12. 丁", "B:甲 / B:乙 / S:丙 / S:丁"),
            ("全场**立减 5 元**起", "P:全场*立减 5 元*起"),
            ("看[说明](https://a.example/x)。", "P:看<说明|https://a.example/x>。"),
            // What is no mark of ours stays as it was typed.
            ("<b onclick=x>1</b> & ** *a* `b`", "P:<b onclick=x>1</b> & ** *a* `b`"),
            ("#标签 -5 元 1.5 倍 1234. x", "P:#标签 -5 元 1.5 倍 1234. x"),
            ("[未完", "P:[未完"),
            ("![图](https://a.example/x.png)", "P:!<图|https://a.example/x.png>"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn a_link_that_is_none_is_told() {
        for bad in ["[点我](javascript:alert(1))", "[点我]()", "[点我](http://a.example)"] {
            assert_eq!(rich_parse("body", bad).unwrap_err().field.unwrap(), "body", "{bad}");
        }
    }
}

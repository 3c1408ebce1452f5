//! The report as a PDF that both sides sign.

use super::{Finding, Part, Report, Verdict};
use crate::bill::moment;
use crate::paper::{HEIGHT, Ink, Paper, WIDTH};
use model::Result;
use model::error::Text;
use model::time::Zone;

const LEFT: f32 = 48.0;
const RIGHT: f32 = WIDTH - 48.0;
const BOTTOM: f32 = 72.0;
const SUBJECT: f32 = LEFT + 48.0;
const TOLD: f32 = LEFT + 190.0;
const SIZE: f32 = 9.0;
const STEP: f32 = 13.0;
/// Lines to be filled in by hand.
const BY_HAND: usize = 6;

struct Page {
    paper: Paper,
    y: f32,
    english: bool,
}

impl Page {
    fn say(&self, text: &Text) -> String {
        if self.english { text.en.to_string() } else { text.zh.to_string() }
    }

    fn of(&self, zh: &'static str, en: &'static str) -> String {
        self.say(&Text::of(zh, en))
    }

    /// Goes down, on to another page where this one has no room for `more` below.
    fn down(&mut self, by: f32, more: f32) {
        self.y = self.paper.below(self.y - by, BOTTOM + more);
    }

    fn head(&mut self, report: &Report) {
        let title = self.of("交付检查报告", "Hand-over report");
        self.paper.text((LEFT, HEIGHT - 66.0), 20.0, Ink::Accent, true, &title);
        let made = moment(&Zone::shanghai(), report.made_at_ms.as_ms());
        self.paper.text_right((RIGHT, HEIGHT - 66.0), 10.0, Ink::Grey, false, &made);
        let facts = format!("PileOps {}  ·  {}  ·  {}", report.version, report.machine, report.place);
        let facts = self.paper.fitted(SIZE, &facts, RIGHT - LEFT);
        self.paper.text((LEFT, HEIGHT - 86.0), SIZE, Ink::Grey, false, &facts);
        let of = |verdict: Verdict| report.count(verdict);
        let (good, doubt, bad) = (of(Verdict::Good), of(Verdict::Doubt), of(Verdict::Bad));
        let sum = Text::new(
            format!("共 {} 项：正常 {good}，注意 {doubt}，问题 {bad}", report.findings.len()),
            format!("{} looked at: {good} good, {doubt} to look at, {bad} problems", report.findings.len()),
        );
        let sum = self.say(&sum);
        self.paper.text((LEFT, HEIGHT - 104.0), 11.0, Ink::Black, true, &sum);
        self.y = HEIGHT - 114.0;
        self.paper.line((LEFT, self.y), (RIGHT, self.y), 1.0);
        self.down(20.0, 0.0);
    }

    fn chapter(&mut self, title: &str) {
        self.down(8.0, 40.0);
        self.paper.fill((LEFT, self.y - 5.0), (RIGHT - LEFT, 17.0), 0.95);
        self.paper.text((LEFT + 4.0, self.y), 10.0, Ink::Black, true, title);
        self.down(18.0, 0.0);
    }

    fn finding(&mut self, finding: &Finding) {
        let mut told = self.paper.lines(SIZE, &self.say(&finding.told), RIGHT - TOLD);
        let ways = finding.way.as_ref().map_or_else(Vec::new, |way| {
            let way = format!("→ {}", self.say(way));
            self.paper.lines(SIZE, &way, RIGHT - TOLD)
        });
        let subject = self.paper.lines(SIZE, &self.say(&finding.subject), TOLD - SUBJECT - 8.0);
        let told_count = told.len();
        told.extend(ways);
        let rows = told.len().max(subject.len());
        self.down(0.0, rows as f32 * STEP);
        let verdict = self.say(&finding.verdict.text());
        let good = finding.verdict == Verdict::Good;
        self.paper.text(
            (LEFT + 4.0, self.y),
            SIZE,
            if good { Ink::Grey } else { Ink::Black },
            !good,
            &verdict,
        );
        for row in 0..rows {
            if let Some(line) = subject.get(row) {
                self.paper.text((SUBJECT, self.y), SIZE, Ink::Black, false, line);
            }
            if let Some(line) = told.get(row) {
                let ink = if row < told_count { Ink::Black } else { Ink::Grey };
                self.paper.text((TOLD, self.y), SIZE, ink, false, line);
            }
            self.down(STEP, 0.0);
        }
    }

    /// What was found and is to be mended, those of people behind our own, with room for more by hand.
    fn problems(&mut self, report: &Report) {
        let title = self.of("交付问题记录", "Record of problems at delivery");
        self.chapter(&title);
        let own = report.findings.iter().filter(|finding| finding.verdict == Verdict::Bad);
        let own: Vec<String> =
            own.map(|one| format!("{}：{}", self.say(&one.subject), self.say(&one.told))).collect();
        let all = own.into_iter().chain(report.problems.iter().cloned());
        for (number, problem) in (1..).zip(all) {
            let lines = self.paper.lines(SIZE, &problem, RIGHT - LEFT - 150.0);
            self.down(0.0, lines.len() as f32 * STEP);
            let number = number.to_string();
            self.paper.text((LEFT + 4.0, self.y), SIZE, Ink::Grey, false, &number);
            self.box_empty(RIGHT - 90.0);
            for line in lines {
                self.paper.text((LEFT + 24.0, self.y), SIZE, Ink::Black, false, &line);
                self.down(STEP, 0.0);
            }
        }
        for _ in 0..BY_HAND {
            self.down(STEP + 6.0, STEP);
            self.box_empty(RIGHT - 90.0);
            self.paper.line((LEFT + 24.0, self.y - 3.0), (RIGHT - 100.0, self.y - 3.0), 0.5);
        }
        self.down(40.0, 40.0);
        for (x, zh, en) in [
            (LEFT, "交付人 / 日期", "Handed over by / date"),
            (LEFT + 260.0, "接收人 / 日期", "Taken by / date"),
        ] {
            let label = self.of(zh, en);
            self.paper.text((x, self.y), SIZE, Ink::Grey, false, &label);
            self.paper.line((x + 90.0, self.y - 3.0), (x + 230.0, self.y - 3.0), 0.5);
        }
    }

    /// □ 已解决
    fn box_empty(&mut self, x: f32) {
        let label = self.of("已解决", "mended");
        let (y, side) = (self.y - 1.0, 8.0);
        for (from, to) in [
            ((x, y), (x + side, y)),
            ((x, y + side), (x + side, y + side)),
            ((x, y), (x, y + side)),
            ((x + side, y), (x + side, y + side)),
        ] {
            self.paper.line(from, to, 0.7);
        }
        self.paper.text((x + 14.0, self.y), SIZE, Ink::Grey, false, &label);
    }
}

pub fn pdf(report: &Report, english: bool) -> Result<Vec<u8>> {
    let mut page = Page { paper: Paper::new()?, y: 0.0, english };
    page.head(report);
    let mut last: Option<Part> = None;
    for finding in &report.findings {
        if last != Some(finding.part) {
            let title = page.say(&finding.part.text());
            page.chapter(&title);
            last = Some(finding.part);
        }
        page.finding(finding);
    }
    page.problems(report);
    let title = page.of("PileOps 交付检查报告", "PileOps hand-over report");
    page.paper.finish(&title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::time::Timestamp;

    #[test]
    fn a_long_report_has_pages_and_every_character() {
        let finding = |part, verdict| Finding {
            part,
            verdict,
            subject: Text::of("数据目录 /var/lib/pileops", "Data folder /var/lib/pileops"),
            told: Text::of("磁盘共 100 GiB，可用 0.5 GiB，已接近写满", "0.5 of 100 GiB are free"),
            way: (verdict != Verdict::Good)
                .then(|| Text::of("请扩容或清理；磁盘写满后平台拒绝新的充电", "make room")),
        };
        let mut findings = Vec::new();
        for part in [Part::Machine, Part::Disk, Part::Backup] {
            for _ in 0..12 {
                findings.extend([finding(part, Verdict::Good), finding(part, Verdict::Bad)]);
            }
        }
        let report = Report {
            made_at_ms: Timestamp::from_ms(1_784_088_000_000),
            version: "0.1.0",
            machine: "pile-host Debian GNU/Linux 12 x86_64".to_owned(),
            place: "/var/lib/pileops".to_owned(),
            findings,
            problems: vec!["3 号桩 2 枪急停按钮按下后不停机".to_owned()],
        };
        for english in [false, true] {
            let pdf = pdf(&report, english).unwrap();
            let pages = pdf.windows(12).filter(|part| part.starts_with(b"/Type /Page\n")).count();
            assert!(pages >= 3, "{pages} pages");
        }
    }
}

use super::*;
use CounterDifferenceKind::*;

const FROM: i64 = 1_000_000;
const TO: i64 = 2_000_000;

fn line(no: &str, fen: i64) -> CounterLine {
    CounterLine {
        line_no: 1,
        own_no: no.to_owned(),
        payment_no: no.to_owned(),
        their_no: format!("42{no}"),
        fen,
        fee_fen: Some(fee_due(fen, false, 60)),
        at_ms: FROM,
        done: true,
        payment_known: true,
        ..CounterLine::default()
    }
}

fn ours(no: &str, fen: i64) -> CounterOurs {
    CounterOurs {
        id: 1,
        no: no.to_owned(),
        their_no: Some(format!("42{no}")),
        fen,
        state: "paid".to_owned(),
        done: true,
        at_ms: Some(FROM),
        listed: true,
        ..CounterOurs::default()
    }
}

fn back(one: CounterLine) -> CounterLine {
    CounterLine { is_refund: true, fee_fen: one.fee_fen.map(|fee| -fee), ..one }
}

fn compared(lines: &[CounterLine], ours: &[CounterOurs]) -> Vec<(CounterDifferenceKind, i64)> {
    let day =
        CounterDay { from_ms: FROM, to_ms: TO, lines, ours, fee_bp: Some(60), energy_tolerance_dwh: 100 };
    counter_compare(&day).into_iter().map(|one| (one.kind, one.amount_fen)).collect()
}

/// What it is, lines, ours → what is found
type Case = (&'static str, Vec<CounterLine>, Vec<CounterOurs>, Vec<(CounterDifferenceKind, i64)>);

fn unpaid(open: bool) -> CounterOurs {
    CounterOurs { their_no: None, done: false, open, at_ms: None, ..ours("A", 1_000) }
}

fn refund(change: CounterOurs) -> CounterOurs {
    CounterOurs { is_refund: true, ..change }
}

/// One side has it.
fn alone() -> Vec<Case> {
    vec![
        ("agrees", vec![line("A", 1_000)], vec![ours("A", 1_000)], vec![]),
        ("nothing", vec![], vec![], vec![]),
        ("ours", vec![], vec![CounterOurs { listed: false, ..ours("A", 1_000) }], vec![(OnlyOurs, -1_000)]),
        (
            "our refund",
            vec![],
            vec![refund(CounterOurs { listed: false, ..ours("A", 300) })],
            vec![(OnlyOurs, 300)],
        ),
        ("listed on another day", vec![], vec![ours("A", 1_000)], vec![]),
        ("theirs", vec![line("A", 1_000)], vec![], vec![(OnlyTheirs, 1_000)]),
        ("their refund", vec![back(line("A", 1_000))], vec![], vec![(OnlyTheirs, -1_000)]),
        (
            "of no payment",
            vec![back(CounterLine { payment_known: false, ..line("A", 1_000) })],
            vec![],
            vec![(RefundWithoutPayment, -1_000)],
        ),
    ]
}

/// Both sides have it.
fn both() -> Vec<Case> {
    vec![
        ("a fen more", vec![line("A", 1_001)], vec![ours("A", 1_000)], vec![(AmountDiffers, 1)]),
        (
            "a refund of less",
            vec![back(line("A", 999))],
            vec![refund(ours("A", 1_000))],
            vec![(AmountDiffers, 1)],
        ),
        ("not told yet", vec![line("A", 1_000)], vec![unpaid(true)], vec![(StateDiffers, 1_000)]),
        ("closed here", vec![line("A", 1_000)], vec![unpaid(false)], vec![(StateDiffers, 1_000)]),
        (
            "a refund under way at both",
            vec![back(CounterLine { done: false, ..line("A", 1_000) })],
            vec![refund(unpaid(true))],
            vec![],
        ),
        (
            "a refund that was under way when the bill was made",
            vec![back(CounterLine { done: false, ..line("A", 1_000) })],
            vec![refund(CounterOurs { at_ms: Some(TO + 1), begun_at_ms: Some(FROM), ..ours("A", 1_000) })],
            vec![],
        ),
    ]
}

/// Another day, again, or another fee.
fn other() -> Vec<Case> {
    vec![
        ("again", vec![line("A", 1_000), line("A", 1_000)], vec![ours("A", 1_000)], vec![(Twice, 1_000)]),
        (
            "again on another day",
            vec![CounterLine { repeated: true, ..line("A", 1_000) }],
            vec![ours("A", 1_000)],
            vec![(Twice, 1_000)],
        ),
        (
            "taken once more",
            vec![line("A", 1_000), CounterLine { their_no: "twin".to_owned(), ..line("A", 1_000) }],
            vec![ours("A", 1_000)],
            vec![(Twice, 1_000)],
        ),
        (
            "the last millisecond before midnight is the day's",
            vec![line("A", 1_000)],
            vec![CounterOurs { at_ms: Some(TO - 1), ..ours("A", 1_000) }],
            vec![],
        ),
        (
            "midnight is not",
            vec![line("A", 1_000)],
            vec![CounterOurs { at_ms: Some(TO), ..ours("A", 1_000) }],
            vec![(DayShifted, 0)],
        ),
        (
            "an energy within what is allowed",
            vec![CounterLine { energy_dwh: Some(10_100), ..line("A", 1_000) }],
            vec![CounterOurs { energy_dwh: Some(10_000), ..ours("A", 1_000) }],
            vec![],
        ),
        (
            "an energy beyond it",
            vec![CounterLine { energy_dwh: Some(10_101), ..line("A", 1_000) }],
            vec![CounterOurs { energy_dwh: Some(10_000), ..ours("A", 1_000) }],
            vec![(EnergyDiffers, 0)],
        ),
        (
            "a fee that is rounded",
            vec![CounterLine { fee_fen: Some(7), ..line("A", 1_000) }],
            vec![ours("A", 1_000)],
            vec![],
        ),
        (
            "a fee of two fen more",
            vec![CounterLine { fee_fen: Some(8), ..line("A", 1_000) }],
            vec![ours("A", 1_000)],
            vec![(FeeDiffers, -2)],
        ),
        (
            "no word of a fee",
            vec![CounterLine { fee_fen: None, ..line("A", 1_000) }],
            vec![ours("A", 1_000)],
            vec![],
        ),
    ]
}

#[test]
fn each_class_is_told_by_what_it_is_and_nothing_else_is() {
    for (what, lines, ours, expected) in [alone(), both(), other()].concat() {
        assert_eq!(compared(&lines, &ours), expected, "{what}");
    }
}

#[test]
fn a_fee_is_rounded_once_and_comes_back_with_a_refund() {
    for (fen, fee_bp, fee) in
        [(10_000, 60, 60), (1, 60, 0), (83, 60, 0), (84, 60, 1), (100, 38, 0), (132, 38, 1), (0, 60, 0)]
    {
        assert_eq!((fee_due(fen, false, fee_bp), fee_due(fen, true, fee_bp)), (fee, -fee), "{fen}");
    }
}

#[test]
fn keys_are_the_same_wherever_a_line_stands() {
    let keys = |lines: &[CounterLine]| {
        let day = CounterDay {
            from_ms: FROM,
            to_ms: TO,
            lines,
            ours: &[],
            fee_bp: None,
            energy_tolerance_dwh: 100,
        };
        counter_compare(&day).into_iter().map(|one| one.key).collect::<std::collections::BTreeSet<_>>()
    };
    let (a, b) = (line("A", 1), line("B", 2));
    let twice = [a.clone(), b.clone(), a.clone(), a.clone()];
    let moved = [b, a.clone(), a.clone(), a];
    assert_eq!(keys(&twice), keys(&moved));
    assert_eq!(keys(&twice).len(), 4, "each has a key of its own");
}

#[test]
fn the_sums_of_both_sides() {
    let lines = [line("A", 1_000), back(line("B", 400))];
    let refund = CounterOurs { is_refund: true, ..ours("B", 400) };
    let later = CounterOurs { at_ms: Some(TO), ..ours("C", 7) };
    let ours = [ours("A", 1_000), refund, later];
    let sums = CounterDay {
        from_ms: FROM,
        to_ms: TO,
        lines: &lines,
        ours: &ours,
        fee_bp: None,
        energy_tolerance_dwh: 100,
    }
    .sums();
    assert_eq!((sums.our_count, sums.our_fen, sums.our_back_count, sums.our_back_fen), (1, 1_000, 1, 400));
    assert_eq!((sums.their_fen, sums.their_back_fen, sums.fee_fen), (1_000, 400, 6 - 2));
}

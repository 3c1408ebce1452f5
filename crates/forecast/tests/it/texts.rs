//! Tables as texts: what is read, and what is said of those that cannot be.

use forecast::calendar::Calendar;
use forecast::{order, read};

#[test]
fn hours_may_be_missing_and_cells_empty() {
    let text = "\u{feff}time,a,\"b\"\n2023-01-01 00:00:00,1.5,2\n\n2023-01-01 03:00:00,,4\r\n";
    let grid = read::hours("volume.csv", text).unwrap();
    assert_eq!((grid.hours(), grid.names()), (4, &["a".to_owned(), "b".to_owned()][..]));
    assert_eq!((grid.at(0, 0), grid.at(1, 3)), (1.5, 4.0));
    assert!(grid.at(0, 1).is_nan() && grid.at(0, 3).is_nan());
}

#[test]
fn what_cannot_be_read_is_named() {
    let head = "time,a\n2023-01-01 00:00:00,1\n";
    for (text, word) in [
        (String::new(), "header"),
        ("hour,a\n".to_owned(), "header"),
        ("time\n".to_owned(), "header"),
        ("time,a\n".to_owned(), "no rows"),
        (format!("{head}2023-01-01 01:00:00,x\n"), "line 3"),
        (format!("{head}2023-01-01 01:00:00\n"), "line 3"),
        (format!("{head}2023-01-01 01:00:00,inf\n"), "line 3"),
        (format!("{head}yesterday,1\n"), "line 3"),
        (format!("{head}2023-01-01 01:30:00,1\n"), "whole number of hours"),
        (format!("{head}2123-01-01 01:00:00,1\n"), "ten years"),
    ] {
        let error = read::hours("volume.csv", &text).unwrap_err();
        assert!(error.text.en.contains(word) && error.text.en.contains("volume.csv"), "{text:?}: {error:?}");
        assert!(error.text.zh.contains("volume.csv"));
    }
}

#[test]
fn places_tell_whose_holidays() {
    let china = "TAZID,longitude,latitude\n1,114.1,22.5\n2,116.4,39.9\n";
    assert!(read::calendar_of(china) == Calendar::china());
    for elsewhere in
        ["station_id,longitude,latitude\n0,28.06,-26.08\n", "id\n1\n", "", "longitude,latitude\n"]
    {
        assert!(read::calendar_of(elsewhere) == Calendar::plain(), "{elsewhere:?}");
    }
}

#[test]
fn orders_are_read_or_their_line_is_named() {
    let head = "order_id,user_id,site,pile_id,start,end,duration_min,energy_kwh,idle_min,soc_start\n";
    let good = "1,,S,P,2023-01-01 08:00:00,2023-01-01 09:00:00,60.0,12.5,,\n";
    let read = order::orders("orders.csv", &format!("{head}{good}")).unwrap();
    assert_eq!((read[0].duration_min(), read[0].energy_kwh, &read[0].customer), (60.0, 12.5, &None));
    for bad in [
        "2,,S,P,2023-01-01 08:00:00,,60.0,12.5,,\n",
        "2,,S,P,2023-01-01 08:00:00,2023-01-01 09:00:00,-60,12.5,,\n",
        "2,,S,P,2023-01-01 08:00:00,2023-01-01 09:00:00,60,,,\n",
        "2,,S,,2023-01-01 08:00:00,2023-01-01 09:00:00,60,1,,\n",
    ] {
        let error = order::orders("orders.csv", &format!("{head}{good}{bad}")).unwrap_err();
        assert!(error.text.en.contains("line 3"), "{bad}: {error:?}");
    }
    let error = order::orders("orders.csv", "order_id,start\n").unwrap_err();
    assert!(error.text.en.contains("pile_id"));
}

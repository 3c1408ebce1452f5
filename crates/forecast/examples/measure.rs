//! `cargo run --release -p pileops-forecast --example measure -- DIR [CUT-DATE]`, or `-- ORDERS.csv.gz DATE`:
//! the figures of `pileops forecast score` without the server around it, for trying out a change of the
//! method.

use forecast::order;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("a folder, then a date")?;
    let cut = arguments.next();
    let folder = Path::new(&folder);
    if folder.is_file() {
        return orders(folder, &cut.ok_or("a file of orders, then a date")?);
    }
    let grid =
        forecast::read::hours("volume.csv", &text(&folder.join("volume.csv"))?.ok_or("no volume.csv")?)
            .map_err(|why| why.text.en.to_string())?;
    let mut calendar = forecast::calendar::Calendar::plain();
    for name in ["zones.csv", "stations.csv"] {
        if let Some(sites) = text(&folder.join(name))? {
            calendar = forecast::read::calendar_of(&sites);
        }
    }
    let cuts = match cut.as_deref() {
        Some("folds") | None => forecast::protocol::folds(&grid),
        Some(date) => {
            let hour = grid.hour_of(date.parse()?).ok_or("before the data")?;
            vec![forecast::protocol::Cut::at(date, hour, grid.hours())]
        }
    };
    let started = Instant::now();
    for cut in &cuts {
        for row in forecast::table::rows(&grid, &calendar, cut, &forecast::hourly::Recipe::point(1), 1) {
            println!("{} {:?}", cut.name, row);
        }
        println!("{:.1} s", started.elapsed().as_secs_f64());
    }
    Ok(())
}

fn orders(file: &Path, cut: &str) -> Result<(), Box<dyn std::error::Error>> {
    let started = Instant::now();
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(file)?).read_to_string(&mut text)?;
    let orders = order::orders("orders", &text).map_err(|why| why.text.en.to_string())?;
    let history = order::History::of(orders);
    let cut_min = order::midnight_min(forecast::calendar::day(cut).ok_or("no date")?);
    for wanted in [order::Wanted::EnergyKwh, order::Wanted::DurationMin] {
        println!("{cut} {:?}", order::judge(&history, wanted, cut_min, 1));
    }
    println!("{:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

fn text(path: &Path) -> std::io::Result<Option<String>> {
    let mut text = String::new();
    if let Ok(file) = std::fs::File::open(path) {
        std::io::BufReader::new(file).read_to_string(&mut text)?;
        return Ok(Some(text));
    }
    let Ok(file) = std::fs::File::open(path.with_extension("csv.gz")) else { return Ok(None) };
    flate2::read::GzDecoder::new(file).read_to_string(&mut text)?;
    Ok(Some(text))
}

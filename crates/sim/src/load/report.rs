//! What a run found, as text for people and JSON for scripts.

use super::process::Usage;
use super::{Mode, Shared};
use serde::Serialize;
use std::sync::atomic::Ordering;
use std::time::Duration;

#[derive(Debug, Serialize)]
pub struct Report {
    mode: &'static str,
    piles: usize,
    /// Measured time.
    seconds: f64,
    /// The whole run, connecting and draining included.
    total_seconds: f64,
    /// Calls answered within the measured time, and what was said that wants no answer.
    messages: u64,
    messages_per_second: f64,
    p50_us: u64,
    p90_us: u64,
    p99_us: u64,
    max_us: u64,
    errors: u64,
    refused: u64,
    first_error: Option<String>,
    /// Acknowledged StopTransactions, in the measured time and in the whole run.
    orders: u64,
    orders_total: u64,
    reconnects: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_cpu_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_cpu_ms_per_1000: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idle: Option<Idle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    storm: Option<Storm>,
}

#[derive(Debug, Serialize)]
struct Idle {
    connected: usize,
    ready_seconds: f64,
    held_seconds: f64,
    rss_before_kib: u64,
    rss_held_kib: u64,
    rss_per_pile_kib: f64,
}

/// Piles that have said everything within the time.
#[derive(Debug, Serialize)]
struct Storm {
    served: usize,
    served_seconds: f64,
    within_30_s: usize,
}

impl Report {
    /// Whether every call was answered as it should be.
    pub fn verdict(&self) -> Result<(), String> {
        if let Some(storm) = self.storm.as_ref().filter(|storm| storm.served < self.piles) {
            let first = self.first_error.as_deref().unwrap_or("none was refused");
            return Err(format!(
                "{} of {} piles were served; the first fault: {first}",
                storm.served, self.piles
            ));
        }
        if self.errors == 0 && self.refused == 0 {
            return Ok(());
        }
        let first = self.first_error.as_deref().unwrap_or("unknown");
        Err(format!("{} calls failed and {} were refused; the first: {first}", self.errors, self.refused))
    }

    pub fn of(shared: &Shared, total: Duration, measured: (Duration, Usage, Usage)) -> Report {
        let (elapsed, before, after) = measured;
        let tally = shared.tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let messages = tally.latency.count() + tally.unanswered;
        let known = !shared.options.server_pids.is_empty();
        let cpu = known.then(|| after.cpu_ms.saturating_sub(before.cpu_ms));
        #[expect(clippy::cast_precision_loss, reason = "a report")]
        let (count, cpu_share) =
            (messages as f64, cpu.filter(|_| messages > 0).map(|ms| ms as f64 * 1_000.0 / messages as f64));
        Report {
            mode: match shared.options.mode {
                Mode::Sessions => "sessions",
                Mode::Open => "open",
                Mode::Idle => "idle",
                Mode::Storm => "storm",
                Mode::Crash => "crash",
            },
            piles: shared.options.piles,
            seconds: elapsed.as_secs_f64(),
            total_seconds: total.as_secs_f64(),
            messages,
            messages_per_second: count / elapsed.as_secs_f64().max(1e-9),
            p50_us: tally.latency.percentile_us(500),
            p90_us: tally.latency.percentile_us(900),
            p99_us: tally.latency.percentile_us(990),
            max_us: tally.latency.max_us(),
            errors: tally.errors,
            refused: tally.refused,
            first_error: tally.first_error.clone(),
            orders: tally.orders,
            orders_total: shared.orders.load(Ordering::Relaxed),
            reconnects: shared.reconnects.load(Ordering::Relaxed),
            server_cpu_ms: cpu,
            server_cpu_ms_per_1000: cpu_share,
            idle: None,
            storm: None,
        }
    }

    pub fn idle(&mut self, connected: usize, ready: Duration, rss: (u64, u64, f64), held: Duration) {
        self.idle = Some(Idle {
            connected,
            ready_seconds: ready.as_secs_f64(),
            held_seconds: held.as_secs_f64(),
            rss_before_kib: rss.0,
            rss_held_kib: rss.1,
            rss_per_pile_kib: rss.2,
        });
    }

    pub fn served(&mut self, served: usize, took: Duration, within_30_s: usize) {
        self.storm = Some(Storm { served, served_seconds: took.as_secs_f64(), within_30_s });
    }

    pub fn print(&self, json: bool) {
        if json {
            println!("{}", serde_json::to_string(self).unwrap_or_default());
            return;
        }
        println!("{}: {} piles, {:.1} s", self.mode, self.piles, self.seconds);
        if let Some(storm) = &self.storm {
            println!(
                "served                {} in {:.2} s, {} of them within 30 s",
                storm.served, storm.served_seconds, storm.within_30_s
            );
        }
        if let Some(idle) = &self.idle {
            println!("connected and booted  {} in {:.2} s", idle.connected, idle.ready_seconds);
            if self.server_cpu_ms.is_some() {
                println!(
                    "server memory         {} KiB -> {} KiB, {:.2} KiB a pile",
                    idle.rss_before_kib, idle.rss_held_kib, idle.rss_per_pile_kib
                );
            }
        } else {
            println!("messages/s            {:.0} ({} answered)", self.messages_per_second, self.messages);
            println!(
                "latency               p50 {} us, p90 {} us, p99 {} us, max {} us",
                self.p50_us, self.p90_us, self.p99_us, self.max_us
            );
            println!("acknowledged orders   {} ({} in the whole run)", self.orders, self.orders_total);
        }
        match (self.server_cpu_ms, self.server_cpu_ms_per_1000) {
            (Some(cpu), Some(share)) => {
                println!("server CPU            {cpu} ms, {share:.2} ms per 1000 messages")
            }
            (Some(cpu), None) => println!("server CPU            {cpu} ms"),
            _ => {}
        }
        println!(
            "errors                {}, refused {}, reconnects {}",
            self.errors, self.refused, self.reconnects
        );
        if let Some(error) = &self.first_error {
            println!("first error           {error}");
        }
    }
}

//! The engine on both databases, driven by what piles say.

#![expect(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "it/abnormal.rs"]
mod abnormal;
#[path = "it/alarm.rs"]
mod alarm;
#[path = "it/alive.rs"]
mod alive;
#[path = "it/battery.rs"]
mod battery;
#[path = "it/closed.rs"]
mod closed;
#[path = "it/command.rs"]
mod command;
#[path = "it/convergence.rs"]
mod convergence;
#[path = "it/convergence_ocpp2.rs"]
mod convergence_ocpp2;
#[path = "it/convergence_ykc.rs"]
mod convergence_ykc;
#[path = "it/counter_bill.rs"]
mod counter_bill;
#[path = "../../store/tests/it/databases.rs"]
mod databases;
#[path = "it/day_bill.rs"]
mod day_bill;
#[path = "it/discount.rs"]
mod discount;
#[path = "it/doubt.rs"]
mod doubt;
#[path = "it/driver_limit.rs"]
mod driver_limit;
#[path = "it/fleet.rs"]
mod fleet;
#[path = "it/healing.rs"]
mod healing;
#[path = "it/health.rs"]
mod health;
#[path = "it/ledger.rs"]
mod ledger;
#[path = "it/load.rs"]
mod load;
#[path = "it/merge.rs"]
mod merge;
#[path = "it/occupancy.rs"]
mod occupancy;
#[path = "it/occupancy_told.rs"]
mod occupancy_told;
#[path = "it/offer.rs"]
mod offer;
#[path = "it/offer_books.rs"]
mod offer_books;
#[path = "it/payment.rs"]
mod payment;
#[path = "it/pile_tariff.rs"]
mod pile_tariff;
#[path = "it/reconciliation.rs"]
mod reconciliation;
#[path = "it/repeat.rs"]
mod repeat;
#[path = "it/report.rs"]
mod report;
#[path = "it/reservation.rs"]
mod reservation;
#[path = "it/safety.rs"]
mod safety;
#[path = "it/safety_month.rs"]
mod safety_month;
#[path = "it/safety_pause.rs"]
mod safety_pause;
#[path = "it/safety_station.rs"]
mod safety_station;
#[path = "../../store/tests/it/scene.rs"]
mod scene;
#[path = "it/segment.rs"]
mod segment;
#[path = "it/session.rs"]
mod session;
#[path = "it/sharing.rs"]
mod sharing;
#[path = "it/tariff_calendar.rs"]
mod tariff_calendar;
#[path = "it/tariff_plan.rs"]
mod tariff_plan;
#[path = "../../store/tests/it/template.rs"]
mod template;
#[path = "it/time.rs"]
mod time;
#[path = "it/transaction.rs"]
mod transaction;
#[path = "it/upgrade.rs"]
mod upgrade;
#[path = "it/webhook.rs"]
mod webhook;
#[path = "it/week.rs"]
mod week;
#[path = "it/world.rs"]
mod world;
#[path = "it/ykc.rs"]
mod ykc;

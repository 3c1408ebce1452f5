//! The store from the outside, on both databases.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

#[path = "it/administration.rs"]
mod administration;
#[path = "it/archive.rs"]
mod archive;
#[path = "it/audit_chain.rs"]
mod audit_chain;
#[path = "it/content.rs"]
mod content;
#[path = "it/customer_pulls.rs"]
mod customer_pulls;
#[path = "it/customers.rs"]
mod customers;
#[path = "it/databases.rs"]
mod databases;
#[path = "it/deliveries.rs"]
mod deliveries;
#[path = "it/exchange.rs"]
mod exchange;
#[path = "it/firmware.rs"]
mod firmware;
#[path = "it/frames.rs"]
mod frames;
#[path = "it/handovers.rs"]
mod handovers;
#[path = "it/invoices.rs"]
mod invoices;
#[path = "it/links.rs"]
mod links;
#[path = "it/lists.rs"]
mod lists;
#[path = "it/loads.rs"]
mod loads;
#[path = "it/map.rs"]
mod map;
#[path = "it/migrations.rs"]
mod migrations;
#[path = "it/order_search.rs"]
mod order_search;
#[path = "it/personal.rs"]
mod personal;
#[path = "it/places.rs"]
mod places;
#[path = "it/scene.rs"]
mod scene;
#[path = "it/scope.rs"]
mod scope;
#[path = "it/seam.rs"]
mod seam;
#[path = "it/seed.rs"]
mod seed;
#[path = "it/slow.rs"]
mod slow;
#[path = "it/template.rs"]
mod template;
#[path = "it/totals.rs"]
mod totals;
#[path = "it/upgrade.rs"]
mod upgrade;
#[path = "it/write_path.rs"]
mod write_path;
#[path = "it/writers.rs"]
mod writers;
#[path = "it/ykc.rs"]
mod ykc;

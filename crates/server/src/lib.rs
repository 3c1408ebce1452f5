//! The executable's insides: everything that touches the outside.

pub mod ahead;
pub mod app;
pub mod backup;
pub mod bill;
pub mod cli;
pub mod config;
pub mod demo;

pub mod devices;
mod doctor;
pub mod exchange;
pub mod files;
mod ftp;
pub mod gateway;
pub mod http;
pub mod inbox;
pub mod install;
pub mod invoicing;
pub mod jobs;
pub mod knocks;
pub mod live;
mod mailer;
mod notify;
pub mod oidc;
pub mod outbound;
mod paper;
mod parquet;
pub mod pay;
pub mod recording;
pub mod scim;
pub mod serve;
pub mod sources;
mod statement;
pub mod tls;
mod webhook;

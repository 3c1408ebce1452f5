//! Lists as files: what a file's columns are, and how its rows become XLSX or CSV.

pub mod column;
pub mod columns;
pub mod listing;
pub mod person;
pub mod reader;
pub mod report;
mod sharing;
pub mod sheet;
mod unpacked;
pub mod words;
mod work_columns;

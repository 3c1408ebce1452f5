//! The executable as people and scripts call it: arguments, environment and files go in, words and an
//! exit code come out.

mod demo;
mod doctor;
mod forecasts;
mod nouns;
mod program;
mod retention;
mod settings;
mod shared;
mod support;
mod upgrade;

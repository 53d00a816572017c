//! What is measured, a file each.

mod available;
mod building;
mod cobot;
mod create;
mod demo;
mod flexopus;
mod growth;
mod import;
mod librebooking;
mod list;
mod postgres;
mod quote;
mod series;
mod spacebring;

use std::pin::Pin;

use crate::base::Bench;
use crate::report::Row;

type Run<'a> = Pin<Box<dyn Future<Output = anyhow::Result<Vec<Row>>> + 'a>>;

/// A scenario: its name and what it does.
pub type Scenario = (&'static str, for<'a> fn(&'a Bench) -> Run<'a>);

/// All of them, in the order of the table.
pub const ALL: &[Scenario] = &[
    ("create", |bench| Box::pin(create::run(bench))),
    ("postgres", |bench| Box::pin(postgres::run(bench))),
    ("list", |bench| Box::pin(list::run(bench))),
    ("growth", |bench| Box::pin(growth::run(bench))),
    ("history", |bench| Box::pin(growth::history(bench))),
    ("available", |bench| Box::pin(available::run(bench))),
    ("quote", |bench| Box::pin(quote::run(bench))),
    ("series", |bench| Box::pin(series::run(bench))),
    ("librebooking", |bench| Box::pin(librebooking::run(bench))),
    ("flexopus", |bench| Box::pin(flexopus::run(bench))),
    ("cobot", |bench| Box::pin(cobot::run(bench))),
    ("spacebring", |bench| Box::pin(spacebring::run(bench))),
    ("import", |bench| Box::pin(import::run(bench))),
    ("demo", |bench| Box::pin(demo::run(bench))),
];

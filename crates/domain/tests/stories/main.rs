//! What the domain decides, told as stories over a small world.

#![allow(
    clippy::needless_pass_by_value,
    reason = "a json!() is written where it is used"
)]

mod approval;
mod credits;
mod events;
mod extras;
mod histories;
mod importing;
mod invoices;
mod limits;
mod money;
mod occupancy;
mod opening;
mod people;
mod policies;
mod prices;
mod privacy;
mod quotas;
mod quoting;
mod series;
mod world;

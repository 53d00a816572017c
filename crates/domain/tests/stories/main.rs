//! What the domain decides, told as stories over a small world.

mod approval;
mod credits;
mod extras;
mod histories;
mod occupancy;
mod opening;
mod privacy;
mod quotas;
mod quoting;
mod series;
mod world;

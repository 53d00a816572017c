//! Taking over a LibreBooking database from a real MariaDB.

mod again;
mod damage;
mod load;
mod place;
mod seed;
#[path = "../support/mod.rs"]
mod support;

//! The promises, proved on the real binary: races and crashes, on both databases.

mod client;
mod crash;
mod fault;
mod librebooking;
mod race;
mod server;
mod sweep;

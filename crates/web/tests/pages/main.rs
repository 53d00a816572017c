//! The pages over HTTP.

#[path = "../support/mod.rs"]
mod support;

mod link;
mod live;
mod login;
mod map;

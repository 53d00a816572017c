//! The pages over HTTP.

#[path = "../support/mod.rs"]
mod support;

mod consent;
mod link;
mod live;
mod login;
mod map;

#![doc = include_str!("../README.md")]

pub mod authorization;
pub mod client;
pub mod conditional;
pub mod download;
pub mod edge;
pub mod host;
pub mod json;
pub mod kept;
pub mod problem;
pub mod query;
pub mod rate_limit;
pub mod request_id;
pub mod security_headers;
pub mod server;

pub use client::ClientAddress;
pub use edge::EdgeLayer;
pub use json::StrictJson;
pub use problem::Problem;
pub use query::StrictQuery;
pub use request_id::RequestId;
pub use server::{Limits, serve};

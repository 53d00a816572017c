//! Users, their groups and roles, and what they are entitled to.

mod actor;
mod client;
mod columns;
mod group;
mod key;
mod membership;
mod quota;
mod rights;
mod user;

pub use actor::{Actor, Door, Scope, Scopes};
pub use client::{CODE_LASTS, Client, MAX_REDIRECT_URI, MAX_REDIRECT_URIS, is_redirect_uri};
pub use columns::{Column, Directory, Fault};
pub use group::{Group, Permission, ResourcePermission, Role};
pub use key::{UserField, UserKey};
pub use membership::{CreditEntry, CreditGrant, Membership, Plan};
pub use quota::{Quota, QuotaPeriod, QuotaUnit};
pub use rights::Rights;
pub use user::{User, UserState, Vehicle};

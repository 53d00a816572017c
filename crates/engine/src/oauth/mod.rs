//! OAuth 2: what clients prove, and what they are given. What their requests look like is not known here.

mod clients;
mod hand_out;
mod tokens;

use std::sync::Arc;

use domain::catalog::Object;
use domain::decide::Unfit;
use domain::ids::OrganisationId;
use domain::people::{Client, Scopes};
use store::StoreError;

pub use clients::{NewClient, client_secret_hash};
pub use hand_out::Asked;
pub use tokens::Granted;

/// A client with the organisation that it is registered in.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The client.
    pub client: Arc<Object<Client>>,
}

/// What a client gets.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The secret that opens the door.
    pub access: String,
    /// The secret to get the next ones with, where the door's tokens end.
    pub refresh: Option<String>,
    /// What they are good for.
    pub scopes: Scopes,
    /// The same in the door's own words.
    pub words: String,
}

/// Why a client gets nothing.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// What it came with is against it.
    #[error("not granted: {0:?}")]
    Unfit(Unfit),
    /// The store could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

//! A person.

use std::collections::BTreeMap;

use domain::catalog::Object;
use domain::people::User;
use serde::Serialize;

/// A person, as all endpoints show one.
#[derive(Debug, Serialize)]
pub struct UserView<'a> {
    id: i64,
    name: String,
    email: &'a str,
    #[serde(rename = "extensionAttributes")]
    extension: &'a BTreeMap<String, String>,
}

impl<'a> UserView<'a> {
    /// The view of a person.
    pub fn new(user: &'a Object<User>) -> Self {
        Self {
            id: user.id,
            name: user.name(),
            email: &user.email,
            extension: &user.extension,
        }
    }
}

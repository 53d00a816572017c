//! A person, as far as reservations show one.

use engine::Person;
use serde::Serialize;

use crate::links::{Link, Links};

/// A person's name, and address if it is for the reader.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserNameView<'a> {
    user_id: i64,
    first_name: &'a str,
    last_name: &'a str,
    email_address: Option<&'a str>,
    links: [Link<'a>; 1],
    message: (),
}

impl<'a> UserNameView<'a> {
    /// The view of a person as far as they are seen.
    pub fn new(person: &'a Person, links: &'a Links) -> Self {
        Self {
            user_id: person.id.0,
            first_name: person.first_name(),
            last_name: person.last_name(),
            email_address: person.email(),
            links: [links.to("get_user", person.id.0)],
            message: (),
        }
    }
}

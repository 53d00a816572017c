//! A person, as far as reservations show one.

use engine::Person;
use serde::Serialize;

use crate::links::{Link, Links};

/// What is shown instead of a name that is not for the reader.
const PRIVATE: &str = "Private";

/// A person's name, and address if it is for the reader.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserNameView<'a> {
    user_id: Option<i64>,
    first_name: &'a str,
    last_name: &'a str,
    email_address: &'a str,
    links: Vec<Link<'a>>,
    message: (),
}

impl<'a> UserNameView<'a> {
    /// The view of a person as far as they are seen.
    pub fn new(person: Option<&'a Person>, links: &'a Links) -> Self {
        Self {
            user_id: person.map(|person| person.id.0),
            first_name: person.map_or(PRIVATE, Person::first_name),
            last_name: person.map_or(PRIVATE, Person::last_name),
            email_address: person.and_then(Person::email).unwrap_or(PRIVATE),
            links: person
                .map(|person| links.to("get_user", person.id.0))
                .into_iter()
                .collect(),
            message: (),
        }
    }
}

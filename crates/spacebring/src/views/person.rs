//! A person, as far as the caller sees one.

use domain::booking::Guest;
use engine::Person;
use serde::Serialize;
use uuid::Uuid;

/// A person.
#[derive(Debug, Serialize)]
pub struct PersonView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    name: &'a str,
    #[serde(rename = "phoneNumber", skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
    #[serde(rename = "photoUrl", skip_serializing_if = "Option::is_none")]
    photo: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    surname: &'a str,
}

impl<'a> PersonView<'a> {
    /// Somebody with a log-in: the name and, if the caller sees more, how to reach them.
    pub fn new(person: &'a Person) -> Self {
        let details = person.details();
        let photo = details.and_then(|user| user.photo.as_deref());
        Self {
            about: details.and_then(|user| user.about.as_deref()),
            email: details.map(|user| user.email.as_str()),
            id: person.uuid(),
            name: person.first_name(),
            phone: details.and_then(|user| user.phone.as_deref()),
            photo: photo.filter(|url| is_web(url)),
            surname: person.last_name(),
        }
    }

    /// Somebody who is still there.
    pub fn of(person: &'a Person) -> Option<Self> {
        let view = Self::new(person);
        view.id.is_some().then_some(view)
    }

    /// Somebody without one.
    pub fn guest(guest: &'a Guest) -> Self {
        Self {
            about: None,
            email: Some(&guest.email),
            id: None,
            name: guest.name.as_deref().unwrap_or(&guest.email),
            phone: None,
            photo: None,
            surname: "",
        }
    }
}

/// Whether an address is one of the web's: others could be scripts.
fn is_web(url: &str) -> bool {
    let scheme = |wanted: &str| {
        let head = url.get(..wanted.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(wanted))
    };
    scheme("https://") || scheme("http://")
}

//! What a request says of a person; what is left out stays as it is.

use std::collections::BTreeMap;

use domain::catalog::Catalog;
use domain::ids::AttributeId;
use domain::people::User;
use domain::rules::is_address;
use domain::time::Zone;

use crate::body::{self, Body};

/// What a request must hold beside names and address.
#[derive(Clone, Copy, Debug, Default)]
pub struct Needs {
    /// A password.
    pub password: bool,
    /// A language.
    pub language: bool,
    /// A zone.
    pub zone: bool,
    /// Whether a missing address is told apart from one that is none, as the services of accounts do.
    pub address: bool,
}

/// What a request says of a person.
#[derive(Clone, Debug)]
pub struct Profile {
    pub first_name: String,
    pub last_name: String,
    pub username: String,
    pub email: String,
    pub language: Option<String>,
    pub zone: Option<Zone>,
    phone: Option<String>,
    company: Option<String>,
    position: Option<String>,
    attributes: Option<BTreeMap<AttributeId, String>>,
}

impl Profile {
    /// Reads a request.
    ///
    /// # Errors
    /// All that is missing or makes no sense, in the order in which LibreBooking asks for it.
    pub fn read(body: &Body, needs: Needs) -> Result<Self, Vec<String>> {
        let mut errors = Vec::new();
        let mut text = |field: &str, needed: bool| {
            let found = body.filled(field);
            if needed && found.is_none() {
                errors.push(format!("{field} is missing or empty"));
            }
            found
        };
        text("password", needs.password);
        let language = text("language", needs.language);
        let first_name = text("firstName", true);
        let last_name = text("lastName", true);
        let username = text("userName", true);
        let zone = text("timezone", needs.zone);
        let email = text("emailAddress", needs.address);
        let email = email.unwrap_or_default().trim().to_owned();
        if !is_address(&email) {
            errors.push("A valid email address is required".into());
        }
        let zone = super::zone(zone.as_deref()).unwrap_or_else(|error| {
            errors.push(error);
            None
        });
        let language = language.and_then(|text| {
            let tag = tag(&text);
            if tag.is_none() {
                errors.push("language is invalid".into());
            }
            tag
        });
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            first_name: first_name.unwrap_or_default(),
            last_name: last_name.unwrap_or_default(),
            username: username.unwrap_or_default(),
            email,
            language,
            zone,
            phone: body.text("phone"),
            company: body.text("organization"),
            position: body.text("position"),
            attributes: body.has("customAttributes").then(|| values(body)),
        })
    }

    /// Writes it into a user. `sees_all` says whether the writer sees what only administrators see; whoever does not
    /// leaves that as it is.
    pub fn apply(&self, user: &mut User, sees_all: bool, catalog: &Catalog) {
        user.first_name.clone_from(&self.first_name);
        user.last_name.clone_from(&self.last_name);
        user.username.clone_from(&self.username);
        user.email.clone_from(&self.email);
        let set = |field: &mut Option<String>, given: &Option<String>| {
            if let Some(given) = given {
                *field = Some(given.clone()).filter(|text| !text.is_empty());
            }
        };
        set(&mut user.language, &self.language);
        set(&mut user.phone, &self.phone);
        set(&mut user.company, &self.company);
        set(&mut user.position, &self.position);
        if self.zone.is_some() {
            user.zone.clone_from(&self.zone);
        }
        if let Some(given) = &self.attributes {
            let hidden = |id: &AttributeId| {
                let attribute = catalog.attributes.get(id.0);
                !sees_all && attribute.is_none_or(|attribute| attribute.admin_only)
            };
            user.attributes.retain(|id, _| hidden(id));
            let given = given.iter().map(|(id, value)| (*id, value.clone()));
            user.attributes.extend(given);
        }
    }
}

/// The values of custom attributes in a request.
pub fn values(body: &Body) -> BTreeMap<AttributeId, String> {
    let all = body.objects("customAttributes").into_iter();
    all.filter_map(|one| {
        let id = one.number("attributeId")?;
        let value = body::text(one.value("attributeValue")).unwrap_or_default();
        Some((AttributeId(id), value))
    })
    .collect()
}

/// `en_us` as the BCP 47 tag `en-US`; none if it is no such code.
fn tag(code: &str) -> Option<String> {
    let letters =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let (language, region) = match code.trim().split_once(['_', '-']) {
        Some((language, region)) => (language, Some(region)),
        None => (code.trim(), None),
    };
    if !letters(language) || !region.is_none_or(letters) {
        return None;
    }
    let language = language.to_ascii_lowercase();
    Some(match region {
        Some(region) => format!("{language}-{}", region.to_ascii_uppercase()),
        None => language,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_codes() {
        assert_eq!(tag("en_us").as_deref(), Some("en-US"));
        assert_eq!(tag("DE").as_deref(), Some("de"));
        assert_eq!(tag("zh-tw").as_deref(), Some("zh-TW"));
        for text in ["", "_us", "en_", "e n", "en_u1", "../etc"] {
            assert_eq!(tag(text), None, "{text}");
        }
    }
}

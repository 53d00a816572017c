//! Links: absolute, below the configured address, built from the table of services while they are written.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use uuid::Uuid;

use crate::BASE;
use crate::services;

/// What stands for the variable part of a service's path; no path has more than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// The path has none.
    None,
    /// A number.
    Id(i64),
    /// A reference number.
    Reference(&'a str),
    /// The UUID of a reservation of which the reader sees little, and which opens no more than that.
    Uuid(Uuid),
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Id(id) => write!(f, "{id}"),
            Self::Reference(text) => f.write_str(text),
            Self::Uuid(uuid) => write!(f, "{uuid}"),
        }
    }
}

impl Serialize for Key<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_none(),
            Self::Id(id) => serializer.serialize_i64(*id),
            Self::Reference(text) => serializer.serialize_str(text),
            Self::Uuid(uuid) => serializer.collect_str(uuid),
        }
    }
}

impl From<()> for Key<'_> {
    fn from((): ()) -> Self {
        Self::None
    }
}

impl From<i64> for Key<'_> {
    fn from(id: i64) -> Self {
        Self::Id(id)
    }
}

impl<'a> From<&'a str> for Key<'a> {
    fn from(reference: &'a str) -> Self {
        Self::Reference(reference)
    }
}

/// A link in an answer: its address, and the name of the service it leads to.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    base: &'a str,
    path: &'static str,
    key: Key<'a>,
    title: &'static str,
}

impl fmt::Display for Link<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base)?;
        for (place, part) in self.path.split('/').enumerate() {
            if place > 0 {
                f.write_str("/")?;
            }
            if part.starts_with(':') {
                self.key.fmt(f)?;
            } else {
                f.write_str(part)?;
            }
        }
        Ok(())
    }
}

impl Serialize for Link<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Address<'a, 'b>(&'a Link<'b>);
        impl Serialize for Address<'_, '_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self.0)
            }
        }
        let mut link = serializer.serialize_struct("Link", 2)?;
        link.serialize_field("href", &Address(self))?;
        link.serialize_field("title", self.title)?;
        link.end()
    }
}

/// Makes links.
pub struct Links {
    base: String,
    paths: HashMap<&'static str, &'static str>,
}

impl Links {
    /// Links below this address of the server, which has no slash at its end.
    pub fn new(base_url: &str) -> Self {
        Self {
            base: format!("{base_url}{BASE}"),
            paths: services::all()
                .map(|service| (service.name, service.path))
                .collect(),
        }
    }

    /// A link to the service of this name, with the value of the variable part of its path:
    /// `links.to("get_user", 3)`.
    pub fn to<'a>(&'a self, title: &'static str, key: impl Into<Key<'a>>) -> Link<'a> {
        Link {
            base: &self.base,
            path: self.path(title),
            key: key.into(),
            title,
        }
    }

    /// The address of the service of this name from the root of the server on, as groups name their members.
    pub fn relative(&self, title: &'static str, key: impl Into<Key<'static>>) -> String {
        let link = Link {
            base: BASE,
            path: self.path(title),
            key: key.into(),
            title,
        };
        link.to_string()
    }

    /// The address of the server, without a slash at its end, followed by `path`.
    pub fn address(&self, path: &str) -> String {
        let root = self.base.strip_suffix(BASE).unwrap_or(&self.base);
        format!("{root}{path}")
    }

    fn path(&self, title: &'static str) -> &'static str {
        self.paths.get(title).copied().unwrap_or("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_name_the_service_and_fill_its_path() {
        let link = Link {
            base: "https://book.example/Web/Services/index.php",
            path: "/Reservations/:referenceNumber/Approval",
            key: "abc".into(),
            title: "approve_reservation",
        };
        assert_eq!(
            serde_json::to_string(&link).unwrap(),
            r#"{"href":"https://book.example/Web/Services/index.php/Reservations/abc/Approval","title":"approve_reservation"}"#
        );
        let links = Links::new("https://book.example");
        assert_eq!(
            links.to("logout", ()).to_string(),
            "https://book.example/Web/Services/index.php/Authentication/SignOut"
        );
        assert_eq!(
            links.relative("login", ()),
            "/Web/Services/index.php/Authentication/Authenticate"
        );
    }
}

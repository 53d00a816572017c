//! Links: absolute, below the configured address, built from the table of services.

use serde::Serialize;

use crate::BASE;
use crate::services;

/// A link in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The address.
    pub href: String,
    /// The name of the service it leads to.
    pub title: &'static str,
}

/// Makes links.
pub struct Links {
    base: String,
}

impl Links {
    /// Links below this address of the server, which has no slash at its end.
    pub fn new(base_url: &str) -> Self {
        Self {
            base: format!("{base_url}{BASE}"),
        }
    }

    /// A link to the service of this name, with the values of the variable parts of its path.
    pub fn to(&self, title: &'static str, values: &[&str]) -> Link {
        let path = services::named(title).map_or("/", |service| service.path);
        Link {
            href: format!("{}{}", self.base, filled(path, values)),
            title,
        }
    }

    /// The address of the service of this name from the root of the server on, as groups name their members.
    pub fn relative(title: &'static str, values: &[&str]) -> String {
        let path = services::named(title).map_or("/", |service| service.path);
        format!("{BASE}{}", filled(path, values))
    }

    /// The address of the server, without a slash at its end, followed by `path`.
    pub fn address(&self, path: &str) -> String {
        let root = self.base.strip_suffix(BASE).unwrap_or(&self.base);
        format!("{root}{path}")
    }
}

/// The path with its variable parts replaced, in order, by the values.
fn filled(path: &str, values: &[&str]) -> String {
    let mut values = values.iter();
    let part = |part: &str| match part.strip_prefix(':') {
        Some(_) => (*values.next().unwrap_or(&"")).to_owned(),
        None => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

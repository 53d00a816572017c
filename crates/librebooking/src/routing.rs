//! How a method and a path find their service.
//!
//! The manners of the router that clients know: collections end in a slash, and a request without it is sent there
//! (301); an item with a slash at its end is no address; a known path with another method is 405.

use axum::http::Method;

use crate::dispatch::Handler;
use crate::services;

/// Who may call a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Anyone,
    /// Whoever has a session.
    User,
    /// Whoever has a session and administers the organisation.
    Administrator,
}

/// One service of the document.
pub struct Service {
    /// `GET`, `POST` or `DELETE`.
    pub method: Method,
    /// The path below [`crate::BASE`]; a part that begins with a colon is variable.
    pub path: &'static str,
    /// Its name, by which links are titled.
    pub name: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What it does, for the help page.
    pub about: &'static str,
    /// An example of its request, as JSON; empty if it has no body.
    pub request: &'static str,
    /// An example of its answer, as JSON.
    pub response: &'static str,
    /// What carries it out.
    pub handler: Handler,
}

/// Where a request leads.
pub enum Found<'a> {
    /// To a service, with the variable parts of the path.
    Service(&'static Service, Vec<&'a str>),
    /// To the same path with a slash at its end.
    Moved,
    /// To services of other methods: these.
    OtherMethods(Vec<Method>),
    /// Nowhere.
    Nothing,
}

/// The service for a method and a path below [`crate::BASE`].
///
/// Services are tried in the order of the table, so that fixed names win over variable parts.
pub fn find<'a>(method: &Method, path: &'a str) -> Found<'a> {
    let method = if *method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let mut others = Vec::new();
    for service in services::all() {
        let Some(parts) = matches(service.path, path) else {
            continue;
        };
        if service.method == *method {
            return Found::Service(service, parts);
        }
        others.push(service.method.clone());
    }
    if !others.is_empty() {
        others.dedup();
        return Found::OtherMethods(others);
    }
    let with_slash = |service: &'static Service| {
        service.method == *method
            && service
                .path
                .strip_suffix('/')
                .is_some_and(|stem| stem == path)
    };
    if *method == Method::GET && services::all().any(with_slash) {
        return Found::Moved;
    }
    Found::Nothing
}

/// The variable parts of a path that fits the pattern; none of them is empty.
fn matches<'a>(pattern: &str, path: &'a str) -> Option<Vec<&'a str>> {
    let mut variable = Vec::new();
    let mut given = path.split('/');
    for part in pattern.split('/') {
        let value = given.next()?;
        if part.starts_with(':') && !value.is_empty() {
            variable.push(value);
        } else if part != value {
            return None;
        }
    }
    given.next().is_none().then_some(variable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &Method, path: &str) -> String {
        match find(method, path) {
            Found::Service(service, parts) => format!("{} {}", service.name, parts.join(","))
                .trim_end()
                .to_owned(),
            Found::Moved => "moved".to_owned(),
            Found::OtherMethods(methods) => format!("{methods:?}"),
            Found::Nothing => "nothing".to_owned(),
        }
    }

    #[test]
    fn paths_lead_where_clients_expect() {
        assert_eq!(
            found(&Method::POST, "/Authentication/Authenticate"),
            "login"
        );
        assert_eq!(
            found(&Method::POST, "/Authentication/Authenticate/"),
            "nothing"
        );
        assert_eq!(
            found(&Method::GET, "/Authentication/Authenticate"),
            "[POST]"
        );
        assert_eq!(found(&Method::GET, "/Nope"), "nothing");
    }
}

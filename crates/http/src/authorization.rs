//! Reads credentials from the `Authorization` header, and from nowhere else.
//!
//! Tokens in a query string end up in logs and in `Referer`; nothing here looks there.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::problem::Problem;

/// Longest `Authorization` header that is looked at, in bytes.
pub const MAX_AUTHORIZATION: usize = 8 * 1024;

/// The bearer token (RFC 6750, section 2.1); None if there is no `Authorization`, or one of
/// another scheme. The scheme's case does not matter.
///
/// # Errors
///
/// 401 if the token is empty or has characters that no token has; 400 for more than one header or
/// one of more than [`MAX_AUTHORIZATION`] bytes.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(token) = of_scheme(headers, "bearer")? else {
        return Ok(None);
    };
    let body = token.trim_end_matches('=');
    let valid = !body.is_empty()
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte));
    if valid {
        Ok(Some(token))
    } else {
        Err(Problem::invalid_token())
    }
}

/// A name and a password; its `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Basic {
    /// What comes before the first colon; never empty.
    pub user: String,
    /// What comes after it, with any further colons; None if that is empty.
    pub password: Option<String>,
}

impl fmt::Debug for Basic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Basic").finish_non_exhaustive()
    }
}

/// The credentials of HTTP Basic (RFC 7617) in UTF-8; None if there is no `Authorization`, or one
/// of another scheme.
///
/// # Errors
///
/// 401 if they are not base64, not UTF-8, have no colon, no user, or control characters; 400 for
/// more than one header or one of more than [`MAX_AUTHORIZATION`] bytes.
pub fn basic(headers: &HeaderMap) -> Result<Option<Basic>, Problem> {
    let Some(encoded) = of_scheme(headers, "basic")? else {
        return Ok(None);
    };
    let decoded = STANDARD
        .decode(encoded)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().and_then(|text| text.split_once(':')) {
        Some((user, password))
            if !user.is_empty() && !user.chars().chain(password.chars()).any(char::is_control) =>
        {
            Ok(Some(Basic {
                user: user.to_owned(),
                password: (!password.is_empty()).then(|| password.to_owned()),
            }))
        }
        _ => Err(Problem::unauthorized().detail("The credentials are malformed.")),
    }
}

fn of_scheme<'a>(headers: &'a HeaderMap, wanted: &str) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Problem::bad_request(
            "There is more than one Authorization header.",
        ));
    }
    if value.len() > MAX_AUTHORIZATION {
        return Err(Problem::bad_request(
            "The Authorization header is too long.",
        ));
    }
    let Ok(text) = value.to_str() else {
        return Err(Problem::bad_request(
            "The Authorization header is not ASCII.",
        ));
    };
    let (scheme, credentials) = text.split_once(' ').unwrap_or((text, ""));
    Ok(scheme
        .eq_ignore_ascii_case(wanted)
        .then(|| credentials.trim_matches(' ')))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn with(values: &[&str]) -> HeaderMap {
        let value = |value: &&str| HeaderValue::try_from(*value).ok();
        values
            .iter()
            .filter_map(value)
            .map(|value| (AUTHORIZATION, value))
            .collect()
    }

    fn token(values: &[&str]) -> Result<Option<String>, u16> {
        let headers = with(values);
        bearer(&headers)
            .map(|token| token.map(ToOwned::to_owned))
            .map_err(|problem| problem.status().as_u16())
    }

    fn login(text: &str) -> Result<Option<Basic>, u16> {
        basic(&with(&[&format!("Basic {}", STANDARD.encode(text))]))
            .map_err(|problem| problem.status().as_u16())
    }

    #[test]
    fn bearer_tokens() {
        assert_eq!(token(&[]), Ok(None));
        assert_eq!(token(&["Basic YTpi"]), Ok(None));
        assert_eq!(
            token(&["bEaReR  aZ0-._~+/=="]),
            Ok(Some("aZ0-._~+/==".to_owned()))
        );
        assert_eq!(token(&["Bearer"]), Err(401));
        assert_eq!(token(&["Bearer a b"]), Err(401));
        assert_eq!(token(&["Bearer a,b"]), Err(401));
        assert_eq!(token(&["Bearer a", "Bearer a"]), Err(400));
        assert_eq!(
            token(&[&format!("Bearer {}", "a".repeat(MAX_AUTHORIZATION))]),
            Err(400)
        );
    }

    #[test]
    fn basic_credentials() {
        let of = |user: &str, password: Option<&str>| {
            Ok(Some(Basic {
                user: user.to_owned(),
                password: password.map(ToOwned::to_owned),
            }))
        };
        assert_eq!(login("ann:p:w"), of("ann", Some("p:w")));
        assert_eq!(login("änn:pässword"), of("änn", Some("pässword")));
        assert_eq!(login("ann:"), of("ann", None));
        assert_eq!(login(":pw"), Err(401));
        assert_eq!(login("ann"), Err(401));
        assert_eq!(login("ann:\0"), Err(401));
        assert_eq!(
            basic(&with(&["Basic !!"])).map_err(|problem| problem.status().as_u16()),
            Err(401)
        );
        assert_eq!(
            basic(&with(&["Basic /w=="])).map_err(|problem| problem.status().as_u16()),
            Err(401)
        );
        assert_eq!(format!("{:?}", login("ann:pw")), "Ok(Some(Basic { .. }))");
    }
}

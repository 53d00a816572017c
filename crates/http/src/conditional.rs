//! Headers that make a write conditional or repeatable: `If-Match`, `If-None-Match`,
//! `Idempotency-Key`.

use http::header::{HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};

use crate::problem::Problem;

/// The header that names a write, so that its repetition has one effect.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Tags in one request; more are refused.
const MAX_TAGS: usize = 100;

/// The strong entity tag of an object's version: `"v3"`.
pub fn etag(version: u64) -> HeaderValue {
    HeaderValue::try_from(tag(version)).unwrap_or_else(|_| HeaderValue::from(version))
}

fn tag(version: u64) -> String {
    format!("\"v{version}\"")
}

/// Which versions a client names (RFC 9110, sections 13.1.1 and 13.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tags {
    /// `*`: whichever there is.
    Any,
    /// Entity tags as they were sent, with quotes and, where weak, with `W/`.
    List(Vec<String>),
}

impl Tags {
    /// Strong comparison, for writes: a weak tag never matches.
    pub fn matches_strongly(&self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::List(tags) => tags.contains(&tag(version)),
        }
    }

    /// Weak comparison, for reads: `W/` is of no account.
    pub fn matches_weakly(&self, version: u64) -> bool {
        let own = tag(version);
        match self {
            Self::Any => true,
            Self::List(tags) => tags.iter().any(|tag| tag.trim_start_matches("W/") == own),
        }
    }
}

/// Reads `If-Match`; None if there is none.
///
/// # Errors
///
/// 400 if it is not `*` or a list of entity tags.
pub fn if_match(headers: &HeaderMap) -> Result<Option<Tags>, Problem> {
    tags(headers, &IF_MATCH)
}

/// Reads `If-None-Match`; None if there is none.
///
/// # Errors
///
/// 400 if it is not `*` or a list of entity tags.
pub fn if_none_match(headers: &HeaderMap) -> Result<Option<Tags>, Problem> {
    tags(headers, &IF_NONE_MATCH)
}

/// Lets a write to an object at `version` pass if there is no `If-Match`, or if it matches.
///
/// # Errors
///
/// 412 if it names other versions only; 400 if it is malformed.
pub fn require_match(headers: &HeaderMap, version: u64) -> Result<(), Problem> {
    match if_match(headers)? {
        Some(tags) if !tags.matches_strongly(version) => Err(Problem::precondition_failed()),
        _ => Ok(()),
    }
}

fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Tags>, Problem> {
    let malformed = || Problem::bad_request(format!("{name} is not a list of entity tags."));
    let mut tags = Vec::new();
    let mut any = false;
    let mut seen = false;
    for value in headers.get_all(name) {
        seen = true;
        let mut rest = value.to_str().map_err(|_| malformed())?.trim();
        if rest == "*" {
            any = true;
            continue;
        }
        while !rest.is_empty() {
            let (tag, after) = split_tag(rest).ok_or_else(malformed)?;
            tags.push(tag.to_owned());
            rest = after;
        }
    }
    match (seen, any, tags.len()) {
        (false, ..) => Ok(None),
        (_, true, 0) => Ok(Some(Tags::Any)),
        (_, false, 1..=MAX_TAGS) => Ok(Some(Tags::List(tags))),
        _ => Err(malformed()),
    }
}

/// One entity tag from the front of a list, and what follows its comma.
fn split_tag(list: &str) -> Option<(&str, &str)> {
    let prefix = if list.starts_with("W/") { 2 } else { 0 };
    let opaque = list[prefix..].strip_prefix('"')?;
    let end = opaque.find('"')?;
    let valid = opaque[..end]
        .bytes()
        .all(|byte| byte == 0x21 || byte > 0x22 && byte != 0x7f);
    let (tag, after) = list.split_at(prefix + end + 2);
    let after = after.trim_start();
    let after = if after.is_empty() {
        after
    } else {
        after.strip_prefix(',')?.trim_start()
    };
    valid.then_some((tag, after))
}

/// Reads `Idempotency-Key`: 1–255 visible ASCII characters, taken as they are; None if there is
/// none.
///
/// # Errors
///
/// 400 if it is empty, longer, has other characters, or comes more than once.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Problem::bad_request(
            "There is more than one Idempotency-Key.",
        ));
    }
    match value.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(Some(key))
        }
        _ => Err(Problem::bad_request(
            "Idempotency-Key must be 1 to 255 visible ASCII characters.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &HeaderName, values: &[&'static str]) -> HeaderMap {
        values
            .iter()
            .map(|value| (name.clone(), HeaderValue::from_static(value)))
            .collect()
    }

    fn write(values: &[&'static str], version: u64) -> u16 {
        match require_match(&with(&IF_MATCH, values), version) {
            Ok(()) => 200,
            Err(problem) => problem.status().as_u16(),
        }
    }

    #[test]
    fn writes() {
        assert_eq!(etag(3), "\"v3\"");
        assert_eq!(write(&[], 3), 200);
        assert_eq!(write(&["*"], 3), 200);
        assert_eq!(write(&["\"v3\""], 3), 200);
        assert_eq!(write(&["\"a,b\" , \"v3\""], 3), 200);
        assert_eq!(write(&["\"v1\"", "\"v3\""], 3), 200);
        assert_eq!(write(&["\"v2\""], 3), 412);
        assert_eq!(write(&["W/\"v3\""], 3), 412);
        for bad in [
            "",
            "v3",
            "\"v3",
            "\"v3\" \"v4\"",
            "w/\"v3\"",
            "\"a b\"",
            "*, \"v3\"",
        ] {
            assert_eq!(
                write(&[Box::leak(bad.to_owned().into_boxed_str())], 3),
                400,
                "{bad:?}"
            );
        }
        assert_eq!(write(&["*", "\"v3\""], 3), 400);
    }

    #[test]
    fn reads_compare_weakly() {
        let tags = if_none_match(&with(&IF_NONE_MATCH, &["W/\"v3\""]));
        assert_eq!(
            tags.ok().flatten().map(|tags| tags.matches_weakly(3)),
            Some(true)
        );
    }

    #[test]
    fn idempotency_keys() {
        let long: &'static str = "k".repeat(256).leak();
        let read = |values: &[&'static str]| {
            idempotency_key(&with(&IDEMPOTENCY_KEY, values))
                .map(|key| key.map(str::len))
                .map_err(|_| ())
        };
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["a-1"]), Ok(Some(3)));
        assert_eq!(read(&[&long[..255]]), Ok(Some(255)));
        for bad in [&[""][..], &[long], &["a b"], &["a", "a"]] {
            assert_eq!(read(bad), Err(()), "{bad:?}");
        }
    }
}

//! Query strings with one reading only.

mod decode;
mod value;

use std::collections::HashSet;

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::json::JsonFault;
use crate::problem::Problem;
use value::Pairs;

/// Most parameters in one query string.
pub const MAX_PARAMETERS: usize = 100;

/// Extracts a query string into a struct, and refuses what two programs might read differently.
///
/// Each parameter may come once, must be a field of `T`, and must be valid percent-encoded UTF-8
/// without NUL. Numbers, booleans (`true`, `false`), strings, unit enums and options of these are
/// understood; a parameter without a value is the empty string. All faults are answered with 400,
/// naming the parameter in the member `field`.
///
/// ```
/// use http_kit::StrictQuery;
///
/// #[derive(serde::Deserialize)]
/// struct Page {
///     limit: Option<u32>,
/// }
///
/// async fn list(query: StrictQuery<Page>) -> String {
///     query.value.limit.unwrap_or(50).to_string()
/// }
/// # let _: axum::Router = axum::Router::new().route("/", axum::routing::get(list));
/// ```
#[derive(Clone, Debug)]
pub struct StrictQuery<T> {
    /// What the query says.
    pub value: T,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for StrictQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = parse_query(parts.uri.query().unwrap_or_default())?;
        Ok(Self { value })
    }
}

/// Extracts the decoded parameters of a query string in their order, with repetitions, for
/// dialects whose vendors repeat or nest them. Encoding and number are checked as above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryPairs(pub Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for QueryPairs {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        query_pairs(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// Decodes a query string into its parameters, in their order and with repetitions.
///
/// # Errors
///
/// 400 for percent-encoding or UTF-8 that is invalid, NUL, and more than [`MAX_PARAMETERS`].
pub fn query_pairs(query: &str) -> Result<Vec<(String, String)>, Problem> {
    let mut pairs = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        if pairs.len() == MAX_PARAMETERS {
            return Err(Problem::bad_request("There are too many parameters."));
        }
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let decoded = decode::decode(name).zip(decode::decode(value));
        let Some(pair) = decoded else {
            return Err(Problem::bad_request(
                "The query is not valid percent-encoded UTF-8.",
            ));
        };
        pairs.push(pair);
    }
    Ok(pairs)
}

/// Reads a query string as [`StrictQuery`] does.
///
/// # Errors
///
/// 400, see [`StrictQuery`].
pub fn parse_query<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let pairs = query_pairs(query)?;
    let mut seen = HashSet::new();
    for (name, _) in &pairs {
        if !seen.insert(name.as_str()) {
            return Err(refusal(
                "A parameter is there twice.",
                JsonFault::DuplicateKey,
                name,
            ));
        }
    }
    let read = serde_path_to_error::deserialize(Pairs(&pairs));
    read.map_err(|error| {
        let text = error.inner().to_string();
        let (fault, field) = crate::json::classify(&text);
        let path = error.path().to_string();
        refusal(&text, fault, field.unwrap_or(&path))
    })
}

fn refusal(text: &str, fault: JsonFault, field: &str) -> Problem {
    let cut = |text: &str| text[..text.floor_char_boundary(200)].to_owned();
    Problem::bad_request(cut(text))
        .with("fault", fault.as_str())
        .with("field", cut(field))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Order {
        Up,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Filter {
        from: String,
        limit: Option<u32>,
        all: Option<bool>,
        order: Option<Order>,
        #[serde(rename = "a b")]
        odd: Option<i64>,
    }

    fn fault(query: &str) -> String {
        match parse_query::<Filter>(query) {
            Ok(filter) => format!("{query}: accepted as {filter:?}"),
            Err(problem) => {
                let member = |name| problem.extension(name).cloned().unwrap_or_default();
                let detail = problem.detail_text().unwrap_or_default();
                format!("{query}: {} {} {detail}", member("field"), member("fault"))
            }
        }
    }

    #[test]
    fn values_are_typed() {
        let all = "from=2026-01-01T00%3A00%2B01:00&limit=5&all=true&order=up&a+b=-1";
        let expected = Filter {
            from: "2026-01-01T00:00+01:00".to_owned(),
            limit: Some(5),
            all: Some(true),
            order: Some(Order::Up),
            odd: Some(-1),
        };
        assert_eq!(parse_query::<Filter>(all), Ok(expected));
        let least = parse_query::<Filter>("from&").map(|filter| (filter.from, filter.limit));
        assert_eq!(least, Ok((String::new(), None)));
    }

    #[test]
    fn faults_name_their_parameter() {
        let queries = [
            "from=a&from=b",
            "from=a&%66rom=b",
            "from=a&frm=b",
            "limit=1",
            "from=a&limit=x",
            "from=a&limit=-1",
            "from=a&all=1",
            "from=a&order=down",
            "from=%zz",
            "from=%ff",
            "from=%00",
            "from=%",
        ];
        insta::assert_snapshot!(queries.map(fault).join("\n"), @r#"
        from=a&from=b: "from" "duplicate-key" A parameter is there twice.
        from=a&%66rom=b: "from" "duplicate-key" A parameter is there twice.
        from=a&frm=b: "frm" "unknown-field" unknown field `frm`, expected one of `from`, `limit`, `all`, `order`, `a b`
        limit=1: "from" "missing-field" missing field `from`
        from=a&limit=x: "limit" "invalid-value" invalid value: string "x", expected a whole number, not negative
        from=a&limit=-1: "limit" "invalid-value" invalid value: string "-1", expected a whole number, not negative
        from=a&all=1: "all" "invalid-value" invalid value: string "1", expected true or false
        from=a&order=down: "order" "invalid-value" unknown variant `down`, expected `up`
        from=%zz: null null The query is not valid percent-encoded UTF-8.
        from=%ff: null null The query is not valid percent-encoded UTF-8.
        from=%00: null null The query is not valid percent-encoded UTF-8.
        from=%: null null The query is not valid percent-encoded UTF-8.
        "#);
    }

    #[test]
    fn pairs_keep_order_and_repetition() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let pairs = query_pairs("a[]=1&&a[]=2&b");
        assert_eq!(
            pairs,
            Ok(vec![pair("a[]", "1"), pair("a[]", "2"), pair("b", "")])
        );
        assert!(query_pairs(&"a&".repeat(101)).is_err());
    }
}

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::*;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape matters")]
struct Booking {
    resource: i64,
    #[serde(default)]
    guests: Vec<Guest>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape matters")]
struct Guest {
    name: String,
}

fn verdict<T: DeserializeOwned>(body: &[u8]) -> String {
    let shown: String = String::from_utf8_lossy(body)
        .replace('\0', "<NUL>")
        .replace('\n', "<LF>")
        .replace('\u{feff}', "<BOM>")
        .chars()
        .take(44)
        .collect();
    match parse_strict::<T>(body) {
        Ok(_) => format!("{shown} -> accepted"),
        Err(error) => {
            let fault = error.fault().as_str();
            format!("{shown} -> {fault} at {:?}: {error}", error.pointer())
        }
    }
}

#[test]
fn documents_with_two_readings_are_refused() {
    let documents: [&[u8]; 20] = [
        b"",
        b" \n",
        b"{",
        b"{} {}",
        b"[1,]",
        b"\"\xff\"",
        b"\xef\xbb\xbf{}",
        br#"{"a":1,"a":1}"#,
        br#"{"a":1,"\u0061":1}"#,
        br#"[{"x/y":{"k":1,"k":2}}]"#,
        br#"{"a":"\u0000"}"#,
        br#"{"a\u0000":1}"#,
        b"\"\0\"",
        br#"["\ud800"]"#,
        br#"["\udc00\ud800"]"#,
        b"1e999",
        b"-1e999",
        b"NaN",
        b"01",
        br#"{"__proto__":{},"a":[null,true,-1.5e3,"\ud83d\ude00"]}"#,
    ];
    insta::assert_snapshot!(documents.map(verdict::<Value>).join("\n"), @r#"
     -> empty at "": the body is empty
     <LF> -> empty at "": the body is empty
    { -> malformed at "": EOF while parsing an object at line 1 column 1
    {} {} -> malformed at "": trailing characters at line 1 column 4
    [1,] -> malformed at "/1": trailing comma at line 1 column 4
    "�" -> not-utf-8 at "": the body is not valid UTF-8
    <BOM>{} -> malformed at "": expected value at line 1 column 1
    {"a":1,"a":1} -> duplicate-key at "/a": a key is there twice at line 1 column 10
    {"a":1,"\u0061":1} -> duplicate-key at "/a": a key is there twice at line 1 column 15
    [{"x/y":{"k":1,"k":2}}] -> duplicate-key at "/0/x~1y/k": a key is there twice at line 1 column 18
    {"a":"\u0000"} -> nul-character at "/a": there is a NUL character at line 1 column 13
    {"a\u0000":1} -> nul-character at "": there is a NUL character at line 1 column 10
    "<NUL>" -> malformed at "": control character (\u0000-\u001F) found while parsing a string at line 1 column 2
    ["\ud800"] -> malformed at "/0": unexpected end of hex escape at line 1 column 9
    ["\udc00\ud800"] -> malformed at "/0": lone leading surrogate in hex escape at line 1 column 8
    1e999 -> malformed at "": number out of range at line 1 column 5
    -1e999 -> malformed at "": number out of range at line 1 column 6
    NaN -> malformed at "": expected value at line 1 column 1
    01 -> malformed at "": invalid number at line 1 column 2
    {"__proto__":{},"a":[null,true,-1.5e3,"\ud83 -> accepted
    "#);
}

#[test]
fn faults_of_type_name_their_field() {
    let documents: [&[u8]; 8] = [
        br#"{"resource":1}"#,
        br#"{"resource":1,"guests":[{"name":"a"},{"name":"b","nmae":"c"}]}"#,
        br#"{"resource":1,"a`b":2}"#,
        br#"{"guests":[]}"#,
        br#"{"resource":1,"guests":[{}]}"#,
        br#"{"resource":"1"}"#,
        br#"{"resource":1.5}"#,
        br#"{"resource":92233720368547758070}"#,
    ];
    insta::assert_snapshot!(documents.map(verdict::<Booking>).join("\n"), @r#"
    {"resource":1} -> accepted
    {"resource":1,"guests":[{"name":"a"},{"name" -> unknown-field at "/guests/1/nmae": unknown field `nmae`, expected `name` at line 1 column 55
    {"resource":1,"a`b":2} -> unknown-field at "/a`b": unknown field `a`b`, expected `resource` or `guests` at line 1 column 19
    {"guests":[]} -> missing-field at "/resource": missing field `resource` at line 1 column 13
    {"resource":1,"guests":[{}]} -> missing-field at "/guests/0/name": missing field `name` at line 1 column 26
    {"resource":"1"} -> invalid-value at "/resource": invalid type: string "1", expected i64 at line 1 column 15
    {"resource":1.5} -> invalid-value at "/resource": invalid type: floating point `1.5`, expected i64 at line 1 column 15
    {"resource":92233720368547758070} -> invalid-value at "/resource": invalid type: floating point `9.223372036854776e+19`, expected i64 at line 1 column 32
    "#);
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse_strict::<Value>(nested(MAX_DEPTH).as_bytes()).is_ok());
    for depth in [MAX_DEPTH + 1, 100_000] {
        let fault = parse_strict::<Value>(nested(depth).as_bytes())
            .err()
            .map(|error| error.fault());
        assert_eq!(fault, Some(JsonFault::TooDeep));
    }
    let open = parse_strict::<Value>("{\"a\":".repeat(100_000).as_bytes());
    assert_eq!(
        open.err().map(|error| error.fault()),
        Some(JsonFault::TooDeep)
    );
}

#[test]
fn a_problem_names_the_field() {
    let problem = parse_strict::<Booking>(br#"{"resource":1,"a/b":2}"#)
        .err()
        .map(Problem::from);
    let body = problem
        .map(|problem| problem.to_json().to_string())
        .unwrap_or_default();
    insta::assert_snapshot!(body, @r#"{"detail":"unknown field `a/b`, expected `resource` or `guests` at line 1 column 19","fault":"unknown-field","field":"a/b","pointer":"/a~1b","status":400,"title":"The request is malformed.","type":"/problems/bad-request"}"#);
}

#[test]
fn content_types() {
    let of = |value: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, http::HeaderValue::from_static(value));
        is_json(&headers)
    };
    for good in [
        "application/json",
        "Application/JSON; charset=UTF-8",
        "application/json;charset=\"utf-8\"",
        "application/merge-patch+json",
    ] {
        assert!(of(good), "{good}");
    }
    for bad in [
        "text/json",
        "text/plain",
        "application/json; charset=utf-16",
        "text/x+json",
        "",
    ] {
        assert!(!of(bad), "{bad}");
    }
}

fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        "[^\0]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec(("[^\0]{0,4}", inner), 0..6)
                .prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn agrees_with_serde_json(document in documents(), pretty in any::<bool>()) {
        let text = if pretty { format!("{document:#}") } else { document.to_string() };
        let expected = serde_json::from_str::<Value>(&text).ok();
        prop_assert_eq!(parse_strict::<Value>(text.as_bytes()).ok(), expected);
    }

    #[test]
    fn any_bytes_are_accepted_only_if_serde_json_accepts_them(
        bytes in proptest::collection::vec(prop_oneof![
            proptest::sample::select(&b"{}[]\":,\\u0d8aef1.-+ \nntruefals"[..]),
            any::<u8>(),
        ], 0..40),
    ) {
        if let Ok(value) = parse_strict::<Value>(&bytes) {
            prop_assert_eq!(serde_json::from_slice::<Value>(&bytes).ok(), Some(value));
        }
    }

    #[test]
    fn a_repeated_key_is_found_wherever_it_is(document in documents(), key in "[a-z]{0,4}") {
        let name = Value::from(key.as_str());
        let text = format!("{{\"outer\":[{{{name}:{document},\"Z\":{document},{name}:1}}]}}");
        let error = parse_strict::<Value>(text.as_bytes()).err();
        let found = error.map(|error| (error.fault(), error.pointer().to_owned()));
        prop_assert_eq!(found, Some((JsonFault::DuplicateKey, format!("/outer/0/{key}"))));
    }
}

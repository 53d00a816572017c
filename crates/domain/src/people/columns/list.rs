//! Several values in one cell, with semicolons between them.

/// The values as one text. One that has a semicolon or a quotation mark stands in quotation marks, doubled inside.
pub(super) fn join(values: impl Iterator<Item = String>) -> String {
    let quoted = |value: String| {
        if value.contains([';', '"']) {
            format!("\"{}\"", value.replace('"', "\"\""))
        } else {
            value
        }
    };
    values.map(quoted).collect::<Vec<_>>().join(";")
}

/// The values of a text, without white space around them, empty ones and those that were there before.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (value, after) = if let Some(inside) = rest.strip_prefix('"') {
            quoted(inside)
        } else {
            let (value, after) = rest.split_once(';').unwrap_or((rest, ""));
            (value.to_owned(), after)
        };
        let value = value.trim().to_owned();
        if !value.is_empty() && !values.contains(&value) {
            values.push(value);
        }
        rest = after.trim_start();
    }
    values
}

/// The value up to its closing quotation mark, and what follows its semicolon.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (inside, after) = rest.split_once('"').unwrap_or((rest, ""));
        value.push_str(inside);
        match after.strip_prefix('"') {
            Some(more) => {
                value.push('"');
                rest = more;
            }
            None => return (value, after.split_once(';').map_or("", |(_, after)| after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_told_apart_by_semicolons() {
        assert_eq!(
            split(" a; b c ;;a;\"d;e\" ; \"f\"\"g\""),
            ["a", "b c", "d;e", "f\"g"]
        );
        assert!(split(" ; ").is_empty());
        assert_eq!(split("\"never closed; "), ["never closed;"]);
    }

    proptest! {
        #[test]
        fn what_is_joined_is_told_apart_again(values in prop::collection::vec("[ab;\"][ab; \"]{0,3}[ab;\"]", 0..5)) {
            let mut expected: Vec<String> = Vec::new();
            for value in &values {
                if !expected.contains(value) {
                    expected.push(value.clone());
                }
            }
            prop_assert_eq!(split(&join(values.into_iter())), expected);
        }
    }
}

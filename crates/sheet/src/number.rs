//! Numbers as people write them.

/// The text of a number: without a decimal point where it is whole, so that 4711 stays `4711`.
pub(crate) fn text(value: f64) -> String {
    // `Display` writes the shortest digits that mean the same number, never an exponent, and no `.0`.
    if value == 0.0 {
        "0".into()
    } else if value.abs() < 1e21 {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// The text of a number that is written in some form, such as `4.711E3`; what is no number stays as it is.
pub(crate) fn normal(written: &str) -> String {
    let digits = written.strip_prefix('-').unwrap_or(written);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole {
        return written.to_owned();
    }
    let value = written
        .parse::<f64>()
        .ok()
        .filter(|value| value.is_finite());
    value.map_or_else(|| written.to_owned(), text)
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn numbers_are_written_as_people_do() {
        let cases = [
            ("4711", "4711"),
            ("4711.0", "4711"),
            ("4.711E3", "4711"),
            ("0.10", "0.1"),
            ("-0.0", "0"),
            ("1e300", "1e300"),
            ("007", "007"),
            ("n/a", "n/a"),
            ("NaN", "NaN"),
        ];
        for (written, expected) in cases {
            assert_eq!(normal(written), expected);
        }
    }
}

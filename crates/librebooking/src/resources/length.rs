//! Lengths of time in requests: `1d2h30m`, or a number of seconds.

/// Where to round what is no whole minute, so that a rule is never laxer than it was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// For a minimum.
    Up,
    /// For a maximum.
    Down,
}

/// The minutes of a length; none if it is none, or too long to be meant.
pub fn minutes(text: &str, round: Round) -> Option<u32> {
    let text = text.trim().to_ascii_lowercase();
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => parts(&text)?,
    };
    let minutes = match round {
        Round::Up => seconds.div_ceil(60),
        Round::Down => seconds / 60,
    };
    u32::try_from(minutes).ok()
}

/// Days, hours and minutes in this order, each at most once.
fn parts(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut sum: u64 = 0;
    for (unit, seconds) in [('d', 86_400), ('h', 3_600), ('m', 60)] {
        if let Some((number, after)) = rest.split_once(unit) {
            let number: u64 = number.trim().parse().ok()?;
            sum = sum.checked_add(number.checked_mul(seconds)?)?;
            rest = after;
        }
    }
    (rest.trim().is_empty() && !text.is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_never_make_a_rule_laxer() {
        let up = |text| minutes(text, Round::Up);
        assert_eq!(up("1d2h30m"), Some(1440 + 150));
        assert_eq!(up("0D1H0M"), Some(60));
        assert_eq!(up("2h"), Some(120));
        assert_eq!(up("3600"), Some(60));
        assert_eq!((up("61"), minutes("61", Round::Down)), (Some(2), Some(1)));
        assert_eq!(up("0d0h0m"), Some(0));
        for text in [
            "",
            " ",
            "x",
            "1y",
            "foo",
            "1m2h",
            "1d1d",
            "-1d",
            "-5",
            "1.5",
            "d",
            "1h30",
            "99999999999999999999",
            "4294967296d",
        ] {
            assert_eq!(up(text), None, "{text}");
        }
    }
}

//! Durations, weekdays and colours as `LibreBooking` writes them.

/// A number of seconds as minutes, rounded up; none for none or none at all.
pub(super) fn minutes_up(seconds: Option<i64>) -> Option<u32> {
    let seconds = u32::try_from(seconds?)
        .ok()
        .filter(|seconds| *seconds > 0)?;
    Some(seconds.div_ceil(60))
}

/// A number of seconds as minutes, rounded down.
pub(super) fn minutes_down(seconds: Option<i64>) -> Option<u32> {
    let seconds = u32::try_from(seconds?)
        .ok()
        .filter(|seconds| *seconds >= 60)?;
    Some(seconds / 60)
}

/// A positive number.
pub(super) fn positive(number: Option<i64>) -> Option<u32> {
    u32::try_from(number?).ok().filter(|number| *number > 0)
}

/// The ISO weekday of one of PHP's, 0 for Sunday.
pub(super) fn weekday(php: i64) -> Option<u8> {
    match php {
        0 => Some(7),
        1..=6 => u8::try_from(php).ok(),
        _ => None,
    }
}

/// The ISO weekdays of a list such as `1,2,3`; all seven are none.
pub(super) fn weekdays(list: Option<&str>) -> Vec<u8> {
    let mut days: Vec<u8> = list
        .unwrap_or_default()
        .split(',')
        .filter_map(|day| weekday(day.trim().parse().ok()?))
        .collect();
    days.sort_unstable();
    days.dedup();
    if days.len() == 7 {
        days.clear();
    }
    days
}

/// A colour as `#rrggbb`, of one with or without `#`.
pub(super) fn color(text: Option<&str>) -> Option<String> {
    let hex = text?.trim().trim_start_matches('#');
    let is_hex = hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| format!("#{}", hex.to_ascii_lowercase()))
}

/// `en_us` as the BCP 47 tag `en-US`.
pub(super) fn language(text: Option<&str>) -> Option<String> {
    let (language, region) = match text?.split_once('_') {
        Some((language, region)) => (language, Some(region)),
        None => (text?, None),
    };
    let letters =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !letters(language) || !region.is_none_or(letters) {
        return None;
    }
    let language = language.to_ascii_lowercase();
    Some(match region {
        Some(region) => format!("{language}-{}", region.to_ascii_uppercase()),
        None => language,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_never_become_a_laxer_rule() {
        assert_eq!(minutes_up(Some(3601)), Some(61));
        assert_eq!(minutes_down(Some(3659)), Some(60));
        assert_eq!(
            (minutes_up(Some(0)), minutes_up(None), minutes_up(Some(-5))),
            (None, None, None)
        );
    }

    #[test]
    fn weekdays_begin_with_sunday_there_and_end_with_it_here() {
        assert_eq!(weekdays(Some("0,1, 6,9")), [1, 6, 7]);
        assert_eq!(weekdays(Some("0,1,2,3,4,5,6")), Vec::<u8>::new());
    }

    #[test]
    fn colours_and_languages_have_one_form() {
        assert_eq!(color(Some("FFcc00")).as_deref(), Some("#ffcc00"));
        assert_eq!(color(Some("red")), None);
        assert_eq!(language(Some("en_us")).as_deref(), Some("en-US"));
        assert_eq!(language(Some("de")).as_deref(), Some("de"));
        assert_eq!(language(Some("../x")), None);
    }
}

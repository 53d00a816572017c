//! From RFC 5545 text to a rule, refusing by name what we do not support.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Weekday};

use super::error::RuleError;
use super::rule::{DayOfMonth, End, Every, Monthly, Nth, Pattern, Rule, Skip, Weekdays};
use super::value;
use crate::time::Zone;

/// The most dates a rule may add, and the most it may exclude.
pub const MAX_DATES: usize = 750;

/// The longest text in bytes; a rule with all its dates needs 14,000.
const MAX_LENGTH: usize = 32_768;

/// The first occurrence, which supplies what the text leaves out.
#[derive(Clone, Copy)]
struct Anchor<'a> {
    start: Date,
    zone: &'a Zone,
}

impl Rule {
    /// Reads a rule as a client wrote it, for a series that starts at `start` on the clock of `zone`.
    ///
    /// The text is the value of an `RRULE`, with or without that name in front, and may be followed by lines with
    /// `RDATE` and `EXDATE`. Names and values may be in lower case. Supported are `FREQ` (`DAILY` to `YEARLY`),
    /// `INTERVAL`, `COUNT`, `UNTIL`, `WKST`, and
    /// - with `WEEKLY`, `BYDAY` (else the weekday of the start);
    /// - with `MONTHLY`, `BYMONTHDAY` with one day, or `BYDAY` with one weekday and its ordinal (`2TU`, `-1FR`, or `TU`
    ///   and `BYSETPOS=2`), else the day of the start;
    /// - with `YEARLY`, `BYMONTH`, and `BYMONTHDAY` beside it, if they are the start's, and RFC 7529's
    ///   `RSCALE=GREGORIAN` with `SKIP=OMIT` (as without it) or `SKIP=FORWARD`.
    ///
    /// `UNTIL`, `RDATE` and `EXDATE` mean a civil date. One given as an instant (`…Z`) means the date on the clock of
    /// `zone`; of a time of day no more is used. So an occurrence on the date of `UNTIL` belongs to the series at any
    /// hour, which is more generous than RFC 5545 where the instant lies earlier on that day.
    ///
    /// ```
    /// use domain::recurrence::{End, Rule};
    /// use domain::time::Zone;
    /// let berlin = Zone::parse("Europe/Berlin")?;
    /// let start = jiff::civil::date(2027, 3, 1).at(9, 0, 0, 0);
    /// let rule = Rule::parse("FREQ=WEEKLY;UNTIL=20270331T220000Z", start, &berlin)?;
    /// assert_eq!(rule.end, End::Until(jiff::civil::date(2027, 4, 1)));
    /// assert_eq!(rule.to_string(), "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270401");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(text: &str, start: DateTime, zone: &Zone) -> Result<Self, RuleError> {
        read(
            text,
            Some(Anchor {
                start: start.date(),
                zone,
            }),
        )
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    /// Reads a rule that stands by itself, as [`Display`](std::fmt::Display) writes it: weekly and monthly ones say
    /// their days, and no date is given as an instant.
    fn from_str(text: &str) -> Result<Self, RuleError> {
        read(text, None)
    }
}

impl TryFrom<String> for Rule {
    type Error = RuleError;

    fn try_from(text: String) -> Result<Self, RuleError> {
        text.parse()
    }
}

fn read(text: &str, anchor: Option<Anchor<'_>>) -> Result<Rule, RuleError> {
    if text.len() > MAX_LENGTH {
        return Err(RuleError::TooLong);
    }
    let mut rule = None;
    let (mut also, mut except) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (property, value) = line.split_once(':').unwrap_or(("RRULE", line));
        let property = property.to_ascii_uppercase();
        let (name, parameters) = property.split_once(';').unwrap_or((&property, ""));
        match name {
            "RRULE" if rule.is_some() => {
                return Err(RuleError::Duplicate {
                    part: name.to_owned(),
                });
            }
            "RRULE" if parameters.is_empty() => rule = Some(recurrence(value, anchor)?),
            "RDATE" => dates("RDATE", parameters, value, anchor, &mut also)?,
            "EXDATE" => dates("EXDATE", parameters, value, anchor, &mut except)?,
            _ => {
                return Err(RuleError::Unsupported {
                    part: excerpt(&property),
                });
            }
        }
    }
    let rule = rule.ok_or(RuleError::Missing { part: "FREQ" })?;
    Ok(Rule {
        also,
        except,
        ..rule
    })
}

fn recurrence(text: &str, anchor: Option<Anchor<'_>>) -> Result<Rule, RuleError> {
    let mut parts = Parts::read(text)?;
    let pattern = pattern(&mut parts, anchor)?;
    let every = match parts.take("INTERVAL") {
        Some(text) => value::number(&text)
            .and_then(Every::new)
            .ok_or_else(|| invalid("INTERVAL", &text))?,
        None => Every::ONE,
    };
    let end = match (parts.take("COUNT"), parts.take("UNTIL")) {
        (Some(_), Some(_)) => return Err(RuleError::CountAndUntil),
        (Some(text), None) => value::number(&text)
            .and_then(NonZeroU32::new)
            .map(End::Count)
            .ok_or_else(|| invalid("COUNT", &text))?,
        (None, Some(text)) => value::date(&text, anchor.map(|anchor| anchor.zone))
            .map(End::Until)
            .ok_or_else(|| invalid("UNTIL", &text))?,
        (None, None) => {
            parts.finish()?;
            return Err(RuleError::Unbounded);
        }
    };
    parts.finish()?;
    Ok(Rule::new(pattern, every, end))
}

fn pattern(parts: &mut Parts, anchor: Option<Anchor<'_>>) -> Result<Pattern, RuleError> {
    let frequency = parts
        .take("FREQ")
        .ok_or(RuleError::Missing { part: "FREQ" })?;
    // Without weeks it has no meaning, and does no harm.
    let week_start = match parts.take("WKST") {
        Some(text) => value::weekday(&text).ok_or_else(|| invalid("WKST", &text))?,
        None => Weekday::Monday,
    };
    match frequency.as_str() {
        "DAILY" => Ok(Pattern::Daily),
        "WEEKLY" => Ok(Pattern::Weekly {
            days: weekdays(parts, anchor)?,
            week_start,
        }),
        "MONTHLY" => monthly(parts, anchor).map(Pattern::Monthly),
        "YEARLY" => yearly(parts, anchor),
        _ => Err(invalid("FREQ", &frequency)),
    }
}

fn weekdays(parts: &mut Parts, anchor: Option<Anchor<'_>>) -> Result<Weekdays, RuleError> {
    let Some(text) = parts.take("BYDAY") else {
        let anchor = anchor.ok_or(RuleError::Missing { part: "BYDAY" })?;
        return Ok(Weekdays::only(anchor.start.weekday()));
    };
    text.split(',')
        .map(value::weekday)
        .collect::<Option<Vec<_>>>()
        .and_then(Weekdays::new)
        .ok_or_else(|| invalid("BYDAY", &text))
}

fn monthly(parts: &mut Parts, anchor: Option<Anchor<'_>>) -> Result<Monthly, RuleError> {
    if let Some(text) = parts.take("BYMONTHDAY") {
        let day = value::number(&text).and_then(DayOfMonth::new);
        return day
            .map(Monthly::OnDay)
            .ok_or_else(|| invalid("BYMONTHDAY", &text));
    }
    let Some(text) = parts.take("BYDAY") else {
        let anchor = anchor.ok_or(RuleError::Missing { part: "BYMONTHDAY" })?;
        return Ok(Monthly::OnDay(DayOfMonth::of(anchor.start)));
    };
    let (ordinal, weekday) = value::nth_weekday(&text).ok_or_else(|| invalid("BYDAY", &text))?;
    let nth = if let Some(ordinal) = ordinal {
        Nth::new(ordinal).ok_or_else(|| invalid("BYDAY", &text))?
    } else {
        // Without a position it is every Tuesday of the month: a weekly rule in disguise.
        let position = parts
            .take("BYSETPOS")
            .ok_or_else(|| invalid("BYDAY", &text))?;
        value::signed(&position)
            .and_then(Nth::new)
            .ok_or_else(|| invalid("BYSETPOS", &position))?
    };
    Ok(Monthly::OnNth(nth, weekday))
}

/// With `BYMONTHDAY` alone a yearly rule would repeat each month (RFC 5545 3.3.10), so it is left over and refused.
fn yearly(parts: &mut Parts, anchor: Option<Anchor<'_>>) -> Result<Pattern, RuleError> {
    if let (Some(anchor), Some(month)) = (anchor, parts.take("BYMONTH")) {
        if number_is(&month, anchor.start.month()) {
            if let Some(day) = parts.take("BYMONTHDAY")
                && !number_is(&day, anchor.start.day())
            {
                return Err(invalid("BYMONTHDAY", &day));
            }
        } else {
            return Err(invalid("BYMONTH", &month));
        }
    }
    Ok(Pattern::Yearly { skip: skip(parts)? })
}

/// `SKIP` means something beside `RSCALE` only (RFC 7529 4.1), so it is left over and refused without.
fn skip(parts: &mut Parts) -> Result<Skip, RuleError> {
    let Some(scale) = parts.take("RSCALE") else {
        return Ok(Skip::Omit);
    };
    if scale != "GREGORIAN" {
        return Err(invalid("RSCALE", &scale));
    }
    match parts.take("SKIP").as_deref() {
        None | Some("OMIT") => Ok(Skip::Omit),
        Some("FORWARD") => Ok(Skip::Forward),
        Some(other) => Err(invalid("SKIP", other)),
    }
}

fn number_is(text: &str, expected: i8) -> bool {
    value::number(text).and_then(|number| i8::try_from(number).ok()) == Some(expected)
}

fn dates(
    part: &'static str,
    parameters: &str,
    text: &str,
    anchor: Option<Anchor<'_>>,
    into: &mut BTreeSet<Date>,
) -> Result<(), RuleError> {
    let zone = anchor.map(|anchor| anchor.zone);
    for parameter in parameters
        .split(';')
        .filter(|parameter| !parameter.is_empty())
    {
        let known = match parameter.split_once('=') {
            Some(("VALUE", kind)) => kind == "DATE" || kind == "DATE-TIME",
            // In another zone the same date would be another day.
            Some(("TZID", name)) => zone.is_some_and(|zone| zone.name().eq_ignore_ascii_case(name)),
            _ => false,
        };
        if !known {
            return Err(RuleError::Unsupported {
                part: excerpt(parameter),
            });
        }
    }
    for text in text.to_ascii_uppercase().split(',') {
        into.insert(value::date(text, zone).ok_or_else(|| invalid(part, text))?);
        if into.len() > MAX_DATES {
            return Err(RuleError::TooLong);
        }
    }
    Ok(())
}

fn invalid(part: &'static str, value: &str) -> RuleError {
    RuleError::Invalid {
        part,
        value: excerpt(value),
    }
}

fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

/// The parts of an `RRULE` that nobody has asked for yet.
struct Parts(Vec<(String, String)>);

impl Parts {
    fn read(text: &str) -> Result<Self, RuleError> {
        let mut parts: Vec<(String, String)> = Vec::new();
        for part in text.to_ascii_uppercase().split(';') {
            let malformed = || RuleError::Malformed {
                text: excerpt(part),
            };
            let (name, value) = part.split_once('=').ok_or_else(malformed)?;
            if name.is_empty() || value.is_empty() {
                return Err(malformed());
            }
            if parts.iter().any(|(known, _)| known == name) {
                return Err(RuleError::Duplicate {
                    part: excerpt(name),
                });
            }
            // More names than the standard has.
            if parts.len() == 14 {
                return Err(RuleError::TooLong);
            }
            parts.push((name.to_owned(), value.to_owned()));
        }
        Ok(Self(parts))
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// What is left is not supported.
    fn finish(self) -> Result<(), RuleError> {
        match self.0.into_iter().next() {
            Some((name, _)) => Err(RuleError::Unsupported {
                part: excerpt(&name),
            }),
            None => Ok(()),
        }
    }
}

//! From a rule to RFC 5545 text.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::{Date, Weekday};

use super::rule::{End, Every, Monthly, Pattern, Rule, Skip};
use super::value::WEEKDAYS;

impl fmt::Display for Rule {
    /// Writes `RRULE:…`, then `RDATE` and `EXDATE` on lines of their own if there are any.
    ///
    /// `UNTIL` is written as a date. RFC 5545 wants it as an instant where the series has a time of day, so an
    /// exporter of calendar files rewrites that part.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RRULE:FREQ=")?;
        f.write_str(match self.pattern {
            Pattern::Daily => "DAILY",
            Pattern::Weekly { .. } => "WEEKLY",
            Pattern::Monthly(_) => "MONTHLY",
            Pattern::Yearly { .. } => "YEARLY",
        })?;
        if self.every != Every::ONE {
            write!(f, ";INTERVAL={}", self.every.get())?;
        }
        match self.pattern {
            Pattern::Weekly { days, week_start } => {
                for (index, day) in days.iter().enumerate() {
                    f.write_str(if index == 0 { ";BYDAY=" } else { "," })?;
                    f.write_str(name(day))?;
                }
                if week_start != Weekday::Monday {
                    write!(f, ";WKST={}", name(week_start))?;
                }
            }
            Pattern::Monthly(Monthly::OnDay(day)) => write!(f, ";BYMONTHDAY={}", day.get())?,
            Pattern::Monthly(Monthly::OnNth(nth, day)) => {
                write!(f, ";BYDAY={}{}", nth.number(), name(day))?;
            }
            Pattern::Yearly {
                skip: Skip::Forward,
            } => f.write_str(";RSCALE=GREGORIAN;SKIP=FORWARD")?,
            Pattern::Daily | Pattern::Yearly { skip: Skip::Omit } => {}
        }
        match self.end {
            End::Count(count) => write!(f, ";COUNT={count}")?,
            End::Until(date) => write!(f, ";UNTIL={}", Compact(date))?,
        }
        dates(f, "RDATE", &self.also)?;
        dates(f, "EXDATE", &self.except)
    }
}

impl From<Rule> for String {
    fn from(rule: Rule) -> Self {
        rule.to_string()
    }
}

fn name(day: Weekday) -> &'static str {
    WEEKDAYS
        .iter()
        .find(|(_, known)| *known == day)
        .map_or("MO", |(name, _)| name)
}

fn dates(f: &mut fmt::Formatter<'_>, property: &str, dates: &BTreeSet<Date>) -> fmt::Result {
    for (index, date) in dates.iter().enumerate() {
        if index == 0 {
            write!(f, "\n{property};VALUE=DATE:")?;
        } else {
            f.write_str(",")?;
        }
        write!(f, "{}", Compact(*date))?;
    }
    Ok(())
}

/// A date as `20270301`.
struct Compact(Date);

impl fmt::Display for Compact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}{:02}{:02}",
            self.0.year(),
            self.0.month(),
            self.0.day()
        )
    }
}

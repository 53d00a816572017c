//! Which dates the slots are asked for.

use domain::catalog::Schedule;
use domain::time::{civil, day_start};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::access::Caller;
use crate::answer::Fault;
use crate::dispatch::Call;

/// The most days of one answer.
const MOST_DAYS: usize = 366;

/// The dates that are asked for, on the caller's clock: from that of the start to the last that begins less than a day
/// after the end. Without a start, or an end, they are those that the schedule shows first.
///
/// # Errors
/// 400 for what is no date, and for too many of them.
pub fn dates(call: &Call, caller: &Caller, schedule: &Schedule) -> Result<Vec<Date>, Fault> {
    let zone = caller.zone();
    let given = call.instant(caller, "startDateTime")?;
    let first = match given {
        Some(start) => civil(start, zone).0.date(),
        None => first_shown(schedule, civil(call.app.engine.now(), zone).0.date()),
    };
    let last = if let Some(end) = call.instant(caller, "endDateTime")? {
        let date = civil(end, zone).0.date();
        let midnight = day_start(date, zone) == Some(end);
        if midnight {
            date
        } else {
            date.tomorrow().unwrap_or(date)
        }
    } else {
        let more = i64::from(schedule.days_visible.max(1)) - 1;
        first.saturating_add(more.days())
    };
    let all = std::iter::successors(Some(first), |date| date.tomorrow().ok());
    let dates: Vec<Date> = all
        .take(MOST_DAYS + 1)
        .take_while(|date| *date <= last.max(first))
        .collect();
    if dates.len() > MOST_DAYS {
        return Err(Fault::error(format!(
            "There are more than {MOST_DAYS} days; ask for fewer"
        )));
    }
    Ok(dates)
}

/// The first date that a calendar of the schedule shows: the beginning of the week, or the present day where that is
/// set, or where the week's visible days are over.
fn first_shown(schedule: &Schedule, today: Date) -> Date {
    let iso = i64::from(today.weekday().to_monday_one_offset());
    let since = match schedule.week_start {
        0 => 0,
        start => (iso - i64::from(start)).rem_euclid(7),
    };
    if since < i64::from(schedule.days_visible) {
        today.saturating_sub(since.days())
    } else {
        today
    }
}

//! Whether a resource can be booked as long as nobody is there: what a search for free resources asks of many.

use super::{Book, Context, OnConflict, Override, Snapshot, Texts, Wanted};
use crate::recurrence::Occurrence;
use crate::rules;
use crate::time::{CivilSpan, Interval};

/// Whether nothing but other bookings could stand in the caller's way: the resource is in use and theirs to book, its
/// schedule is open, and the policies about time allow it. What depends on the rest of a booking is not asked: texts,
/// quotas, credits, what has to be booked along.
pub fn opens(wanted: Wanted, interval: &Interval, context: &Context, snapshot: &Snapshot) -> bool {
    let book = Book {
        resources: vec![wanted],
        interval: *interval,
        recurrence: None,
        zone: None,
        owner: None,
        texts: Texts::default(),
        on_conflict: OnConflict::Refuse,
        override_rules: Override::No,
    };
    let Some(resource) = snapshot.catalog.resource(wanted.resource) else {
        return false;
    };
    let civil = CivilSpan::of(interval, snapshot.catalog.zone_of(resource));
    let date = Occurrence {
        scheduled: civil.start(),
        interval: *interval,
        civil,
    };
    let drafts = book.draft(context, snapshot, &[date]);
    drafts.is_ok_and(|drafts| rules::opens(&drafts, context, snapshot))
}

//! The one parking place of the demo that is somebody's for good: given to them, and booked without an end.

use anyhow::Context as _;
use domain::catalog::{Resource, ResourceMode};
use domain::decide::{Book, EditObject, OnConflict, Texts, Wanted};
use domain::ids::{ResourceId, UserId};
use domain::people::Actor;
use domain::time::Interval;
use engine::Engine;
use jiff::SignedDuration;
use store::BookingFilter;

use super::content;
use super::people::Colleague;
use crate::catalog::Named;
use crate::commands::execute;

/// Gives the place to the first who drives to it, unless it is given.
///
/// # Errors
/// If something is refused, or the store can not be written.
pub async fn make(engine: &Engine, admin: &Actor, people: &[Colleague]) -> anyhow::Result<()> {
    let catalog = engine.catalog(admin.organisation)?;
    let place = Resource::named(&catalog, content::ASSIGNED).context("the place is gone")?;
    let mut drivers = people
        .iter()
        .filter(|one| one.in_berlin && !one.user.vehicles.is_empty());
    let driver = drivers.next().context("nobody drives")?;
    let (resource, owner) = (ResourceId(place.id), UserId(driver.user.id));
    let now = engine.now();
    let filter = BookingFilter {
        organisation: admin.organisation,
        from: now,
        to: now + SignedDuration::from_secs(1),
        resources: Some(vec![resource]),
        owner: None,
        include_cancelled: false,
        after: None,
        limit: 1,
    };
    if !engine.store().bookings(&filter).await?.items.is_empty() {
        return give(engine, admin, place.id).await;
    }
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).start_of_day()?;
    let since = day.timestamp() - SignedDuration::from_hours(30 * 24);
    let book = Book {
        resources: vec![Wanted { resource, units: 1 }],
        interval: Interval::new(since, None)?,
        recurrence: None,
        zone: None,
        owner: Some(owner),
        texts: Texts {
            vehicle: Some(driver.user.vehicles.first().map(|vehicle| vehicle.id)),
            ..Texts::default()
        },
        on_conflict: OnConflict::Refuse,
        override_rules: true.into(),
    };
    execute(engine, admin, book).await?;
    give(engine, admin, place.id).await
}

/// Takes the place from all others. It names nobody, so that an export of the demo needs no people.
async fn give(engine: &Engine, admin: &Actor, place: i64) -> anyhow::Result<()> {
    let give = EditObject::<Resource>::new(place, |place, _| {
        place.mode = ResourceMode::Assigned;
        Ok(())
    });
    execute(engine, admin, give).await?;
    Ok(())
}

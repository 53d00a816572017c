//! The job that gives back what nobody checked in to.

use domain::decide::Release;
use domain::ids::OrganisationId;
use domain::people::Actor;
use jiff::ToSpan;
use store::{Executed, StoreError};

use crate::{Engine, Request};

/// Releases the bookings of an organisation that nobody checked in to in time, in the name of an administrator;
/// says how many. Running it twice, or on two servers at once, releases nothing twice: each release decides anew.
///
/// # Errors
/// If the store can not be read or written.
pub async fn release_no_shows(
    engine: &Engine,
    organisation: OrganisationId,
    administrator: &Actor,
) -> Result<usize, StoreError> {
    let catalog = engine.catalog(organisation)?;
    let latest = catalog
        .resources
        .values()
        .map(|resource| catalog.policy_of(resource.id.into()).release_after)
        .max();
    let Some(latest) = latest.filter(|minutes| *minutes > 0) else {
        return Ok(0);
    };
    let now = engine.now();
    // A day's grace, so that what fell due while the server was down is released once it is back.
    let from = now - i64::from(latest).minutes() - 24.hours();
    let actor = Engine::as_job(administrator);
    let mut released = 0;
    for booking in engine
        .store()
        .begun_between(organisation, from, now)
        .await?
    {
        let due = booking
            .resource_ids()
            .any(|id| catalog.policy_of(id).release_after > 0);
        if due && booking.state == domain::booking::State::Confirmed {
            let command = Release {
                booking: booking.id,
            };
            let outcome = engine
                .execute(&actor, command, Request::plain("release"))
                .await?;
            if let Executed::Fresh(Ok(after), _) = outcome {
                released += usize::from(after.state == domain::booking::State::Released);
            }
        }
    }
    Ok(released)
}

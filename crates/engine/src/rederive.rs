//! The job that brings future bookings to new rules of their time zones, before a server of a new version serves.

use domain::decide::{Rederive, Rederived};
use domain::ids::{BookingId, OrganisationId};
use domain::people::Actor;
use jiff::Timestamp;
use store::{BookingFilter, Executed, StoreError};

use crate::{Engine, Request, operator};

/// How many bookings move in one transaction.
const BATCH: usize = 100;
/// How many bookings are read at once.
const PAGE: usize = 500;

/// What became of an organisation's future bookings.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The version of the time-zone database by which they had their instants.
    pub from: String,
    /// What moved, and what overlaps now.
    pub bookings: Rederived,
}

/// A booking that moves.
struct Mover {
    id: BookingId,
    start: Timestamp,
    back: bool,
}

/// Moves the future bookings of each organisation whose instants were derived by another version of the time-zone
/// database, so that they keep their time on the wall clock; says what moved.
///
/// Each booking moves through a command of its own right, with its entry in the journal. Broken off, it is taken up by
/// the next call; run twice, or by two servers at once, it moves nothing twice: each command decides anew.
///
/// # Errors
/// If the store can not be read or written.
pub async fn rederive(engine: &Engine) -> Result<Vec<Moved>, StoreError> {
    let mut all = Vec::new();
    for (organisation, from) in engine.store().other_zones().await? {
        let bookings = rederive_one(engine, organisation).await?;
        engine.store().follows_zones(organisation).await?;
        let to = engine.store().tzdb();
        let (moved, overlapping) = (bookings.moved, bookings.kept.len());
        tracing::info!(%organisation, from, to, moved, overlapping, "future bookings follow the rules of time zones");
        all.push(Moved {
            organisation,
            from,
            bookings,
        });
    }
    Ok(all)
}

async fn rederive_one(
    engine: &Engine,
    organisation: OrganisationId,
) -> Result<Rederived, StoreError> {
    let movers = movers(engine, organisation).await?;
    let actor = Engine::as_job(&operator(engine, organisation)?);
    // Each into a place that whoever moves the same way has left.
    let (mut back, mut on): (Vec<Mover>, Vec<Mover>) = movers.into_iter().partition(|m| m.back);
    back.sort_unstable_by_key(|mover| (mover.start, mover.id));
    on.sort_unstable_by_key(|mover| (std::cmp::Reverse(mover.start), mover.id));
    let mut done = Rederived {
        moved: 0,
        kept: Vec::new(),
    };
    for batch in back.chunks(BATCH).chain(on.chunks(BATCH)) {
        let bookings = batch.iter().map(|mover| mover.id).collect();
        let moved = carry_out(engine, &actor, Rederive { bookings }).await?;
        for (booking, item) in &moved.kept {
            tracing::warn!(%organisation, %booking, ?item, "it overlaps another since it moved, and is kept");
        }
        done.moved += moved.moved;
        done.kept.extend(moved.kept);
    }
    Ok(done)
}

async fn carry_out(
    engine: &Engine,
    actor: &Actor,
    command: Rederive,
) -> Result<Rederived, StoreError> {
    let request = Request::plain(format!("tzdb {}", engine.store().tzdb()));
    match engine.execute(actor, command, request).await? {
        Executed::Fresh(Ok(moved), _) => Ok(moved),
        other => Err(StoreError::Unavailable(format!(
            "bookings can not be moved: {other:?}"
        ))),
    }
}

/// The future bookings whose instants are not those of their wall clocks.
async fn movers(engine: &Engine, organisation: OrganisationId) -> Result<Vec<Mover>, StoreError> {
    let now = engine.now();
    let mut filter = BookingFilter {
        organisation,
        from: now,
        to: domain::time::LATEST,
        resources: None,
        owner: None,
        include_cancelled: false,
        after: None,
        limit: PAGE,
    };
    let mut movers = Vec::new();
    loop {
        let page = engine.store().bookings(&filter).await?;
        for booking in page.items {
            let start = booking.interval.start();
            let moved = booking.civil.moved_by_new_rules(&booking.interval, now);
            if let Some(to) = moved.ok().flatten() {
                let back = to.start() < start;
                let id = booking.id;
                movers.push(Mover { id, start, back });
            }
        }
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return Ok(movers),
        }
    }
}

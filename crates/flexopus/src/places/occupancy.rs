//! `GET /locations/{location_id}/bookables/occupancy`

use axum::extract::State;
use domain::ids::{AreaId, ResourceId};
use domain::time::Interval;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::area;
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsRead, Caller, Id};
use crate::kept::answered;
use crate::query::Query;
use crate::times::Moment;
use crate::views::{bookable, kind_number};

/// A bookable as sensors see it; its id is one of its own here, and never changes.
#[derive(Serialize)]
struct PlaceView<'a> {
    id: Uuid,
    location_name: &'a str,
    #[serde(rename = "type")]
    kind: u8,
    name: &'a str,
    occupied: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    details: Option<DetailsView>,
}

#[derive(Serialize)]
struct DetailsView {
    booking_current: Option<TimesView>,
    booking_next: Option<TimesView>,
}

#[derive(Serialize)]
struct TimesView {
    from_time: Moment,
    to_time: Option<Moment>,
}

impl From<Interval> for TimesView {
    fn from(interval: Interval) -> Self {
        Self {
            from_time: Moment(interval.start()),
            to_time: interval.end().map(Moment),
        }
    }
}

/// Tells of each bookable of a location whether it is taken just now; with `details`, by a booking of which times, and of
/// which the next one is.
pub async fn list(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Id(id): Id,
    query: Query,
) -> Result<Reply, Fault> {
    area(&caller, id)?;
    let detailed = query.flag("details");
    let question = format!("occupancy of {id}, details {detailed}");
    let answer = async |now| occupancy(&app, &caller, id, detailed, now).await;
    answered(&app, &caller, question, answer).await
}

async fn occupancy(
    app: &App,
    caller: &Caller<BookingsRead>,
    id: i64,
    detailed: bool,
    now: Timestamp,
) -> Result<(Reply, Option<Timestamp>), Fault> {
    let area = area(caller, id)?;
    let (catalog, rights) = (&caller.catalog, caller.rights());
    let mut here: Vec<ResourceId> = catalog.resources_of_area(AreaId(area.id));
    here.retain(|id| bookable(id.0, catalog, &rights).is_some());
    let present = engine::present(app.engine.store(), catalog, &here, now).await?;
    let view = |one: &engine::Present| {
        let resource = catalog.resource(one.resource)?;
        let details = || DetailsView {
            booking_current: one.current.map(TimesView::from),
            booking_next: one.next.map(TimesView::from),
        };
        Some(PlaceView {
            id: resource.uuid,
            location_name: &area.name,
            kind: kind_number(resource.kind)?,
            name: &resource.name,
            occupied: one.current.is_some(),
            details: detailed.then(details),
        })
    };
    let views: Vec<_> = present.iter().filter_map(view).collect();
    let until = present.iter().filter_map(|one| one.until).min();
    Ok((Reply::data(&views)?, until))
}

//! `POST /bookables/availability`
//!
//! Newer than the document that the other endpoints follow; the fields are those that clients send and read.

use axum::extract::State;
use domain::catalog::{Catalog, Object, Resource};
use domain::ids::{AreaId, ResourceId, SiteId};
use domain::time::Interval;
use serde::Serialize;

use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsRead, Caller};
use crate::fields::{Fields, Given};
use crate::query::check;
use crate::views::{BookableView, bookable};

/// The most bookables that may be asked for at once.
const MOST: i64 = 1000;

#[derive(Serialize)]
struct AvailableView<'a> {
    #[serde(flatten)]
    bookable: BookableView<'a>,
    capacity: u32,
    occupied: bool,
}

/// What is asked for; what is none is not asked.
struct Filter {
    window: Interval,
    location: Option<AreaId>,
    building: Option<SiteId>,
    occupied: Option<bool>,
    tags: Vec<String>,
    capacity: Option<u32>,
    most: usize,
}

/// Lists bookables with whether something takes or closes them in a window.
pub async fn list(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    mut fields: Fields,
) -> Result<Reply, Fault> {
    let filter = Filter::read(&app, &caller.catalog, &mut fields)?;
    let (catalog, rights) = (&caller.catalog, caller.rights());
    let wanted = |resource: &Object<Resource>| {
        bookable(resource.id, catalog, &rights).is_some() && filter.wants(resource, catalog)
    };
    let resources = catalog.resources.values().filter(|one| wanted(one));
    let ids: Vec<ResourceId> = resources.map(|one| ResourceId(one.id)).collect();
    let store = app.engine.store();
    let present = engine::occupancy(store, catalog, &ids, filter.window).await?;
    let view = |id: &ResourceId| {
        let resource = catalog.resource(*id)?;
        let occupied = present.free_units(resource, &filter.window) == 0;
        Some(AvailableView {
            bookable: BookableView::with_tags(resource),
            capacity: capacity(resource, catalog),
            occupied,
        })
    };
    let asked = |view: &AvailableView<'_>| {
        let occupied = filter.occupied;
        occupied.is_none_or(|occupied| occupied == view.occupied)
    };
    let views = ids.iter().filter_map(view).filter(asked);
    let views: Vec<_> = views.take(filter.most).collect();
    Reply::data(&views)
}

impl Filter {
    fn read(app: &App, catalog: &Catalog, fields: &mut Fields) -> Result<Self, Fault> {
        let from = fields.time("from");
        let from = fields.required("from", from);
        let to = fields.time("to");
        let to = fields.required("to", to);
        if let (Some(from), Some(to)) = (from, to) {
            check(from, to, app.engine.now(), &mut fields.errors);
        }
        let location = fields.number("location_id").value();
        if location.is_some_and(|id| !catalog.areas.contains(id)) {
            fields.errors.unknown("location_id");
        }
        let building = fields.number("building_id").value();
        if building.is_some_and(|id| !catalog.sites.contains(id)) {
            fields.errors.unknown("building_id");
        }
        let occupied = fields.flag("occupied").value();
        let tags = fields.texts("tags").value().unwrap_or_default();
        let capacity = match fields.number("capacity") {
            Given::Value(least) => u32::try_from(least).ok().or_else(|| {
                fields.errors.must_be("capacity", "at least 0");
                None
            }),
            Given::Not | Given::Null => None,
        };
        let most = fields.number("per_page").value().unwrap_or(MOST);
        if !(1..=MOST).contains(&most) {
            let text = format!("between 1 and {MOST}");
            fields.errors.must_be("per_page", &text);
        }
        fields.finish()?;
        let window = from.and_then(|from| Interval::new(from, to).ok());
        Ok(Self {
            window: window.ok_or(Fault::Failed)?,
            location: location.map(AreaId),
            building: building.map(SiteId),
            occupied,
            tags,
            capacity,
            most: usize::try_from(most).unwrap_or_default(),
        })
    }

    fn wants(&self, resource: &Object<Resource>, catalog: &Catalog) -> bool {
        let in_building = |id: SiteId| {
            let site = catalog.site_of(resource);
            site.is_some_and(|site| SiteId(site.id) == id)
        };
        let tagged = |tag: &String| {
            resource
                .tags
                .iter()
                .any(|held| held.eq_ignore_ascii_case(tag))
        };
        self.location.is_none_or(|id| resource.area == id)
            && self.building.is_none_or(in_building)
            && self.tags.iter().all(tagged)
            && self
                .capacity
                .is_none_or(|least| capacity(resource, catalog) >= least)
    }
}

/// For how many a bookable is: the owner with as many more as may take part, where that is limited, or its units.
fn capacity(resource: &Object<Resource>, catalog: &Catalog) -> u32 {
    let policy = catalog.policy_of(ResourceId(resource.id));
    match policy.max_participants {
        0 => resource.units,
        others => others.saturating_add(1),
    }
}

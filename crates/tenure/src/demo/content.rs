//! The demo's organisation without its people and bookings: two sites, six areas, 120 resources and their rules.

use std::collections::HashMap;
use std::sync::Arc;

use domain::catalog::{
    Accessory, Area, Attribute, Blackout, Catalog, FloorPlan, Object, Organisation, Resource,
    ResourceGroup, ResourceKind, ResourceType, Schedule, Site,
};
use domain::people::{Actor, Group, Quota};
use engine::Engine;
use jiff::Timestamp;
use jiff::civil::Weekday;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::areas::{Layout, areas};
use super::{Touching, together};
use crate::catalog::{Named, ensure};

/// The site in Berlin.
pub const BERLIN: &str = "Berlin";
/// The site in New York.
pub const NEW_YORK: &str = "New York";
/// The room that the credentials name.
pub const ROOM: &str = "Berlin/2nd floor/Spree";
/// The desk that the credentials name.
pub const DESK: &str = "Berlin/2nd floor/Desk 2.01";
/// The parking place beside them that is somebody's for good.
pub const ASSIGNED: &str = "Berlin/2nd floor/Yard 3";

/// The organisation as it is made at first. The terms come last: they tell that everything is there.
///
/// # Errors
/// Never; what is written here fits.
pub fn organisation() -> anyhow::Result<Organisation> {
    of(json!({"name": "Acme Workspaces", "zone": "Europe/Berlin", "currency": "EUR"}))
}

fn of<T: DeserializeOwned>(value: Value) -> anyhow::Result<T> {
    Ok(serde_json::from_value(value)?)
}

/// Makes what is missing of the catalog, the areas' resources last.
///
/// # Errors
/// If something is refused, or the store can not be written.
pub async fn make(engine: &Engine, actor: &Actor) -> anyhow::Result<()> {
    let maker = Maker { engine, actor };
    maker.groups().await?;
    maker.rules().await?;
    maker.places().await?;
    maker.extras().await
}

struct Maker<'a> {
    engine: &'a Engine,
    actor: &'a Actor,
}

impl Maker<'_> {
    async fn one<T: Named>(&self, body: Value) -> anyhow::Result<Arc<Object<T>>> {
        ensure(self.engine, self.actor, of(body)?).await
    }

    /// Makes objects that do not depend on each other, together.
    async fn all<T: Named>(&self, bodies: Vec<Value>) -> anyhow::Result<Vec<Arc<Object<T>>>> {
        together(
            self.engine,
            Touching::Catalog,
            bodies.into_iter().map(|body| self.one(body)),
        )
        .await
    }

    fn catalog(&self) -> anyhow::Result<Arc<Catalog>> {
        Ok(self.engine.catalog(self.actor.organisation)?)
    }

    fn id<T: Named>(&self, key: &str) -> anyhow::Result<i64> {
        let found = T::named(&*self.catalog()?, key).map(|object| object.id);
        found.ok_or_else(|| anyhow::anyhow!("the demo has no {} {key}", T::KIND.name()))
    }

    async fn groups(&self) -> anyhow::Result<()> {
        let leads = self
            .one::<Group>(json!({"name": "Team leads", "roles": ["group_administrator"]}))
            .await?;
        let mut groups = vec![
            json!({"name": "Everyone", "default": true}),
            json!({"name": "Berlin office team", "roles": ["site_manager"]}),
            json!({"name": "New York office team", "roles": ["site_manager"]}),
            json!({"name": "Facilities", "roles": ["resource_administrator", "location_manager"]}),
            json!({"name": "Planners", "roles": ["schedule_administrator"]}),
            json!({"name": "Contractors"}),
        ];
        for team in super::people::TEAMS {
            groups.push(json!({"name": team, "admin_group": leads.id}));
        }
        self.all::<Group>(groups).await?;
        Ok(())
    }

    async fn rules(&self) -> anyhow::Result<()> {
        let planners = self.id::<Group>("Planners")?;
        let weekday = Value::from(half_hours());
        let closed = json!([]);
        let layout = json!({"days": [weekday, weekday, weekday, weekday, weekday, closed, closed]});
        self.all::<Schedule>(vec![
            json!({"name": "Around the clock", "zone": "Europe/Berlin", "default": true}),
            json!({"name": "Office hours Berlin", "zone": "Europe/Berlin", "layouts": [layout.clone()],
                   "peak": {"weekdays": [2, 3, 4], "from": "09:00:00", "to": "16:00:00"}, "admin_group": planners}),
            json!({"name": "Office hours New York", "zone": "America/New_York", "week_start": 7,
                   "layouts": [layout], "max_resources": 5, "admin_group": planners}),
        ])
        .await?;
        self.all::<ResourceType>(vec![
            json!({"name": "Desk", "description": "A desk with a screen"}),
            json!({"name": "Standing desk", "description": "A desk of adjustable height, with two screens"}),
            json!({"name": "Meeting room", "policy": {"max_participants": 20}}),
            json!({"name": "Small room", "description": "For calls; given back when nobody comes",
                   "policy": {"check_in": true, "check_in_before": 10, "release_after": 15, "max_duration": 240}}),
            json!({"name": "Board room", "policy": {"approval": true, "require_title": true, "notice_create": 60}}),
            json!({"name": "Hall", "policy": {"buffer_before": 15, "buffer_after": 15, "require_title": true}}),
            json!({"name": "Parking place", "policy": {"exclusions": [["parking", "parking"]]}}),
            json!({"name": "Charging place", "policy": {"exclusions": [["parking", "parking"]], "max_duration": 600}}),
            json!({"name": "Vehicle", "policy": {"notice_create": 30, "require_note": true, "buffer_after": 30}}),
            json!({"name": "Loan", "policy": {"max_duration": 20160}}),
        ])
        .await?;
        let top = self
            .all::<ResourceGroup>(vec![
                json!({"name": "Workplaces"}),
                json!({"name": "Rooms"}),
                json!({"name": "Mobility"}),
            ])
            .await?;
        let parent = |index: usize| top.get(index).map(|group| group.id);
        self.all::<ResourceGroup>(vec![
            json!({"name": "Quiet zone", "parent": parent(0)}),
            json!({"name": "Team zone", "parent": parent(0)}),
            json!({"name": "Video rooms", "parent": parent(1)}),
            json!({"name": "Cars", "parent": parent(2)}),
            json!({"name": "Bicycles", "parent": parent(2)}),
        ])
        .await?;
        Ok(())
    }

    async fn places(&self) -> anyhow::Result<()> {
        let berlin_team = self.id::<Group>("Berlin office team")?;
        let york_team = self.id::<Group>("New York office team")?;
        let exclusions = json!([["desk", "desk"], ["desk", "home_office"]]);
        self.all::<Site>(vec![
            json!({"name": BERLIN, "zone": "Europe/Berlin", "manager_group": berlin_team,
                   "address": "Uferweg 12, 10178 Berlin", "policy": {"exclusions": exclusions},
                   "tax": {"rate": "19", "treatment": "inclusive"}}),
            json!({"name": NEW_YORK, "zone": "America/New_York", "manager_group": york_team,
                   "address": "240 Hudson Street, New York, NY 10013", "policy": {"exclusions": exclusions},
                   "tax": {"rate": "8.875", "treatment": "exclusive"}}),
        ])
        .await?;
        for area in areas() {
            self.area(area).await?;
        }
        Ok(())
    }

    async fn area(&self, layout: Layout) -> anyhow::Result<()> {
        let plan: &FloorPlan = &layout.drawn.plan;
        let facilities = self.id::<Group>("Facilities")?;
        let area = self
            .one::<Area>(json!({
                "name": layout.name, "site": self.id::<Site>(layout.site)?, "code": layout.code,
                "plan": plan, "manager_group": facilities,
            }))
            .await?;
        let ids = Ids::of(&*self.catalog()?);
        let mut whole: Vec<Value> = Vec::new();
        let mut parts: Vec<(Value, &str)> = Vec::new();
        for (order, thing) in layout.things.iter().enumerate() {
            let body = thing.body(area.id, order, &ids);
            match thing.part_of {
                Some(parent) => parts.push((body, parent)),
                None => whole.push(body),
            }
        }
        self.all::<Resource>(whole).await?;
        for (mut body, parent) in parts {
            let parent = format!("{}/{}/{parent}", layout.site, layout.name);
            body["parent"] = self.id::<Resource>(&parent)?.into();
            self.one::<Resource>(body).await?;
        }
        Ok(())
    }

    async fn extras(&self) -> anyhow::Result<()> {
        let rooms: Vec<Value> = self
            .catalog()?
            .resources
            .values()
            .filter(|resource| resource.kind == ResourceKind::Room)
            .map(|room| json!({"resource": room.id, "maximum": 2}))
            .collect();
        self.all::<Accessory>(vec![
            json!({"name": "Flip chart", "stock": 8, "bindings": rooms}),
            json!({"name": "Wireless microphone", "stock": 12}),
            json!({"name": "Coffee and biscuits"}),
            json!({"name": "Name tag"}),
        ])
        .await?;
        self.all::<Attribute>(vec![
            json!({"label": "Cost centre", "subject": "booking", "pattern": "^[0-9]{4}$", "sort_order": 1}),
            json!({"label": "Seating", "subject": "booking", "value_type": "choice",
                   "choices": ["Theatre", "Classroom", "U-shape", "Block"], "sort_order": 2}),
            json!({"label": "Step-free", "subject": "resource", "value_type": "checkbox"}),
            json!({"label": "Asset number", "subject": "resource", "admin_only": true, "pattern": "^[A-Z]{2}-[0-9]{5}$"}),
            json!({"label": "Diet", "subject": "user", "private": true}),
        ])
        .await?;
        let contractors = self.id::<Group>("Contractors")?;
        self.all::<Quota>(vec![
            json!({"limit": "5", "unit": "bookings", "period": "week", "group": contractors}),
            json!({"limit": "16", "unit": "hours", "period": "day", "group": contractors}),
        ])
        .await?;
        self.blackouts().await
    }

    async fn blackouts(&self) -> anyhow::Result<()> {
        let york = self.id::<Area>("New York/Garage")?;
        let third = self.id::<Area>("Berlin/3rd floor")?;
        let span = |weekday: Weekday, from: &str, to: &str, zone: &str| {
            let date = next(self.engine.now(), weekday);
            json!({"start": format!("{date}T{from}"), "end": format!("{date}T{to}"), "zone": zone,
                   "fold_start": "first", "fold_end": "first"})
        };
        let sunday = span(Weekday::Sunday, "06:00:00", "14:00:00", "Europe/Berlin");
        let saturday = span(
            Weekday::Saturday,
            "08:00:00",
            "11:00:00",
            "America/New_York",
        );
        self.all::<Blackout>(vec![
            json!({"title": "Carpets are cleaned", "span": sunday, "areas": [third]}),
            json!({"title": "Fire drill", "note": "The gate stays open.", "span": saturday, "areas": [york]}),
        ])
        .await?;
        Ok(())
    }
}

/// A day that can be booked by the half hour from seven to ten in the evening.
fn half_hours() -> Vec<Value> {
    let slot = |from: usize, to: usize, bookable: bool| {
        let time = |half: usize| format!("{:02}:{:02}:00", half / 2 % 24, half % 2 * 30);
        json!({"from": time(from), "to": time(to), "bookable": bookable})
    };
    let open = (14..44).map(|half| slot(half, half + 1, true));
    std::iter::once(slot(0, 14, false))
        .chain(open)
        .chain([slot(44, 48, false)])
        .collect()
}

/// The first such day from the day after tomorrow on.
fn next(now: Timestamp, weekday: Weekday) -> jiff::civil::Date {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let from = today.saturating_add(jiff::Span::new().days(2));
    if from.weekday() == weekday {
        return from;
    }
    from.nth_weekday(1, weekday).unwrap_or(from)
}

/// The ids that resources name, by names.
pub struct Ids {
    pub types: HashMap<String, i64>,
    pub groups: HashMap<String, i64>,
    pub schedules: HashMap<String, i64>,
    pub facilities: Option<i64>,
}

impl Ids {
    fn of(catalog: &Catalog) -> Self {
        fn by_name<T: Named>(catalog: &Catalog) -> HashMap<String, i64> {
            T::table(catalog)
                .values()
                .map(|object| (object.key(catalog), object.id))
                .collect()
        }
        Self {
            types: by_name::<ResourceType>(catalog),
            groups: by_name::<ResourceGroup>(catalog),
            schedules: by_name::<Schedule>(catalog),
            facilities: Group::named(catalog, "Facilities").map(|group| group.id),
        }
    }
}

//! The demo's organisation without its people and bookings: two sites, six areas, 120 resources and their rules.

use std::collections::HashMap;
use std::sync::Arc;

use domain::catalog::{
    Accessory, Area, Attribute, Blackout, Catalog, FloorPlan, Object, Organisation, Resource,
    ResourceGroup, ResourceKind, ResourceType, Schedule, Shape, Site,
};
use domain::people::{Actor, Group, Plan, Quota};
use engine::Engine;
use jiff::Timestamp;
use jiff::civil::Weekday;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::plans::{self, Drawn, Floor};
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
                   "address": "Uferweg 12, 10178 Berlin"}),
            json!({"name": NEW_YORK, "zone": "America/New_York", "manager_group": york_team,
                   "address": "240 Hudson Street, New York, NY 10013", "policy": {"exclusions": exclusions}}),
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
        self.all::<Plan>(vec![
            json!({"name": "Resident", "description": "A place every day"}),
            json!({"name": "Flex 10", "description": "Ten days a month",
                   "credits": [{"amount": "10", "kinds": ["desk"]}]}),
            json!({"name": "Team", "description": "Rooms by the hour",
                   "credits": [{"amount": "40", "kinds": ["room", "office"]}, {"amount": "5"}]}),
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

/// The ids that resources name.
struct Ids {
    types: HashMap<String, i64>,
    groups: HashMap<String, i64>,
    schedules: HashMap<String, i64>,
    facilities: Option<i64>,
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

/// A resource of the demo.
struct Thing {
    name: String,
    kind: &'static str,
    sort: &'static str,
    group: &'static str,
    schedule: &'static str,
    units: u32,
    tags: Vec<&'static str>,
    part_of: Option<&'static str>,
    shape: Option<Shape>,
}

impl Thing {
    fn body(&self, area: i64, order: usize, ids: &Ids) -> Value {
        let groups: Vec<i64> = ids.groups.get(self.group).copied().into_iter().collect();
        let free = matches!(self.name.as_str(), "Spree" | "Desk 2.01");
        // What the credentials name can be booked by anybody at any time, whatever is set around it.
        let policy = if free {
            json!({"min_duration": 0, "max_duration": 0, "step": 0, "bookable": [], "notice_create": 0,
                   "notice_change": 0, "notice_cancel": 0, "horizon": 0, "buffer_before": 0, "buffer_after": 0,
                   "multi_day": true, "approval": false, "check_in": false, "release_after": 0,
                   "max_participants": 0, "require_title": false, "require_note": false, "require_terms": false,
                   "exclusions": [], "see": "everyone", "book": "everyone"})
        } else {
            json!({})
        };
        let schedule = if free {
            "Around the clock"
        } else {
            self.schedule
        };
        json!({
            "name": self.name, "area": area, "kind": self.kind, "resource_type": ids.types.get(self.sort),
            "groups": groups, "schedule": ids.schedules.get(schedule), "units": self.units, "tags": self.tags,
            "shape": self.shape, "sort_order": order, "admin_group": ids.facilities, "policy": policy,
        })
    }
}

/// An area of the demo with everything in it.
struct Layout {
    site: &'static str,
    name: &'static str,
    code: &'static str,
    drawn: Drawn,
    things: Vec<Thing>,
}

const DESK_TAGS: [&[&str]; 5] = [
    &["screen", "window"],
    &["screen"],
    &["two screens", "docking station"],
    &["screen", "height-adjustable", "docking station"],
    &["quiet", "screen"],
];

impl Layout {
    fn office(
        site: &'static str,
        name: &'static str,
        code: &'static str,
        floor: &Floor<'_>,
    ) -> Self {
        let (drawn, mut things) = (plans::office(floor), Vec::new());
        let schedule = office_hours(site);
        for ((name, width), shape) in floor.rooms.iter().zip(&drawn.rooms) {
            let (sort, tags) = match *width {
                wide if wide >= 9.0 => ("Hall", vec!["video", "stage", "step-free"]),
                wide if wide >= 6.5 => ("Board room", vec!["video", "whiteboard", "step-free"]),
                wide if wide >= 4.5 => ("Meeting room", vec!["video", "whiteboard"]),
                _ => ("Small room", vec!["screen"]),
            };
            things.push(Thing {
                sort,
                group: "Video rooms",
                tags,
                shape: Some(shape.clone()),
                ..Thing::plain((*name).into(), "room", schedule)
            });
        }
        for ((name, _), shape) in floor.offices.iter().zip(&drawn.offices) {
            things.push(Thing {
                group: "Workplaces",
                tags: vec!["door", "window"],
                shape: Some(shape.clone()),
                ..Thing::plain((*name).into(), "office", schedule)
            });
        }
        for (index, shape) in drawn.places.iter().enumerate() {
            let tags = DESK_TAGS[index % DESK_TAGS.len()];
            let standing = tags.contains(&"height-adjustable");
            things.push(Thing {
                sort: if standing { "Standing desk" } else { "Desk" },
                group: if index % 8 < 4 {
                    "Team zone"
                } else {
                    "Quiet zone"
                },
                tags: tags.to_vec(),
                shape: Some(shape.clone()),
                ..Thing::plain(format!("Desk {code}.{:02}", index + 1), "desk", schedule)
            });
        }
        Self {
            site,
            name,
            code,
            drawn,
            things,
        }
    }

    fn garage(site: &'static str, code: &'static str, places: usize, shelves: usize) -> Self {
        let (drawn, mut things) = (plans::garage(places, shelves), Vec::new());
        for (index, shape) in drawn.places.iter().enumerate() {
            let charging = index % 6 == 5;
            things.push(Thing {
                sort: if charging {
                    "Charging place"
                } else {
                    "Parking place"
                },
                group: "Cars",
                tags: if charging {
                    vec!["charger 11 kW"]
                } else {
                    Vec::new()
                },
                shape: Some(shape.clone()),
                ..Thing::plain(
                    format!("Place {:02}", index + 1),
                    "parking",
                    "Around the clock",
                )
            });
        }
        Self {
            site,
            name: "Garage",
            code,
            drawn,
            things,
        }
    }

    fn equipment(mut self, things: &[(&str, u32, &'static str, &'static str)]) -> Self {
        for (index, (name, units, sort, group)) in things.iter().enumerate() {
            self.things.push(Thing {
                units: *units,
                sort,
                group,
                shape: self.drawn.shelves.get(index).cloned(),
                ..Thing::plain((*name).into(), "equipment", "Around the clock")
            });
        }
        self
    }

    fn home(mut self) -> Self {
        self.things.push(Thing {
            units: 500,
            ..Thing::plain(
                "Working from home".into(),
                "home_office",
                "Around the clock",
            )
        });
        self
    }

    /// Two halves of the first room, side by side.
    fn halves(mut self, whole: &'static str, names: [&str; 2]) -> Self {
        let Some(shape) = self.drawn.rooms.first().cloned() else {
            return self;
        };
        for (index, name) in names.into_iter().enumerate() {
            let width = shape.width / 2.0;
            let x = if index == 0 { shape.x } else { shape.x + width };
            self.things.push(Thing {
                sort: "Meeting room",
                group: "Video rooms",
                tags: vec!["video", "movable wall"],
                part_of: Some(whole),
                shape: Some(Shape {
                    x,
                    width,
                    ..shape.clone()
                }),
                ..Thing::plain(name.into(), "room", office_hours(self.site))
            });
        }
        self
    }
}

impl Thing {
    fn plain(name: String, kind: &'static str, schedule: &'static str) -> Self {
        Self {
            name,
            kind,
            sort: "",
            group: "",
            schedule,
            units: 1,
            tags: Vec::new(),
            part_of: None,
            shape: None,
        }
    }
}

fn office_hours(site: &str) -> &'static str {
    if site == BERLIN {
        "Office hours Berlin"
    } else {
        "Office hours New York"
    }
}

/// All six areas; their resources are 120.
fn areas() -> Vec<Layout> {
    let second = Floor {
        width: 34.0,
        height: 18.0,
        rooms: &[
            ("Spree", 5.5),
            ("Havel", 5.0),
            ("Wannsee", 7.0),
            ("Panke", 3.5),
        ],
        offices: &[],
        desks: 24,
        shelves: 3,
    };
    let third = Floor {
        width: 34.0,
        height: 18.0,
        rooms: &[
            ("Tempelhof", 7.5),
            ("Tegel", 5.0),
            ("Gatow", 3.5),
            ("Staaken", 3.5),
        ],
        offices: &[("Office 3.1", 4.2), ("Office 3.2", 4.2)],
        desks: 16,
        shelves: 1,
    };
    let eleventh = Floor {
        width: 32.0,
        height: 18.0,
        rooms: &[("Hudson", 7.0), ("Harlem", 5.0), ("Bronx", 3.5)],
        offices: &[("Office 11A", 4.0), ("Office 11B", 4.0)],
        desks: 18,
        shelves: 0,
    };
    let twelfth = Floor {
        width: 30.0,
        height: 17.0,
        rooms: &[("Brooklyn Hall", 12.0), ("Queens", 5.0), ("Tribeca", 3.5)],
        offices: &[],
        desks: 8,
        shelves: 0,
    };
    vec![
        Layout::office(BERLIN, "2nd floor", "2", &second)
            .equipment(&[
                ("Loan laptop", 6, "Loan", ""),
                ("Conference camera", 3, "Loan", ""),
                ("Podcast set", 1, "Loan", ""),
            ])
            .home(),
        Layout::office(BERLIN, "3rd floor", "3", &third).equipment(&[(
            "VR headset",
            4,
            "Loan",
            "",
        )]),
        Layout::garage(BERLIN, "B-G", 16, 1).equipment(&[("Cargo bicycle", 2, "", "Bicycles")]),
        Layout::office(NEW_YORK, "11th floor", "11", &eleventh).home(),
        Layout::office(NEW_YORK, "12th floor", "12", &twelfth)
            .halves("Brooklyn Hall", ["Brooklyn West", "Brooklyn East"]),
        Layout::garage(NEW_YORK, "N-G", 8, 3).equipment(&[
            ("Van", 1, "Vehicle", "Cars"),
            ("Electric bicycle", 4, "", "Bicycles"),
            ("Portable projector", 3, "Loan", ""),
        ]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_120_resources_of_all_kinds_in_six_areas() {
        let areas = areas();
        assert_eq!(areas.len(), 6);
        let things: Vec<&Thing> = areas.iter().flat_map(|area| &area.things).collect();
        assert_eq!(things.len(), 120);
        for kind in [
            "desk",
            "parking",
            "room",
            "home_office",
            "office",
            "equipment",
        ] {
            assert!(things.iter().any(|thing| thing.kind == kind), "{kind}");
        }
    }
}

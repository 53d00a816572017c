//! The demo's six areas with everything in them, as data.

use domain::catalog::Shape;
use serde_json::{Value, json};

use super::content::{BERLIN, Ids, NEW_YORK};
use super::plans::{self, Drawn, Floor};

/// A resource of the demo.
pub struct Thing {
    pub name: String,
    kind: &'static str,
    sort: &'static str,
    group: &'static str,
    schedule: &'static str,
    units: u32,
    tags: Vec<&'static str>,
    pub part_of: Option<&'static str>,
    shape: Option<Shape>,
}

impl Thing {
    /// What is put into the catalog.
    pub fn body(&self, area: i64, order: usize, ids: &Ids) -> Value {
        let groups: Vec<i64> = ids.groups.get(self.group).copied().into_iter().collect();
        let free =
            matches!(self.name.as_str(), "Spree" | "Desk 2.01") || self.name.starts_with(YARD);
        // What the credentials name can be booked by anybody at any time, whatever is set around it; nobody needs two
        // desks or two parking places at once all the same.
        let exclusions = match self.kind {
            "desk" => json!([["desk", "desk"], ["desk", "home_office"]]),
            "parking" => json!([["parking", "parking"]]),
            _ => json!([]),
        };
        let policy = if free {
            json!({"min_duration": 0, "max_duration": 0, "step": 0, "bookable": [], "notice_create": 0,
                   "notice_change": 0, "notice_cancel": 0, "horizon": 0, "buffer_before": 0, "buffer_after": 0,
                   "multi_day": true, "approval": false, "check_in": false, "release_after": 0,
                   "max_participants": 0, "require_title": false, "require_note": false, "require_terms": false,
                   "exclusions": exclusions, "see": "everyone", "book": "everyone"})
        } else {
            policy_of(&self.name)
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
pub struct Layout {
    pub site: &'static str,
    pub name: &'static str,
    pub code: &'static str,
    pub drawn: Drawn,
    pub things: Vec<Thing>,
}

/// What the names of the parking places at the second floor's stairs begin with.
pub const YARD: &str = "Yard ";

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

    /// Parking places in the yard, at the stairs to the floor: its plan does not show them.
    fn yard(mut self, places: usize) -> Self {
        for place in 1..=places {
            self.things.push(Thing {
                sort: "Parking place",
                group: "Cars",
                ..Thing::plain(format!("{YARD}{place}"), "parking", "Around the clock")
            });
        }
        self
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

/// What is set for one thing alone.
fn policy_of(name: &str) -> Value {
    match name {
        "Podcast set" => json!({"book": "managers"}),
        "VR headset" => json!({"min_duration": 30, "max_duration": 180}),
        "Conference camera" => {
            json!({"notice_change": 1440, "notice_cancel": 1440, "cancellation_period": 1440})
        }
        _ => json!({}),
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
pub fn areas() -> Vec<Layout> {
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
            .yard(3)
            .home(),
        Layout::office(BERLIN, "3rd floor", "3", &third).equipment(&[(
            "VR headset",
            4,
            "Loan",
            "",
        )]),
        Layout::garage(BERLIN, "B-G", 13, 1).equipment(&[("Cargo bicycle", 2, "", "Bicycles")]),
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

//! What all mappings look up: zones, numbers that exist, and rows by what they belong to.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::ids::AttributeId;
use domain::time::Zone;
use jiff::Timestamp;

use super::super::Wanted;
use super::super::settings::Settings;
use super::super::tables::{ResourceRow, Tables};
use super::notes::Notes;

/// The rows with what they are looked up by.
pub(super) struct Frame<'a> {
    pub(super) tables: &'a Tables,
    pub(super) settings: &'a Settings,
    pub(super) now: Timestamp,
    /// The zone of everything that names none.
    pub(super) zone: Zone,
    /// The zones of the layouts.
    pub(super) layouts: HashMap<i64, Zone>,
    /// The zones of the schedules, which are those of their layouts.
    pub(super) schedules: BTreeMap<i64, Zone>,
    pub(super) resources: BTreeMap<i64, &'a ResourceRow>,
    pub(super) users: HashSet<i64>,
    pub(super) groups: HashSet<i64>,
    pub(super) accessories: HashSet<i64>,
    /// The places by their zones, with their numbers: one for each zone of a schedule.
    pub(super) places: Vec<Zone>,
    values: HashMap<(i64, i64), BTreeMap<AttributeId, String>>,
}

/// What a custom attribute is an attribute of, as `LibreBooking` numbers it.
pub(super) mod category {
    pub const RESERVATION: i64 = 1;
    pub const USER: i64 = 2;
    pub const RESOURCE: i64 = 4;
    pub const RESOURCE_TYPE: i64 = 5;
}

impl<'a> Frame<'a> {
    pub(super) fn new(
        tables: &'a Tables,
        settings: &'a Settings,
        wanted: &Wanted,
        notes: &mut Notes,
    ) -> Self {
        let zone = default_zone(tables, settings, notes);
        let layouts = layouts(tables, &zone, notes);
        let schedules: BTreeMap<i64, Zone> = tables
            .schedules
            .iter()
            .map(|row| {
                (
                    row.schedule_id,
                    layouts.get(&row.layout_id).unwrap_or(&zone).clone(),
                )
            })
            .collect();
        let mut places = Vec::new();
        for zone in schedules.values() {
            if !places.contains(zone) {
                places.push(zone.clone());
            }
        }
        if places.is_empty() {
            places.push(zone.clone());
        }
        let resources = tables
            .resources
            .iter()
            .map(|row| (row.resource_id, row))
            .collect();
        let mut frame = Self {
            tables,
            settings,
            now: wanted.now,
            zone,
            layouts,
            schedules,
            resources,
            users: tables.users.iter().map(|row| row.user_id).collect(),
            groups: tables.groups.iter().map(|row| row.group_id).collect(),
            accessories: tables
                .accessories
                .iter()
                .map(|row| row.accessory_id)
                .collect(),
            places,
            values: HashMap::new(),
        };
        frame.values = frame.attribute_values(notes);
        frame
    }

    /// The zone on whose wall clock a resource is booked.
    pub(super) fn zone_of(&self, resource: i64) -> &Zone {
        self.resources
            .get(&resource)
            .and_then(|row| self.schedules.get(&row.schedule_id?))
            .unwrap_or(&self.zone)
    }

    /// The number of the site and of the area for what is booked on a zone's wall clock.
    pub(super) fn place(&self, zone: &Zone) -> i64 {
        let at = self.places.iter().position(|place| place == zone);
        i64::try_from(at.unwrap_or(0)).unwrap_or(0) + 1
    }

    /// The values of the custom attributes of something.
    pub(super) fn values(&self, category: i64, entity: i64) -> BTreeMap<AttributeId, String> {
        self.values
            .get(&(category, entity))
            .cloned()
            .unwrap_or_default()
    }

    fn attribute_values(
        &self,
        notes: &mut Notes,
    ) -> HashMap<(i64, i64), BTreeMap<AttributeId, String>> {
        let table = "custom_attribute_values";
        let known: BTreeSet<i64> = self
            .tables
            .custom_attributes
            .iter()
            .map(|row| row.custom_attribute_id)
            .collect();
        let mut values: HashMap<_, BTreeMap<AttributeId, String>> = HashMap::new();
        for row in &self.tables.custom_attribute_values {
            let id = row.custom_attribute_value_id;
            if row.attribute_value.is_empty() {
                continue;
            }
            let Some(category) = row
                .attribute_category
                .filter(|_| known.contains(&row.custom_attribute_id))
            else {
                notes.left(
                    table,
                    id,
                    format!("attribute {} does not exist", row.custom_attribute_id),
                );
                continue;
            };
            values.entry((category, row.entity_id)).or_default().insert(
                AttributeId(row.custom_attribute_id),
                row.attribute_value.clone(),
            );
        }
        values
    }
}

/// The zone of `config.php`, or that of the default schedule, or UTC.
fn default_zone(tables: &Tables, settings: &Settings, notes: &mut Notes) -> Zone {
    if let Some(name) = settings
        .get("default.timezone")
        .or_else(|| settings.get("server.timezone"))
    {
        match Zone::parse(name) {
            Ok(zone) => return zone,
            Err(error) => notes.adapted("config.php", 0, format!("default.timezone: {error}")),
        }
    }
    let schedule = tables
        .schedules
        .iter()
        .find(|row| row.isdefault)
        .or(tables.schedules.first());
    let layout = schedule.and_then(|schedule| {
        tables
            .layouts
            .iter()
            .find(|layout| layout.layout_id == schedule.layout_id)
    });
    layout
        .and_then(|layout| Zone::parse(layout.timezone.as_deref()?).ok())
        .unwrap_or_else(Zone::utc)
}

fn layouts(tables: &Tables, default: &Zone, notes: &mut Notes) -> HashMap<i64, Zone> {
    let zone = |name: &str| Zone::parse(name);
    let mut found = HashMap::new();
    for row in &tables.layouts {
        let name = row.timezone.as_deref().unwrap_or_default();
        let zone = zone(name).unwrap_or_else(|error| {
            let detail = format!("{error}; it is taken for {default}");
            notes.adapted("layouts", row.layout_id, detail);
            default.clone()
        });
        found.insert(row.layout_id, zone);
    }
    found
}

//! What makes sense of schedules and blackouts.

use super::{all_exist, exists, in_order, invalid, named, weekdays};
use crate::catalog::{Blackout, Catalog, Layout, Object, ObjectKind, Resource, Schedule};
use crate::decide::manage::Validate;
use crate::decide::occurrences::occurrences;
use crate::refusal::Refusal;

impl Validate for Schedule {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.schedules.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, _id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.name)?;
        if self.week_start != 0 {
            weekdays("week_start", &[self.week_start])?;
        }
        exists(
            "admin_group",
            self.admin_group.map(i64::from),
            &catalog.groups,
        )?;
        if let Some(peak) = &self.peak {
            weekdays("peak", &peak.weekdays)?;
            in_order("peak", peak.from, peak.to)?;
            if peak.every_year && peak.season_from.is_some() != peak.season_to.is_some() {
                return Err(invalid(
                    "peak",
                    "a season of every year has a first and a last day",
                ));
            }
        }
        self.layouts.iter().try_for_each(layout)
    }

    fn used_by(id: i64, catalog: &Catalog) -> Option<ObjectKind> {
        let uses = |resource: &Object<Resource>| {
            resource.schedule.is_some_and(|schedule| schedule.0 == id)
        };
        catalog
            .resources
            .values()
            .any(|resource| uses(resource))
            .then_some(ObjectKind::Resource)
    }
}

/// Seven days, each empty or covered once from midnight to midnight.
fn layout(layout: &Layout) -> Result<(), Refusal> {
    if layout.days.len() != 7 {
        return Err(invalid("layouts", "a layout has seven days, Monday first"));
    }
    let midnight = jiff::civil::Time::midnight();
    for day in layout.days.iter().filter(|day| !day.is_empty()) {
        let mut at = midnight;
        for (index, slot) in day.iter().enumerate() {
            let ends_day = slot.to == midnight && index + 1 == day.len();
            if slot.from != at || !(slot.to > slot.from || ends_day) {
                return Err(invalid(
                    "layouts",
                    "the slots of a day follow each other from midnight to midnight",
                ));
            }
            at = slot.to;
        }
        if at != midnight {
            return Err(invalid(
                "layouts",
                "the slots of a day follow each other from midnight to midnight",
            ));
        }
    }
    Ok(())
}

impl Validate for Blackout {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.blackouts.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, _id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.title)?;
        if self.resources.is_empty() && self.areas.is_empty() && self.schedules.is_empty() {
            return Err(invalid(
                "resources",
                "a blackout closes at least one resource, area or schedule",
            ));
        }
        occurrences(self.rule.as_ref(), &self.span)?;
        all_exist(
            "resources",
            self.resources.iter().map(|id| id.0),
            &catalog.resources,
        )?;
        all_exist("areas", self.areas.iter().map(|id| id.0), &catalog.areas)?;
        all_exist(
            "schedules",
            self.schedules.iter().map(|id| id.0),
            &catalog.schedules,
        )
    }
}

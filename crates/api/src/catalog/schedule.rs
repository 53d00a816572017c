//! Schedules: when resources can be booked; and blackouts, when they can not.

use domain::catalog::{Blackout, Layout, Object, PeakTimes, Schedule, Slot};
use domain::ids::ResourceId;
use domain::time::{CivilSpan, Interval, Zone};
use http_kit::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Managed, Viewer};
use crate::problem::unprocessable;
use crate::wire::{Wire, instant, invalid, object, part, zoned};

part! {
    /// One slot of a schedule's day.
    SlotBody for Slot {
        required {
            /// When it begins.
            from: String,
            /// When it ends; midnight is the day's end.
            to: String,
            /// Whether it can be booked.
            bookable: bool,
        }
        optional {
            /// What it is called.
            label: Option<String>,
        }
    }
}

part! {
    /// The slots of the week from a date on.
    LayoutBody for Layout {
        required {
            /// Seven lists, Monday first; each covers its day once, in order. An empty list closes the day.
            #[schema(min_items = 7, max_items = 7)]
            days: Vec<Vec<SlotBody>>,
        }
        optional {
            /// The first date it is valid on; null means from the beginning.
            #[schema(format = Date)]
            from: Option<String>,
        }
    }
}

part! {
    /// The times that cost more.
    PeakBody for PeakTimes {
        required {}
        optional {
            /// ISO weekdays; none means all.
            weekdays: Vec<u8>,
            /// When they begin; null means all day.
            from: Option<String>,
            /// When they end.
            to: Option<String>,
            /// The first date of the season; null means all year.
            #[schema(format = Date)]
            season_from: Option<String>,
            /// The last date of the season.
            #[schema(format = Date)]
            season_to: Option<String>,
            /// Whether the season comes again every year: then the years of its dates do not count.
            every_year: bool,
        }
    }
}

object! {
    /// When the resources that follow it can be booked.
    ScheduleBody, ScheduleView for Schedule {
        required {
            /// Its name.
            #[schema(min_length = 1, max_length = 200)]
            name: String,
            /// The zone of its layout.
            zone: String,
        }
        optional {
            /// Its layouts by the date they begin; none means that any time can be booked.
            layouts: Vec<LayoutBody>,
            /// The first instant that can be booked.
            #[schema(format = DateTime)]
            available_from: Option<String>,
            /// The instant from which nothing can be booked any more.
            #[schema(format = DateTime)]
            available_until: Option<String>,
            /// The times that cost more.
            peak: Option<PeakBody>,
            /// The most resources in one booking; 0 for no limit.
            max_resources: u32,
            /// The most resources in use at the same time; 0 for no limit.
            max_concurrent: u32,
            /// Whether it is the one for resources that name none.
            default: bool,
            /// The group whose members manage it.
            admin_group: Option<i64>,
        }
        filled {
            /// The first day of the week, ISO: 1 for Monday to 7 for Sunday; 0 for a calendar that begins with the
            /// present day.
            #[schema(minimum = 0, maximum = 7, default = 1)]
            week_start: u8 = "monday",
            /// How many days a calendar shows at first.
            #[schema(default = 7)]
            days_visible: u8 = "week",
        }
    }
}

const fn monday() -> u8 {
    1
}

const fn week() -> u8 {
    7
}

impl Managed for Schedule {
    type Body = ScheduleBody;
    type View = ScheduleView;

    fn visible(_object: &Object<Self>, _viewer: &Viewer<'_>) -> bool {
        true
    }

    fn view(object: &Object<Self>, _viewer: Option<&Viewer<'_>>) -> ScheduleView {
        ScheduleView::of(object)
    }
}

/// A time on the wall clock of a zone.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpanBody {
    /// When it begins, with an offset.
    #[schema(format = DateTime)]
    pub start: String,
    /// When it ends, with an offset; null for no end.
    #[serde(default)]
    #[schema(format = DateTime)]
    pub end: Option<String>,
    /// The zone on whose wall clock it recurs.
    pub zone: String,
}

impl Wire<SpanBody> for CivilSpan {
    fn to_wire(&self) -> SpanBody {
        let interval = self.interval().ok();
        let zone = zone_of(self);
        let text = |at| zoned(at, &zone);
        SpanBody {
            start: interval
                .map(|interval| text(interval.start()))
                .unwrap_or_default(),
            end: interval.and_then(|interval| interval.end()).map(text),
            zone: zone.name().to_owned(),
        }
    }

    fn from_wire(wire: SpanBody, field: &str) -> Result<Self, Problem> {
        let zone = Zone::parse(&wire.zone)
            .map_err(|_| invalid(field, "no zone of the IANA database; one is Europe/Berlin"))?;
        let start = instant("start", &wire.start)?;
        let end = wire
            .end
            .as_deref()
            .map(|end| instant("end", end))
            .transpose()?;
        let interval = Interval::new(start, end)
            .map_err(|_| unprocessable(domain::refusal::Rule::EmptyInterval))?;
        Ok(Self::of(&interval, &zone))
    }
}

fn zone_of(span: &CivilSpan) -> Zone {
    span.zone().clone()
}

object! {
    /// A time in which resources can not be booked.
    BlackoutBody, BlackoutView for Blackout {
        required {
            /// What it is for.
            #[schema(min_length = 1, max_length = 200)]
            title: String,
            /// Its first time.
            span: SpanBody,
        }
        optional {
            /// More about it.
            note: Option<String>,
            /// An RFC 5545 rule by which it recurs; a weekly or monthly one names its days.
            rule: Option<String>,
            /// The resources it closes.
            resources: Vec<i64>,
            /// The areas it closes.
            areas: Vec<i64>,
            /// The schedules it closes.
            schedules: Vec<i64>,
        }
    }
}

impl Managed for Blackout {
    type Body = BlackoutBody;
    type View = BlackoutView;

    /// A blackout is known to those who know of something it closes.
    fn visible(object: &Object<Self>, viewer: &Viewer<'_>) -> bool {
        viewer.rights.administers_all()
            || !object.schedules.is_empty()
            || object.resources.iter().any(|id| viewer.sees_resource(*id))
            || object.areas.iter().any(|id| viewer.sees_area(id.0))
    }

    fn view(object: &Object<Self>, viewer: Option<&Viewer<'_>>) -> BlackoutView {
        let mut view = BlackoutView::of(object);
        if let Some(viewer) = viewer {
            view.resources
                .retain(|id| viewer.sees_resource(ResourceId(*id)));
            view.areas.retain(|id| viewer.sees_area(*id));
        }
        view
    }
}

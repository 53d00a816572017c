//! A resource.

use domain::catalog::{
    Audience, BookablePeriod, Catalog, Object, Resource, ResourceMode, ResourceState,
};
use domain::ids::{ResourceId, UserId};
use domain::people::Rights;
use jiff::civil::{Date, Time};
use serde::Serialize;

use super::scalar::{Number, Percent};
use super::usual::Usual;
use crate::space::Space;

/// A resource.
#[derive(Debug, Serialize)]
pub struct ResourceView<'a> {
    id: Number,
    name: &'a str,
    /// What an hour costs everybody, where a rule says that; `0.0` otherwise.
    price_per_hour: Percent,
    tax_rate: Percent,
    hidden: bool,
    /// How many people can take part, or else how many units there are.
    capacity: u32,
    currency: &'a str,
    description: Option<&'a str>,
    /// In hours; a part of one counts whole.
    cancellation_period: u32,
    can_book: bool,
    color: Option<&'a str>,
    photo: Option<&'a str>,
    /// In minutes; null for no limit.
    min_booking_duration: Option<u32>,
    /// In minutes; null for no limit.
    max_booking_duration: Option<u32>,
    /// Where it is booked.
    booking_url: String,
    /// None means any time.
    booking_times: Vec<TimesView>,
}

#[derive(Debug, Serialize)]
struct TimesView {
    from: String,
    to: String,
    weekdays: Vec<u8>,
}

impl TimesView {
    fn new(period: &BookablePeriod) -> Self {
        let text = |time: Time| time.strftime("%H:%M").to_string();
        let to = if period.to == Time::midnight() {
            "24:00".to_owned()
        } else {
            text(period.to)
        };
        let every_day = || (1..=7).collect();
        Self {
            from: text(period.from),
            to,
            weekdays: if period.weekdays.is_empty() {
                every_day()
            } else {
                period.weekdays.clone()
            },
        }
    }
}

/// When the resource can be booked: what the policy says or else, its schedule's layout.
fn times(resource: &Object<Resource>, catalog: &Catalog, today: Date) -> Vec<TimesView> {
    let policy = catalog.policy_of(ResourceId(resource.id));
    if !policy.bookable.is_empty() {
        return policy.bookable.iter().map(TimesView::new).collect();
    }
    let schedule = catalog.schedule_of(resource);
    let open = schedule.map(|schedule| schedule.open_times(today));
    open.iter().flatten().map(TimesView::new).collect()
}

/// Whether somebody with these rights can book the resource at all.
pub fn bookable(resource: &Object<Resource>, owner: UserId, rights: &Rights<'_>) -> bool {
    is_given_out(resource, owner) && rights.books(resource)
}

fn is_given_out(resource: &Resource, owner: UserId) -> bool {
    let given_out = match resource.mode {
        ResourceMode::Flexible => true,
        ResourceMode::Blocked => false,
        ResourceMode::Assigned => resource.assigned_to == Some(owner),
    };
    given_out && resource.state == ResourceState::Available
}

impl<'a> ResourceView<'a> {
    /// The resource of a space, as somebody with these rights sees it.
    pub fn new(
        resource: &'a Object<Resource>,
        space: &'a Space,
        address: &str,
        rights: &Rights<'_>,
        today: Date,
    ) -> Self {
        let catalog = &*space.catalog;
        let policy = catalog.policy_of(ResourceId(resource.id));
        let usual = Usual::of(resource, catalog);
        let limit = |minutes: u32| (minutes > 0).then_some(minutes);
        let late = policy
            .cancellation_period
            .max(policy.notice_change)
            .max(policy.notice_cancel);
        Self {
            id: Number(resource.id),
            name: &resource.name,
            price_per_hour: Percent(usual.hourly),
            tax_rate: Percent(usual.tax),
            hidden: resource.state == ResourceState::Hidden,
            capacity: limit(policy.max_participants).unwrap_or(resource.units),
            currency: usual.currency,
            description: resource.description.as_deref(),
            cancellation_period: late.div_ceil(60),
            // Who manages it may book it whatever is set; they are told whether others may.
            can_book: bookable(resource, rights.user(), rights)
                && policy.book != Audience::Managers,
            color: resource.color.as_deref(),
            photo: resource.image.as_deref(),
            min_booking_duration: limit(policy.min_duration),
            max_booking_duration: limit(policy.max_duration),
            booking_url: format!(
                "{address}{}/resources/{}/bookings",
                crate::BASE,
                resource.id
            ),
            booking_times: times(resource, catalog, today),
        }
    }
}

//! `PUT /api/bookings/{id}`

use axum::extract::State;
use domain::booking::Booking;
use domain::decide::{Amend, Amendment, Override, SeriesScope, Texts, Wanted};
use domain::ids::{MembershipId, ResourceId, UserId};
use domain::money::OwnPrice;
use jiff::Timestamp;

use super::refused::refused;
use super::{Changing, UNKNOWN_MEMBERSHIP, named, own_membership, written};
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsWrite, Caller, Id};
use crate::errors::Errors;
use crate::fields::{Fields, Given};
use crate::times::NEVER;

/// Changes what is given of a booking; what is left out stays, null takes away.
pub async fn change(
    State(app): State<App>,
    caller: Caller<BookingsWrite>,
    Id(id): Id,
    mut fields: Fields,
) -> Result<Reply, Fault> {
    let (seen, resource) = named(&app, &caller, id).await?;
    let stored = &seen.booking;
    let now = app.engine.now();
    Changing::of(&caller, now).check(stored)?;
    let wish = Wish::read(&caller, &mut fields, stored, ResourceId(resource.id))?;
    if wish.checked && wish.start.unwrap_or(stored.interval.start()) < now {
        return Err(Errors::one("from", "must not be in the past").into());
    }
    let command = Amend {
        booking: stored.id,
        scope: SeriesScope::This,
        expected_version: None,
        amendment: Amendment {
            start: wish.start,
            end: wish.end.map(Some),
            resources: wish.resources,
            owner: wish.owner,
            texts: wish.texts,
            ..Amendment::default()
        },
        override_rules: if caller.administers && !wish.checked {
            Override::WherePossible
        } else {
            Override::No
        },
    };
    let outcome = caller.decide(&app, command).await?;
    let amended = outcome.map_err(|refusal| refused(&refusal))?;
    written(&app, &caller, amended.booking, |view| Reply::ok(view)).await
}

/// What is to be changed.
struct Wish {
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    resources: Option<Vec<Wanted>>,
    owner: Option<UserId>,
    texts: Texts,
    /// Whether an administrator wants the times checked.
    checked: bool,
}

impl Wish {
    fn read(
        caller: &Caller<BookingsWrite>,
        fields: &mut Fields,
        stored: &Booking,
        resource: ResourceId,
    ) -> Result<Self, Fault> {
        let zone = caller.space.zone();
        let start = fields.time("from", zone).value();
        let end = fields.time("to", zone).value().filter(|to| *to != NEVER);
        let before = stored.interval;
        let from = start.unwrap_or(before.start());
        if end.or(before.end()).is_some_and(|to| to <= from) {
            fields.errors.add("to", "must be after from");
        }
        let resources = resources(caller, fields, stored, resource);
        let title = fields.text("title").change();
        let note = fields.text("comments").change();
        let checked = fields.flag("validate_times_for_admin").value() == Some(true);
        let (owner, membership) = charged(caller, fields, stored, from);
        let price = if caller.administers {
            price(fields, stored)
        } else {
            None
        };
        fields.finish()?;
        Ok(Self {
            start,
            end,
            resources,
            owner,
            texts: Texts {
                title,
                note,
                membership,
                price,
                ..Texts::default()
            },
            checked: caller.administers && checked,
        })
    }
}

/// The resources, with the one the booking is shown by in another place or number.
fn resources(
    caller: &Caller<BookingsWrite>,
    fields: &mut Fields,
    stored: &Booking,
    resource: ResourceId,
) -> Option<Vec<Wanted>> {
    let to = fields.id("resource_id").value().map(ResourceId);
    let units = fields.count("units").value();
    if let Some(to) = to
        && caller.space.resource(to, &caller.rights()).is_none()
    {
        fields.errors.add("resource_id", "is unknown");
    }
    if to.is_none() && units.is_none() {
        return None;
    }
    let wanted = stored.details.resources.iter().map(|booked| {
        let mut wanted = Wanted {
            resource: booked.resource,
            units: booked.units,
        };
        if booked.resource == resource {
            wanted.resource = to.unwrap_or(resource);
            wanted.units = units.unwrap_or(booked.units);
        }
        wanted
    });
    Some(wanted.collect())
}

/// Whom the booking is for now, and on which membership: administrators name any, or null for nobody; members one of their
/// own.
#[expect(clippy::option_option, reason = "left out, cleared or set")]
fn charged(
    caller: &Caller<BookingsWrite>,
    fields: &mut Fields,
    stored: &Booking,
    start: Timestamp,
) -> (Option<UserId>, Option<Option<MembershipId>>) {
    let given = fields.id("membership_id");
    let catalog = &caller.space.catalog;
    let mut unknown = |text| {
        fields.errors.add("membership_id", text);
        (None, None)
    };
    match given {
        Given::Null if caller.administers => (Some(caller.actor.id()), Some(None)),
        Given::Not | Given::Null => (None, None),
        Given::Value(id) if caller.administers => match catalog.memberships.get(id) {
            Some(membership) => (Some(membership.user), Some(Some(MembershipId(id)))),
            None => unknown(UNKNOWN_MEMBERSHIP),
        },
        Given::Value(id) => match own_membership(caller, Some(id), start, stored.zone()) {
            Ok(membership) => (None, Some(membership)),
            Err(text) => unknown(text),
        },
    }
}

/// A price by hand; null, or `has_custom_price` false, leaves it to the rules again. Programs send back what they have read:
/// the price that the rules found is none by hand.
#[expect(clippy::option_option, reason = "left out, cleared or set")]
fn price(fields: &mut Fields, stored: &Booking) -> Option<Option<OwnPrice>> {
    let custom = fields.flag("has_custom_price").value();
    let found = stored.details.price.as_ref().filter(|price| !price.custom);
    let same = |amount| found.is_some_and(|price| price.stated() == amount);
    match fields.amount("price") {
        _ if custom == Some(false) => Some(None),
        Given::Value(amount) if custom.is_none() && same(amount) => None,
        Given::Value(amount) => Some(Some(OwnPrice {
            amount,
            currency: None,
        })),
        Given::Null => Some(None),
        Given::Not => None,
    }
}

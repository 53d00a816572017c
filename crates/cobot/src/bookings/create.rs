//! `POST /api/resources/{id}/bookings`

use axum::extract::State;
use domain::catalog::{Object, Resource};
use domain::decide::{Book, OnConflict, Override, Texts, Wanted};
use domain::ids::{MembershipId, ResourceId, UserId};
use domain::money::OwnPrice;
use domain::time::Interval;
use jiff::Timestamp;

use super::refused::refused;
use super::{UNKNOWN_MEMBERSHIP, own_membership, written};
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsWrite, Caller, Id};
use crate::errors::Errors;
use crate::fields::Fields;
use crate::views::bookable;

/// Books a resource: members for themselves, within all rules; administrators for anybody or nobody, at any time unless
/// they want it checked, and at a price of their own if they say one.
pub async fn create(
    State(app): State<App>,
    caller: Caller<BookingsWrite>,
    Id(id): Id,
    mut fields: Fields,
) -> Result<Reply, Fault> {
    if !caller.unlimited {
        let counted = app.creations.check(&caller.actor.id());
        counted.map_err(Fault::TooMany)?;
    }
    let rights = caller.rights();
    let resource = caller.space.resource(ResourceId(id), &rights);
    let resource = resource.ok_or(Fault::NotFound)?;
    let wish = Wish::read(&caller, &mut fields)?;
    if !bookable(resource, wish.owner.unwrap_or(caller.actor.id()), &rights) {
        return Err(Fault::Forbidden("The resource can not be booked."));
    }
    let command = wish.command(resource, app.engine.now())?;
    let outcome = caller.decide(&app, command).await?;
    let mut booked = outcome.map_err(|refusal| refused(&refusal))?;
    let booking = booked.bookings.pop().ok_or(Fault::Failed)?;
    written(&app, &caller, booking, |view| Reply::created(view)).await
}

/// A booking as it is wished.
struct Wish {
    from: Timestamp,
    to: Timestamp,
    units: u32,
    /// None for the caller.
    owner: Option<UserId>,
    texts: Texts,
    /// Whether limits about time are set aside.
    aside: bool,
    /// Whether an administrator wants the times checked.
    checked: bool,
}

impl Wish {
    fn read(caller: &Caller<BookingsWrite>, fields: &mut Fields) -> Result<Self, Fault> {
        let zone = caller.space.zone();
        let from = fields.time("from", zone);
        let from = fields.required("from", from);
        let to = fields.time("to", zone);
        let to = fields.required("to", to);
        let units = fields.count("units").value().unwrap_or(1);
        let title = fields.text("title").value();
        let note = fields.text("comments").value();
        let wanted = fields.id("membership_id").value();
        let checked = fields.flag("validate_times_for_admin").value() == Some(true);
        let price = if caller.administers {
            fields.amount("price").value()
        } else {
            None
        };
        let start = from.unwrap_or(Timestamp::UNIX_EPOCH);
        let charged = charged(caller, wanted, start);
        let (owner, membership) = charged.unwrap_or_else(|text| {
            fields.errors.add("membership_id", text);
            (None, None)
        });
        fields.finish()?;
        let (Some(from), Some(to)) = (from, to) else {
            return Err(Fault::Failed);
        };
        Ok(Self {
            from,
            to,
            units,
            owner,
            texts: Texts {
                title: Some(title),
                note: Some(note),
                membership: Some(membership),
                price: price.map(|amount| {
                    Some(OwnPrice {
                        amount,
                        currency: None,
                    })
                }),
                ..Texts::default()
            },
            aside: caller.administers && !checked,
            checked: caller.administers && checked,
        })
    }

    fn command(self, resource: &Object<Resource>, now: Timestamp) -> Result<Book, Fault> {
        if self.checked && self.from < now {
            return Err(Errors::one("from", "must not be in the past").into());
        }
        let Ok(interval) = Interval::new(self.from, Some(self.to)) else {
            return Err(Errors::one("to", "must be after from").into());
        };
        Ok(Book {
            resources: vec![Wanted {
                resource: ResourceId(resource.id),
                units: self.units,
            }],
            interval,
            recurrence: None,
            zone: None,
            owner: self.owner,
            texts: self.texts,
            on_conflict: OnConflict::Refuse,
            override_rules: if self.aside {
                Override::WherePossible
            } else {
                Override::No
            },
        })
    }
}

/// Whom a booking is for, and on which membership. Administrators book for the holder of the one they name, or, naming
/// none, for nobody: for themselves, on none.
fn charged(
    caller: &Caller<BookingsWrite>,
    wanted: Option<i64>,
    start: Timestamp,
) -> Result<(Option<UserId>, Option<MembershipId>), &'static str> {
    let space = &caller.space;
    if !caller.administers {
        let membership = own_membership(caller, wanted, start, space.zone())?;
        return Ok((None, membership));
    }
    let Some(id) = wanted else {
        return Ok((None, None));
    };
    let membership = space.catalog.memberships.get(id);
    let membership = membership.ok_or(UNKNOWN_MEMBERSHIP)?;
    Ok((Some(membership.user), Some(MembershipId(id))))
}

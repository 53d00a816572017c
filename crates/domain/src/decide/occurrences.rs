//! What the commands that make or move bookings share.

use std::collections::BTreeMap;
use std::collections::HashSet;

use crate::booking::{Booking, Item};
use crate::catalog::Catalog;
use crate::decide::{Context, Holdings, Lock, Override, Probe, Snapshot};
use crate::ids::{AccessoryId, AttributeId, MembershipId, ResourceId, UserId};
use crate::money::OwnPrice;
use crate::people::Rights;
use crate::recurrence::{ExpandError, MAX_OCCURRENCES, Occurrence, Rule as Recurrence, expand};
use crate::refusal::{Forbidden, Missing, Refusal, Rule, Violation};
use crate::rules;
use crate::time::CivilSpan;

/// The texts and people of a booking; what is `None` stays as it is, an inner `None` clears.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts {
    /// What it is called.
    pub title: Option<Option<String>>,
    /// What else there is to say.
    pub note: Option<Option<String>>,
    /// Its colour.
    pub color: Option<Option<String>>,
    /// Values of custom attributes; replaced as a whole.
    pub attributes: Option<BTreeMap<AttributeId, String>>,
    /// Accessories with their quantities; replaced as a whole.
    pub accessories: Option<Vec<(AccessoryId, u32)>>,
    /// Users who take part; replaced as a whole.
    pub participants: Option<Vec<UserId>>,
    /// Users who are asked to; replaced as a whole.
    pub invitees: Option<Vec<UserId>>,
    /// Guests; replaced as a whole.
    pub guests: Option<Vec<crate::booking::Guest>>,
    /// Whether users may join unasked.
    pub open_to_join: Option<bool>,
    /// When to remind the owner.
    pub reminders: Option<crate::booking::Reminders>,
    /// The owner's vehicle.
    pub vehicle: Option<Option<i64>>,
    /// The membership it is charged to.
    pub membership: Option<Option<MembershipId>>,
    /// A price set by hand, for each booking; an inner `None` lets the rules say it again.
    pub price: Option<Option<OwnPrice>>,
    /// The event it is made for; an inner `None` releases it.
    pub event: Option<Option<String>>,
    /// Whether the terms were accepted.
    pub terms_accepted: bool,
}

impl Texts {
    /// The users that are named.
    pub(super) fn users(&self) -> impl Iterator<Item = UserId> + '_ {
        self.participants
            .iter()
            .chain(&self.invitees)
            .flatten()
            .copied()
    }

    /// Writes what all bookings of a series share, title and note, into a booking's details.
    pub(super) fn apply_to_series(&self, booking: &mut Booking) {
        let details = &mut booking.details;
        if let Some(title) = &self.title {
            details.title.clone_from(title);
        }
        if let Some(note) = &self.note {
            details.note.clone_from(note);
        }
    }

    /// Writes what is given into a booking's details.
    pub(super) fn apply(&self, booking: &mut Booking) {
        use crate::booking::{Answer, BookedAccessory, Participant};
        self.apply_to_series(booking);
        let details = &mut booking.details;
        if let Some(color) = &self.color {
            details.color.clone_from(color);
        }
        if let Some(attributes) = &self.attributes {
            details.attributes.clone_from(attributes);
        }
        if let Some(accessories) = &self.accessories {
            let booked = |(accessory, quantity): &(AccessoryId, u32)| BookedAccessory {
                accessory: *accessory,
                quantity: *quantity,
                legacy: false,
            };
            details.accessories = accessories.iter().map(booked).collect();
        }
        let mut replace = |users: &Option<Vec<UserId>>, answer: Answer| {
            let Some(users) = users else { return };
            let people = &mut details.participants;
            people.retain(|p| p.answer != answer || users.contains(&p.user));
            for user in users {
                match people.iter_mut().find(|p| p.user == *user) {
                    Some(there) => there.answer = answer,
                    None => people.push(Participant {
                        user: *user,
                        answer,
                    }),
                }
            }
        };
        replace(&self.invitees, Answer::Invited);
        replace(&self.participants, Answer::Participating);
        if let Some(guests) = &self.guests {
            details.guests.clone_from(guests);
        }
        if let Some(open) = self.open_to_join {
            details.open_to_join = open;
        }
        if let Some(reminders) = self.reminders {
            details.reminders = reminders;
        }
        if let Some(vehicle) = self.vehicle {
            details.vehicle = vehicle;
        }
        if let Some(membership) = self.membership {
            details.membership = membership;
        }
        if let Some(event) = &self.event {
            details.event.clone_from(event);
        }
    }
}

/// Refuses to make bookings of these resources an event's, or to release them from it, to who does not manage them all.
pub(super) fn permit_event(
    texts: &Texts,
    resources: impl IntoIterator<Item = ResourceId>,
    rights: &Rights<'_>,
) -> Result<(), Refusal> {
    let named = texts.event.is_some();
    if named && !resources.into_iter().all(|id| rights.manages_id(id)) {
        return Err(Refusal::Forbidden(Forbidden::Event));
    }
    Ok(())
}

/// Refuses what would change bookings that belong to an event.
pub(super) fn check_event<'a>(
    bookings: impl IntoIterator<Item = &'a Booking>,
) -> Result<(), Refusal> {
    let of_event = |booking: &Booking| {
        let event = booking.details.event.clone()?;
        Some(Violation::of(Rule::Event { event }).at(booking.interval.start()))
    };
    Refusal::by(bookings.into_iter().filter_map(of_event).collect())
}

/// The dates of a recurrence, or the one date without it.
pub(super) fn occurrences(
    rule: Option<&Recurrence>,
    span: &CivilSpan,
) -> Result<Vec<Occurrence>, Refusal> {
    let Some(rule) = rule else {
        let interval = span
            .interval()
            .map_err(|_| Refusal::rule(Rule::EmptyInterval))?;
        return Ok(vec![Occurrence {
            scheduled: span.start(),
            interval,
            civil: span.clone(),
        }]);
    };
    let found = expand(rule, span, MAX_OCCURRENCES).map_err(|error| match error {
        ExpandError::TooMany { .. } => Refusal::rule(Rule::TooManyOccurrences {
            limit: u32::try_from(MAX_OCCURRENCES).unwrap_or(u32::MAX),
        }),
        other => Refusal::rule(Rule::Recurrence {
            detail: other.to_string(),
        }),
    })?;
    if found.is_empty() {
        Err(Refusal::rule(Rule::NoOccurrence))
    } else {
        Ok(found)
    }
}

/// Refuses resources that the caller may not know of, then those they may not book.
pub(super) fn permit_resources(
    resources: &[ResourceId],
    catalog: &Catalog,
    rights: &Rights<'_>,
) -> Result<(), Refusal> {
    for id in resources {
        if !catalog
            .resource(*id)
            .is_some_and(|resource| rights.sees(resource))
        {
            return Err(Refusal::NotFound(Missing::Object(
                crate::catalog::ObjectKind::Resource,
            )));
        }
    }
    for id in resources {
        if !catalog
            .resource(*id)
            .is_some_and(|resource| rights.books(resource))
        {
            return Err(Refusal::Forbidden(Forbidden::BookResource));
        }
    }
    Ok(())
}

/// Refuses an owner who does not exist, or in whose name the caller may not book these resources. That the owner can
/// not log in any more is a limit.
pub(super) fn permit_owner(
    owner: UserId,
    resources: &[ResourceId],
    limits_aside: bool,
    context: &Context,
    snapshot: &Snapshot,
) -> Result<(), Refusal> {
    if owner == context.actor.id() {
        return Ok(());
    }
    let Some(user) = snapshot.users.get(&owner) else {
        return Err(Refusal::NotFound(Missing::User));
    };
    let rights = context.rights(snapshot);
    let may = |id: &ResourceId| {
        snapshot
            .catalog
            .resource(*id)
            .is_some_and(|r| rights.books_for(r, user))
    };
    if !resources.iter().all(may) {
        return Err(Refusal::Forbidden(Forbidden::BookForOthers));
    }
    if !user.is_active() && !limits_aside {
        return Err(Refusal::rule(Rule::User { user: owner }));
    }
    Ok(())
}

/// Whether limits are set aside for bookings of these resources in the name of these owners.
pub(super) fn limits_aside(
    wanted: Override,
    resources: &[ResourceId],
    owners: &[UserId],
    context: &Context,
    snapshot: &Snapshot,
) -> Result<bool, Refusal> {
    if wanted == Override::No {
        return Ok(false);
    }
    let rights = context.rights(snapshot);
    let may = owners.iter().all(|owner| {
        let owner = context.person(*owner, snapshot);
        rights.sets_limits_aside(resources, owner.map(|owner| &**owner))
    });
    if !may && wanted == Override::Yes {
        return Err(Refusal::Forbidden(Forbidden::Override));
    }
    Ok(may)
}

/// What has to be locked and loaded to judge these bookings.
pub(super) fn probe_for(bookings: &[Booking], context: &Context, snapshot: &Snapshot) -> Probe {
    let catalog = &snapshot.catalog;
    let mut items = HashSet::new();
    let mut windows = Vec::new();
    let mut owners = HashSet::new();
    for booking in bookings {
        for claim in booking.claims() {
            items.insert(claim.item);
            if let Item::Resource(id) = claim.item {
                items.extend(catalog.family(id).into_iter().map(Item::Resource));
            }
            if !windows.contains(&claim.occupied) {
                windows.push(claim.occupied);
            }
        }
        owners.insert(booking.owner);
    }
    items.extend(rules::schedule_items(bookings, catalog));
    let mut items: Vec<Item> = items.into_iter().collect();
    items.sort_unstable();
    let mut owners: Vec<UserId> = owners.into_iter().collect();
    owners.sort_unstable();
    let held = |owner: &UserId| {
        let person = context.person(*owner, snapshot).map(|person| &person.body);
        Holdings {
            owner: *owner,
            windows: rules::person_windows(bookings, person, catalog),
        }
    };
    let mut holdings: Vec<Holdings> = owners.iter().map(held).collect();
    holdings.retain(|one| !one.windows.is_empty());
    let costs_credits = rules::costs_credits(bookings, catalog);
    let mut locks = Vec::new();
    let has_price = rules::has_price(bookings, catalog);
    if !holdings.is_empty() || costs_credits || has_price {
        locks.extend(owners.iter().copied().map(Lock::User));
    }
    let pots = if has_price {
        owners.clone()
    } else {
        Vec::new()
    };
    let balances = if costs_credits { owners } else { Vec::new() };
    Probe {
        locks,
        items,
        windows,
        holdings,
        balances,
        pots,
        ..Probe::default()
    }
}

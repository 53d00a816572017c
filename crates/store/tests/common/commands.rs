//! Commands that no rule stands against, to make what a test begins with.

use domain::booking::Booking;
use domain::catalog::{Object, ObjectKind, StoredObject};
use domain::decide::{
    BookingChange, CatalogLock, Changes, Command, Context, Decision, ObjectChange, Probe, Snapshot,
    Targets,
};
use domain::ids::GroupId;
use domain::people::{Group, Role};
use domain::refusal::Refusal;

/// Makes the group of administrators, which only an administrator could.
pub struct FirstGroup;

impl Command for FirstGroup {
    type Outcome = GroupId;

    fn targets(&self, _: &Context) -> Targets {
        Targets::default()
    }

    fn probe(&self, _: &Context, _: &Snapshot) -> Result<Probe, Refusal> {
        Ok(Probe {
            catalog: CatalogLock::Exclusive,
            new_object: Some(ObjectKind::Group),
            ..Probe::default()
        })
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<GroupId>, Refusal> {
        let id = snapshot.fresh.object.unwrap();
        let group = Group {
            name: "Administrators".into(),
            roles: vec![Role::ApplicationAdministrator],
            ..Group::default()
        };
        let group = Object {
            id,
            uuid: context.entropy.clone().uuid(context.now),
            version: 1,
            body: group,
        };
        let change = ObjectChange {
            before: None,
            after: StoredObject::encode(&group).unwrap(),
        };
        Ok(Decision {
            changes: Changes {
                objects: vec![change],
                ..Changes::default()
            },
            outcome: GroupId(id),
        })
    }
}

/// Stores bookings as they are, but for their ids.
pub struct Plant(pub Vec<Booking>);

impl Command for Plant {
    type Outcome = Vec<Booking>;

    fn targets(&self, _: &Context) -> Targets {
        Targets::default()
    }

    fn probe(&self, _: &Context, _: &Snapshot) -> Result<Probe, Refusal> {
        Ok(Probe {
            new_bookings: self.0.len(),
            ..Probe::default()
        })
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Vec<Booking>>, Refusal> {
        let mut entropy = context.entropy.clone();
        let mut bookings = self.0.clone();
        for (booking, id) in bookings.iter_mut().zip(&snapshot.fresh.bookings) {
            booking.id = *id;
            booking.uuid = entropy.uuid(context.now);
            booking.reference = domain::reference::make(entropy.draw(), *id);
        }
        let created = |after: &Booking| BookingChange {
            event: "booking.created",
            before: None,
            after: after.clone(),
        };
        Ok(Decision {
            changes: Changes {
                bookings: bookings.iter().map(created).collect(),
                ..Changes::default()
            },
            outcome: bookings,
        })
    }
}

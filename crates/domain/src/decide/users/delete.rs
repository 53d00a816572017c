//! Remove a user.

use super::outranks;
use crate::decide::call_off::all_called_off;
use crate::decide::clients::ended_with;
use crate::decide::{
    BookingTarget, CatalogLock, Changes, Command, Context, Decision, Probe, Snapshot, Targets,
    UserChange,
};
use crate::ids::UserId;
use crate::refusal::{Forbidden, Missing, Refusal};

/// Remove a user: the log-in ends and the name is gone; bookings to come are called off, past ones stay.
#[derive(Clone, Debug)]
pub struct DeleteUser {
    /// Whom.
    pub id: UserId,
}

impl Command for DeleteUser {
    type Outcome = ();

    fn targets(&self, context: &Context) -> Targets {
        Targets {
            bookings: BookingTarget::OwnedBy(self.id, context.now),
            users: vec![self.id],
            ..Targets::default()
        }
    }

    /// Nobody decides meanwhile: a booking that somebody just makes for the user would be left without one.
    fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(Probe {
            catalog: CatalogLock::Exclusive,
            ..Probe::default()
        })
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<()>, Refusal> {
        let user = snapshot
            .users
            .get(&self.id)
            .ok_or(Refusal::NotFound(Missing::User))?;
        let rights = context.rights(snapshot);
        let allowed = rights.administers(user) && !outranks(user, &rights, snapshot);
        if self.id == context.actor.id() || !allowed {
            return Err(Refusal::Forbidden(Forbidden::ManagePeople));
        }
        let gone = UserChange {
            before: Some(user.as_ref().clone()),
            after: None,
            password_hash: None,
            end_sessions: true,
            renew_calendars: false,
        };
        let changes = Changes {
            users: vec![gone],
            tokens: ended_with(self.id.0, snapshot),
            ..all_called_off("the owner is gone", context, snapshot)
        };
        Ok(Decision {
            changes,
            outcome: (),
        })
    }
}

//! Join, leave, answer an invitation; and the management of users.

use super::target::{still_open, visible};
use super::{
    Changes, Command, Context, Decision, Lock, Probe, Snapshot, Targets, UserChange, single,
};
use crate::booking::{Answer, Booking, Participant};
use crate::catalog::Object;
use crate::ids::{BookingId, GroupId, ResourceId, UserId};
use crate::limits::{MAX_NAME, MAX_PARTICIPANTS};
use crate::people::{Permission, ResourcePermission, Rights, Role, User};
use crate::refusal::{Forbidden, Missing, Refusal, Rule};
use crate::rules;

/// Take part in a booking that is open to all.
#[derive(Clone, Debug)]
pub struct Join {
    /// The booking.
    pub booking: BookingId,
}

/// Take part no longer.
#[derive(Clone, Debug)]
pub struct Leave {
    /// The booking.
    pub booking: BookingId,
}

/// Accept or decline an invitation.
#[derive(Clone, Debug)]
pub struct Answering {
    /// The booking.
    pub booking: BookingId,
    /// Whether it is accepted.
    pub accept: bool,
}

/// Make or change a user.
#[derive(Clone, Debug)]
pub struct PutUser {
    /// Whom to change; none to make one.
    pub id: Option<UserId>,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// As the user is to be.
    pub user: User,
    /// The Argon2id hash of a new password.
    pub password_hash: Option<String>,
}

/// Remove a user: the log-in ends, the name is gone, past bookings stay.
#[derive(Clone, Debug)]
pub struct DeleteUser {
    /// Whom.
    pub id: UserId,
}

fn room_for_one_more(booking: &Booking, snapshot: &Snapshot) -> Result<(), Refusal> {
    let limits = booking
        .resource_ids()
        .map(|id| snapshot.catalog.policy_of(id).max_participants);
    let limit = limits
        .filter(|limit| *limit > 0)
        .min()
        .unwrap_or(u32::try_from(MAX_PARTICIPANTS).unwrap_or(500));
    if booking.details.taking_part() >= limit {
        return Err(Refusal::rule(Rule::TooManyParticipants { limit }));
    }
    Ok(())
}

macro_rules! single_booking {
    ($command:ty, $decide:expr) => {
        impl Command for $command {
            type Outcome = Booking;

            fn targets(&self, _context: &Context) -> Targets {
                single::targets(self.booking)
            }

            fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
                Ok(single::probe(self.booking))
            }

            fn decide(
                &self,
                context: &Context,
                snapshot: &Snapshot,
            ) -> Result<Decision<Booking>, Refusal> {
                let booking = visible(self.booking, context, snapshot)?;
                still_open(booking)?;
                if booking.is_over(context.now) {
                    return Err(Refusal::rule(Rule::Past));
                }
                $decide(self, booking, context, snapshot)
            }
        }
    };
}

single_booking!(Join, |_: &Join,
                       booking: &Booking,
                       context: &Context,
                       snapshot: &Snapshot| {
    let me = context.actor.id();
    let place = booking
        .details
        .participants
        .iter()
        .position(|p| p.user == me);
    if booking.owner == me
        || place.is_some_and(|at| booking.details.participants[at].answer == Answer::Participating)
    {
        return Ok(single::unchanged(booking));
    }
    if !booking.details.open_to_join && place.is_none() {
        return Err(Refusal::rule(Rule::NotOpen));
    }
    room_for_one_more(booking, snapshot)?;
    Ok(single::change(
        "booking.joined",
        booking,
        context,
        |booking| {
            booking.details.participants.retain(|p| p.user != me);
            booking.details.participants.push(Participant {
                user: me,
                answer: Answer::Participating,
            });
        },
    ))
});

single_booking!(Leave, |_: &Leave,
                        booking: &Booking,
                        context: &Context,
                        _: &Snapshot| {
    let me = context.actor.id();
    if !booking.details.participants.iter().any(|p| p.user == me) {
        return Ok(single::unchanged(booking));
    }
    Ok(single::change(
        "booking.left",
        booking,
        context,
        |booking| {
            booking.details.participants.retain(|p| p.user != me);
        },
    ))
});

single_booking!(Answering, |command: &Answering,
                            booking: &Booking,
                            context: &Context,
                            snapshot: &Snapshot| {
    let me = context.actor.id();
    let Some(place) = booking
        .details
        .participants
        .iter()
        .position(|p| p.user == me)
    else {
        return Err(Refusal::rule(Rule::User { user: me }));
    };
    let answer = if command.accept {
        Answer::Participating
    } else {
        Answer::Declined
    };
    let present = booking.details.participants[place].answer;
    if present == answer {
        return Ok(single::unchanged(booking));
    }
    if command.accept {
        room_for_one_more(booking, snapshot)?;
    }
    Ok(single::change(
        "booking.answered",
        booking,
        context,
        |booking| {
            booking.details.participants[place].answer = answer;
        },
    ))
});

/// A new user, with what everybody gets: the default groups, and the permissions on what new users may book.
fn welcomed(user: &User, context: &Context, snapshot: &Snapshot) -> User {
    let mut user = user.clone();
    user.created_at = user.created_at.or(Some(context.now));
    for group in snapshot
        .catalog
        .groups
        .values()
        .filter(|group| group.default)
    {
        let id = GroupId(group.id);
        if !user.groups.contains(&id) {
            user.groups.push(id);
        }
    }
    let resources = snapshot.catalog.resources.values();
    for resource in resources.filter(|resource| resource.permit_new_users) {
        let resource = ResourceId(resource.id);
        if user
            .permissions
            .iter()
            .all(|held| held.resource != resource)
        {
            user.permissions.push(ResourcePermission {
                resource,
                permission: Permission::Full,
            });
        }
    }
    user
}

/// Whether a person administers everything and the caller does not: whoever could change their address or password
/// could log in as them.
fn outranks(user: &Object<User>, rights: &Rights<'_>, snapshot: &Snapshot) -> bool {
    let everything = |id| {
        snapshot
            .catalog
            .group(id)
            .is_some_and(|group| group.roles.contains(&Role::ApplicationAdministrator))
    };
    !rights.administers_all() && user.groups.iter().any(|id| everything(*id))
}

/// Whether the caller may give `after` what it has more than `before`: nobody gives groups, permissions or roles
/// beyond those they administer.
fn check_rights(
    before: Option<&User>,
    after: &User,
    rights: &Rights<'_>,
    snapshot: &Snapshot,
) -> Result<(), Refusal> {
    if rights.administers_all() {
        return Ok(());
    }
    let had = |group| before.is_some_and(|user| user.groups.contains(&group));
    let catalog = &snapshot.catalog;
    let gains_administrators = after.groups.iter().filter(|id| !had(**id)).any(|id| {
        catalog.group(*id).is_none_or(|group| {
            let sample = User {
                groups: vec![*id],
                ..User::default()
            };
            group.roles.contains(&Role::ApplicationAdministrator) || !rights.administers(&sample)
        })
    });
    let permissions = before.map_or(&[][..], |user| &user.permissions);
    if gains_administrators || after.permissions != permissions {
        return Err(Refusal::Forbidden(Forbidden::Escalate));
    }
    Ok(())
}

impl PutUser {
    fn before<'a>(&self, snapshot: &'a Snapshot) -> Result<Option<&'a Object<User>>, Refusal> {
        let Some(id) = self.id else { return Ok(None) };
        let found = snapshot
            .users
            .get(&id)
            .ok_or(Refusal::NotFound(Missing::User))?;
        match self.expected_version {
            Some(expected) if expected != found.version => Err(Refusal::Stale {
                current: found.version,
            }),
            _ => Ok(Some(found)),
        }
    }

    fn check(&self, rights: &Rights<'_>, snapshot: &Snapshot) -> Result<(), Refusal> {
        let user = &self.user;
        let invalid = |field: &str, detail: &str| {
            Err(Refusal::rule(Rule::Invalid {
                field: field.into(),
                detail: detail.into(),
            }))
        };
        let bad_name =
            |name: &str| name.chars().count() > MAX_NAME || name.chars().any(char::is_control);
        if user.username.trim().is_empty()
            || bad_name(&user.username)
            || user.username.contains(':')
        {
            return invalid(
                "username",
                "1 to 200 characters, no colon, no control characters",
            );
        }
        if !rules::is_address(&user.email) {
            return invalid("email", "one plain mail address");
        }
        if user.name().trim().is_empty() || bad_name(&user.first_name) || bad_name(&user.last_name)
        {
            return invalid("first_name", "1 to 200 characters, no control characters");
        }
        if let Some(group) = user
            .groups
            .iter()
            .find(|id| snapshot.catalog.group(**id).is_none())
        {
            return invalid("groups", &format!("there is no group {group}"));
        }
        if let Some(p) = user
            .permissions
            .iter()
            .find(|p| snapshot.catalog.resource(p.resource).is_none())
        {
            return invalid(
                "permissions",
                &format!("there is no resource {}", p.resource),
            );
        }
        let before = self.id.and_then(|id| snapshot.users.get(&id));
        rules::attributes_of_user(
            before.map(|user| &user.body),
            user,
            self.id.map(i64::from),
            before.map_or(rights.administers_all(), |before| {
                rights.administers(before)
            }),
            &snapshot.catalog,
        )?;
        let (by_name, by_email) = snapshot.taken;
        let others = |holder: Option<UserId>| holder.is_some_and(|holder| Some(holder) != self.id);
        if others(by_name) {
            return Err(Refusal::rule(Rule::Taken {
                field: "username".into(),
            }));
        }
        if others(by_email) {
            return Err(Refusal::rule(Rule::Taken {
                field: "email".into(),
            }));
        }
        Ok(())
    }
}

impl Command for PutUser {
    type Outcome = Object<User>;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: self.id.into_iter().collect(),
            ..Targets::default()
        }
    }

    fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        let locks = [Lock::People]
            .into_iter()
            .chain(self.id.map(Lock::User))
            .collect();
        let names = Some((self.user.username.clone(), self.user.email.clone()));
        Ok(Probe {
            locks,
            names,
            new_user: self.id.is_none(),
            ..Probe::default()
        })
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<User>>, Refusal> {
        let rights = context.rights(snapshot);
        let before = self.before(snapshot)?;
        let allowed = match before {
            Some(before) => {
                before.id == context.actor.user.id
                    || (rights.administers(before) && !outranks(before, &rights, snapshot))
            }
            None => rights.administers(&self.user),
        };
        if !allowed {
            return Err(Refusal::Forbidden(Forbidden::ManagePeople));
        }
        check_rights(before.map(|user| &user.body), &self.user, &rights, snapshot)?;
        self.check(&rights, snapshot)?;
        let mut entropy = context.entropy.clone();
        let after = match before {
            Some(before) => Object {
                id: before.id,
                uuid: before.uuid,
                version: before.version + 1,
                body: self.user.clone(),
            },
            None => Object {
                id: snapshot.fresh.user.map_or(0, i64::from),
                uuid: entropy.uuid(context.now),
                version: 1,
                body: welcomed(&self.user, context, snapshot),
            },
        };
        let end_sessions = before.is_some_and(|before| {
            self.password_hash.is_some() || before.email != after.email || !after.is_active()
        });
        let change = UserChange {
            before: before.cloned(),
            after: Some(after.clone()),
            password_hash: self.password_hash.clone(),
            end_sessions,
        };
        Ok(Decision {
            changes: Changes {
                users: vec![change],
                ..Changes::default()
            },
            outcome: after,
        })
    }
}

impl Command for DeleteUser {
    type Outcome = ();

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: vec![self.id],
            ..Targets::default()
        }
    }

    fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(Probe {
            locks: vec![Lock::People, Lock::User(self.id)],
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
        let before = Some(user.as_ref().clone());
        let change = UserChange {
            before,
            after: None,
            password_hash: None,
            end_sessions: true,
        };
        Ok(Decision {
            changes: Changes {
                users: vec![change],
                ..Changes::default()
            },
            outcome: (),
        })
    }
}

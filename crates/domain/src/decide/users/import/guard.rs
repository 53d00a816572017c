//! Deactivating who is not in the sheet, and what a sheet that is cut off or not the right one must not do.

use std::collections::HashSet;

use super::ImportUsers;
use super::plan::{Plan, Planned};
use crate::catalog::{Catalog, Object};
use crate::decide::{Context, Snapshot};
use crate::people::{Role, User, UserState};
use crate::refusal::{Refusal, Rule, Violation};

/// Adds the deactivation of all who can log in, or soon could, and are not in the sheet.
pub(super) fn deactivate<'a>(snapshot: &'a Snapshot, plan: &mut Plan<'a>) {
    for user in those_who_can(snapshot).filter(|user| !plan.present.contains(&user.id)) {
        let body = User {
            state: UserState::Inactive,
            ..user.body.clone()
        };
        plan.outcome.deactivated += 1;
        plan.changes.push(Planned {
            before: Some(user),
            body,
        });
    }
}

/// Whether the plan may be carried out as a whole.
///
/// # Errors
/// If the caller would be deactivated, if nobody would be left who administers everything, or if more than the
/// organisation's share of all would be deactivated and the caller has not said their number.
pub(super) fn check(
    import: &ImportUsers,
    context: &Context,
    snapshot: &Snapshot,
    plan: &Plan<'_>,
) -> Result<(), Refusal> {
    let mut violations = Vec::new();
    let own = context.actor.user.id;
    let changed = || plan.changes.iter();
    let goes = |planned: &Planned<'_>| {
        planned.body.state == UserState::Inactive
            && planned.before.is_some_and(|user| user.id == own)
    };
    if changed().any(goes) {
        violations.push(Violation::of(Rule::OwnAccount));
    }
    let catalog = &snapshot.catalog;
    let touched: HashSet<i64> = changed()
        .filter_map(|planned| Some(planned.before?.id))
        .collect();
    let mut untouched = snapshot
        .people
        .iter()
        .filter(|user| !touched.contains(&user.id));
    let left = changed().any(|planned| administers(&planned.body, catalog))
        || untouched.any(|user| administers(user, catalog));
    let any = snapshot
        .people
        .iter()
        .any(|user| administers(user, catalog));
    if any && !left {
        violations.push(Violation::of(Rule::LastAdministrator));
    }
    let users = plan.outcome.deactivated;
    let all = u64::try_from(those_who_can(snapshot).count()).unwrap_or(u64::MAX);
    let share = u64::from(catalog.organisation.deactivation_share);
    if u64::from(users) * 100 > all.saturating_mul(share) && import.confirmed != Some(users) {
        violations.push(Violation::of(Rule::Unconfirmed { users }));
    }
    Refusal::by(violations)
}

/// Who is not deactivated.
fn those_who_can(snapshot: &Snapshot) -> impl Iterator<Item = &Object<User>> {
    let people = snapshot.people.iter().map(AsRef::as_ref);
    people.filter(|user: &&Object<User>| user.state != UserState::Inactive)
}

fn administers(user: &User, catalog: &Catalog) -> bool {
    let mut groups = user.groups.iter().filter_map(|id| catalog.group(*id));
    user.is_active() && groups.any(|group| group.roles.contains(&Role::ApplicationAdministrator))
}

//! `GET /api/memberships`, and one of them

use std::collections::HashMap;

use axum::extract::State;
use domain::ids::{MembershipId, UserId};

use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{Caller, Id, MembershipsRead};
use crate::query::Query;
use crate::views::MembershipView;

/// The memberships that have not ended: all of them for administrators, for others their own. With `attributes`, no more of
/// each than these. Who manages the space alone, and not the organisation, learns of others no more than the names.
pub async fn list(
    State(app): State<App>,
    caller: Caller<MembershipsRead>,
    query: Query,
) -> Result<Reply, Fault> {
    let (catalog, today) = (&caller.space.catalog, caller.space.today(app.engine.now()));
    let attributes = query.list("attributes");
    let me = caller.actor.id();
    let shown = catalog.memberships.values().filter(|membership| {
        (caller.administers || membership.user == me)
            && membership.until.is_none_or(|until| today <= until)
    });
    let shown: Vec<_> = shown.collect();
    let with_email = attributes
        .as_ref()
        .is_none_or(|names| names.contains(&"email"));
    let users = if with_email {
        let mut ids: Vec<UserId> = shown.iter().map(|membership| membership.user).collect();
        ids.sort_unstable();
        ids.dedup();
        let store = app.engine.store();
        store.users_by_id(caller.actor.organisation, &ids).await?
    } else {
        HashMap::new()
    };
    let view = |id: i64, holder: UserId| {
        let (user, whole) = (users.get(&holder), sees_contract(&caller, holder));
        let user = user.map(|user| &user.body);
        let id = MembershipId(id);
        MembershipView::of(id, user, whole, attributes.as_deref(), catalog)
    };
    let views = shown
        .iter()
        .filter_map(|membership| view(membership.id, membership.user));
    Reply::ok(&views.collect::<Vec<_>>())
}

/// One membership, for administrators and its holder.
pub async fn read(
    State(app): State<App>,
    caller: Caller<MembershipsRead>,
    Id(id): Id,
    query: Query,
) -> Result<Reply, Fault> {
    let holder = holder(&caller, id)?;
    let store = app.engine.store();
    let users = store
        .users_by_id(caller.actor.organisation, &[holder])
        .await?;
    let (user, whole) = (users.get(&holder), sees_contract(&caller, holder));
    let user = user.map(|user| &user.body);
    let (attributes, catalog) = (query.list("attributes"), &caller.space.catalog);
    let id = MembershipId(id);
    let view = MembershipView::of(id, user, whole, attributes.as_deref(), catalog);
    Reply::ok(&view.ok_or(Fault::NotFound)?)
}

/// Whether the contract itself is for the caller: the holder, and who administers the organisation.
fn sees_contract<S>(caller: &Caller<S>, holder: UserId) -> bool {
    holder == caller.actor.id() || caller.rights().administers_all()
}

/// Whose the membership is.
///
/// # Errors
/// 404 if there is none that the caller may know of.
pub fn holder<S>(caller: &Caller<S>, id: i64) -> Result<UserId, Fault> {
    let membership = caller.space.catalog.memberships.get(id);
    let user = membership.map(|membership| membership.user);
    user.filter(|user| caller.administers || *user == caller.actor.id())
        .ok_or(Fault::NotFound)
}

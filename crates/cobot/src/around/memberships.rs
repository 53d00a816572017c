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
/// each than these.
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
    let view = |id: i64, user: UserId| {
        let user = users.get(&user).map(|user| &user.body);
        MembershipView::of(MembershipId(id), user, attributes.as_deref(), catalog)
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
    let user = holder(&caller, id)?;
    let store = app.engine.store();
    let users = store
        .users_by_id(caller.actor.organisation, &[user])
        .await?;
    let user = users.get(&user).map(|user| &user.body);
    let attributes = query.list("attributes");
    let catalog = &caller.space.catalog;
    let view = MembershipView::of(MembershipId(id), user, attributes.as_deref(), catalog);
    Reply::ok(&view.ok_or(Fault::NotFound)?)
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

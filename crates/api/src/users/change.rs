//! `PATCH /users/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::catalog::{Catalog, Object};
use domain::decide::{Command, Context, Decision, Probe, PutUser, Snapshot, Targets};
use domain::ids::UserId;
use domain::people::{Rights, User};
use domain::refusal::{Forbidden, Missing, Refusal};
use http_kit::Problem;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::create::take_text;
use super::{UserBody, UserView, acceptable, admin_only, view, visible};
use crate::App;
use crate::caller::{Caller, Path, PeopleWrite};
use crate::catalog::{number, patched, refusal_of};
use crate::perform::{Incoming, json_answer, versioned};
use crate::problem::{refusal_problem, store_problem};
use crate::wire::{Wire, invalid};

/// What is to be changed of a user.
#[derive(Deserialize, ToSchema)]
#[expect(
    dead_code,
    reason = "what the document says; the body is read field by field"
)]
pub struct ChangeUser {
    /// The user.
    #[serde(flatten)]
    pub user: UserBody,
    /// A new password.
    #[schema(min_length = 8, max_length = 1024, write_only)]
    pub password: Option<String>,
    /// The present password.
    #[schema(write_only)]
    pub current_password: Option<String>,
}

/// Change a user.
///
/// What is omitted stays as it is, and null clears: a merge patch (RFC 7396). Who changes their own password or
/// address gives the `current_password`, administrators excepted. Either change ends all sessions and tokens of the
/// user. Groups, permissions, state and name to log in with are for administrators.
#[utoipa::path(
    patch,
    path = "/users/{id}",
    tag = "people",
    security(("bearer" = ["people:write"])),
    request_body = ChangeUser,
    params(
        ("id" = i64, Path, description = "The user."),
        ("If-Match" = Option<String>, Header, description = "The version that the caller has read."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    responses(
        (status = 200, description = "The user as it is now.", body = UserView),
        (status = 409), (status = 429),
    ),
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller<PeopleWrite>,
    Path(id): Path<String>,
    incoming: Incoming,
) -> Response {
    let incoming = incoming.without_secrets(&["password", "current_password"]);
    let command = match command(&app, &caller, &id, &incoming).await {
        Ok(command) => command,
        Err(problem) => return incoming.remember(&app, &caller, problem).await,
    };
    let actor = caller.actor.clone();
    incoming
        .perform(
            &app,
            &caller,
            |_| Ok(command),
            move |user, snapshot| {
                let rights = Rights::of(&snapshot.catalog, &actor.user);
                let body = view(user, &snapshot.catalog, &rights);
                versioned(json_answer(StatusCode::OK, &body), user.version)
            },
        )
        .await
}

async fn command(
    app: &App,
    caller: &Caller<PeopleWrite>,
    id: &str,
    incoming: &Incoming,
) -> Result<PatchUser, Problem> {
    let mut patch: Value = incoming.json()?;
    let password = take_text(&mut patch, "password")?;
    let current = take_text(&mut patch, "current_password")?;
    let id = UserId(number(id)?);
    let organisation = caller.actor.organisation;
    let users = app.engine.store().users_by_id(organisation, &[id]).await;
    let mut users = users.map_err(|error| store_problem(&error))?;
    let catalog = app
        .engine
        .catalog(organisation)
        .map_err(|error| store_problem(&error))?;
    let rights = Rights::of(&catalog, &caller.actor.user);
    let user = users.remove(&id).filter(|user| visible(user, &rights));
    let user = user.ok_or_else(Problem::not_found)?;
    if id != caller.actor.id() && !rights.administers(&user) {
        let refusal = Refusal::Forbidden(Forbidden::ManagePeople);
        return Err(refusal_problem(&refusal));
    }
    let mut command = PatchUser {
        id,
        expected_version: incoming.expected_version,
        patch,
        password_hash: None,
        proven: rights.administers_all(),
    };
    let after = command.apply(&user)?;
    if let Some(password) = &password {
        acceptable(password)?;
    }
    let sensitive = password.is_some() || after.email != user.email;
    if sensitive && id == caller.actor.id() && !command.proven {
        prove(app, caller, current.as_deref()).await?;
        command.proven = true;
    }
    if let Some(password) = &password {
        let hash = app.engine.passwords().hash(password).await;
        command.password_hash = Some(hash.map_err(|error| store_problem(&error))?);
    }
    Ok(command)
}

/// Whether the caller knows their own password; guesses are slowed down as at the log-in.
async fn prove(
    app: &App,
    caller: &Caller<PeopleWrite>,
    password: Option<&str>,
) -> Result<(), Problem> {
    let wrong = |detail: &str| invalid("current_password", detail);
    let password = password.ok_or_else(|| wrong("is needed for this change"))?;
    app.attempts
        .check(&caller.actor.id())
        .map_err(Problem::from)?;
    let right = app.engine.proves(&caller.actor, password).await;
    if right.map_err(|error| store_problem(&error))? {
        app.attempts.forget(&caller.actor.id());
        Ok(())
    } else {
        Err(wrong("is not right"))
    }
}

/// A change of what a patch names, applied to the user as they are when it is decided.
struct PatchUser {
    id: UserId,
    expected_version: Option<i64>,
    patch: Value,
    password_hash: Option<String>,
    /// Whether the caller may change what a stolen session must not.
    proven: bool,
}

impl PatchUser {
    fn apply(&self, before: &Object<User>) -> Result<User, Problem> {
        let body: UserBody = before.body.to_wire();
        User::from_wire(patched(&body, &self.patch)?, "")
    }

    fn put(&self, context: &Context, snapshot: &Snapshot) -> Result<PutUser, Refusal> {
        let before = snapshot
            .users
            .get(&self.id)
            .ok_or(Refusal::NotFound(Missing::User))?;
        let user = self
            .apply(before)
            .map_err(|problem| refusal_of(&problem, "user"))?;
        let rights = context.rights(snapshot);
        if !rights.administers(before) && keeps_more(before, &user, &snapshot.catalog) {
            return Err(Refusal::Forbidden(Forbidden::ManagePeople));
        }
        let myself = self.id == context.actor.id();
        if myself && !self.proven && (user.email != before.email || self.password_hash.is_some()) {
            return Err(Refusal::Forbidden(Forbidden::ManagePeople));
        }
        Ok(PutUser {
            id: Some(self.id),
            expected_version: self.expected_version,
            user,
            password_hash: self.password_hash.clone(),
        })
    }
}

/// Whether the change touches what people do not decide for themselves.
fn keeps_more(before: &User, after: &User, catalog: &Catalog) -> bool {
    let administered = |user: &User| {
        let mut attributes = user.attributes.clone();
        attributes.retain(|id, _| admin_only(catalog, id.0));
        attributes
    };
    before.username != after.username
        || before.state != after.state
        || before.groups != after.groups
        || before.permissions != after.permissions
        || before.extension != after.extension
        || before.created_at != after.created_at
        || before.last_login_at != after.last_login_at
        || before.terms_accepted_at != after.terms_accepted_at
        || administered(before) != administered(after)
}

impl Command for PatchUser {
    type Outcome = Object<User>;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: vec![self.id],
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        self.put(context, snapshot)?.probe(context, snapshot)
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<User>>, Refusal> {
        self.put(context, snapshot)?.decide(context, snapshot)
    }
}

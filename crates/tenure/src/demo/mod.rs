//! The example organisation: made once, through the engine's commands alone, the same from the same seed.
//!
//! Every step looks before it leaps, so that a start that was cut off is completed by the next one. The terms of use
//! are written last: where they are, everything is.

mod areas;
mod assigned;
mod bookings;
mod content;
mod coworking;
pub mod credentials;
mod people;
mod plans;
mod programs;
mod random;
pub mod secrets;

use std::sync::Arc;

use domain::catalog::{Catalog, Organisation};
use domain::decide::{IssueToken, NewToken, PutObject, PutUser, TokenKind};
use domain::ids::{GroupId, MembershipId, UserId};
use domain::people::{Actor, Door, Group, Scopes, User, Vehicle};
use engine::{AuthError, Engine, FirstAdministrator};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use people::Colleague;
use secrets::{Person, Secrets};
use store::Store;

use crate::catalog::Named;
use crate::commands::execute;

/// The slug of the demo's organisation.
pub const SLUG: &str = "demo";

const TERMS: &str = "Leave the place as you found it, and give back in time what you do not need.";

/// What commands change, as far as it matters to those beside them.
#[derive(Clone, Copy)]
enum Touching {
    /// The catalog: on PostgreSQL each of them makes all others begin again, so they are done one by one.
    Catalog,
    /// Anything else.
    Rest,
}

/// Does these together, as many at once as the store carries out without anybody waiting long: SQLite commits them in
/// one group, PostgreSQL has a connection for each.
async fn together<T>(
    engine: &Engine,
    touching: Touching,
    work: impl IntoIterator<Item = impl Future<Output = anyhow::Result<T>>>,
) -> anyhow::Result<Vec<T>> {
    let at_once = match (engine.store(), touching) {
        (Store::Sqlite(_), _) => 256,
        (Store::Postgres(_), Touching::Catalog) => 1,
        (Store::Postgres(_), Touching::Rest) => 8,
    };
    stream::iter(work).buffered(at_once).try_collect().await
}

/// The demo as it stands.
pub struct Demo {
    /// Its organisation.
    pub catalog: Arc<Catalog>,
    /// The member's membership.
    pub membership: MembershipId,
}

/// The demo, complete; made, as far as it is not there.
///
/// # Errors
/// If something is refused, or the store can not be written.
pub async fn ensure(engine: &Engine, secrets: &Secrets) -> anyhow::Result<Demo> {
    let known = |engine: &Engine| {
        let catalogs = engine.store().catalogs().into_values();
        catalogs.into_iter().find(|catalog| &*catalog.slug == SLUG)
    };
    let admin = User {
        username: secrets.admin.username.clone(),
        email: secrets.admin.email.clone(),
        first_name: "Ada".into(),
        last_name: "Brandt".into(),
        position: Some("Administrator".into()),
        ..User::default()
    };
    let first = FirstAdministrator {
        user: admin,
        password_hash: None,
    };
    let catalog = known(engine);
    let admin = match &catalog {
        None => {
            let organisation = content::organisation()?;
            let made = engine::create_organisation(engine, SLUG, organisation, first).await?;
            made.1
        }
        Some(catalog) => engine::complete_organisation(engine, catalog.id, first).await?,
    };
    let complete = catalog.is_some_and(|catalog| catalog.organisation.terms.is_some());
    if !complete {
        content::make(engine, &admin).await?;
    }
    let member = member(engine, &admin, &secrets.member).await?;
    log_ins(engine, &admin, &member, secrets).await?;
    // What follows is also made for demos that are older than it.
    let own = Colleague {
        user: member.user.clone(),
        in_berlin: true,
    };
    let membership = coworking::begin(engine, &admin, &own).await?;
    programs::make(engine, &admin, &member, secrets.coworking()?).await?;
    if !complete {
        let people = people::make(engine, &admin).await?;
        assigned::make(engine, &admin, &people).await?;
        let members = coworking::memberships(engine, &admin, &own, &people).await?;
        coworking::past_month(engine, &admin, &members).await?;
        let made = bookings::make(engine, &admin, &people).await?;
        coworking::event(engine, &admin).await?;
        tracing::info!(people = people.len(), bookings = made, "made the demo");
        finish(engine, &admin).await?;
    }
    Ok(Demo {
        catalog: engine.catalog(admin.organisation)?,
        membership,
    })
}

/// Writes the terms: everything is there.
async fn finish(engine: &Engine, admin: &Actor) -> anyhow::Result<()> {
    let catalog = engine.catalog(admin.organisation)?;
    let put = PutObject {
        id: Some(catalog.organisation.id),
        expected_version: None,
        body: Organisation {
            terms: Some(TERMS.into()),
            ..catalog.organisation.body.clone()
        },
    };
    execute(engine, admin, put).await?;
    Ok(())
}

async fn member(engine: &Engine, admin: &Actor, person: &Person) -> anyhow::Result<Actor> {
    let catalog = engine.catalog(admin.organisation)?;
    let group = |name: &str| Group::named(&catalog, name).map(|group| GroupId(group.id));
    let user = User {
        username: person.username.clone(),
        email: person.email.clone(),
        first_name: "Max".into(),
        last_name: "Lindqvist".into(),
        position: Some("Software engineer".into()),
        vehicles: vec![Vehicle {
            id: 1,
            name: Some("Company car".into()),
            plate: "B AW 2027".into(),
        }],
        groups: [group("Everyone"), group("Engineering")]
            .into_iter()
            .flatten()
            .collect(),
        ..User::default()
    };
    let user = people::ensure(engine, admin, user).await?;
    Ok(Actor {
        user,
        ..admin.clone()
    })
}

/// Makes the secrets good that are not: those of a new demo, or of one whose file was lost.
async fn log_ins(
    engine: &Engine,
    admin: &Actor,
    member: &Actor,
    secrets: &Secrets,
) -> anyhow::Result<()> {
    // One after the other: the hash of a password takes 19 MiB while it is made.
    log_in(engine, admin, admin, &secrets.admin).await?;
    log_in(engine, admin, member, &secrets.member).await?;
    let token = &secrets.flexopus_token;
    issue(engine, admin, admin, token, Door::Flexopus).await
}

async fn log_in(
    engine: &Engine,
    admin: &Actor,
    actor: &Actor,
    person: &Person,
) -> anyhow::Result<()> {
    if knows(engine, actor, &person.api_token, Door::Api).await? {
        return Ok(());
    }
    let hash = engine.passwords().hash(&person.password).await?;
    let put = PutUser {
        id: Some(UserId(actor.user.id)),
        expected_version: None,
        user: actor.user.body.clone(),
        password_hash: Some(hash),
    };
    execute(engine, admin, put).await?;
    // The token comes after the password, as a new password ends all tokens; and it is what is asked for above.
    issue(engine, admin, actor, &person.api_token, Door::Api).await
}

/// Whether the secret opens the door for this person.
async fn knows(engine: &Engine, actor: &Actor, secret: &str, door: Door) -> anyhow::Result<bool> {
    match engine.authenticate(secret, door).await {
        Ok((known, _)) => Ok(known.id() == actor.id()),
        Err(AuthError::Invalid) => Ok(false),
        Err(AuthError::Store(error)) => Err(error.into()),
    }
}

/// Makes the secret open the door for a person, unless it does. At Tenure's own there is no limit on the rate of requests.
async fn issue(
    engine: &Engine,
    admin: &Actor,
    actor: &Actor,
    secret: &str,
    door: Door,
) -> anyhow::Result<()> {
    if knows(engine, actor, secret, door).await? {
        return Ok(());
    }
    let token = NewToken {
        user: UserId(actor.user.id),
        kind: TokenKind::Api,
        door,
        idle: None,
        name: "Demo".into(),
        hash: engine::token_hash(secret),
        scopes: Scopes::ALL,
        expires_at: None,
        unlimited: door == Door::Api,
    };
    execute(engine, admin, IssueToken(token)).await?;
    Ok(())
}

//! The first steps of an organisation: itself, its administrators' group, and the first of them.

use std::sync::Arc;

use domain::catalog::{Object, Organisation};
use domain::decide::{Command, PutObject, PutUser};
use domain::entropy::Entropy;
use domain::ids::{GroupId, OrganisationId};
use domain::people::{Actor, Door, Group, Role, Scopes, User};
use store::{Executed, NewOrganisation, StoreError};

use crate::{Engine, Request};

/// The first administrator of an organisation.
pub struct FirstAdministrator {
    /// Who it is; groups are filled in.
    pub user: User,
    /// The Argon2id hash of the password.
    pub password_hash: Option<String>,
}

/// Makes an organisation with its group of administrators and the first of them.
///
/// # Errors
/// If the slug is taken, something does not fit, or the store can not be written.
pub async fn create_organisation(
    engine: &Engine,
    slug: &str,
    organisation: Organisation,
    first: FirstAdministrator,
) -> Result<(OrganisationId, Actor), StoreError> {
    let uuid = Entropy::new(engine.random()?).uuid(engine.now());
    let new = NewOrganisation {
        slug: slug.into(),
        uuid,
        organisation,
        now: engine.now(),
    };
    let id = engine.store().create_organisation(new).await?;
    // Before there is an administrator, the installer acts as the one to come: by the number that the first
    // group of administrators is going to have.
    let group = Group {
        name: "Administrators".into(),
        roles: vec![Role::ApplicationAdministrator],
        ..Group::default()
    };
    let group = bootstrap(
        engine,
        id,
        PutObject {
            id: None,
            expected_version: None,
            body: group,
        },
    )
    .await?;
    let user = User {
        groups: vec![GroupId(group.id)],
        ..first.user
    };
    let installer = installer(id, vec![GroupId(group.id)]);
    let put = PutUser {
        id: None,
        expected_version: None,
        user,
        password_hash: first.password_hash,
    };
    let user = done(
        engine
            .execute(&installer, put, Request::plain("setup"))
            .await?,
    )?;
    let actor = Actor {
        organisation: id,
        user: Arc::new(user),
        scopes: Scopes::ALL,
        token: None,
        door: Door::CommandLine,
    };
    Ok((id, actor))
}

fn installer(organisation: OrganisationId, groups: Vec<GroupId>) -> Actor {
    let user = User {
        username: "installer".into(),
        groups,
        ..User::default()
    };
    let user = Arc::new(Object {
        id: 0,
        uuid: uuid::Uuid::nil(),
        version: 1,
        body: user,
    });
    Actor {
        organisation,
        user,
        scopes: Scopes::ALL,
        token: None,
        door: Door::CommandLine,
    }
}

async fn bootstrap(
    engine: &Engine,
    organisation: OrganisationId,
    command: PutObject<Group>,
) -> Result<Object<Group>, StoreError> {
    done(
        engine
            .execute(
                &installer(organisation, Vec::new()),
                Bootstrap(command),
                Request::plain("setup"),
            )
            .await?,
    )
}

fn done<T>(executed: Executed<T>) -> Result<T, StoreError> {
    match executed {
        Executed::Fresh(Ok(outcome), _) => Ok(outcome),
        Executed::Fresh(Err(refusal), _) => {
            Err(StoreError::Unavailable(format!("refused: {refusal:?}")))
        }
        Executed::Replayed(_) | Executed::KeyReused => {
            Err(StoreError::Unavailable("repeated".into()))
        }
    }
}

/// The first group of administrators of an organisation that has no group yet: nobody could permit it.
struct Bootstrap(PutObject<Group>);

impl Command for Bootstrap {
    type Outcome = Object<Group>;

    fn targets(&self, context: &domain::decide::Context) -> domain::decide::Targets {
        self.0.targets(context)
    }

    fn probe(
        &self,
        context: &domain::decide::Context,
        snapshot: &domain::decide::Snapshot,
    ) -> Result<domain::decide::Probe, domain::refusal::Refusal> {
        self.0.probe(context, snapshot)
    }

    fn decide(
        &self,
        context: &domain::decide::Context,
        snapshot: &domain::decide::Snapshot,
    ) -> Result<domain::decide::Decision<Object<Group>>, domain::refusal::Refusal> {
        self.0.create_first(context, snapshot)
    }
}

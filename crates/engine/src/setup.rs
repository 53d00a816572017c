//! The first steps of an organisation: itself, its administrators' group, and the first of them.

use std::sync::Arc;

use domain::catalog::{Catalog, Object, Organisation};
use domain::decide::{Command, PutObject, PutUser};
use domain::entropy::Entropy;
use domain::ids::{GroupId, OrganisationId};
use domain::people::{Actor, Door, Group, Rights, Role, Scopes, User, UserState};
use store::{Executed, NewOrganisation, StoreError, UserFilter};

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
    let id = found_organisation(engine, slug, organisation).await?;
    let actor = complete_organisation(engine, id, first).await?;
    Ok((id, actor))
}

/// Makes an organisation with its group of administrators, and nobody in it.
///
/// # Errors
/// If the slug is taken, something does not fit, or the store can not be written.
pub async fn found_organisation(
    engine: &Engine,
    slug: &str,
    organisation: Organisation,
) -> Result<OrganisationId, StoreError> {
    let uuid = Entropy::new(engine.random()?).uuid(engine.now());
    let new = NewOrganisation {
        slug: slug.into(),
        uuid,
        organisation,
        now: engine.now(),
    };
    let id = engine.store().create_organisation(new).await?;
    administrators(engine, id).await?;
    Ok(id)
}

/// Gives an organisation its group of administrators and the first of them, as far as it has not got them: so that
/// a setup that was cut off can be taken up again.
///
/// # Errors
/// If something does not fit, or the store can not be written.
pub async fn complete_organisation(
    engine: &Engine,
    id: OrganisationId,
    first: FirstAdministrator,
) -> Result<Actor, StoreError> {
    let group = administrators(engine, id).await?;
    let known = engine
        .store()
        .user_by_login(id, &first.user.username)
        .await?;
    let user = if let Some((user, _)) = known {
        user
    } else {
        let user = User {
            groups: vec![group],
            ..first.user
        };
        let put = PutUser {
            id: None,
            expected_version: None,
            user,
            password_hash: first.password_hash,
        };
        done(
            engine
                .execute(&operator_in(id, vec![group]), put, Request::plain("setup"))
                .await?,
        )?
    };
    Ok(Actor {
        organisation: id,
        user: Arc::new(user),
        scopes: Scopes::ALL,
        token: None,
        door: Door::CommandLine,
    })
}

/// The group of administrators, which is made if there is none.
async fn administrators(engine: &Engine, id: OrganisationId) -> Result<GroupId, StoreError> {
    if let Some(group) = administrators_of(&*engine.catalog(id)?) {
        return Ok(group);
    }
    // Before there is an administrator, the operator acts as the one to come.
    let group = Group {
        name: "Administrators".into(),
        roles: vec![Role::ApplicationAdministrator],
        ..Group::default()
    };
    let put = PutObject {
        id: None,
        expected_version: None,
        body: group,
    };
    Ok(GroupId(bootstrap(engine, id, put).await?.id))
}

fn administrators_of(catalog: &Catalog) -> Option<GroupId> {
    let administer =
        |group: &&Arc<Object<Group>>| group.roles.contains(&Role::ApplicationAdministrator);
    catalog
        .groups
        .values()
        .find(administer)
        .map(|group| GroupId(group.id))
}

/// Whoever runs the program on the database's own machine: may do everything in the organisation, and stands in the
/// journal as nobody, through the door of the command line.
///
/// # Errors
/// If there is no such organisation.
pub fn operator(engine: &Engine, organisation: OrganisationId) -> Result<Actor, StoreError> {
    let group = administrators_of(&*engine.catalog(organisation)?);
    Ok(operator_in(organisation, group.into_iter().collect()))
}

/// An administrator of the organisation who can log in, the one with the lowest id; none if there is none.
///
/// # Errors
/// If the store can not be read.
pub async fn administrator(
    engine: &Engine,
    organisation: OrganisationId,
) -> Result<Option<Actor>, StoreError> {
    let catalog = engine.catalog(organisation)?;
    let mut filter = UserFilter {
        organisation,
        state: Some(UserState::Active),
        keys: Vec::new(),
        after: 0,
        limit: 500,
    };
    loop {
        let page = engine.store().users(&filter).await?;
        let found = page
            .items
            .into_iter()
            .find(|user| Rights::of(&catalog, user).administers_all());
        if let Some(user) = found {
            return Ok(Some(Actor {
                organisation,
                user: Arc::new(user),
                scopes: Scopes::ALL,
                token: None,
                door: Door::Job,
            }));
        }
        match page.next {
            Some(after) => filter.after = after,
            None => return Ok(None),
        }
    }
}

fn operator_in(organisation: OrganisationId, groups: Vec<GroupId>) -> Actor {
    let user = User {
        username: "operator".into(),
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

/// Somebody who has not logged in: may do nothing but what anybody may.
pub fn anybody(organisation: OrganisationId, door: Door) -> Actor {
    Actor {
        door,
        ..operator_in(organisation, Vec::new())
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
                &operator_in(organisation, Vec::new()),
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
        _snapshot: &domain::decide::Snapshot,
    ) -> Result<domain::decide::Probe, domain::refusal::Refusal> {
        self.0.probe_first(context)
    }

    fn decide(
        &self,
        context: &domain::decide::Context,
        snapshot: &domain::decide::Snapshot,
    ) -> Result<domain::decide::Decision<Object<Group>>, domain::refusal::Refusal> {
        self.0.create_first(context, snapshot)
    }
}

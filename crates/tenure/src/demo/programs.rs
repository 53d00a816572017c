//! The programs of the demo that come by OAuth, and their tokens.

use domain::decide::RegisterClient;
use domain::ids::UserId;
use domain::people::{Actor, Client, Door};
use engine::Engine;

use super::secrets::{Coworking, Program};
use super::{coworking, issue};
use crate::commands::execute;

/// Makes the secrets good that are not.
///
/// # Errors
/// If something is refused, or the store can not be written.
pub async fn make(
    engine: &Engine,
    admin: &Actor,
    member: &Actor,
    secrets: &Coworking,
) -> anyhow::Result<()> {
    register(engine, admin, Door::Cobot, "Lobby display", &secrets.cobot).await?;
    let door = Door::Spacebring;
    register(engine, admin, door, "Analytics", &secrets.spacebring).await?;
    issue(engine, admin, admin, &secrets.cobot_token, Door::Cobot).await?;
    issue(
        engine,
        admin,
        member,
        &secrets.cobot_member_token,
        Door::Cobot,
    )
    .await
}

/// Registers a program for the administrator, unless it is.
async fn register(
    engine: &Engine,
    admin: &Actor,
    door: Door,
    name: &str,
    program: &Program,
) -> anyhow::Result<()> {
    if engine.client(&program.client_id).is_some() {
        return Ok(());
    }
    let client = Client {
        name: name.into(),
        door,
        client_id: program.client_id.clone(),
        secret_hash: Some(engine::client_secret_hash(&program.client_secret)),
        redirect_uris: vec![coworking::REDIRECT_URI.into()],
        scopes: Client::scopes_of(door).iter().collect(),
        user: UserId(admin.user.id),
        trusted: door == Door::Cobot,
        unlimited: false,
    };
    execute(engine, admin, RegisterClient(client)).await?;
    Ok(())
}

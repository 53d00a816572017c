//! The binary: command line, configuration, wiring.

mod server;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A thin slice to measure: an organisation with one room, and two tokens.
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    use domain::catalog::{Area, Organisation, Policy, Resource, Site};
    use domain::decide::{IssueToken, NewToken, PutObject, TokenKind};
    use domain::people::{Scopes, User};
    fn put<T>(body: T) -> PutObject<T> {
        PutObject {
            id: None,
            expected_version: None,
            body,
        }
    }
    let dir = std::env::args().nth(1).unwrap_or_else(|| "slice".into());
    std::fs::create_dir_all(&dir)?;
    let engine = server::engine(&format!("sqlite:{dir}/tenure.db"), true).await?;
    let zone = domain::time::Zone::parse("Europe/Berlin").map_err(|e| anyhow::anyhow!("{e}"))?;
    let organisation = Organisation {
        name: "Slice".into(),
        zone: zone.clone(),
        hosts: vec![],
        currency: None,
        terms: None,
        policy: Policy::default(),
    };
    let user = User {
        username: "admin".into(),
        email: "admin@example.com".into(),
        first_name: "Ada".into(),
        ..User::default()
    };
    let (id, actor) = engine::create_organisation(
        &engine,
        "slice",
        organisation,
        engine::FirstAdministrator {
            user,
            password_hash: None,
        },
    )
    .await?;
    fn plain<T>() -> engine::Request<T> {
        engine::Request::plain("setup")
    }
    let _ = engine
        .execute(
            &actor,
            put(Site {
                name: "S".into(),
                zone,
                address: None,
                manager_group: None,
                policy: Policy::default(),
            }),
            plain(),
        )
        .await?;
    let _ = engine
        .execute(
            &actor,
            put(Area {
                name: "A".into(),
                site: 1.into(),
                code: None,
                plan: None,
                manager_group: None,
                policy: Policy::default(),
            }),
            plain(),
        )
        .await?;
    for n in 0..1000 {
        let resource: Resource = serde_json::from_value(
            serde_json::json!({"name": format!("Room {n}"), "area": 1, "kind": "room", "units": if n == 1 { 3 } else { 1 }}),
        )?;
        let _ = engine.execute(&actor, put(resource), plain()).await?;
    }
    let (secret, hash) = engine.new_token_secret()?;
    let token = NewToken {
        user: actor.id(),
        kind: TokenKind::Api,
        name: "t".into(),
        hash,
        scopes: Scopes::ALL,
        expires_at: None,
        unlimited: true,
    };
    let _ = engine.execute(&actor, IssueToken(token), plain()).await?;
    println!("{secret}");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8081").await?;
    let serve = server::Serve {
        engine,
        organisation: id,
        base_url: "http://127.0.0.1:8081".into(),
        creations_per_minute: std::num::NonZeroU32::MIN,
    };
    server::serve(serve, listener, std::future::pending()).await
}

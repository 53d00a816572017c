//! Clients with a name and a secret of their own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::people::{Scope, UserState};
use serde_json::json;

use crate::support::{Answer, BOOKINGS, World};

const READ: [Scope; 2] = [Scope::BookingsRead, Scope::CatalogRead];

async fn ask(
    world: &World,
    method: &str,
    path: &str,
    credentials: &[u8],
    network: Option<String>,
) -> Answer {
    let basic = format!("Basic {}", STANDARD.encode(credentials));
    let mut headers = vec![("Authorization", basic)];
    headers.extend(network.map(|id| ("spacebring-network-id", id)));
    world
        .raw(
            method,
            &format!("{}{path}", spacebring::BASE),
            &headers,
            b"{}",
        )
        .await
}

async fn a_client_comes_with_its_name_and_secret(world: World) {
    let (id, secret) = world.client(world.mia, &READ).await;
    let credentials = format!("{id}:{secret}").into_bytes();
    let path = world.in_mitte();
    let list = async |network| ask(&world, "GET", &path, &credentials, network).await;
    assert_eq!(list(None).await.expect(200).json(), json!({"bookings": []}));
    list(Some(world.network.to_string())).await.expect(200);
    // A6: the header narrows and never widens.
    list(Some(world.abroad.to_string())).await.expect(404);
    assert_eq!(
        list(Some("home".into())).await.wrong(),
        "spacebring-network-id"
    );
    // Its scopes are its own, its rights those of the person it is registered for.
    let path = format!("{BOOKINGS}/00000000-0000-7000-8000-000000000000");
    ask(&world, "DELETE", &path, &credentials, None)
        .await
        .expect(403);
    world
        .change_person(world.mia, |user| user.state = UserState::Inactive)
        .await;
    list(None).await.expect(401);
}

async fn d14_whatever_else_is_sent_is_refused_alike(world: World) {
    let (id, secret) = world.client(world.mia, &READ).await;
    let (path, long) = (world.in_mitte(), "x".repeat(9_000));
    let mut answers = Vec::new();
    for credentials in [
        format!("{id}:").into_bytes(),
        format!("{id}:{secret}x").into_bytes(),
        format!("{id}:{}", &secret[1..]).into_bytes(),
        format!("{id}:{secret}:more").into_bytes(),
        format!(":{secret}").into_bytes(),
        format!("{secret}:{id}").into_bytes(),
        format!("nobody:{secret}").into_bytes(),
        format!("{}:{secret}", id.to_uppercase()).into_bytes(),
        id.clone().into_bytes(),
        b":".to_vec(),
        b"".to_vec(),
        [id.as_bytes(), b":\xff\xfe"].concat(),
        format!("{id}:\0{secret}").into_bytes(),
        b"admin:admin".to_vec(),
    ] {
        answers.push(
            ask(&world, "GET", &path, &credentials, None)
                .await
                .expect(401),
        );
    }
    assert!(answers.iter().all(|answer| answer.text == answers[0].text));
    let address = format!("{}{path}", spacebring::BASE);
    for (header, status) in [
        ("Basic !!!".to_owned(), 401),
        ("Basic".to_owned(), 401),
        (format!("Digest {id}"), 401),
        (format!("Basic {long}"), 400),
        (format!("Bearer {secret}"), 401),
    ] {
        let headers = [("Authorization", header)];
        world
            .raw("GET", &address, &headers, b"")
            .await
            .expect(status);
    }
    let twice = ["Authorization"; 2].map(|name| {
        (
            name,
            format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))),
        )
    });
    world.raw("GET", &address, &twice, b"").await.expect(400);
}

super::stories!(
    a_client_comes_with_its_name_and_secret,
    d14_whatever_else_is_sent_is_refused_alike,
);

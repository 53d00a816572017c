//! Sessions.

use http_kit::rate_limit::LoginQuotas;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::assert_page;
use crate::support::{Answer, Person, World};

const ANY: &str = "/Schedules/";

async fn with(world: &World, token: &str, user: &str) -> Answer {
    let headers = [
        ("x-booked-sessiontoken", token.to_owned()),
        ("X-BOOKED-USERID", user.to_owned()),
    ];
    world.send("GET", ANY, &headers, "").await
}

async fn log_in(world: &World, name: &str, password: &str) -> Answer {
    let body = json!({"username": name, "password": password}).to_string();
    world
        .send("POST", "/Authentication/Authenticate", &[], &body)
        .await
}

#[tokio::test]
async fn a7_a_token_is_good_with_its_own_user_only_and_not_prolonged_by_another() {
    let world = World::new().await;
    let Person { id, token, .. } = world.mia.clone();
    let own = id.to_string();
    with(&world, &token, &own).await.expect(200);
    world.clock.advance(SignedDuration::from_mins(29));
    for user in [
        world.admin.id.to_string(),
        "0".into(),
        "-1".into(),
        "x".into(),
        String::new(),
        format!("{own}.0"),
    ] {
        assert_page(&with(&world, &token, &user).await);
    }
    let only_token = [("X-Booked-SessionToken", token.clone())];
    assert_page(&world.send("GET", ANY, &only_token, "").await);
    assert_page(
        &world
            .send("GET", ANY, &[("X-Booked-UserId", own.clone())], "")
            .await,
    );
    assert_page(&with(&world, &format!("{token}x"), &own).await);
    world.clock.advance(SignedDuration::from_secs(61));
    assert_page(&with(&world, &token, &own).await);
}

#[tokio::test]
async fn a_session_lasts_thirty_minutes_after_its_last_use() {
    let world = World::new().await;
    let own = world.mia.id.to_string();
    for minutes in [30, 29, 30] {
        world.clock.advance(SignedDuration::from_mins(minutes));
        with(&world, &world.mia.token, &own).await.expect(200);
    }
    world
        .clock
        .advance(SignedDuration::from_mins(30) + SignedDuration::from_secs(1));
    assert_page(&with(&world, &world.mia.token, &own).await);
}

#[tokio::test]
async fn c5_a_session_opens_no_other_door_and_no_other_token_this_one() {
    let world = World::new().await;
    let (other, hash) = world.engine.new_token_secret().unwrap();
    let token = domain::decide::NewToken {
        user: domain::ids::UserId(world.mia.id),
        kind: domain::decide::TokenKind::Api,
        door: domain::people::Door::Api,
        name: "api".into(),
        hash,
        scopes: domain::people::Scopes::ALL,
        expires_at: None,
        idle: None,
        unlimited: false,
    };
    world
        .run(&world.mia, domain::decide::IssueToken(token))
        .await;
    assert_page(&with(&world, &other, &world.mia.id.to_string()).await);
    let elsewhere = world
        .engine
        .authenticate(&world.mia.token, domain::people::Door::Api)
        .await;
    assert!(elsewhere.is_err());
}

#[tokio::test]
async fn d1_d2_guessing_is_slowed_down_and_tells_nothing() {
    let world = World::with_logins(LoginQuotas::default()).await;
    let wrong = log_in(&world, "mia", "wrong").await.expect(200);
    let unknown = log_in(&world, "nobody", "wrong").await.expect(200);
    assert_eq!(wrong.text, unknown.text);
    let expected = json!({
        "sessionToken": null, "sessionExpires": null, "userId": null, "isAuthenticated": false, "version": null,
        "links": [], "message": wrong.json()["message"],
    });
    assert_eq!(wrong.json(), expected);
    let mut refused = None;
    for _ in 0..100 {
        let answer = log_in(&world, "mia", "wrong").await;
        if answer.status.as_u16() == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("guessing goes on for ever");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    assert_eq!(refused.json()["links"], json!([]));
}

#[tokio::test]
async fn signing_out_ends_the_own_session_only_and_always_says_so() {
    let world = World::new().await;
    let (own, other) = (world.mia.id, world.guest.id);
    let out = async |body: Value| {
        let answer = world
            .send("POST", "/Authentication/SignOut", &[], &body.to_string())
            .await
            .expect(200);
        assert_eq!(
            answer.json(),
            json!({"signedOut": true, "links": [], "message": null})
        );
    };
    out(json!({})).await;
    out(json!({"userId": other, "sessionToken": world.mia.token})).await;
    with(&world, &world.mia.token, &own.to_string())
        .await
        .expect(200);
    out(json!({"userId": own.to_string(), "sessionToken": world.mia.token})).await;
    assert_page(&with(&world, &world.mia.token, &own.to_string()).await);
}

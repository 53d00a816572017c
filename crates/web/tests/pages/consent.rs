//! Programs that people let act for them: from the question to a token, and what goes wrong on the way.

use base64::Engine as _;
use domain::decide::EditUser;
use domain::ids::UserId;
use domain::people::{Door, Scope};
use serde_json::{Value, json};

use crate::support::{Answer, Program, World};

/// What RFC 7636 shows in its appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "https://app.example/callback";

/// Text as a part of a query.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |text, byte| text + &format!("%{byte:02X}"))
}

/// Fields as a form or a query.
fn form(fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter();
    let pairs = pairs.map(|(name, value)| format!("{name}={}", encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A parameter of the address that somebody is sent to.
fn told(location: &str, name: &str) -> Option<String> {
    let (_, query) = location.split_once('?')?;
    let pairs = http_kit::query::query_pairs(query).unwrap();
    let mut found = pairs.into_iter().filter(|(known, _)| known == name);
    found.next().map(|(_, value)| value)
}

/// What a client sends somebody with.
fn question<'a>(program: &'a Program, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("client_id", program.client_id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("state", "a b&c=%2f"),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    fields
}

/// Somebody who is logged in answers; gives where they are sent.
async fn answered(world: &World, session: &str, path: &str, answer: &str) -> Answer {
    let page = world.get_as(session, path).await.expect(200);
    let mut body: Vec<(String, String)> = Vec::new();
    for input in page.text.split("<input type=\"hidden\" ").skip(1) {
        let part = |name: &str| {
            let (_, rest) = input.split_once(&format!("{name}=\"")).unwrap();
            let value = rest.split('"').next().unwrap();
            let value = value.replace("&lt;", "<").replace("&gt;", ">");
            value.replace("&quot;", "\"").replace("&amp;", "&")
        };
        body.push((part("name"), part("value")));
    }
    body.push(("answer".into(), answer.into()));
    let fields: Vec<(&str, &str)> = body
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let action = page.between("action=\"", "\"");
    let cookie = format!("tenure_session={session}");
    world.post(&action, &cookie, &form(&fields)).await
}

/// A code for what is asked.
async fn code(world: &World, session: &str, program: &Program, more: &[(&str, &str)]) -> String {
    let path = format!("/oauth/authorize?{}", form(&question(program, more)));
    let sent = answered(world, session, &path, "allow").await.expect(303);
    told(sent.header("location"), "code").unwrap()
}

/// A request of the client's, with its secret as fields.
async fn token(world: &World, path: &str, program: &Program, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("client_id", program.client_id.as_str())];
    if !program.secret.is_empty() {
        all.push(("client_secret", &program.secret));
    }
    all.extend(fields);
    world.post(path, "", &form(&all)).await
}

async fn redeemed(world: &World, program: &Program, code: &str) -> Answer {
    let fields = [("grant_type", "authorization_code"), ("code", code)];
    token(world, "/oauth/access_token", program, &fields).await
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap()
}

fn error(answer: &Answer) -> String {
    let body = json(answer);
    format!(
        "{} {}",
        answer.status.as_u16(),
        body["error"].as_str().unwrap()
    )
}

/// A story on each of the two databases.
macro_rules! on_both {
    ($($story:ident, $postgres:ident;)*) => {$(
        #[tokio::test]
        async fn $story() {
            stories::$story(World::new().await).await;
        }

        #[tokio::test]
        async fn $postgres() {
            if let Some(database) = testkit::postgres() {
                stories::$story(World::at(&database.url).await).await;
            }
        }
    )*};
}

on_both! {
    somebody_lets_a_client_act_for_them, postgres_somebody_lets_a_client_act_for_them;
    d12_a_code_is_good_once_and_a_second_use_ends_everything, postgres_d12_a_code_is_good_once;
    d12_tokens_are_renewed_once_and_never_for_more, postgres_d12_tokens_are_renewed_once;
    d5_what_a_client_was_given_ends_with_a_password, postgres_d5_what_a_client_was_given_ends;
}

mod stories {
    use super::*;

    pub async fn d12_tokens_are_renewed_once_and_never_for_more(world: World) {
        let program = world.client(json!({"door": "spacebring"})).await;
        let session = world.log_in("mia").await;
        let asked = question(&program, &[("scope", "resources")]);
        let path = format!("/spacebring/oauth2/authorize?{}", form(&asked));
        let sent = answered(&world, &session, &path, "allow").await.expect(303);
        let location = sent.header("location");
        let iss = told(location, "iss");
        assert_eq!(iss.as_deref(), Some("http://booking.example/spacebring"));
        let code = told(location, "code").unwrap();
        let place = "/spacebring/oauth2/token";
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", CALLBACK),
        ];
        // Cobot's endpoint does not know Spacebring's client.
        let elsewhere = token(&world, "/oauth/access_token", &program, &fields).await;
        assert_eq!(error(&elsewhere), "401 invalid_client");
        let first = json(&token(&world, place, &program, &fields).await.expect(200));
        let text = |body: &Value, field: &str| body[field].as_str().unwrap().to_owned();
        assert_eq!(first["expires_in"], 3600);
        assert_eq!(first["token_type"], "Bearer");
        assert_eq!(first["scope"], "resources");
        let good = async |secret: &str| {
            let found = world.engine.authenticate(secret, Door::Spacebring).await;
            found.map(|(actor, _)| actor.scopes.iter().collect::<Vec<Scope>>())
        };
        let access = text(&first, "access_token");
        let all = [
            Scope::BookingsRead,
            Scope::BookingsWrite,
            Scope::CatalogRead,
        ];
        assert_eq!(good(&access).await.unwrap(), all);
        let refresh = async |secret: &str, scope: &str| {
            let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", secret)];
            if !scope.is_empty() {
                fields.push(("scope", scope));
            }
            token(&world, place, &program, &fields).await
        };
        let one = text(&first, "refresh_token");
        assert!(good(&one).await.is_err(), "it opens nothing itself");
        assert_eq!(error(&refresh(&one, "read").await), "400 invalid_scope");
        assert_eq!(error(&refresh(&access, "").await), "400 invalid_grant");
        let second = json(&refresh(&one, "resources.readonly").await.expect(200));
        assert_eq!(second["scope"], "resources.readonly");
        let narrow = good(&text(&second, "access_token")).await.unwrap();
        assert_eq!(narrow, [Scope::BookingsRead, Scope::CatalogRead]);
        // What was consented to is not lost by having asked for less once.
        let two = text(&second, "refresh_token");
        let third = json(&refresh(&two, "").await.expect(200));
        assert_eq!(third["scope"], "resources");
        world.clock.advance(jiff::SignedDuration::from_secs(3600));
        let last = text(&third, "access_token");
        assert!(good(&last).await.is_err(), "an hour is over");
        let fourth = refresh(&text(&third, "refresh_token"), "")
            .await
            .expect(200);
        let fourth = json(&fourth);
        let current = text(&fourth, "access_token");
        good(&current).await.unwrap();
        // Somebody comes with a token that was used: everything ends, for whoever has it.
        assert_eq!(error(&refresh(&one, "").await), "400 invalid_grant");
        assert!(good(&current).await.is_err());
        let gone = refresh(&text(&fourth, "refresh_token"), "").await;
        assert_eq!(error(&gone), "400 invalid_grant");
    }

    pub async fn d5_what_a_client_was_given_ends_with_a_password(world: World) {
        let program = world.client(json!({"user": world.nils.id})).await;
        let mut given = Vec::new();
        for _ in 0..3 {
            let session = world.log_in("mia").await;
            let code = code(&world, &session, &program, &[]).await;
            let got = json(&redeemed(&world, &program, &code).await.expect(200));
            given.push(got["access_token"].as_str().unwrap().to_owned());
        }
        let opens = async |secret: &str| {
            let found = world.engine.authenticate(secret, Door::Cobot).await;
            found.is_ok()
        };
        assert!(opens(&given[0]).await && opens(&given[1]).await);
        // Revoked by the client itself, with its own secret only.
        let other = world.client(json!({"name": "Other"})).await;
        let fields = [("token", given[0].as_str())];
        token(&world, "/oauth/revoke", &other, &fields)
            .await
            .expect(200);
        assert!(opens(&given[0]).await, "another client's");
        token(&world, "/oauth/revoke", &program, &fields)
            .await
            .expect(200);
        assert!(!opens(&given[0]).await);
        token(&world, "/oauth/revoke", &program, &fields)
            .await
            .expect(200);
        let stranger = Program {
            secret: "wrong".into(),
            ..program.clone()
        };
        let refused = token(&world, "/oauth/revoke", &stranger, &fields).await;
        assert_eq!(error(&refused), "401 invalid_client");
        world
            .engine
            .revoke_secret(&given[1], Door::Cobot, "test")
            .await
            .unwrap();
        assert!(!opens(&given[1]).await);
        assert!(opens(&given[2]).await);
        let hash = world.engine.passwords().hash("another one").await.unwrap();
        let change = EditUser::password(UserId(world.mia.id), hash);
        world.run(&world.admin, change).await;
        assert!(!opens(&given[2]).await);
    }

    pub async fn somebody_lets_a_client_act_for_them(world: World) {
        let program = world.client(json!({})).await;
        let asked = form(&question(&program, &[("scope", "read_bookings read_user")]));
        let path = format!("/oauth/authorize?{asked}");
        // Nobody is logged in yet: the way leads to the form and back with the whole question.
        let there = world.get(&path).await.expect(302);
        let login = world.get(there.header("location")).await.expect(200);
        let next = login.between("name=\"next\" value=\"", "\"");
        let mark = login.between("name=\"mark\" value=\"", "\"");
        let cookie = format!("tenure_form={}", login.cookie("tenure_form"));
        let body = form(&[
            ("login", "mia"),
            ("password", "correct horse"),
            ("next", &next),
            ("mark", &mark),
        ]);
        let back = world.post("/login", &cookie, &body).await.expect(303);
        let session = back.cookie("tenure_session");
        let page = world
            .get_as(&session, back.header("location"))
            .await
            .expect(200);
        for text in [
            "Let Lobby screen use your account?",
            "mia@example.com",
            "See bookings, as far as you can see them",
            "See your name and your e-mail address",
            "<strong>app.example</strong>",
        ] {
            assert!(page.text.contains(text), "{text}: {}", page.text);
        }
        assert!(!page.text.contains("Book, change and cancel"));
        let sent = answered(&world, &session, back.header("location"), "allow")
            .await
            .expect(303);
        let location = sent.header("location");
        assert!(location.starts_with("https://app.example/callback?code=tenure_code_"));
        assert_eq!(told(location, "state").as_deref(), Some("a b&c=%2f"));
        assert_eq!(
            told(location, "iss").as_deref(),
            Some("http://booking.example")
        );
        let code = told(location, "code").unwrap();
        let answer = redeemed(&world, &program, &code).await.expect(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        let got = json(&answer);
        assert_eq!(got["token_type"], "bearer");
        assert_eq!(got.as_object().unwrap().len(), 2, "{got}");
        let secret = got["access_token"].as_str().unwrap();
        let (actor, _) = world
            .engine
            .authenticate(secret, Door::Cobot)
            .await
            .unwrap();
        assert_eq!(actor.id().0, world.mia.id);
        let scopes: Vec<Scope> = actor.scopes.iter().collect();
        assert_eq!(scopes, [Scope::BookingsRead, Scope::ProfileRead]);
        let granted = world.engine.granted(secret, Door::Cobot).await.unwrap();
        assert_eq!(granted.words.as_deref(), Some("read_bookings read_user"));
        // C5: it opens no other door, and the code opens none.
        for (secret, door) in [
            (secret, Door::Api),
            (secret, Door::Spacebring),
            (secret, Door::Web),
            (&code, Door::Cobot),
        ] {
            assert!(world.engine.authenticate(secret, door).await.is_err());
        }
    }

    pub async fn d12_a_code_is_good_once_and_a_second_use_ends_everything(world: World) {
        let program = world.client(json!({})).await;
        let session = world.log_in("mia").await;
        let code = code(&world, &session, &program, &[]).await;
        let got = json(&redeemed(&world, &program, &code).await.expect(200));
        let secret = got["access_token"].as_str().unwrap();
        assert!(world.engine.authenticate(secret, Door::Cobot).await.is_ok());
        let again = redeemed(&world, &program, &code).await;
        assert_eq!(error(&again), "400 invalid_grant");
        assert!(
            world
                .engine
                .authenticate(secret, Door::Cobot)
                .await
                .is_err()
        );
        let third = redeemed(&world, &program, &code).await;
        assert_eq!(error(&third), "400 invalid_grant");
    }
}

#[tokio::test]
async fn d12_only_registered_addresses_are_gone_on_to() {
    let world = World::new().await;
    let program = world.client(json!({})).await;
    let session = world.log_in("mia").await;
    for wrong in [
        "https://app.example/callback/",
        "https://app.example/callback?x=1",
        "https://app.example/callback/../evil",
        "https://app.example/callback%2f",
        "https://app.example/callbac",
        "https://app.example/",
        "https://app.example/Callback",
        "https://app.example:443/callback",
        "https://app.example.evil.example/callback",
        "https://app.example@evil.example/callback",
        "https://app.example\\@evil.example/callback",
        "https://evil.example/https://app.example/callback",
        "http://app.example/callback",
        "HTTPS://app.example/callback",
        "//app.example/callback",
        "javascript:alert(1)",
        "https://app.example/callback#",
        " https://app.example/callback",
    ] {
        let fields = question(&program, &[("redirect_uri", wrong)]);
        let path = format!("/oauth/authorize?{}", form(&fields));
        let page = world.get_as(&session, &path).await.expect(400);
        assert!(page.header("location").is_empty(), "{wrong}");
        assert!(page.text.contains("This can not be asked"), "{wrong}");
        assert!(!page.text.contains("evil"), "{wrong}");
        let cookie = format!("tenure_session={session}");
        let body = format!("{}&answer=allow", form(&fields));
        world
            .post("/oauth/authorize", &cookie, &body)
            .await
            .expect(400);
    }
    let twice = format!(
        "/oauth/authorize?{}&redirect_uri=https%3A%2F%2Fevil.example",
        form(&question(&program, &[]))
    );
    world.get_as(&session, &twice).await.expect(400);
    for (name, value) in [("client_id", "tenure_client_none"), ("client_id", "")] {
        let path = format!(
            "/oauth/authorize?{}",
            form(&question(&program, &[(name, value)]))
        );
        world.get_as(&session, &path).await.expect(400);
    }
    // Another door's client is nobody here.
    let path = format!(
        "/spacebring/oauth2/authorize?{}",
        form(&question(&program, &[]))
    );
    world.get_as(&session, &path).await.expect(400);
}

#[tokio::test]
async fn what_can_not_be_asked_is_told_to_the_client() {
    let world = World::new().await;
    let program = world.client(json!({"scopes": ["bookings:read"]})).await;
    let app = world.client(json!({"public": true})).await;
    let long = "x".repeat(1025);
    for (program, more, expected) in [
        (
            &program,
            vec![("response_type", "token")],
            "unsupported_response_type",
        ),
        (&program, vec![("response_type", "")], "invalid_request"),
        (&program, vec![("scope", "write_bookings")], "invalid_scope"),
        (&program, vec![("scope", "read")], "invalid_scope"),
        (&program, vec![("scope", "admin")], "invalid_scope"),
        (
            &program,
            vec![("code_challenge", CHALLENGE)],
            "invalid_request",
        ),
        (
            &program,
            vec![
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "plain"),
            ],
            "invalid_request",
        ),
        (
            &program,
            vec![
                ("code_challenge", "short"),
                ("code_challenge_method", "S256"),
            ],
            "invalid_request",
        ),
        (&program, vec![("state", &long)], "invalid_request"),
        (&app, vec![], "invalid_request"),
    ] {
        let path = format!("/oauth/authorize?{}", form(&question(program, &more)));
        let sent = world.get(&path).await.expect(303);
        let location = sent.header("location");
        assert!(location.starts_with("https://app.example/callback?error="));
        assert_eq!(
            told(location, "error").as_deref(),
            Some(expected),
            "{more:?}"
        );
        assert!(told(location, "error_description").is_some());
        assert_eq!(
            told(location, "iss").as_deref(),
            Some("http://booking.example")
        );
        if !more.iter().any(|(name, _)| *name == "state") {
            assert_eq!(told(location, "state").as_deref(), Some("a b&c=%2f"));
        }
    }
    let session = world.log_in("mia").await;
    let path = format!("/oauth/authorize?{}", form(&question(&program, &[])));
    let sent = answered(&world, &session, &path, "deny").await.expect(303);
    let location = sent.header("location");
    assert_eq!(told(location, "error").as_deref(), Some("access_denied"));
    assert!(told(location, "code").is_none());
}

#[tokio::test]
async fn d15_no_other_site_says_yes_for_somebody() {
    let world = World::new().await;
    let program = world.client(json!({})).await;
    let session = world.log_in("mia").await;
    let other = world.log_in("nils").await;
    let path = format!("/oauth/authorize?{}", form(&question(&program, &[])));
    let page = world.get_as(&other, &path).await.expect(200);
    let theirs = page.between("name=\"mark\" value=\"", "\"");
    let mine = world.get_as(&session, &path).await.expect(200);
    let policy = mine.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(
        policy.contains("form-action 'self' https://app.example;"),
        "{policy}"
    );
    assert_eq!(mine.header("x-frame-options"), "DENY");
    let mine = mine.between("name=\"mark\" value=\"", "\"");
    let cookie = format!("tenure_session={session}");
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let asked = form(&question(&program, &[]));
    for (mark, more) in [
        ("", None),
        ("wrong", None),
        (theirs.as_str(), None),
        (mine.as_str(), Some(("origin", "https://evil.example"))),
        (mine.as_str(), Some(("sec-fetch-site", "cross-site"))),
    ] {
        let body = format!("{asked}&answer=allow&mark={mark}");
        let mut headers = vec![kind, ("cookie", cookie.as_str())];
        headers.extend(more);
        let answer = world
            .send("POST", "/oauth/authorize", &headers, &body)
            .await;
        answer.expect(403);
    }
    let body = format!("{asked}&answer=allow&mark={mine}");
    let answer = world.post("/oauth/authorize", "", &body).await.expect(302);
    assert!(answer.header("location").starts_with("/login?next="));
    world
        .post("/oauth/authorize", &cookie, &body)
        .await
        .expect(303);
}

#[tokio::test]
async fn d12_a_client_without_a_secret_proves_itself_by_pkce() {
    let world = World::new().await;
    let app = world.client(json!({"public": true})).await;
    let keeper = world.client(json!({})).await;
    let session = world.log_in("mia").await;
    let pkce = [
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let wrong = "aBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    for program in [&app, &keeper] {
        let code = code(&world, &session, program, &pkce).await;
        let with = |verifier: &'static str| {
            let mut fields = vec![("grant_type", "authorization_code"), ("code", &*code)];
            if !verifier.is_empty() {
                fields.push(("code_verifier", verifier));
            }
            let fields = fields.clone();
            let world = &world;
            async move { token(world, "/oauth/access_token", program, &fields).await }
        };
        for verifier in ["", wrong, CHALLENGE, "short"] {
            assert_eq!(
                error(&with(verifier).await),
                "400 invalid_grant",
                "{verifier}"
            );
        }
        with(VERIFIER).await.expect(200);
    }
    // Without a challenge there is nothing to prove: somebody has taken it away.
    let code = code(&world, &session, &keeper, &[]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("code_verifier", VERIFIER),
    ];
    let refused = token(&world, "/oauth/access_token", &keeper, &fields).await;
    assert_eq!(error(&refused), "400 invalid_grant");
}

#[tokio::test]
async fn a_code_is_its_clients_own_and_ends_after_two_minutes() {
    let world = World::new().await;
    let program = world.client(json!({})).await;
    let other = world.client(json!({"name": "Other"})).await;
    let session = world.log_in("mia").await;
    let one = code(&world, &session, &program, &[]).await;
    // Mix-up: another client has got hold of it.
    assert_eq!(
        error(&redeemed(&world, &other, &one).await),
        "400 invalid_grant"
    );
    let elsewhere = [
        ("grant_type", "authorization_code"),
        ("code", &*one),
        ("redirect_uri", "https://evil.example/"),
    ];
    let refused = token(&world, "/oauth/access_token", &program, &elsewhere).await;
    assert_eq!(error(&refused), "400 invalid_grant");
    redeemed(&world, &program, &one).await.expect(200);
    // As some clients of Cobot's send it: all that they were called with.
    let two = code(&world, &session, &program, &[]).await;
    let whole = format!("{CALLBACK}?code={two}&state=x");
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*two),
        ("redirect_uri", &*whole),
    ];
    token(&world, "/oauth2/access_token", &program, &fields)
        .await
        .expect(200);
    let three = code(&world, &session, &program, &[]).await;
    world.clock.advance(jiff::SignedDuration::from_secs(120));
    assert_eq!(
        error(&redeemed(&world, &program, &three).await),
        "400 invalid_grant"
    );
}

#[tokio::test]
async fn clients_prove_who_they_are() {
    let world = World::new().await;
    let program = world.client(json!({})).await;
    let app = world.client(json!({"public": true})).await;
    let path = "/oauth/access_token";
    let bare = |id: &str, secret: &str| Program {
        id: 0,
        client_id: id.into(),
        secret: secret.into(),
    };
    let fields = [("grant_type", "authorization_code"), ("code", "x")];
    for stranger in [
        bare(&program.client_id, ""),
        bare(&program.client_id, "wrong"),
        bare("nobody", "wrong"),
        bare("nobody", ""),
        bare(&app.client_id, "something"),
        bare("", "x"),
    ] {
        let answer = token(&world, path, &stranger, &fields).await;
        assert_eq!(error(&answer), "401 invalid_client", "{stranger:?}");
        assert!(answer.header("www-authenticate").starts_with("Basic"));
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(
        error(&token(&world, path, &app, &fields).await),
        "400 invalid_grant"
    );
    let pair = format!("{}:{}", program.client_id, program.secret);
    let basic = format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(pair)
    );
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let headers = [kind, ("authorization", basic.as_str())];
    let send = |body: String| {
        let world = &world;
        async move { world.send("POST", path, &headers, &body).await }
    };
    assert_eq!(error(&send(form(&fields)).await), "400 invalid_grant");
    for (body, expected) in [
        (
            format!("{}&client_secret=x", form(&fields)),
            "400 invalid_request",
        ),
        (
            format!("{}&client_id=other", form(&fields)),
            "400 invalid_request",
        ),
        (format!("{}&code=y", form(&fields)), "400 invalid_request"),
        ("code=x".into(), "400 invalid_request"),
        (
            "grant_type=authorization_code".into(),
            "400 invalid_request",
        ),
        (
            "grant_type=refresh_token&refresh_token=x".into(),
            "400 unsupported_grant_type",
        ),
        (
            "grant_type=client_credentials".into(),
            "400 unsupported_grant_type",
        ),
        ("grant_type=%zz".into(), "400 invalid_request"),
        (
            "grant_type=password&username=mia&password=x".into(),
            "400 unauthorized_client",
        ),
    ] {
        assert_eq!(error(&send(body.clone()).await), expected, "{body}");
    }
    let text = [("content-type", "text/plain")];
    let answer = world.send("POST", path, &text, &form(&fields)).await;
    assert_eq!(error(&answer), "400 invalid_request");
    world.get(path).await.expect(405);
    // Basic at a door is the person it is registered for.
    let space = world.client(json!({"door": "spacebring"})).await;
    let come = |secret: &str, door| {
        let secret = secret.to_owned();
        let (engine, id) = (&world.engine, &space.client_id);
        async move {
            engine
                .authenticate_client(id, &secret, door)
                .await
                .map(|(actor, _)| actor)
        }
    };
    for _ in 0..2 {
        let actor = come(&space.secret, Door::Spacebring).await.unwrap();
        assert_eq!(actor.id().0, world.admin.id);
        assert!(!actor.scopes.allows(Scope::PeopleRead));
        assert!(come("wrong", Door::Spacebring).await.is_err());
        assert!(come("", Door::Spacebring).await.is_err());
        assert!(come(&space.secret, Door::Cobot).await.is_err());
    }
}

#[tokio::test]
async fn a_client_of_our_own_asks_for_the_password() {
    let world = World::new().await;
    let own = world.client(json!({"trusted": true})).await;
    let mine = [
        ("grant_type", "password"),
        ("username", "MIA@example.com"),
        ("password", "correct horse"),
        ("scope", "read_bookings"),
    ];
    let path = "/oauth/access_token";
    let got = json(&token(&world, path, &own, &mine).await.expect(200));
    let secret = got["access_token"].as_str().unwrap();
    let granted = world.engine.granted(secret, Door::Cobot).await.unwrap();
    assert_eq!(granted.words.as_deref(), Some("read_bookings"));
    let with = |name: &'static str, value: &'static str| {
        let mut fields: Vec<(&str, &str)> = mine.to_vec();
        fields.retain(|(known, _)| *known != name);
        fields.push((name, value));
        fields
    };
    // D2: a wrong name and a wrong password look alike.
    let wrong = token(&world, path, &own, &with("password", "wrong")).await;
    let nobody = token(&world, path, &own, &with("username", "nobody")).await;
    assert_eq!(error(&wrong), "400 invalid_grant");
    assert_eq!(wrong.text, nobody.text);
    let more = token(&world, path, &own, &with("scope", "admin")).await;
    assert_eq!(error(&more), "400 invalid_scope");
    let empty = token(&world, path, &own, &with("username", "")).await;
    assert_eq!(error(&empty), "400 invalid_request");
    // JSON will do as well.
    let body = json!({
        "client_id": own.client_id, "client_secret": own.secret, "grant_type": "password",
        "username": "mia", "password": "correct horse",
    });
    let kind = [("content-type", "application/json")];
    world
        .send("POST", path, &kind, &body.to_string())
        .await
        .expect(200);
    let space = world.client(json!({"door": "spacebring"})).await;
    let there = token(&world, "/spacebring/oauth2/token", &space, &mine).await;
    assert_eq!(error(&there), "400 unsupported_grant_type");
}

#[tokio::test]
async fn d1_guessing_passwords_through_a_client_is_counted_with_the_pages() {
    let world = World::new().await;
    let own = world.client(json!({"trusted": true})).await;
    let form_of = world.get("/login").await;
    let mark = form_of.between("name=\"mark\" value=\"", "\"");
    let cookie = format!("tenure_form={}", form_of.cookie("tenure_form"));
    let body = format!("login=mia&password=wrong&next=/&mark={mark}");
    for _ in 0..3 {
        world.post("/login", &cookie, &body).await.expect(401);
    }
    let guess = [
        ("grant_type", "password"),
        ("username", "Mia"),
        ("password", "wrong"),
    ];
    let path = "/oauth/access_token";
    for _ in 0..2 {
        assert_eq!(
            error(&token(&world, path, &own, &guess).await),
            "400 invalid_grant"
        );
    }
    let refused = token(&world, path, &own, &guess).await;
    assert_eq!(error(&refused), "429 slow_down");
    assert!(!refused.header("retry-after").is_empty());
    world.post("/login", &cookie, &body).await.expect(429);
}

#[tokio::test]
async fn whoever_fails_too_often_waits() {
    let world = World::new().await;
    let program = world.client(json!({})).await;
    let bad = Program {
        secret: "wrong".into(),
        ..program.clone()
    };
    let fields = [("grant_type", "authorization_code"), ("code", "x")];
    let path = "/oauth/access_token";
    for _ in 0..120 {
        token(&world, path, &bad, &fields).await.expect(401);
    }
    assert_eq!(
        error(&token(&world, path, &bad, &fields).await),
        "429 slow_down"
    );
}

#[tokio::test]
async fn a6_one_logs_in_to_the_organisation_of_the_client() {
    let world = World::new().await;
    let program = world.client(json!({})).await;
    let path = format!("/oauth/authorize?{}", form(&question(&program, &[])));
    // The host belongs to others: the form is that of the client's organisation all the same.
    let host = ("host", "abroad.example");
    let there = world.send("GET", &path, &[host], "").await.expect(302);
    let at = there.header("location").to_owned();
    let login = world.send("GET", &at, &[host], "").await.expect(200);
    assert!(login.text.contains("<p>home</p>"), "{}", login.text);
    let next = login.between("name=\"next\" value=\"", "\"");
    let mark = login.between("name=\"mark\" value=\"", "\"");
    let cookie = format!("tenure_form={}", login.cookie("tenure_form"));
    let body = form(&[
        ("login", "mia"),
        ("password", "correct horse"),
        ("next", &next),
        ("mark", &mark),
    ]);
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let headers = [host, kind, ("cookie", cookie.as_str())];
    let back = world
        .send("POST", "/login", &headers, &body)
        .await
        .expect(303);
    let session = format!("tenure_session={}", back.cookie("tenure_session"));
    let to = back.header("location").to_owned();
    let page = world
        .send("GET", &to, &[host, ("cookie", &session)], "")
        .await;
    assert!(page.expect(200).text.contains("mia@example.com"));
    // And whoever is logged in elsewhere only, is nobody.
    let foreign = world.client_of(&world.foreigner, json!({})).await;
    let mia = world.log_in("mia").await;
    let path = format!("/oauth/authorize?{}", form(&question(&foreign, &[])));
    let answer = world.get_as(&mia, &path).await.expect(302);
    assert!(answer.header("location").starts_with("/login?next="));
}

#[tokio::test]
async fn the_longest_question_survives_a_log_in() {
    let world = World::new().await;
    let base = "https://app.example/";
    let callback = format!("{base}{}", "%2F".repeat((1000 - base.len()) / 3));
    let program = world.client(json!({"redirect_uris": [callback]})).await;
    let state = "%é&=+ \"<'>"
        .repeat(100)
        .chars()
        .take(930)
        .collect::<String>();
    assert!((1000..=1024).contains(&state.len()), "{}", state.len());
    let more = [("redirect_uri", callback.as_str()), ("state", &state)];
    let path = format!("/oauth/authorize?{}", form(&question(&program, &more)));
    let there = world.get(&path).await.expect(302);
    assert!(there.header("location").len() < 16 * 1024);
    let login = world.get(there.header("location")).await.expect(200);
    let next = login.between("name=\"next\" value=\"", "\"");
    let mark = login.between("name=\"mark\" value=\"", "\"");
    let cookie = format!("tenure_form={}", login.cookie("tenure_form"));
    let body = form(&[
        ("login", "mia"),
        ("password", "correct horse"),
        ("next", &next),
        ("mark", &mark),
    ]);
    let back = world.post("/login", &cookie, &body).await.expect(303);
    let session = back.cookie("tenure_session");
    let sent = answered(&world, &session, back.header("location"), "allow").await;
    let sent = sent.expect(303);
    let location = sent.header("location");
    assert!(location.starts_with(&format!("{callback}?code=")));
    assert_eq!(told(location, "state").as_deref(), Some(state.as_str()));
}

#[tokio::test]
async fn d16_no_secret_is_read_out_of_a_query() {
    let world = World::new().await;
    let program = world.client(json!({})).await;
    let session = world.log_in("mia").await;
    let code = code(&world, &session, &program, &[]).await;
    let all = form(&[
        ("client_id", &program.client_id),
        ("client_secret", &program.secret),
        ("grant_type", "authorization_code"),
        ("code", &code),
    ]);
    let refused = world
        .post(&format!("/oauth/access_token?{all}"), "", "a=b")
        .await;
    assert_eq!(error(&refused), "401 invalid_client");
    // The page that asks holds neither, and is kept by nobody.
    let path = format!(
        "/oauth/authorize?{}",
        form(&question(&program, &[("state", "")]))
    );
    let page = world.get_as(&session, &path).await.expect(200);
    assert!(!page.text.contains(&program.secret) && !page.text.contains(&session));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    let sent = answered(&world, &session, &path, "allow").await.expect(303);
    assert_eq!(
        told(sent.header("location"), "state"),
        None,
        "as there was none"
    );
    redeemed(&world, &program, &code).await.expect(200);
}

#[tokio::test]
async fn what_there_is_is_told_to_programs() {
    let world = World::new().await;
    for (path, issuer, token) in [
        (
            "/.well-known/oauth-authorization-server",
            "http://booking.example",
            "http://booking.example/oauth/access_token",
        ),
        (
            "/.well-known/oauth-authorization-server/spacebring",
            "http://booking.example/spacebring",
            "http://booking.example/spacebring/oauth2/token",
        ),
    ] {
        let told = json(&world.get(path).await.expect(200));
        assert_eq!(told["issuer"], issuer);
        assert_eq!(told["token_endpoint"], token);
        assert_eq!(told["code_challenge_methods_supported"], json!(["S256"]));
    }
}

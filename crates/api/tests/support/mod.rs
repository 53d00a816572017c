//! A server with two organisations, some people and resources, and a clock that stands still until told otherwise.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test binary uses a part of it, and a test may fail loudly"
)]

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use domain::catalog::Organisation;
use domain::decide::{IssueToken, NewToken, TokenKind};
use domain::ids::{OrganisationId, UserId};
use domain::people::{Actor, Door, Scope, Scopes, User};
use domain::time::Zone;
use engine::store::{Executed, Store};
use engine::{Clock, Engine, FirstAdministrator, SystemRandom};
use http_body_util::BodyExt;
use http_kit::EdgeLayer;
use http_kit::rate_limit::{LoginGuard, LoginQuotas};
use http_kit::request_id::CountedIds;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;

/// A clock that stands still until told otherwise.
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).unwrap();
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    /// The body, where it is no text.
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub fn id(&self) -> i64 {
        self.json()["id"]
            .as_i64()
            .unwrap_or_else(|| panic!("no id in {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// What was wrong, in short: `422 past`, `400 unknown-field unist`.
    pub fn problem(&self) -> String {
        let body = self.json();
        let kind = body["rule"]
            .as_str()
            .or(body["fault"].as_str())
            .or(body["forbidden"].as_str())
            .unwrap_or_else(|| {
                body["type"]
                    .as_str()
                    .unwrap_or("?")
                    .trim_start_matches("/problems/")
            });
        let field = body["field"]
            .as_str()
            .or(body["violations"][0]["field"].as_str());
        match field {
            Some(field) => format!("{} {kind} {field}", self.status.as_u16()),
            None => format!("{} {kind}", self.status.as_u16()),
        }
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
}

/// A request in the making.
pub struct Asking<'a> {
    world: &'a World,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Asking<'_> {
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.raw(body.to_string())
    }

    pub fn file(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.with("content-type", kind)
    }

    pub fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.with("content-type", "application/json")
    }

    pub async fn send(self) -> Answer {
        let path = if self.path.starts_with("//") {
            self.path[1..].to_owned()
        } else {
            format!("{}{}", api::BASE, self.path)
        };
        let mut request = Request::builder().method(self.method).uri(path);
        if !self.headers.iter().any(|(name, _)| name == "host") {
            request = request.header("host", "unknown.example");
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(self.body)).unwrap();
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&body).into_owned(),
            bytes: body.to_vec(),
        }
    }
}

/// The people and their tokens, and what there is to book.
pub struct World {
    pub router: Router,
    pub engine: Arc<Engine>,
    pub clock: Arc<TestClock>,
    pub admin: String,
    pub member: String,
    pub stranger: String,
    pub foreigner: String,
    pub member_id: i64,
    pub stranger_id: i64,
    pub site: i64,
    pub area: i64,
    pub room: i64,
    pub desk: i64,
    pub pool: i64,
    /// A room that only administrators may know of.
    pub vault: i64,
    /// Hours that are free still, for tests that need many bookings.
    pub hours: std::sync::atomic::AtomicU32,
    dir: tempfile::TempDir,
}

/// Monday, 1 February 2027, 08:00 in Berlin.
const NOW: i64 = 1_801_465_200_000_000;

impl World {
    pub async fn new() -> Self {
        Self::with_limit(10_000).await
    }

    pub async fn with_limit(creations: u32) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", dir.path().join("tenure.db").display());
        let store = Store::open(&address, true).await.unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(NOW)));
        let engine = Arc::new(Engine::new(store, clock.clone(), Arc::new(SystemRandom)));
        let (home, admin) = organisation(&engine, "home").await;
        let (_, foreigner) = organisation(&engine, "abroad").await;
        let settings = api::Settings {
            base_url: "http://localhost".into(),
            organisation: home,
            creations_per_minute: NonZeroU32::new(creations).unwrap(),
            requests_per_minute: NonZeroU32::new(6000).unwrap(),
        };
        let logins = Arc::new(LoginGuard::new(&LoginQuotas::default()));
        let router = api::router(api::App::new(engine.clone(), settings, logins))
            .layer(EdgeLayer::new(CountedIds::new(7)));
        let admin_token = issue(&engine, &admin, Scopes::ALL, admin.id()).await;
        let foreign_token = issue(&engine, &foreigner, Scopes::ALL, foreigner.id()).await;
        let mut world = Self {
            router,
            engine,
            clock,
            admin: admin_token,
            member: String::new(),
            stranger: String::new(),
            foreigner: foreign_token,
            member_id: 0,
            stranger_id: 0,
            site: 0,
            area: 0,
            room: 0,
            desk: 0,
            pool: 0,
            vault: 0,
            hours: 1.into(),
            dir,
        };
        world.furnish().await;
        (world.member_id, world.member) = world.person("mia").await;
        (world.stranger_id, world.stranger) = world.person("stan").await;
        world
    }

    async fn furnish(&mut self) {
        self.site = self
            .make(
                "/sites",
                &json!({"name": "Berlin", "zone": "Europe/Berlin"}),
            )
            .await;
        self.area = self
            .make(
                "/areas",
                &json!({"name": "Ground floor", "site": self.site}),
            )
            .await;
        let resource = |name: &str, kind: &str, units: u32, policy: Value| json!({"name": name, "area": self.area, "kind": kind, "units": units, "policy": policy});
        let room = self
            .make("/resources", &resource("Spree", "room", 1, json!({})))
            .await;
        let desk = self
            .make("/resources", &resource("Desk 1", "desk", 1, json!({})))
            .await;
        let pool = self
            .make(
                "/resources",
                &resource("Bicycles", "equipment", 3, json!({})),
            )
            .await;
        let vault = self
            .make(
                "/resources",
                &resource("Vault", "room", 1, json!({"see": "managers"})),
            )
            .await;
        (self.room, self.desk, self.pool, self.vault) = (room, desk, pool, vault);
    }

    async fn make(&self, path: &str, body: &Value) -> i64 {
        self.post(&self.admin, path, body).await.expect(201).id()
    }

    /// A new person, with the password `correct horse`, and a token with all scopes.
    pub async fn person(&self, name: &str) -> (i64, String) {
        let body = json!({
            "username": name, "email": format!("{name}@example.com"), "first_name": name,
            "password": "correct horse",
        });
        let id = self.make("/users", &body).await;
        (id, self.token(id, &Scope::ALL.map(Scope::name)).await)
    }

    /// A token of a person with some scopes.
    pub async fn token(&self, user: i64, scopes: &[&str]) -> String {
        let body = json!({"name": "test", "user": user, "scopes": scopes});
        let answer = self.post(&self.admin, "/tokens", &body).await.expect(201);
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    pub fn ask(&self, method: &str, path: &str, token: &str) -> Asking<'_> {
        let asking = Asking {
            world: self,
            method: method.parse().unwrap(),
            path: path.into(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        if token.is_empty() {
            asking
        } else {
            asking.with("authorization", &format!("Bearer {token}"))
        }
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.ask("GET", path, token).send().await
    }

    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, token).json(body).send().await
    }

    pub async fn patch(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.ask("PATCH", path, token).json(body).send().await
    }

    pub async fn delete(&self, token: &str, path: &str) -> Answer {
        self.ask("DELETE", path, token).send().await
    }

    /// An invoice of ten euros to the member, for January.
    pub async fn invoiced(&self) -> i64 {
        let hour = self.hours.fetch_add(1, Ordering::SeqCst);
        let (day, hour) = (1 + hour / 23, hour % 23);
        let body = json!({
            "resources": [{"id": self.pool}], "owner": {"id": self.member_id}, "override": true,
            "start": format!("2027-01-{day:02}T{hour:02}:00:00+01:00"),
            "end": format!("2027-01-{day:02}T{:02}:00:00+01:00", hour + 1),
            "price": {"amount": "10", "currency": "EUR"},
        });
        self.post(&self.admin, "/bookings", &body).await.expect(201);
        let body = json!({"month": "2027-01"});
        let closed = self.post(&self.admin, "/invoices/close", &body).await;
        closed.expect(200).json()["items"][0]["id"]
            .as_i64()
            .unwrap()
    }

    /// A booking of an hour by the member.
    pub async fn booked(&self, resource: i64, hour: u32) -> i64 {
        let body = hour_of(resource, hour);
        self.post(&self.member, "/bookings", &body)
            .await
            .expect(201)
            .id()
    }
}

async fn organisation(engine: &Engine, slug: &str) -> (OrganisationId, Actor) {
    let organisation = Organisation {
        hosts: vec![format!("{slug}.example")],
        ..Organisation::new(slug, Zone::parse("Europe/Berlin").unwrap())
    };
    let user = User {
        username: "admin".into(),
        email: "admin@example.com".into(),
        first_name: "Ada".into(),
        ..User::default()
    };
    let first = FirstAdministrator {
        user,
        password_hash: None,
    };
    engine::create_organisation(engine, slug, organisation, first)
        .await
        .unwrap()
}

async fn issue(engine: &Engine, actor: &Actor, scopes: Scopes, user: UserId) -> String {
    let (secret, hash) = engine.new_token_secret().unwrap();
    let token = NewToken {
        user,
        kind: TokenKind::Api,
        door: Door::Api,
        idle: None,
        name: "test".into(),
        hash,
        scopes,
        expires_at: None,
        unlimited: false,
    };
    let executed = engine
        .execute(actor, IssueToken(token), engine::Request::plain("setup"))
        .await
        .unwrap();
    assert!(matches!(executed, Executed::Fresh(Ok(_), _)));
    secret
}

/// The body of a booking of an hour on 1 March 2027.
pub fn hour_of(resource: i64, hour: u32) -> Value {
    json!({
        "resources": [{"id": resource}],
        "start": format!("2027-03-01T{hour:02}:00:00+01:00"),
        "end": format!("2027-03-01T{:02}:00:00+01:00", hour + 1),
        "title": "Planning",
    })
}

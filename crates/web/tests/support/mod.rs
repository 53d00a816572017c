//! A server with two organisations, some people and a floor with places, and a clock that stands still until told
//! otherwise. It is Monday, 1 March 2027, 15:00 in Berlin.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test binary uses a part of it, and a test may fail loudly"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use domain::booking::Booking;
use domain::catalog::{Area, Resource, Site};
use domain::decide::{
    Book, Command, IssueToken, NewToken, OnConflict, PutObject, PutUser, RegisterClient, Texts,
    TokenKind, Validate, Wanted,
};
use domain::ids::{OrganisationId, ResourceId, UserId};
use domain::people::{Actor, Client, Door, Scopes, User};
use domain::time::Interval;
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
    pub fn set(&self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        self.0.store(at.as_microsecond(), Ordering::SeqCst);
    }

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
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// All lines that set cookies.
    pub fn cookies(&self) -> Vec<&str> {
        let lines = self.headers.get_all("set-cookie").iter();
        lines.map(|line| line.to_str().unwrap()).collect()
    }

    /// The value that a cookie is set to.
    pub fn cookie(&self, name: &str) -> String {
        let lines = self.cookies();
        let line = lines.iter().find(|line| line.starts_with(name));
        let (_, rest) = line
            .unwrap_or_else(|| panic!("no {name}: {self:?}"))
            .split_once('=')
            .unwrap();
        rest.split(';').next().unwrap().to_owned()
    }

    /// What stands in the page between two pieces of text.
    pub fn between(&self, before: &str, after: &str) -> String {
        let (_, rest) = self
            .text
            .split_once(before)
            .unwrap_or_else(|| panic!("no {before}: {}", self.text));
        rest.split(after).next().unwrap().replace("&amp;", "&")
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
}

/// An event stream under way.
pub struct Events(Body, String);

impl Events {
    /// The next event: its name and its data. Heartbeats are skipped.
    pub async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some(end) = self.1.find("\n\n") {
                let rest = self.1.split_off(end + 2);
                let event = std::mem::replace(&mut self.1, rest);
                let field = |name: &str| {
                    let lines = event.lines();
                    let mut found = lines.filter_map(|line| line.strip_prefix(name));
                    found.next().map(|text| text.trim().to_owned())
                };
                if let Some(name) = field("event:") {
                    return Some((name, field("data:").unwrap_or_default()));
                }
                continue;
            }
            let frame = tokio::time::timeout(Duration::from_secs(10), self.0.frame());
            let frame = frame.await.expect("no event within ten seconds")?;
            let data = frame.unwrap().into_data().unwrap();
            self.1.push_str(std::str::from_utf8(&data).unwrap());
        }
    }

    /// The places that the next event tells of, by id.
    pub async fn places(&mut self) -> Vec<Value> {
        let (name, data) = self.next().await.expect("the stream has ended");
        assert_eq!(name, "places", "{data}");
        let news: Value = serde_json::from_str(&data).unwrap();
        news["places"].as_array().unwrap().clone()
    }
}

/// Somebody with a password, `correct horse`, and a token for Flexopus' door.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: i64,
    pub actor: Actor,
    pub token: String,
}

/// A registered client.
#[derive(Clone, Debug)]
pub struct Program {
    pub id: i64,
    pub client_id: String,
    pub secret: String,
}

/// The people, and what there is to book.
pub struct World {
    pub router: Router,
    pub app: web::App,
    pub engine: Arc<Engine>,
    pub clock: Arc<TestClock>,
    pub home: OrganisationId,
    pub admin: Person,
    /// Sees names.
    pub mia: Person,
    /// Another member.
    pub nils: Person,
    /// An administrator elsewhere.
    pub foreigner: Person,
    pub area: i64,
    pub desk: i64,
    /// Wants to be checked in to.
    pub other: i64,
    pub blocked: i64,
    /// Only those who manage it know of it.
    pub vault: i64,
    dir: Option<tempfile::TempDir>,
}

/// What makes it now.
pub const NOW: &str = "2027-03-01T14:00:00Z";
/// A drawing.
pub const PLAN: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 20 10\"><rect width=\"20\" height=\"10\"/></svg>";

impl World {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", dir.path().join("tenure.db").display());
        let mut world = Self::at(&address).await;
        world.dir = Some(dir);
        world
    }

    /// The same in the database at an address.
    pub async fn at(address: &str) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(0)));
        clock.set(NOW);
        let engine = engine(address, &clock).await;
        let (home, admin) = organisation(&engine, "home").await;
        let (_, foreigner) = organisation(&engine, "abroad").await;
        let (app, router) = pages(&engine, home);
        let admin = with_token(&engine, admin).await;
        let foreigner = with_token(&engine, foreigner).await;
        let mut world = Self {
            router,
            app,
            clock,
            home,
            mia: admin.clone(),
            nils: admin.clone(),
            foreigner,
            engine,
            admin,
            area: 0,
            desk: 0,
            other: 0,
            blocked: 0,
            vault: 0,
            dir: None,
        };
        world.furnish().await;
        world
    }

    async fn furnish(&mut self) {
        let site = self
            .put::<Site>(json!({"name": "Berlin", "zone": "Europe/Berlin"}))
            .await;
        let plan = json!({"width": 20.0, "height": 10.0, "svg": PLAN});
        self.area = self
            .put::<Area>(json!({"name": "Ground floor", "site": site, "plan": plan}))
            .await;
        let mut x = 1.0;
        let mut desk = |name: &str, more: Value| {
            x += 2.0;
            let mut body = json!({
                "name": name, "area": self.area, "kind": "desk",
                "shape": {"x": x, "y": 2.0, "width": 1.6, "height": 0.8},
                "policy": {"see_names": "everyone"},
            });
            for (field, value) in more.as_object().unwrap() {
                body[field] = value.clone();
            }
            body
        };
        let bodies = [
            desk("Desk 1", json!({})),
            desk(
                "Desk 2",
                json!({"policy": {"check_in": true, "see_names": "managers"}}),
            ),
            desk("Desk 3", json!({"mode": "blocked"})),
            desk("Vault", json!({"policy": {"see": "managers"}})),
        ];
        let mut ids = Vec::new();
        for body in bodies {
            ids.push(self.put::<Resource>(body).await);
        }
        (self.desk, self.other, self.blocked, self.vault) = (ids[0], ids[1], ids[2], ids[3]);
        self.mia = self.person("mia").await;
        self.nils = self.person("nils").await;
    }

    async fn person(&self, name: &str) -> Person {
        let user = json!({
            "username": name, "email": format!("{name}@example.com"), "first_name": name, "last_name": "Example",
        });
        let command = PutUser {
            id: None,
            expected_version: None,
            user: serde_json::from_value(user).unwrap(),
            password_hash: Some(self.engine.passwords().hash("correct horse").await.unwrap()),
        };
        let user = self.run(&self.admin, command).await;
        let actor = Actor {
            user: Arc::new(user),
            ..self.admin.actor.clone()
        };
        with_token(&self.engine, actor).await
    }

    /// A new object of the catalog.
    pub async fn put<T: Validate>(&self, body: Value) -> i64 {
        self.write::<T>(None, body).await
    }

    /// An object of the catalog as it is to be.
    pub async fn change<T: Validate>(&self, id: i64, body: Value) {
        self.write::<T>(Some(id), body).await;
    }

    async fn write<T: Validate>(&self, id: Option<i64>, body: Value) -> i64 {
        let command = PutObject::<T> {
            id,
            expected_version: None,
            body: serde_json::from_value(body).unwrap(),
        };
        self.run(&self.admin, command).await.id
    }

    /// Carries a command out, which has to be allowed.
    pub async fn run<C: Command>(&self, person: &Person, command: C) -> C::Outcome {
        run(&self.engine, &person.actor, command).await
    }

    /// A booking from one hour to another of today, Berlin's time, beyond the policies.
    pub async fn book(&self, person: &Person, resource: i64, from: u32, to: u32) -> Booking {
        self.book_through(&self.engine, person, resource, from, to)
            .await
    }

    /// The same through another server.
    pub async fn book_through(
        &self,
        engine: &Engine,
        person: &Person,
        resource: i64,
        from: u32,
        to: u32,
    ) -> Booking {
        let at = |hour: u32| {
            let text = format!("2027-03-01T{hour:02}:00:00+01:00");
            text.parse::<Timestamp>().unwrap()
        };
        let book = Book {
            resources: vec![Wanted {
                resource: ResourceId(resource),
                units: 1,
            }],
            interval: Interval::new(at(from), Some(at(to))).unwrap(),
            recurrence: None,
            zone: None,
            owner: Some(UserId(person.id)),
            texts: Texts {
                title: Some(Some("Secret plans".into())),
                ..Texts::default()
            },
            on_conflict: OnConflict::Refuse,
            override_rules: true.into(),
        };
        run(engine, &self.admin.actor, book)
            .await
            .bookings
            .remove(0)
    }

    /// The address of a booking's map for a person.
    pub async fn link(&self, person: &Person, booking: &Booking) -> String {
        let found = self.engine.authenticate(&person.token, Door::Flexopus);
        let (actor, _) = found.await.unwrap();
        let link = self.engine.map_link(&actor, booking.id).await.unwrap();
        link.unwrap().address()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    /// A page as somebody with a log-in gets it.
    pub async fn get_as(&self, session: &str, path: &str) -> Answer {
        let cookie = format!("tenure_session={session}");
        self.send("GET", path, &[("cookie", &cookie)], "").await
    }

    pub async fn post(&self, path: &str, cookie: &str, body: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        let headers = [("cookie", cookie), ("content-type", kind)];
        self.send("POST", path, &headers, body).await
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let response = self.respond(method, path, headers, body).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    async fn respond(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> axum::response::Response {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "unknown.example");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// An event stream, which has to be one.
    pub async fn follow(&self, path: &str) -> Events {
        let response = self.respond("GET", path, &[], "").await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Events(response.into_body(), String::new())
    }

    /// Registers a client for the administrator; gives its name and its secret, which is empty for one without.
    pub async fn client(&self, body: Value) -> Program {
        self.client_of(&self.admin, body).await
    }

    /// The same for another administrator.
    pub async fn client_of(&self, admin: &Person, body: Value) -> Program {
        let new = self.engine.new_client().unwrap();
        let door = match body["door"].as_str() {
            Some("spacebring") => Door::Spacebring,
            _ => Door::Cobot,
        };
        let public = body["public"] == true;
        let mut stored = json!({
            "name": "Lobby screen",
            "door": door,
            "client_id": new.client_id,
            "secret_hash": (!public).then_some(&new.secret_hash),
            "redirect_uris": ["https://app.example/callback"],
            "scopes": Client::scopes_of(door).iter().collect::<Vec<_>>(),
            "user": admin.id,
        });
        for (field, value) in body.as_object().unwrap() {
            if field != "public" {
                stored[field] = value.clone();
            }
        }
        let client = serde_json::from_value(stored).unwrap();
        let made = self.run(admin, RegisterClient(client)).await;
        Program {
            id: made.id,
            client_id: new.client_id,
            secret: if public { String::new() } else { new.secret },
        }
    }

    /// Logs somebody in, and gives the session's secret.
    pub async fn log_in(&self, name: &str) -> String {
        let form = self.get("/login").await.expect(200);
        let mark = form.between("name=\"mark\" value=\"", "\"");
        let cookie = format!("tenure_form={}", form.cookie("tenure_form"));
        let body = format!("login={name}&password=correct+horse&next=/&mark={mark}");
        let answer = self.post("/login", &cookie, &body).await.expect(303);
        answer.cookie("tenure_session")
    }
}

/// Another server on the database at an address.
pub async fn engine(address: &str, clock: &Arc<TestClock>) -> Arc<Engine> {
    let store = Store::open(address, true).await.unwrap();
    Arc::new(Engine::new(store, clock.clone(), Arc::new(SystemRandom)))
}

fn pages(engine: &Arc<Engine>, organisation: OrganisationId) -> (web::App, Router) {
    let settings = web::Settings {
        base_url: "http://booking.example".into(),
        organisation,
    };
    let logins = Arc::new(LoginGuard::new(&LoginQuotas::default()));
    let programs = oauth::Settings {
        base_url: settings.base_url.clone(),
    };
    let programs = oauth::App::new(engine.clone(), programs, logins.clone());
    let app = web::App::new(engine.clone(), settings, logins);
    let router = web::router(app.clone())
        .merge(oauth::router(programs))
        .layer(EdgeLayer::new(CountedIds::new(7)));
    (app, router)
}

async fn run<C: Command>(engine: &Engine, actor: &Actor, command: C) -> C::Outcome {
    let request = engine::Request::plain("setup");
    match engine.execute(actor, command, request).await.unwrap() {
        Executed::Fresh(outcome, _) => outcome.unwrap_or_else(|refusal| panic!("{refusal:?}")),
        Executed::Replayed(_) | Executed::KeyReused => panic!("no key was used"),
    }
}

async fn organisation(engine: &Engine, slug: &str) -> (OrganisationId, Actor) {
    let organisation =
        json!({"name": slug, "zone": "Europe/Berlin", "hosts": [format!("{slug}.example")]});
    let user = User {
        username: "admin".into(),
        email: "admin@example.com".into(),
        first_name: "Ada".into(),
        last_name: "Admin".into(),
        ..User::default()
    };
    let first = FirstAdministrator {
        user,
        password_hash: None,
    };
    let organisation = serde_json::from_value(organisation).unwrap();
    engine::create_organisation(engine, slug, organisation, first)
        .await
        .unwrap()
}

async fn with_token(engine: &Engine, actor: Actor) -> Person {
    let (token, hash) = engine.new_token_secret().unwrap();
    let new = NewToken {
        user: actor.id(),
        kind: TokenKind::Api,
        door: Door::Flexopus,
        idle: None,
        name: "test".into(),
        hash,
        scopes: Scopes::ALL,
        expires_at: None,
        unlimited: false,
    };
    run(engine, &actor, IssueToken(new)).await;
    Person {
        id: actor.id().0,
        actor,
        token,
    }
}

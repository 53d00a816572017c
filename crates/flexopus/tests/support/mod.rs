//! A server with two organisations, a building with desks, parking places and a room, and a clock that stands still until
//! told otherwise. It is Monday, 1 March 2027, 08:00 UTC.

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
use axum::http::{HeaderMap, Request, StatusCode};
use domain::booking::Booking;
use domain::catalog::{Area, Organisation, Resource, Site};
use domain::decide::{
    Book, Command, IssueToken, NewToken, OnConflict, PutObject, PutUser, Texts, TokenKind,
    Validate, Wanted,
};
use domain::ids::{OrganisationId, ResourceId, UserId};
use domain::people::{Actor, Door, Group, Scope, Scopes, User};
use domain::time::Interval;
use engine::store::{Executed, Store};
use engine::{Clock, Engine, FirstAdministrator, SystemRandom};
use flexopus::BASE;
use http_body_util::BodyExt;
use http_kit::EdgeLayer;
use http_kit::request_id::CountedIds;
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt;

/// A clock that stands still until told otherwise.
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn set(&self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        self.0.store(at.as_microsecond(), Ordering::SeqCst);
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
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// What the answer is about.
    #[track_caller]
    pub fn data(&self) -> Value {
        self.json()["data"].clone()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// The fields that are wrong, by name, with a comma between.
    #[track_caller]
    pub fn wrong(self) -> String {
        let body = self.expect(422).json();
        let errors = body["errors"].as_object().unwrap();
        let message = body["message"].as_str().unwrap();
        let told = |texts: &Value| message.starts_with(texts[0].as_str().unwrap());
        assert!(errors.values().any(told), "{message}");
        errors
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(",")
    }
}

/// What makes it now.
pub const NOW: &str = "2027-03-01T08:00:00Z";
/// Where links lead.
pub const BASE_URL: &str = "http://booking.example";

/// The people, and what there is to book.
pub struct World {
    pub router: Router,
    pub engine: Arc<Engine>,
    pub clock: Arc<TestClock>,
    pub home: OrganisationId,
    /// Administers everything at home.
    pub admin: Actor,
    /// The administrator's token for this door.
    pub token: String,
    /// Administers everything in another organisation.
    pub foreigner: Actor,
    /// With a vehicle and an attribute of another system.
    pub eddie: i64,
    /// With neither.
    pub lillie: i64,
    pub building: i64,
    pub office: i64,
    pub car_park: i64,
    pub desk: i64,
    pub other_desk: i64,
    pub parking: i64,
    pub other_parking: i64,
    pub room: i64,
    pub home_office: i64,
    /// What this door has no word for.
    pub projector: i64,
    /// Where the database is.
    pub address: String,
    dir: tempfile::TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with_limit(6000).await
    }

    /// With so many requests a minute and token.
    pub async fn with_limit(limit: u32) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", dir.path().join("tenure.db").display());
        Self::over(dir, address, limit).await
    }

    /// Over a PostgreSQL; none where there is none.
    pub async fn on_postgres() -> Option<Self> {
        let database = testkit::postgres()?;
        Some(Self::over(tempfile::tempdir().unwrap(), database.url, 6000).await)
    }

    async fn over(dir: tempfile::TempDir, address: String, limit: u32) -> Self {
        let store = Store::open(&address, true).await.unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(0)));
        clock.set(NOW);
        let engine = Arc::new(Engine::new(store, clock.clone(), Arc::new(SystemRandom)));
        let (home, admin) = organisation(&engine, "home").await;
        let (_, foreigner) = organisation(&engine, "abroad").await;
        let settings = flexopus::Settings {
            base_url: BASE_URL.into(),
            requests_per_minute: NonZeroU32::new(limit).unwrap(),
        };
        let app = flexopus::App::new(engine.clone(), settings);
        let router = flexopus::router(app).layer(EdgeLayer::new(CountedIds::new(7)));
        let mut world = Self {
            router,
            engine,
            clock,
            home,
            admin,
            token: String::new(),
            foreigner,
            eddie: 0,
            lillie: 0,
            building: 0,
            office: 0,
            car_park: 0,
            desk: 0,
            other_desk: 0,
            parking: 0,
            other_parking: 0,
            room: 0,
            home_office: 0,
            projector: 0,
            address,
            dir,
        };
        world.token = world
            .token_of(&world.admin, Door::Flexopus, Scopes::ALL)
            .await;
        world.furnish().await;
        world
    }

    async fn furnish(&mut self) {
        let exclusions = json!([
            ["desk", "desk"],
            ["parking", "parking"],
            ["desk", "home_office"]
        ]);
        self.building = self
            .put::<Site>(json!({
                "name": "Building", "zone": "Europe/Berlin", "address": "281 Buchanan Rd, Sheffield, CH2 3NH",
                "policy": {"exclusions": exclusions},
            }))
            .await;
        let area =
            |name: &str, code: Value| json!({"name": name, "code": code, "site": self.building});
        self.car_park = self.put::<Area>(area("Car park 4", json!("P4"))).await;
        self.office = self.put::<Area>(area("Office 34", json!("O34"))).await;
        let (office, car_park) = (self.office, self.car_park);
        let resource = |name: &str, area: i64, kind: &str, tags: Value| json!({"name": name, "area": area, "kind": kind, "tags": tags});
        let tags = json!(["Adjustable height", "Quiet zone"]);
        self.desk = self
            .put::<Resource>(resource("Table 24", office, "desk", tags))
            .await;
        self.other_desk = self
            .put::<Resource>(resource("Table 12", office, "desk", json!([])))
            .await;
        let charger = json!(["Electric charger"]);
        self.parking = self
            .put::<Resource>(resource("Parking spot 2", car_park, "parking", charger))
            .await;
        self.other_parking = self
            .put::<Resource>(resource("Parking spot 3", car_park, "parking", json!([])))
            .await;
        self.room = self
            .put::<Resource>(resource("Havel", office, "room", json!([])))
            .await;
        let mut home = resource("From home", office, "home_office", json!([]));
        home["units"] = json!(50);
        self.home_office = self.put::<Resource>(home).await;
        self.projector = self
            .put::<Resource>(resource("Projector", office, "equipment", json!([])))
            .await;
        self.eddie = self
            .person(json!({
                "username": "eddie", "email": "dr.eddie.torphy.iv@example.com", "first_name": "Dr. Eddie",
                "last_name": "Torphy IV", "extension": {"extensionAttribute1": "value"},
                "vehicles": [{"id": 1, "plate": "AB-CD-123"}],
            }))
            .await;
        self.lillie = self
            .person(json!({
                "username": "lillie", "email": "lillie.bergnaum@example.com", "first_name": "Lillie",
                "last_name": "Bergnaum", "vehicles": [{"id": 2, "plate": "XY-99"}],
            }))
            .await;
    }

    /// A new person; the number.
    pub async fn person(&self, user: Value) -> i64 {
        let command = PutUser {
            id: None,
            expected_version: None,
            user: serde_json::from_value(user).unwrap(),
            password_hash: None,
        };
        self.run(command).await.id
    }

    /// A person as who comes in.
    pub async fn actor(&self, id: i64) -> Actor {
        let store = self.engine.store();
        let mut users = store.users_by_id(self.home, &[UserId(id)]).await.unwrap();
        Actor {
            user: users.remove(&UserId(id)).unwrap(),
            ..self.admin.clone()
        }
    }

    /// A person changed.
    pub async fn change_person(&self, id: i64, change: impl FnOnce(&mut User)) {
        let mut user = self.actor(id).await.user.body.clone();
        change(&mut user);
        self.run(PutUser {
            id: Some(UserId(id)),
            expected_version: None,
            user,
            password_hash: None,
        })
        .await;
    }

    /// A token of somebody for a door.
    pub async fn token_of(&self, actor: &Actor, door: Door, scopes: Scopes) -> String {
        let (secret, hash) = self.engine.new_token_secret().unwrap();
        let token = NewToken {
            user: actor.id(),
            kind: TokenKind::Api,
            door,
            idle: None,
            name: "test".into(),
            hash,
            scopes,
            expires_at: None,
            unlimited: false,
        };
        let request = engine::Request::plain("setup");
        let executed = self
            .engine
            .execute(actor, IssueToken(token), request)
            .await
            .unwrap();
        assert!(matches!(executed, Executed::Fresh(Ok(_), _)));
        secret
    }

    /// The administrator's token for this door with these scopes alone.
    pub async fn token_with(&self, scopes: &[Scope]) -> String {
        let scopes = scopes.iter().copied().collect();
        self.token_of(&self.admin, Door::Flexopus, scopes).await
    }

    /// A new object of the catalog.
    pub async fn put<T: Validate>(&self, body: Value) -> i64 {
        self.write::<T>(None, body).await
    }

    async fn write<T: Validate>(&self, id: Option<i64>, body: Value) -> i64 {
        let command = PutObject::<T> {
            id,
            expected_version: None,
            body: serde_json::from_value(body).unwrap(),
        };
        self.run(command).await.id
    }

    /// A resource with some fields changed; those of its policy are added to what it has.
    pub async fn patch_resource(&self, id: i64, change: Value) {
        let catalog = self.engine.catalog(self.home).unwrap();
        let resource = catalog.resource(ResourceId(id)).unwrap();
        let mut body = serde_json::to_value(&resource.body).unwrap();
        for (field, value) in change.as_object().unwrap() {
            match (body[field].as_object_mut(), value) {
                (Some(held), Value::Object(more)) => held.extend(more.clone()),
                _ => body[field] = value.clone(),
            }
        }
        self.write::<Resource>(Some(id), body).await;
    }

    /// The organisation with some fields changed.
    pub async fn patch_organisation(&self, change: Value) {
        let catalog = self.engine.catalog(self.home).unwrap();
        let mut body = serde_json::to_value(&catalog.organisation.body).unwrap();
        for (field, value) in change.as_object().unwrap() {
            body[field] = value.clone();
        }
        let id = catalog.organisation.id;
        self.write::<Organisation>(Some(id), body).await;
    }

    /// Carries a command out as the administrator, which has to be allowed.
    pub async fn run<C: Command>(&self, command: C) -> C::Outcome {
        let request = engine::Request::plain("setup");
        match self
            .engine
            .execute(&self.admin, command, request)
            .await
            .unwrap()
        {
            Executed::Fresh(outcome, _) => outcome.unwrap_or_else(|refusal| panic!("{refusal:?}")),
            Executed::Replayed(_) | Executed::KeyReused => panic!("no key was used"),
        }
    }

    /// A booking for a person beyond the limits; without an end it is for ever.
    pub async fn book(&self, person: i64, resource: i64, from: &str, to: Option<&str>) -> Booking {
        self.book_with(person, resource, from, to, Texts::default())
            .await
    }

    /// The same with these texts.
    pub async fn book_with(
        &self,
        person: i64,
        resource: i64,
        from: &str,
        to: Option<&str>,
        texts: Texts,
    ) -> Booking {
        let to = to.map(|to| to.parse().unwrap());
        let command = Book {
            resources: vec![Wanted {
                resource: ResourceId(resource),
                units: 1,
            }],
            interval: Interval::new(from.parse().unwrap(), to).unwrap(),
            recurrence: None,
            zone: None,
            owner: Some(UserId(person)),
            texts,
            on_conflict: OnConflict::Refuse,
            override_rules: true.into(),
        };
        self.run(command).await.bookings.remove(0)
    }

    /// What the administrator gets.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, Some(&self.token), "").await
    }

    /// What the administrator's request with a JSON body is answered.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.ask(method, path, Some(&self.token), &body.to_string())
            .await
    }

    /// What the administrator's request without a body is answered.
    pub async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path, Some(&self.token), "").await
    }

    /// What a request below [`BASE`] is answered.
    pub async fn ask(&self, method: &str, path: &str, token: Option<&str>, body: &str) -> Answer {
        let bearer = token.map(|token| ("Authorization", format!("Bearer {token}")));
        let mut headers: Vec<(&str, String)> = bearer.into_iter().collect();
        headers.push(("Accept", "application/json".into()));
        headers.push(("Content-Type", "application/json".into()));
        self.raw(method, &format!("{BASE}{path}"), &headers, body.as_bytes())
            .await
    }

    /// What a request to any path with these headers is answered.
    pub async fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("host"))
        {
            request = request.header("host", "unknown.example");
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(body.to_vec())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

/// The query of a window.
pub fn window(from: &str, to: &str) -> String {
    format!("?from={from}&to={to}")
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

/// A group of people.
pub async fn group(world: &World, body: Value) -> i64 {
    world.put::<Group>(body).await
}

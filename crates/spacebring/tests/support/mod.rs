//! A network with two locations and all that this API knows of, and another network beside it; with a clock that stands
//! still until told otherwise. It is Monday, 1 March 2027, 08:00 UTC.

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
use domain::catalog::{Area, ObjectKind, Resource, Site};
use domain::decide::{
    Book, Command, IssueToken, NewToken, OnConflict, PutObject, PutUser, Texts, TokenKind,
    Validate, Wanted,
};
use domain::ids::{OrganisationId, ResourceId, UserId};
use domain::money::PriceRule;
use domain::people::{Actor, Client, Door, Membership, Plan, Scope, Scopes, User};
use domain::time::Interval;
use engine::store::{Executed, Store};
use engine::{Clock, Engine, FirstAdministrator, SystemRandom};
use http_body_util::BodyExt;
use http_kit::EdgeLayer;
use http_kit::request_id::CountedIds;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use spacebring::BASE;
use tower::ServiceExt;
use uuid::Uuid;

/// Runs each story on both databases.
macro_rules! stories {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::$name($crate::support::World::new().await).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    if let Some(world) = $crate::support::World::on_postgres().await {
                        super::$name(world).await;
                    }
                }
            )*
        }
    };
}
pub(crate) use stories;

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

    /// The paths of what is wrong, with a comma between.
    #[track_caller]
    pub fn wrong(self) -> String {
        let body = self.expect(400).json();
        assert!(
            body["message"].is_string() && body["type"].is_string(),
            "{body}"
        );
        let issues = body["issues"].as_array().unwrap();
        let path = |issue: &Value| {
            assert!(issue["code"].is_string() && issue["message"].is_string());
            let parts = issue["path"].as_array().unwrap().iter();
            parts
                .map(|part| part.as_str().unwrap())
                .collect::<Vec<_>>()
                .join(".")
        };
        issues.iter().map(path).collect::<Vec<_>>().join(",")
    }

    /// The ids of the bookings of a page.
    #[track_caller]
    pub fn ids(&self) -> Vec<String> {
        let body = self.json();
        let bookings = body["bookings"]
            .as_array()
            .unwrap_or_else(|| panic!("{body}"));
        let id = |booking: &Value| booking["id"].as_str().unwrap().to_owned();
        bookings.iter().map(id).collect()
    }
}

/// What makes it now.
pub const NOW: &str = "2027-03-01T08:00:00Z";
/// Where the list is.
pub const BOOKINGS: &str = "/resources/bookings/v1";

/// The people, and what there is to book.
pub struct World {
    pub router: Router,
    pub engine: Arc<Engine>,
    pub clock: Arc<TestClock>,
    pub home: OrganisationId,
    /// The id of the network.
    pub network: Uuid,
    /// Administers everything at home.
    pub admin: Actor,
    /// The administrator's token for this door.
    pub token: String,
    /// Administers everything in another network.
    pub foreigner: Actor,
    /// Its id.
    pub abroad: Uuid,
    /// A member with a membership.
    pub mia: i64,
    pub mia_token: String,
    pub mias: i64,
    /// Another.
    pub noah: i64,
    pub noah_token: String,
    pub noahs: i64,
    pub mitte: i64,
    pub wedding: i64,
    pub floor: i64,
    /// Of four seats.
    pub desk: i64,
    /// Mia's for good.
    pub own_desk: i64,
    /// Of six seats.
    pub office: i64,
    pub parking: i64,
    pub room: i64,
    /// In the other location.
    pub far_room: i64,
    /// What this door has no word for.
    pub projector: i64,
    /// Where the database is.
    pub address: String,
    dir: tempfile::TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with_limit(10_000).await
    }

    /// With so many requests a second and token.
    pub async fn with_limit(limit: u32) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", dir.path().join("tenure.db").display());
        Self::over(dir, address, limit).await
    }

    /// Over a PostgreSQL; none where there is none.
    pub async fn on_postgres() -> Option<Self> {
        let database = testkit::postgres()?;
        Some(Self::over(tempfile::tempdir().unwrap(), database.url, 10_000).await)
    }

    async fn over(dir: tempfile::TempDir, address: String, limit: u32) -> Self {
        let store = Store::open(&address, true).await.unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(0)));
        clock.set(NOW);
        let engine = Arc::new(Engine::new(store, clock.clone(), Arc::new(SystemRandom)));
        let (home, admin) = organisation(&engine, "home").await;
        let (other, foreigner) = organisation(&engine, "abroad").await;
        let network = |id| engine.catalog(id).unwrap().organisation.uuid;
        let (network, abroad) = (network(home), network(other));
        let settings = spacebring::Settings {
            requests_per_second: NonZeroU32::new(limit).unwrap(),
        };
        let app = spacebring::App::new(engine.clone(), &settings);
        let router = spacebring::router(app).layer(EdgeLayer::new(CountedIds::new(7)));
        let mut world = Self {
            router,
            engine,
            clock,
            home,
            network,
            admin,
            token: String::new(),
            foreigner,
            abroad,
            mia: 0,
            mia_token: String::new(),
            mias: 0,
            noah: 0,
            noah_token: String::new(),
            noahs: 0,
            mitte: 0,
            wedding: 0,
            floor: 0,
            desk: 0,
            own_desk: 0,
            office: 0,
            parking: 0,
            room: 0,
            far_room: 0,
            projector: 0,
            address,
            dir,
        };
        world.token = world
            .token_of(&world.admin, Door::Spacebring, Scopes::ALL)
            .await;
        world.populate().await;
        world.furnish().await;
        world
    }

    async fn populate(&mut self) {
        let plan = self.put::<Plan>(json!({"name": "Full time"})).await;
        let mia = json!({
            "username": "mia", "email": "mia@example.com", "first_name": "Mia", "last_name": "Weber",
            "phone": "+49 30 123456", "about": "Draws maps.", "photo": "https://example.com/mia.png",
        });
        let noah = json!({
            "username": "noah", "email": "noah@example.com", "first_name": "Noah", "last_name": "Klein",
        });
        let membership = |name: &str, user: i64| json!({"name": name, "user": user, "plan": plan, "from": "2026-01-01"});
        self.mia = self.person(mia).await;
        self.mias = self
            .put::<Membership>(membership("Mia Weber", self.mia))
            .await;
        self.mia_token = self.token_for(self.mia, Scopes::ALL).await;
        self.noah = self.person(noah).await;
        self.noahs = self
            .put::<Membership>(membership("Noah Klein", self.noah))
            .await;
        self.noah_token = self.token_for(self.noah, Scopes::ALL).await;
    }

    async fn furnish(&mut self) {
        let site = |name: &str| json!({"name": name, "zone": "Europe/Berlin", "address": "Torstr. 1, Berlin"});
        self.mitte = self.put::<Site>(site("Mitte")).await;
        self.wedding = self.put::<Site>(site("Wedding")).await;
        let area = |site: i64| json!({"name": "Floor", "site": site});
        self.floor = self.put::<Area>(area(self.mitte)).await;
        let far = self.put::<Area>(area(self.wedding)).await;
        let here = self.floor;
        let resource = |name: &str, kind: &str, units: u32| json!({"name": name, "area": here, "kind": kind, "units": units});
        self.desk = self.put::<Resource>(resource("Hot desks", "desk", 4)).await;
        let mut own = resource("Desk 1", "desk", 1);
        own["mode"] = json!("assigned");
        own["assigned_to"] = json!(self.mia);
        self.own_desk = self.put::<Resource>(own).await;
        self.office = self
            .put::<Resource>(resource("Office 1", "office", 6))
            .await;
        self.parking = self.put::<Resource>(resource("Lot 1", "parking", 1)).await;
        self.room = self.put::<Resource>(resource("Room 1", "room", 1)).await;
        self.projector = self
            .put::<Resource>(resource("Projector", "equipment", 1))
            .await;
        let mut far_room = resource("Far room", "room", 1);
        far_room["area"] = json!(far);
        self.far_room = self.put::<Resource>(far_room).await;
    }

    /// The room costs ten euros an hour, 19 % tax included.
    pub async fn price_the_room(&self) {
        let rule = json!({
            "name": "Room", "resources": [self.room], "currency": "EUR", "rate": {"per": "hour", "amount": "10"},
            "tax": {"rate": "19", "treatment": "inclusive"},
        });
        self.put::<PriceRule>(rule).await;
    }

    /// The UUIDs of what has these numbers.
    pub fn resource(&self, id: i64) -> String {
        let catalog = self.engine.catalog(self.home).unwrap();
        catalog.resources.get(id).unwrap().uuid.to_string()
    }

    pub fn location(&self, id: i64) -> String {
        let catalog = self.engine.catalog(self.home).unwrap();
        catalog.sites.get(id).unwrap().uuid.to_string()
    }

    pub fn membership(&self, id: i64) -> String {
        let catalog = self.engine.catalog(self.home).unwrap();
        catalog.memberships.get(id).unwrap().uuid.to_string()
    }

    pub async fn user(&self, id: i64) -> String {
        self.actor(id).await.user.uuid.to_string()
    }

    /// A person's token for this door.
    pub async fn token_for(&self, id: i64, scopes: Scopes) -> String {
        let actor = self.actor(id).await;
        self.token_of(&actor, Door::Spacebring, scopes).await
    }

    /// The query of a location's list.
    pub fn in_mitte(&self) -> String {
        format!("{BOOKINGS}?locationRef={}", self.location(self.mitte))
    }

    /// All bookings of a list, page by page.
    pub async fn all(&self, path: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let next = token.map(|token| format!("&nextPageToken={token}"));
            let page = self
                .get(&format!("{path}{}", next.unwrap_or_default()))
                .await
                .expect(200);
            found.extend(page.ids());
            match page.json()["nextPageToken"].as_str() {
                Some(next) => token = Some(next.to_owned()),
                None => return found,
            }
        }
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
        self.token_of(&self.admin, Door::Spacebring, scopes).await
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
        self.patch::<Resource>(id, change).await;
    }

    /// An object of the catalog with some fields changed; those of an object in it are added to what that has.
    pub async fn patch<T: Validate + Serialize>(&self, id: i64, change: Value) {
        let catalog = self.engine.catalog(self.home).unwrap();
        let mut body = match T::KIND {
            ObjectKind::Resource => {
                serde_json::to_value(&catalog.resources.get(id).unwrap().body).unwrap()
            }
            ObjectKind::Membership => {
                serde_json::to_value(&catalog.memberships.get(id).unwrap().body).unwrap()
            }
            ObjectKind::Site => serde_json::to_value(&catalog.sites.get(id).unwrap().body).unwrap(),
            kind => panic!("{kind:?}"),
        };
        for (field, value) in change.as_object().unwrap() {
            match (body[field].as_object_mut(), value) {
                (Some(held), Value::Object(more)) => held.extend(more.clone()),
                _ => body[field] = value.clone(),
            }
        }
        self.write::<T>(Some(id), body).await;
    }

    /// A client of this door for a person, with these scopes; its name and secret.
    pub async fn client(&self, user: i64, scopes: &[Scope]) -> (String, String) {
        let new = self.engine.new_client().unwrap();
        let body = json!({
            "name": "Display", "door": "spacebring", "client_id": new.client_id, "secret_hash": new.secret_hash,
            "scopes": scopes, "user": user,
        });
        self.put::<Client>(body).await;
        (new.client_id, new.secret)
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
        headers.push(("spacebring-network-id", self.network.to_string()));
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

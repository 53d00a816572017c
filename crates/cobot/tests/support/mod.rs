//! A server with a coworking space, a second one of the same organisation and a stranger's, and a clock that stands still
//! until told otherwise. It is Sunday, 1 January 2012, 10:00 UTC, as in the document's samples.

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
use domain::money::PriceRule;
use domain::people::{Actor, Door, Group, Membership, Plan, Scope, Scopes, User};
use domain::time::Interval;
use engine::store::{Executed, Store};
use engine::{Clock, Engine, FirstAdministrator, SystemRandom};
use http_body_util::BodyExt;
use http_kit::EdgeLayer;
use http_kit::request_id::CountedIds;
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt;

/// Runs each story on both databases.
#[allow(unused_macros, reason = "each test binary uses a part of it")]
macro_rules! stories {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
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
#[allow(unused_imports, reason = "each test binary uses a part of it")]
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

    /// The fields that are wrong, by name, with a comma between; each has a text.
    #[track_caller]
    pub fn wrong(self) -> String {
        let body = self.expect(422).json();
        let errors = body["errors"].as_object().unwrap();
        assert!(errors.values().all(Value::is_string), "{body}");
        errors
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(",")
    }

    /// The ids of a list.
    #[track_caller]
    pub fn ids(self) -> Vec<String> {
        let body = self.expect(200).json();
        let items = body.as_array().unwrap();
        let id = |item: &Value| item["id"].as_str().unwrap().to_owned();
        items.iter().map(id).collect()
    }
}

/// What makes it now.
pub const NOW: &str = "2012-01-01T10:00:00Z";
/// The host of the space.
pub const HOST: &str = "co-up.cobot.test";
/// The address of the space.
pub const SPACE: &str = "https://co-up.cobot.test";

/// A person who comes in with a token.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: i64,
    pub token: String,
}

/// The people, and what there is to book.
pub struct World {
    pub router: Router,
    pub engine: Arc<Engine>,
    pub clock: Arc<TestClock>,
    pub home: OrganisationId,
    /// Administers everything at home.
    pub boss: Actor,
    pub admin: Person,
    /// Manages the space, and nothing else.
    pub manager: Person,
    /// Members.
    pub john: Person,
    pub jane: Person,
    /// Somebody of the organisation who may book nothing.
    pub guest: Person,
    /// Administers everything in another organisation.
    pub foreigner: Person,
    /// The same.
    pub stranger: Actor,
    pub johns: i64,
    pub janes: i64,
    pub site: i64,
    pub area: i64,
    /// Costs 5.00 an hour, with 20 % on top.
    pub room: i64,
    /// Has three units, and costs nothing.
    pub desk: i64,
    /// Takes no bookings.
    pub blocked: i64,
    /// Members only see it.
    pub hidden: i64,
    /// In the organisation's other space.
    pub elsewhere: i64,
    dir: tempfile::TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with_limits(6000, 6000).await
    }

    /// With so many requests and creations a minute and person.
    pub async fn with_limits(requests: u32, creations: u32) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", dir.path().join("tenure.db").display());
        Self::over(dir, &address, requests, creations).await
    }

    /// Over a PostgreSQL; none where there is none.
    pub async fn on_postgres() -> Option<Self> {
        let database = testkit::postgres()?;
        Some(Self::over(tempfile::tempdir().unwrap(), &database.url, 6000, 6000).await)
    }

    async fn over(dir: tempfile::TempDir, address: &str, requests: u32, creations: u32) -> Self {
        let store = Store::open(address, true).await.unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(0)));
        clock.set(NOW);
        let engine = Arc::new(Engine::new(store, clock.clone(), Arc::new(SystemRandom)));
        let (home, boss) = organisation(&engine, "home").await;
        let (_, stranger) = organisation(&engine, "abroad").await;
        let settings = cobot::Settings {
            base_url: "https://book.example".into(),
            requests_per_minute: NonZeroU32::new(requests).unwrap(),
            creations_per_minute: NonZeroU32::new(creations).unwrap(),
        };
        let app = cobot::App::new(engine.clone(), &settings);
        let router = cobot::router(app).layer(EdgeLayer::new(CountedIds::new(7)));
        let nobody = Person {
            id: 0,
            token: String::new(),
        };
        let mut world = Self {
            router,
            engine,
            clock,
            home,
            admin: nobody.clone(),
            manager: nobody.clone(),
            john: nobody.clone(),
            jane: nobody.clone(),
            guest: nobody.clone(),
            foreigner: nobody,
            stranger,
            boss,
            johns: 0,
            janes: 0,
            site: 0,
            area: 0,
            room: 0,
            desk: 0,
            blocked: 0,
            hidden: 0,
            elsewhere: 0,
            dir,
        };
        let stranger = world.stranger.clone();
        let token = world.token_of(&stranger, Door::Cobot, Scopes::ALL).await;
        world.foreigner = Person {
            id: stranger.id().0,
            token,
        };
        world.open_abroad("abroad").await;
        let boss = world.boss.clone();
        let token = world.token_of(&boss, Door::Cobot, Scopes::ALL).await;
        world.admin = Person {
            id: boss.id().0,
            token,
        };
        world.furnish().await;
        world
    }

    /// Makes a site of the stranger's organisation with a name in hosts.
    pub async fn open_abroad(&self, subdomain: &str) {
        let site = json!({"name": subdomain, "zone": "Europe/Berlin", "subdomain": subdomain});
        self.run_as(&self.stranger, put::<Site>(None, site)).await;
    }

    async fn furnish(&mut self) {
        let members = self.put::<Group>(json!({"name": "Members"})).await;
        let managers = json!({"name": "Managers", "roles": ["site_manager"]});
        let managers = self.put::<Group>(managers).await;
        self.patch_organisation(
            json!({"currency": "EUR", "policy": {"book": {"groups": [members]}}}),
        )
        .await;
        let site = json!({
            "name": "co.up", "zone": "Europe/Berlin", "subdomain": "co-up", "manager_group": managers,
        });
        self.site = self.put::<Site>(site).await;
        let other = json!({"name": "Other", "zone": "Europe/Berlin", "subdomain": "other"});
        let other = self.put::<Site>(other).await;
        self.area = self
            .put::<Area>(json!({"name": "First floor", "site": self.site}))
            .await;
        let there = self
            .put::<Area>(json!({"name": "There", "site": other}))
            .await;
        let (area, resource) = (
            self.area,
            |name: &str, area: i64| json!({"name": name, "area": area, "kind": "room"}),
        );
        self.room = self.put::<Resource>(resource("Meeting Room", area)).await;
        let mut desk = resource("Desk", area);
        desk["kind"] = json!("desk");
        desk["units"] = json!(3);
        self.desk = self.put::<Resource>(desk).await;
        let mut blocked = resource("Phone booth", area);
        blocked["mode"] = json!("blocked");
        self.blocked = self.put::<Resource>(blocked).await;
        let mut hidden = resource("Server room", area);
        hidden["state"] = json!("hidden");
        self.hidden = self.put::<Resource>(hidden).await;
        self.elsewhere = self.put::<Resource>(resource("Far room", there)).await;
        let rule = json!({
            "name": "Room", "resources": [self.room], "currency": "EUR", "rate": {"per": "hour", "amount": "5"},
            "tax": {"rate": "20", "treatment": "exclusive"}, "accounting_code": "B1",
        });
        self.put::<PriceRule>(rule).await;
        let plan = json!({"name": "Full time", "credits": [
            {"amount": "10", "unit": "hours", "kinds": ["desk"]},
        ]});
        let plan = self.put::<Plan>(plan).await;
        self.manager = self.person("max", "Max", "Manager", &[managers]).await;
        self.john = self.person("john", "John", "Doe", &[members]).await;
        self.jane = self.person("jane", "Jane", "Roe", &[members]).await;
        self.guest = self.person("gus", "Gus", "Guest", &[]).await;
        let membership = |user: i64, name: &str| json!({"name": name, "user": user, "plan": plan, "from": "2011-12-05"});
        self.johns = self
            .put::<Membership>(membership(self.john.id, "John Doe"))
            .await;
        self.janes = self
            .put::<Membership>(membership(self.jane.id, "Jane Roe"))
            .await;
    }

    /// A new person with a token that is good for all they may do.
    pub async fn person(&self, name: &str, first: &str, last: &str, groups: &[i64]) -> Person {
        let user = json!({
            "username": name, "email": format!("{name}@example.com"), "first_name": first, "last_name": last,
            "groups": groups,
        });
        let command = PutUser {
            id: None,
            expected_version: None,
            user: serde_json::from_value(user).unwrap(),
            password_hash: None,
        };
        let id = self.run(command).await.id;
        let actor = self.actor(id).await;
        let token = self.token_of(&actor, Door::Cobot, Scopes::ALL).await;
        Person { id, token }
    }

    /// A person as who comes in.
    pub async fn actor(&self, id: i64) -> Actor {
        let store = self.engine.store();
        let mut users = store.users_by_id(self.home, &[UserId(id)]).await.unwrap();
        Actor {
            user: users.remove(&UserId(id)).unwrap(),
            ..self.boss.clone()
        }
    }

    /// A token of somebody for a door.
    pub async fn token_of(&self, actor: &Actor, door: Door, scopes: Scopes) -> String {
        self.token_with(actor, door, scopes, false).await
    }

    /// The same, perhaps without limits on the rate of requests.
    pub async fn token_with(
        &self,
        actor: &Actor,
        door: Door,
        scopes: Scopes,
        unlimited: bool,
    ) -> String {
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
            unlimited,
        };
        self.run_as(actor, IssueToken(token)).await;
        secret
    }

    /// A person's token for this door with these scopes alone.
    pub async fn scoped(&self, person: &Person, scopes: &[Scope]) -> Person {
        let actor = self.actor(person.id).await;
        let scopes = scopes.iter().copied().collect();
        let token = self.token_of(&actor, Door::Cobot, scopes).await;
        Person {
            id: person.id,
            token,
        }
    }

    /// A new object of the catalog.
    pub async fn put<T: Validate>(&self, body: Value) -> i64 {
        self.run(put::<T>(None, body)).await.id
    }

    /// A resource with some fields changed; those of its policy are added to what it has.
    pub async fn patch_resource(&self, id: i64, change: Value) {
        let catalog = self.engine.catalog(self.home).unwrap();
        let resource = catalog.resource(ResourceId(id)).unwrap();
        let body = patched(serde_json::to_value(&resource.body).unwrap(), &change);
        self.run(put::<Resource>(Some(id), body)).await;
    }

    /// The organisation with some fields changed.
    pub async fn patch_organisation(&self, change: Value) {
        let catalog = self.engine.catalog(self.home).unwrap();
        let organisation = &catalog.organisation;
        let body = patched(serde_json::to_value(&organisation.body).unwrap(), &change);
        self.run(put::<Organisation>(Some(organisation.id), body))
            .await;
    }

    /// Carries a command out as the administrator, which has to be allowed.
    pub async fn run<C: Command>(&self, command: C) -> C::Outcome {
        self.run_as(&self.boss, command).await
    }

    /// Carries a command out as somebody, which has to be allowed.
    pub async fn run_as<C: Command>(&self, actor: &Actor, command: C) -> C::Outcome {
        let request = engine::Request::plain("setup");
        match self.engine.execute(actor, command, request).await.unwrap() {
            Executed::Fresh(outcome, _) => outcome.unwrap_or_else(|refusal| panic!("{refusal:?}")),
            Executed::Replayed(_) | Executed::KeyReused => panic!("no key was used"),
        }
    }

    /// A booking for a person through no door, beyond the limits.
    pub async fn book(&self, person: i64, resource: i64, from: &str, to: &str) -> Booking {
        self.book_with(person, resource, from, to, Texts::default())
            .await
    }

    /// The same with these texts.
    pub async fn book_with(
        &self,
        person: i64,
        resource: i64,
        from: &str,
        to: &str,
        texts: Texts,
    ) -> Booking {
        let command = Book {
            resources: vec![Wanted {
                resource: ResourceId(resource),
                units: 1,
            }],
            interval: Interval::new(from.parse().unwrap(), Some(to.parse().unwrap())).unwrap(),
            recurrence: None,
            zone: None,
            owner: Some(UserId(person)),
            texts,
            on_conflict: OnConflict::Refuse,
            override_rules: true.into(),
        };
        self.run(command).await.bookings.remove(0)
    }

    /// An event's booking on 1 January from 12 to 14, made by the administrator, with a comment.
    pub async fn event(&self) -> Booking {
        let texts = Texts {
            title: Some(Some("event booking".into())),
            note: Some(Some("coffee please".into())),
            event: Some(Some("event-id".into())),
            ..Texts::default()
        };
        let (from, to) = ("2012-01-01T12:00:00Z", "2012-01-01T14:00:00Z");
        self.book_with(self.admin.id, self.room, from, to, texts)
            .await
    }

    /// What is stored of a booking.
    pub async fn stored(&self, id: &str) -> Option<Booking> {
        let id = id.parse::<i64>().unwrap();
        let store = self.engine.store();
        store.booking(self.home, id.into()).await.unwrap()
    }

    /// What somebody gets at a path below `/api` in the space.
    pub async fn get(&self, person: &Person, path: &str) -> Answer {
        self.ask("GET", path, Some(person), "").await
    }

    /// What somebody's request with a JSON body is answered.
    pub async fn send(&self, person: &Person, method: &str, path: &str, body: &Value) -> Answer {
        self.ask(method, path, Some(person), &body.to_string())
            .await
    }

    /// What somebody's request without a body is answered.
    pub async fn delete(&self, person: &Person, path: &str) -> Answer {
        self.ask("DELETE", path, Some(person), "").await
    }

    /// What a request below `/api` in the space is answered.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        person: Option<&Person>,
        body: &str,
    ) -> Answer {
        let token = person.map(|person| person.token.as_str());
        self.at(HOST, method, &format!("/api{path}"), token, body)
            .await
    }

    /// What a request at a host is answered.
    pub async fn at(
        &self,
        host: &str,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: &str,
    ) -> Answer {
        let bearer = token.map(|token| ("authorization", format!("Bearer {token}")));
        let mut headers: Vec<(&str, String)> = bearer.into_iter().collect();
        headers.push(("host", host.into()));
        headers.push(("content-type", "application/json".into()));
        self.raw(method, path, &headers, body.as_bytes()).await
    }

    /// What a request to any path with these headers is answered; nothing that anybody keeps may be.
    pub async fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(body.to_vec())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        assert_eq!(parts.headers["cache-control"], "no-store");
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

fn put<T: Validate>(id: Option<i64>, body: Value) -> PutObject<T> {
    PutObject::<T> {
        id,
        expected_version: None,
        body: serde_json::from_value(body).unwrap(),
    }
}

fn patched(mut body: Value, change: &Value) -> Value {
    for (field, value) in change.as_object().unwrap() {
        match (body[field].as_object_mut(), value) {
            (Some(held), Value::Object(more)) => held.extend(more.clone()),
            _ => body[field] = value.clone(),
        }
    }
    body
}

async fn organisation(engine: &Engine, slug: &str) -> (OrganisationId, Actor) {
    let organisation = json!({"name": slug, "zone": "Europe/Berlin"});
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

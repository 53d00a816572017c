//! A server with two organisations, people with each role and some resources, and a clock that stands still until told
//! otherwise. It is Monday, 1 March 2027, 15:00 UTC.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test binary uses a part of it, and a test may fail loudly"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use domain::booking::Booking;
use domain::catalog::{Organisation, Resource, Schedule};
use domain::decide::{
    Book, Cancel, Command, IssueToken, NewToken, OnConflict, PutObject, PutUser, SeriesScope,
    Texts, TokenKind, Validate, Wanted,
};
use domain::ids::{OrganisationId, ResourceId, UserId};
use domain::people::{Actor, Door, Group, Scopes, User};
use domain::recurrence::Rule;
use domain::time::{Interval, Zone};
use engine::store::{Executed, Store};
use engine::{Clock, Engine, FirstAdministrator, SystemRandom};
use http_body_util::BodyExt;
use http_kit::EdgeLayer;
use http_kit::rate_limit::{LoginGuard, LoginQuotas};
use http_kit::request_id::CountedIds;
use jiff::{SignedDuration, Timestamp};
use librebooking::BASE;
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
}

/// Somebody with a session.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: i64,
    pub token: String,
    pub actor: Actor,
}

/// The people, and what there is to reserve.
pub struct World {
    pub router: Router,
    pub engine: Arc<Engine>,
    pub clock: Arc<TestClock>,
    pub home: OrganisationId,
    /// Administers everything at home.
    pub admin: Person,
    /// May book the room, the desks and the workshop.
    pub mia: Person,
    /// May see the room only.
    pub guest: Person,
    /// May see nothing.
    pub stranger: Person,
    /// Administers the group that Mia is in.
    pub group_admin: Person,
    /// Administers the workshop.
    pub resource_admin: Person,
    /// Administers the schedule of the workshop.
    pub schedule_admin: Person,
    /// Administers everything in another organisation.
    pub foreigner: Person,
    /// On the first schedule.
    pub room: i64,
    /// Two units, on the first schedule.
    pub desks: i64,
    /// On the second schedule; its reservations need approval.
    pub workshop: i64,
    /// Only administrators may know of it.
    pub vault: i64,
    pub schedule: i64,
    pub lab: i64,
    dir: tempfile::TempDir,
}

/// What makes it now.
pub const NOW: &str = "2027-03-01T15:00:00Z";

impl World {
    pub async fn new() -> Self {
        Self::with_logins(LoginQuotas::default()).await
    }

    pub async fn with_logins(quotas: LoginQuotas) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", dir.path().join("tenure.db").display());
        let store = Store::open(&address, true).await.unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(0)));
        clock.set(NOW);
        let engine = Arc::new(Engine::new(store, clock.clone(), Arc::new(SystemRandom)));
        let (home, admin) = organisation(&engine, "home").await;
        let (_, foreigner) = organisation(&engine, "abroad").await;
        let settings = librebooking::Settings {
            base_url: "http://booking.example".into(),
            organisation: home,
        };
        let logins = Arc::new(LoginGuard::new(&quotas));
        let app = librebooking::App::new(engine.clone(), settings, logins);
        let router = librebooking::router(app).layer(EdgeLayer::new(CountedIds::new(7)));
        let admin = session(&engine, admin).await;
        let mut world = Self {
            router,
            clock,
            home,
            mia: admin.clone(),
            guest: admin.clone(),
            stranger: admin.clone(),
            group_admin: admin.clone(),
            resource_admin: admin.clone(),
            schedule_admin: admin.clone(),
            foreigner: session(&engine, foreigner).await,
            engine,
            admin,
            room: 0,
            desks: 0,
            workshop: 0,
            vault: 0,
            schedule: 0,
            lab: 0,
            dir,
        };
        world.furnish().await;
        world
    }
}

impl World {
    async fn furnish(&mut self) {
        let open = json!({"see": "permitted", "book": "permitted", "see_details": "everyone"});
        let own = json!({"name": "home", "zone": "Europe/Berlin", "hosts": ["home.example"], "policy": open});
        self.change::<Organisation>(self.home.0, own).await;
        let site = self
            .put::<domain::catalog::Site>(json!({"name": "Berlin", "zone": "Europe/Berlin"}))
            .await;
        let area = self
            .put::<domain::catalog::Area>(json!({"name": "Ground floor", "site": site}))
            .await;
        let group = |name: &str, roles: Value| json!({"name": name, "roles": roles});
        let chiefs = self
            .put::<Group>(group("Chiefs", json!(["group_administrator"])))
            .await;
        let wardens = self
            .put::<Group>(group("Wardens", json!(["resource_administrator"])))
            .await;
        let planners = self
            .put::<Group>(group("Planners", json!(["schedule_administrator"])))
            .await;
        let schedule = json!({
            "name": "Rooms", "zone": "Europe/Berlin", "default": true, "week_start": 7, "max_resources": 3,
            "max_concurrent": 9,
        });
        self.schedule = self.put::<Schedule>(schedule).await;
        let lab = json!({
            "name": "Lab", "zone": "America/New_York", "admin_group": planners, "days_visible": 5,
            "available_from": "2027-01-01T05:00:00Z", "available_until": "2027-12-31T05:00:00Z",
        });
        self.lab = self.put::<Schedule>(lab).await;
        let resource = |name: &str, schedule: i64, more: Value| {
            let mut body =
                json!({"name": name, "area": area, "kind": "room", "schedule": schedule});
            body.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            body
        };
        let room = json!({
            "location": "first floor", "contact": "Facilities", "notes": "Ring the bell", "description": "Bright",
            "color": "#ff0000", "sort_order": 1, "credits": {"off_peak": "2.5", "peak": "5"},
            "policy": {"min_duration": 30, "max_duration": 480, "notice_create": 60, "max_participants": 8},
        });
        self.room = self
            .put::<Resource>(resource("Spree", self.schedule, room))
            .await;
        let desks = json!({"units": 2, "sort_order": 2, "policy": {"buffer_before": 30, "buffer_after": 30}});
        self.desks = self
            .put::<Resource>(resource("Desks", self.schedule, desks))
            .await;
        let workshop =
            json!({"admin_group": wardens, "sort_order": 3, "policy": {"approval": true}});
        self.workshop = self
            .put::<Resource>(resource("Workshop", self.lab, workshop))
            .await;
        let vault = json!({"policy": {"see": "managers"}});
        self.vault = self
            .put::<Resource>(resource("Vault", self.schedule, vault))
            .await;
        let full = |id: i64| json!({"resource": id, "permission": "full"});
        let staff = json!({
            "name": "Staff", "admin_group": chiefs,
            "permissions": [full(self.room), full(self.desks), full(self.workshop)],
        });
        let staff = self.put::<Group>(staff).await;
        let visitors = json!({"name": "Visitors", "permissions": [{"resource": self.room, "permission": "view"}]});
        let visitors = self.put::<Group>(visitors).await;
        self.mia = self.person("mia", &[staff]).await;
        self.guest = self.person("gus", &[visitors]).await;
        self.stranger = self.person("stan", &[]).await;
        self.group_admin = self.person("gabi", &[chiefs]).await;
        self.resource_admin = self.person("rita", &[wardens]).await;
        self.schedule_admin = self.person("sam", &[planners]).await;
    }

    /// A new person in these groups, in New York, with a session.
    pub async fn person(&self, name: &str, groups: &[i64]) -> Person {
        let user = json!({
            "username": name, "email": format!("{name}@example.com"), "first_name": name, "last_name": "Example",
            "groups": groups, "zone": "America/New_York",
        });
        let command = PutUser {
            id: None,
            expected_version: None,
            user: serde_json::from_value(user).unwrap(),
            password_hash: None,
        };
        let user = self.run(&self.admin, command).await;
        let actor = Actor {
            user: Arc::new(user),
            ..self.admin.actor.clone()
        };
        session(&self.engine, actor).await
    }

    /// The same person with a new session, for when the clock has moved on.
    pub async fn session_again(&self, person: &Person) -> Person {
        session(&self.engine, person.actor.clone()).await
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

    /// Gives each day of the first schedule these slots; without them any time can be booked.
    pub async fn lay_out(&self, day: &Value) {
        let catalog = self.engine.catalog(self.home).unwrap();
        let schedule = catalog.schedules.get(self.schedule).unwrap();
        let mut body = serde_json::to_value(&schedule.body).unwrap();
        let week: Vec<&Value> = std::iter::repeat_n(day, 7).collect();
        body["layouts"] = json!([{"days": week}]);
        self.change::<Schedule>(self.schedule, body).await;
    }

    /// Closed at night, with a long morning and a longer afternoon.
    pub async fn lay_out_halves(&self) {
        let day = json!([
            {"from": "00:00:00", "to": "08:00:00", "bookable": false},
            {"from": "08:00:00", "to": "12:00:00", "bookable": true, "label": "Morning"},
            {"from": "12:00:00", "to": "18:00:00", "bookable": true},
            {"from": "18:00:00", "to": "00:00:00", "bookable": false},
        ]);
        self.lay_out(&day).await;
    }

    /// A resource with some fields changed; those of its policy are added to what it has.
    pub async fn patch_resource(&self, id: i64, change: &Value) {
        let catalog = self.engine.catalog(self.home).unwrap();
        let resource = catalog.resource(ResourceId(id)).unwrap();
        let mut body = serde_json::to_value(&resource.body).unwrap();
        for (field, value) in change.as_object().unwrap() {
            match (body[field].as_object_mut(), value) {
                (Some(held), Value::Object(more)) => held.extend(more.clone()),
                _ => body[field] = value.clone(),
            }
        }
        self.change::<Resource>(id, body).await;
    }

    /// Carries a command out, which has to be allowed.
    pub async fn run<C: Command>(&self, person: &Person, command: C) -> C::Outcome {
        let request = engine::Request::plain("setup");
        match self
            .engine
            .execute(&person.actor, command, request)
            .await
            .unwrap()
        {
            Executed::Fresh(outcome, _) => outcome.unwrap_or_else(|refusal| panic!("{refusal:?}")),
            Executed::Replayed(_) | Executed::KeyReused => panic!("no key was used"),
        }
    }

    /// A booking of one unit by a person.
    pub async fn book(&self, person: &Person, resource: i64, from: &str, to: &str) -> Booking {
        self.book_with(person, resource, from, to, Texts::default())
            .await
    }

    /// A booking of one unit with these texts and people.
    pub async fn book_with(
        &self,
        person: &Person,
        resource: i64,
        from: &str,
        to: &str,
        texts: Texts,
    ) -> Booking {
        let command = Book {
            owner: Some(UserId(person.id)),
            texts,
            ..one_unit(resource, from, to)
        };
        self.run(&self.admin, command).await.bookings.remove(0)
    }

    /// A booking of one unit that a person makes, with all rules applied.
    pub async fn ask_for(&self, person: &Person, resource: i64, from: &str, to: &str) -> Booking {
        let command = Book {
            override_rules: false.into(),
            ..one_unit(resource, from, to)
        };
        self.run(person, command).await.bookings.remove(0)
    }

    /// The reference of the first booking of a series by a person.
    pub async fn series(
        &self,
        person: &Person,
        resource: i64,
        from: &str,
        to: &str,
        rule: &str,
    ) -> String {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let start = domain::time::civil(from.parse().unwrap(), &zone).0;
        let command = Book {
            recurrence: Some(Rule::parse(rule, start, &zone).unwrap()),
            owner: Some(UserId(person.id)),
            ..one_unit(resource, from, to)
        };
        let made = self.run(&self.admin, command).await;
        made.bookings[0].reference.clone()
    }

    /// Calls off all bookings of the series that this one belongs to.
    pub async fn cancel_all(&self, reference: &str) {
        let booking = self.engine.booking_by_reference(self.home, reference).await;
        let command = Cancel {
            booking: booking.unwrap().unwrap().id,
            scope: SeriesScope::All,
            dates: None,
            expected_version: None,
            reason: None,
            override_rules: true.into(),
        };
        self.run(&self.admin, command).await;
    }

    /// What a request without a body answers.
    pub async fn ask(&self, method: &str, path: &str, person: Option<&Person>) -> Answer {
        let headers = person.map(|person| {
            [
                ("X-Booked-SessionToken", person.token.clone()),
                ("X-Booked-UserId", person.id.to_string()),
            ]
        });
        let headers: Vec<(&str, String)> = headers.into_iter().flatten().collect();
        self.send(method, path, &headers, "").await
    }

    /// What a person gets from a host.
    pub async fn get_at(&self, person: &Person, host: &str, path: &str) -> Answer {
        let headers = [
            ("X-Booked-SessionToken", person.token.clone()),
            ("X-Booked-UserId", person.id.to_string()),
            ("Host", host.to_owned()),
        ];
        self.send("GET", path, &headers, "").await
    }

    /// What a person gets.
    pub async fn get(&self, person: &Person, path: &str) -> Answer {
        self.ask("GET", path, Some(person)).await
    }

    /// What a request below the API's place answers; a path that begins with two slashes is one of its own.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &str,
    ) -> Answer {
        let path = match path.strip_prefix("//") {
            Some(own) => format!("/{own}"),
            None if path.starts_with("http://booking.example") => {
                path["http://booking.example".len()..].to_owned()
            }
            None => format!("{BASE}{path}"),
        };
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
        let request = request.body(Body::from(body.to_owned())).unwrap();
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

/// A booking of one unit, beyond the policies.
fn one_unit(resource: i64, from: &str, to: &str) -> Book {
    Book {
        resources: vec![Wanted {
            resource: ResourceId(resource),
            units: 1,
        }],
        interval: Interval::new(from.parse().unwrap(), Some(to.parse().unwrap())).unwrap(),
        recurrence: None,
        zone: None,
        owner: None,
        texts: Texts::default(),
        on_conflict: OnConflict::Refuse,
        override_rules: true.into(),
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

/// A session at this door, without the cost of a password.
async fn session(engine: &Engine, actor: Actor) -> Person {
    let (secret, hash) = engine.new_token_secret().unwrap();
    let lasts = SignedDuration::from_mins(30);
    let token = NewToken {
        user: actor.id(),
        kind: TokenKind::Session,
        door: Door::Librebooking,
        idle: Some(lasts),
        name: "test".into(),
        hash,
        scopes: Scopes::ALL,
        expires_at: Some(engine.now() + lasts),
        unlimited: false,
    };
    let request = engine::Request::plain("setup");
    let executed = engine
        .execute(&actor, IssueToken(token), request)
        .await
        .unwrap();
    assert!(matches!(executed, Executed::Fresh(Ok(_), _)));
    Person {
        id: actor.id().0,
        token: secret,
        actor,
    }
}

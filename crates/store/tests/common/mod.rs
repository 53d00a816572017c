//! A house to test in: an organisation with an administrator, a site, an area and resources, on either database.

#![allow(dead_code, unused_imports, reason = "not every test needs everything")]

mod commands;

use std::sync::Arc;

use domain::catalog::{Area, Object, Organisation, Policy, Resource, Site};
use domain::decide::{
    Book, Booked, Command, Context, OnConflict, Override, PutObject, PutUser, Texts, Wanted,
};
use domain::entropy::Entropy;
use domain::ids::{OrganisationId, ResourceId};
use domain::people::{Actor, Door, Scopes, User};
use domain::refusal::Refusal;
use domain::time::{Interval, Zone, from_micros};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{Envelope, Executed, NewOrganisation, Store};
use uuid::Uuid;

pub use commands::{FirstGroup, Plant};

/// A database that is empty at first, and goes when this does.
pub struct Place {
    pub address: String,
    /// The version of the time-zone database that programs here say they have.
    pub tzdb: &'static str,
    _directory: Option<tempfile::TempDir>,
}

impl Place {
    pub fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", directory.path().join("tenure.db").display());
        Self {
            address,
            tzdb: domain::time::tzdb_version(),
            _directory: Some(directory),
        }
    }

    pub fn postgres() -> Option<Self> {
        let database = testkit::postgres()?;
        Some(Self {
            address: database.url,
            tzdb: domain::time::tzdb_version(),
            _directory: None,
        })
    }

    pub fn at(address: String) -> Self {
        Self {
            address,
            tzdb: domain::time::tzdb_version(),
            _directory: None,
        }
    }

    pub fn is_postgres(&self) -> bool {
        self.address.starts_with("postgres:")
    }

    pub async fn open(&self) -> Store {
        let opening = Store::open_with_zones(&self.address, true, self.tzdb);
        opening.await.unwrap()
    }

    /// Everything that is stored, as text; but not the counters of ids, which a refusal may move.
    pub async fn dump(&self) -> Vec<String> {
        let mut rows = Vec::new();
        if let Some(path) = self.address.strip_prefix("sqlite:") {
            let connection = rusqlite::Connection::open(path).unwrap();
            for table in tables("user") {
                let mut statement = connection
                    .prepare(&format!("SELECT * FROM {table}"))
                    .unwrap();
                let columns = statement.column_count();
                let mut found = statement.query(()).unwrap();
                while let Some(row) = found.next().unwrap() {
                    let values: Vec<_> = (0..columns).map(|at| row.get_ref(at).unwrap()).collect();
                    rows.push(format!("{table} {values:?}"));
                }
            }
        } else {
            let client = self.client().await;
            for table in tables("person") {
                let sql = format!("SELECT t::text FROM {table} t");
                for row in client.query(&sql, &[]).await.unwrap() {
                    rows.push(format!("{table} {}", row.get::<_, String>(0)));
                }
            }
        }
        rows.sort();
        rows
    }

    pub async fn client(&self) -> tokio_postgres::Client {
        let connecting = tokio_postgres::connect(&self.address, tokio_postgres::NoTls);
        let (client, connection) = connecting.await.unwrap();
        tokio::spawn(connection);
        client
    }
}

fn tables(user: &'static str) -> [String; 13] {
    let key = format!("{user}_key");
    [
        "organisation",
        "object",
        user,
        "token",
        "series",
        "booking",
        "claim",
        "credit",
        "charge",
        "invoice",
        "journal",
        "idempotency",
        &key,
    ]
    .map(str::to_owned)
}

/// An instant so many minutes after the beginning of 2030, when all tests take place.
pub fn minute(minutes: i64) -> Timestamp {
    from_micros(1_893_456_000_000_000).unwrap() + SignedDuration::from_mins(minutes)
}

pub fn span(from: i64, to: i64) -> Interval {
    Interval::new(minute(from), Some(minute(to))).unwrap()
}

/// An organisation with an administrator and three resources of 1, 1 and 3 units.
pub struct House {
    pub place: Place,
    pub store: Arc<Store>,
    pub organisation: OrganisationId,
    pub admin: Actor,
    pub resources: Vec<ResourceId>,
}

/// Bits that differ from call to call.
fn entropy() -> Entropy {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    Entropy::new(seed)
}

pub fn envelope<T>(actor: &Actor) -> Envelope<T> {
    Envelope {
        context: Context {
            now: minute(0),
            actor: actor.clone(),
            entropy: entropy(),
        },
        request: "request".into(),
        idempotency: None,
        render: None,
    }
}

/// What came of a command without a key.
pub async fn run<C: Command>(
    store: &Store,
    actor: &Actor,
    command: C,
) -> Result<C::Outcome, Refusal> {
    match store.execute(command, envelope(actor)).await {
        Ok(Executed::Fresh(result, None)) => result,
        Ok(_) => panic!("an answer was kept without a key"),
        Err(error) => panic!("{error}"),
    }
}

pub fn book(resource: ResourceId, interval: Interval) -> Book {
    Book {
        resources: vec![Wanted { resource, units: 1 }],
        interval,
        recurrence: None,
        zone: None,
        owner: None,
        texts: Texts::default(),
        on_conflict: OnConflict::Refuse,
        override_rules: Override::No,
    }
}

pub fn put<T>(body: T) -> PutObject<T> {
    PutObject {
        id: None,
        expected_version: None,
        body,
    }
}

pub fn person(name: &str) -> PutUser {
    let user = User {
        username: name.into(),
        email: format!("{name}@example.org"),
        first_name: name.into(),
        ..User::default()
    };
    PutUser {
        id: None,
        expected_version: None,
        user,
        password_hash: None,
    }
}

pub fn actor(organisation: OrganisationId, user: Object<User>) -> Actor {
    Actor {
        organisation,
        user: Arc::new(user),
        scopes: Scopes::ALL,
        token: None,
        door: Door::CommandLine,
    }
}

impl House {
    pub async fn build(place: Place) -> Self {
        let store = Arc::new(place.open().await);
        let organisation = Organisation::new("House", Zone::utc());
        let new = NewOrganisation {
            slug: "house".into(),
            uuid: Uuid::from_u128(1),
            organisation,
            now: minute(0),
        };
        let organisation = store.create_organisation(new).await.unwrap();
        let nobody = Object {
            id: 0,
            uuid: Uuid::nil(),
            version: 1,
            body: User::default(),
        };
        let group = run(&store, &actor(organisation, nobody.clone()), FirstGroup)
            .await
            .unwrap();
        let mut first = nobody;
        first.body.groups = vec![group];
        let mut admin = person("admin");
        admin.user.groups = vec![group];
        let admin = run(&store, &actor(organisation, first), admin)
            .await
            .unwrap();
        let admin = actor(organisation, admin);
        let mut house = Self {
            place,
            store,
            organisation,
            admin,
            resources: Vec::new(),
        };
        let site = Site {
            name: "Site".into(),
            zone: Zone::utc(),
            subdomain: None,
            address: None,
            tax: None,
            manager_group: None,
            policy: Policy::default(),
        };
        let site = house.run(put(site)).await.unwrap();
        let area = Area {
            name: "Floor".into(),
            site: site.id.into(),
            code: None,
            plan: None,
            manager_group: None,
            policy: Policy::default(),
        };
        let area = house.run(put(area)).await.unwrap().id;
        for units in [1, 1, 3] {
            let room = json!({"name": "Room", "area": area, "kind": "room", "units": units});
            let room: Resource = serde_json::from_value(room).unwrap();
            house
                .resources
                .push(house.run(put(room)).await.unwrap().id.into());
        }
        house
    }

    /// What came of an administrator's command.
    pub async fn run<C: Command>(&self, command: C) -> Result<C::Outcome, Refusal> {
        run(&self.store, &self.admin, command).await
    }

    pub async fn book(&self, resource: usize, interval: Interval) -> Result<Booked, Refusal> {
        self.run(book(self.resources[resource], interval)).await
    }
}

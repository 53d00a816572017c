//! What only PostgreSQL has: several servers on one database, and a database that goes away.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::{House, Place, book, person, put, run, span};
use domain::catalog::Resource;
use domain::decide::{IssueToken, NewToken, PutObject, TokenKind};
use domain::people::{Door, Scopes};
use domain::refusal::Refusal;
use store::{Store, StoreError};
use tokio::net::{TcpListener, TcpStream};

/// Waits until it is so; for three seconds at most.
async fn soon(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(
            begun.elapsed() < Duration::from_secs(3),
            "it never came to be"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn house() -> Option<House> {
    Some(House::build(Place::postgres()?).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_servers_hear_of_each_other() {
    let Some(house) = house().await else { return };
    let other = house.place.open().await;
    let room = house.store.catalog(house.organisation).unwrap();
    let room = room.resource(house.resources[0]).unwrap().body.clone();
    let new = house
        .run(put(Resource {
            name: "Annex".into(),
            ..room
        }))
        .await
        .unwrap();
    let known = || other.catalog(house.organisation).unwrap();
    soon(|| known().resource(new.id.into()).is_some()).await;
    // The word of that change, and what a new listener supposes, have come by then.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let generation = other.people_generation();
    let token = NewToken {
        user: house.admin.id(),
        kind: TokenKind::Session,
        door: Door::Api,
        idle: None,
        name: String::new(),
        hash: [1; 32],
        scopes: Scopes::ALL,
        expires_at: None,
        unlimited: false,
    };
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(other.people_generation(), generation, "nothing has changed");
    house.run(IssueToken(token)).await.unwrap();
    soon(|| other.people_generation() > generation).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_servers_poll_where_no_word_comes() {
    let Some(house) = house().await else { return };
    let generation = house.store.people_generation();
    let sql = "UPDATE organisation SET people_revision = people_revision + 1";
    house.place.client().await.batch_execute(sql).await.unwrap();
    soon(|| house.store.people_generation() > generation).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_decides_on_the_catalog_as_it_is() {
    let Some(house) = house().await else { return };
    let other = house.place.open().await;
    let room = house.store.catalog(house.organisation).unwrap();
    let room = room.resource(house.resources[0]).unwrap().body.clone();
    for n in 0..20 {
        // At once after the commit, before any word of it can have come.
        let new = house
            .run(put(Resource {
                name: n.to_string(),
                ..room.clone()
            }))
            .await
            .unwrap();
        run(&other, &house.admin, book(new.id.into(), span(0, 60)))
            .await
            .unwrap();
        let mut closed = new.body.clone();
        closed.policy.min_duration = Some(90);
        let change = PutObject {
            id: Some(new.id),
            expected_version: None,
            body: closed,
        };
        house.run(change).await.unwrap();
        let refused = run(&other, &house.admin, book(new.id.into(), span(60, 120))).await;
        assert!(matches!(refused, Err(Refusal::Rules(_))), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_may_have_lost_a_change_of_the_catalog() {
    let Some(house) = house().await else { return };
    let revision = house.store.catalog(house.organisation).unwrap().revision;
    let last = house.resources[2];
    let sql = format!(
        "DELETE FROM object WHERE revision = {revision};
         UPDATE organisation SET revision = revision - 1"
    );
    house
        .place
        .client()
        .await
        .batch_execute(&sql)
        .await
        .unwrap();
    assert!(house.run(book(last, span(0, 60))).await.is_err());
    house.book(0, span(0, 60)).await.unwrap();
    let known = house.store.catalog(house.organisation).unwrap();
    assert!(known.resource(last).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_schemas_are_checked() {
    let Some(place) = Place::postgres() else {
        return;
    };
    let older = Store::open(&place.address, false).await;
    assert!(matches!(older, Err(StoreError::Older { found: 0, .. })));
    let both = tokio::join!(
        Store::open(&place.address, true),
        Store::open(&place.address, true)
    );
    assert!(both.0.is_ok() && both.1.is_ok());
    let client = place.client().await;
    client
        .batch_execute("UPDATE schema_version SET version = 99")
        .await
        .unwrap();
    for migrate in [false, true] {
        let newer = Store::open(&place.address, migrate).await;
        assert!(matches!(newer, Err(StoreError::Newer { found: 99, .. })));
    }
}

/// All kinds of calls fail as unavailable, soon.
async fn assert_unavailable(house: &House) {
    let begun = Instant::now();
    let command = house.store.execute(
        book(house.resources[0], span(0, 60)),
        common::envelope(&house.admin),
    );
    let (command, query) = tokio::join!(command, house.store.booking(house.organisation, 1.into()));
    assert!(
        matches!(command, Err(StoreError::Unavailable(_))),
        "{command:?}"
    );
    assert!(
        matches!(query, Err(StoreError::Unavailable(_))),
        "{query:?}"
    );
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
}

async fn assert_back(house: &House) {
    let begun = Instant::now();
    while let Err(error) = house.store.ping().await {
        assert!(begun.elapsed() < Duration::from_secs(5), "{error}");
    }
    for n in 0..40 {
        house.book(0, span(n * 60, n * 60 + 60)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_may_go_and_come_back() {
    let Some(cluster) = testkit::Cluster::start() else {
        return;
    };
    let house = House::build(Place::at(cluster.database("away"))).await;
    let generation = house.store.people_generation();
    cluster.stop();
    assert_unavailable(&house).await;
    cluster.resume();
    assert_back(&house).await;
    soon(|| house.store.people_generation() > generation).await;
    drop(house);
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_may_fall_silent() {
    let Some(place) = Place::postgres() else {
        return;
    };
    let silent = Arc::new(AtomicBool::new(false));
    let (base, database) = place.address.rsplit_once('/').unwrap();
    let server = base.rsplit_once('@').unwrap().1.to_owned();
    let port = proxy(server, silent.clone()).await;
    let house = House::build(Place::at(format!(
        "postgres://tenure@127.0.0.1:{port}/{database}"
    )))
    .await;
    silent.store(true, Ordering::Relaxed);
    assert_unavailable(&house).await;
    silent.store(false, Ordering::Relaxed);
    assert_back(&house).await;
}

/// Passes bytes on until it falls silent: then it takes them and answers nothing.
async fn proxy(server: String, silent: Arc<AtomicBool>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&server).await.unwrap();
            let (client, server) = (client.into_split(), server.into_split());
            tokio::spawn(pass(client.0, server.1, silent.clone()));
            tokio::spawn(pass(server.0, client.1, silent.clone()));
        }
    });
    port
}

async fn pass(
    from: tokio::net::tcp::OwnedReadHalf,
    to: tokio::net::tcp::OwnedWriteHalf,
    silent: Arc<AtomicBool>,
) {
    let mut buffer = vec![0; 16_384];
    let mut lost = false;
    loop {
        from.readable().await.unwrap();
        match from.try_read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => {
                lost |= silent.load(Ordering::Relaxed);
                let mut rest = if lost { &[] } else { &buffer[..count] };
                while !rest.is_empty() {
                    to.writable().await.unwrap();
                    match to.try_write(rest) {
                        Ok(written) => rest = &rest[written..],
                        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                        Err(_) => return,
                    }
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_keeps_no_transaction_of_one_who_left() {
    let Some(house) = house().await else { return };
    for n in 0..100 {
        let wanted = house.store.execute(
            book(house.resources[0], span(n, n + 1)),
            common::envelope(&house.admin),
        );
        let patience = Duration::from_micros(u64::try_from(n).unwrap() * 50);
        drop(tokio::time::timeout(patience, wanted).await);
    }
    house.run(person("still-works")).await.unwrap();
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'
               AND state_change < clock_timestamp() - interval '100 milliseconds'
               AND datname = current_database()";
    tokio::time::sleep(Duration::from_millis(300)).await;
    let row = house
        .place
        .client()
        .await
        .query_one(sql, &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_servers_of_other_zones_do_not_meet() {
    let Some(house) = house().await else { return };
    let own = domain::time::tzdb_version();
    let enter = |tzdb| Store::open_with_zones(&house.place.address, true, tzdb);
    enter(own).await.unwrap();
    let refused = enter("2025b").await.err().unwrap();
    let said = refused.to_string();
    assert!(
        said.contains("2025b") && said.contains(own) && said.contains("stop all servers"),
        "{said}"
    );
    // Also while the connection that has the lock changes.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(enter("2025b").await.is_err());
    let House { place, store, .. } = house;
    drop(store);
    let begun = Instant::now();
    while let Err(error) = Store::open_with_zones(&place.address, true, "2025b").await {
        assert!(begun.elapsed() < Duration::from_secs(5), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_server_that_was_cut_off_gives_way_to_other_zones() {
    let Some(house) = house().await else { return };
    tokio::time::sleep(Duration::from_millis(300)).await;
    let client = house.place.client().await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1954178146";
    let cut = client.query(cut, &[]).await.unwrap();
    assert_eq!(cut.len(), 1);
    let newer = Store::open_with_zones(&house.place.address, true, "2099z").await;
    let newer = newer.unwrap();
    let begun = Instant::now();
    while house.store.ping().await.is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let envelope = common::envelope(&house.admin);
    let command = book(house.resources[0], span(0, 60));
    let refused = house.store.execute(command, envelope).await;
    assert!(
        matches!(&refused, Err(StoreError::Unavailable(why)) if why.contains("2099z")),
        "{refused:?}"
    );
    let served = run(&newer, &house.admin, book(house.resources[0], span(0, 60))).await;
    assert!(served.is_ok());
}

//! The catalog as it is kept and read again.

use std::time::Duration;

use domain::catalog::{Policy, Resource};
use domain::decide::PutObject;

use crate::common::{House, put};

pub async fn a_catalog_is_read_again(house: House) {
    let known = house.store.catalog(house.organisation).unwrap();
    let room = known.resource(house.resources[0]).unwrap();
    let mut body: Resource = room.body.clone();
    body.policy = Policy {
        buffer_after: Some(30),
        ..Policy::default()
    };
    let change = PutObject {
        id: Some(room.id),
        expected_version: Some(1),
        body: body.clone(),
    };
    house.run(change).await.unwrap();
    let known = house.store.catalog(house.organisation).unwrap();
    assert_eq!(known.resource(house.resources[0]).unwrap().body, body);
    let mut other = body;
    other.name = "Annex".into();
    let new = house.run(put(other)).await.unwrap();
    assert_eq!(house.store.catalogs().len(), 1);
    let revision = house.store.catalog(house.organisation).unwrap().revision;
    let House {
        place,
        store,
        organisation,
        ..
    } = house;
    drop(store);
    // SQLite's writer gives up the file as soon as it has stopped.
    let again = loop {
        match store::Store::open(&place.address, false).await {
            Ok(store) => break store,
            Err(store::StoreError::Locked(_)) => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Err(error) => panic!("{error}"),
        }
    };
    let read = again.catalog(organisation).unwrap();
    assert_eq!(read.revision, revision);
    assert_eq!(read.resource(new.id.into()).unwrap().name, "Annex");
}

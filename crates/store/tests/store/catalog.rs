//! The catalog as it is kept and read again.

use std::time::Duration;

use domain::catalog::{Area, FloorPlan, PlanImage, PlanMedia, Policy, Resource};
use domain::decide::{DeleteObject, PutObject};

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

pub async fn a_drawing_is_kept_for_as_long_as_an_area_names_it(house: House) {
    let catalog = house.store.catalog(house.organisation).unwrap();
    let known = catalog.areas.values().next().unwrap();
    let plan = |image: &PlanImage| FloorPlan {
        width: 4.0,
        height: 3.0,
        svg: None,
        image: Some(image.clone()),
    };
    let with = |name: &str, image: &PlanImage| Area {
        name: name.into(),
        plan: Some(plan(image)),
        ..known.body.clone()
    };
    let change = |id: i64, body: Area| PutObject {
        id: Some(id),
        expected_version: None,
        body,
    };
    let kept = async |image: &PlanImage| {
        let found = house.store.drawing(house.organisation, &image.digest).await;
        found.unwrap()
    };
    let first = PlanImage::new(PlanMedia::Png, b"first".to_vec());
    let second = PlanImage::new(PlanMedia::Jpeg, b"second".to_vec());
    let annex = house.run(put(with("Annex", &first))).await.unwrap();
    assert_eq!(kept(&first).await.as_deref(), Some(&b"first"[..]));
    assert!(
        annex.body.plan.unwrap().image.unwrap().content.is_none(),
        "the catalog has its name only"
    );
    let named = PlanImage {
        content: None,
        ..first.clone()
    };
    house.run(put(with("Attic", &named))).await.unwrap();
    house
        .run(change(annex.id, with("Annex", &second)))
        .await
        .unwrap();
    assert!(kept(&first).await.is_some(), "the attic has it still");
    let attic = house.store.catalog(house.organisation).unwrap();
    let attic = attic
        .areas
        .values()
        .find(|area| area.name == "Attic")
        .unwrap()
        .id;
    house
        .run(DeleteObject::<Area>::new(attic, None))
        .await
        .unwrap();
    assert_eq!(kept(&first).await, None);
    assert!(kept(&second).await.is_some());
    let unknown = house.run(change(annex.id, with("Annex", &named))).await;
    assert!(unknown.is_err(), "a drawing that is not there");
    let forged = PlanImage {
        digest: first.digest.clone(),
        ..second.clone()
    };
    assert!(
        house
            .run(change(annex.id, with("Annex", &forged)))
            .await
            .is_err()
    );
    let mut bare = with("Annex", &second);
    bare.plan = None;
    house.run(change(annex.id, bare)).await.unwrap();
    assert_eq!(kept(&second).await, None);
}

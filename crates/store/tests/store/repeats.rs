//! Requests that are repeated under one key.

use std::sync::Arc;

use domain::decide::{Book, Booked};
use domain::refusal::Refusal;
use store::{Answer, Executed, Idempotency};
use tokio::task::JoinSet;

use crate::common::{House, book, envelope, minute, span};

fn keyed(house: &House, fingerprint: u8) -> store::Envelope<Booked> {
    let render = |result: Result<&Booked, &Refusal>, _: &domain::decide::Snapshot| Answer {
        status: if result.is_ok() { 201 } else { 409 },
        headers: vec![("location".into(), "there".into())],
        body: result.map_or_else(
            |_| Vec::new(),
            |made| made.bookings[0].reference.clone().into_bytes(),
        ),
    };
    store::Envelope {
        idempotency: Some(Idempotency {
            key: "key".into(),
            fingerprint: [fingerprint; 32],
        }),
        render: Some(Box::new(render)),
        ..envelope(&house.admin)
    }
}

fn wanted(house: &House) -> Book {
    book(house.resources[0], span(60, 120))
}

pub async fn a_repeated_request_has_one_effect(house: House) {
    let first = house
        .store
        .execute(wanted(&house), keyed(&house, 1))
        .await
        .unwrap();
    let Executed::Fresh(Ok(_), Some(answer)) = first else {
        panic!("{first:?}")
    };
    let before = house.place.dump().await;
    let again = house
        .store
        .execute(wanted(&house), keyed(&house, 1))
        .await
        .unwrap();
    assert!(matches!(again, Executed::Replayed(replayed) if replayed == answer));
    let other = house
        .store
        .execute(wanted(&house), keyed(&house, 2))
        .await
        .unwrap();
    assert!(matches!(other, Executed::KeyReused));
    assert_eq!(house.place.dump().await, before);
}

pub async fn fifty_repeated_requests_have_one_effect(house: House) {
    let house = Arc::new(house);
    for round in 0..5 {
        let mut tasks = JoinSet::new();
        for _ in 0..50 {
            let house = house.clone();
            tasks.spawn(async move {
                let mut request = keyed(&house, 1);
                if let Some(idempotency) = &mut request.idempotency {
                    idempotency.key = format!("key {round}");
                }
                let wanted = book(house.resources[2], span(round * 60, round * 60 + 60));
                match house.store.execute(wanted, request).await.unwrap() {
                    Executed::Fresh(Ok(_), Some(answer)) => (1, answer),
                    Executed::Replayed(answer) => (0, answer),
                    other => panic!("{other:?}"),
                }
            });
        }
        let answers = tasks.join_all().await;
        assert_eq!(answers.iter().map(|(fresh, _)| fresh).sum::<i32>(), 1);
        assert!(answers.iter().all(|(_, answer)| *answer == answers[0].1));
    }
}

pub async fn old_answers_are_purged(house: House) {
    house
        .store
        .execute(wanted(&house), keyed(&house, 1))
        .await
        .unwrap();
    assert_eq!(house.store.purge(minute(0)).await.unwrap(), 0);
    assert_eq!(house.store.purge(minute(1)).await.unwrap(), 1);
    let again = house
        .store
        .execute(wanted(&house), keyed(&house, 2))
        .await
        .unwrap();
    assert!(matches!(again, Executed::Fresh(Err(_), Some(_))));
}

//! The feed of events, read while others write.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::common::{House, book, run, span};

pub async fn a_reader_of_events_misses_none_and_sees_none_twice(house: House) {
    let begun = house.store.newest_event().await.unwrap();
    let mut writers = JoinSet::new();
    for writer in 0..16 {
        let (store, actor, room) = (house.store.clone(), house.admin.clone(), house.resources[0]);
        writers.spawn(async move {
            for n in 0..10 {
                let start = (writer * 10 + n) * 10;
                run(&store, &actor, book(room, span(start, start + 10)))
                    .await
                    .unwrap();
            }
        });
    }
    let mut readers = JoinSet::new();
    for _ in 0..2 {
        let (store, organisation) = (house.store.clone(), house.organisation);
        readers.spawn(async move {
            let (mut after, mut seen) = (begun, Vec::new());
            while seen.len() < 160 {
                for event in store.events(organisation, after, 7, false).await.unwrap() {
                    assert_eq!(event.position, after + 1, "no gap and no repetition");
                    after = event.position;
                    seen.push(event.subject);
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            seen
        });
    }
    writers.join_all().await;
    let seen = readers.join_all().await;
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].iter().collect::<BTreeSet<_>>().len(), 160);
    let newest = house.store.newest_event().await.unwrap();
    assert!(
        house
            .store
            .events(house.organisation, newest, 10, true)
            .await
            .unwrap()
            .is_empty()
    );
}

//! Series: how they repeat, and what `updateScope` says.

use serde_json::{Value, json};

use crate::support::{Person, World};
use crate::{errors, plain, with};

/// Mondays at nine in New York, across the clock change there on 14 March.
async fn mondays(world: &World, studio: i64) -> Vec<String> {
    let body = plain(
        studio,
        "2027-03-08T09:00:00-0500",
        "2027-03-08T10:00:00-0500",
    );
    let rule = weekly("2027-04-05");
    world
        .reserved(
            &world.mia,
            &with(body, &json!({"title": "Weekly", "recurrenceRule": rule})),
        )
        .await;
    let all = world.all().await;
    let reference = |one: &Value| one["referenceNumber"].as_str().unwrap().to_owned();
    all["reservations"]
        .as_array()
        .unwrap()
        .iter()
        .map(reference)
        .collect()
}

fn weekly(until: &str) -> Value {
    json!({"type": "weekly", "interval": 1, "weekdays": [1], "repeatTerminationDate": until})
}

async fn update(world: &World, person: &Person, reference: &str, scope: &str, body: &Value) {
    let path = format!("/Reservations/{reference}?updateScope={scope}");
    let answer = world
        .tell("POST", &path, Some(person), body)
        .await
        .expect(200);
    assert_eq!(answer.json()["referenceNumber"], reference);
}

/// The title and whether it recurs, of each.
async fn told(world: &World, references: &[String]) -> Vec<(String, bool)> {
    let mut told = Vec::new();
    for reference in references {
        let read = world.read(&world.mia, reference).await;
        let title = read["title"].as_str().unwrap().to_owned();
        told.push((title, read["isRecurring"].as_bool().unwrap()));
    }
    told
}

#[tokio::test]
async fn this_leaves_its_series() {
    let world = World::new().await;
    let studio = world.studio(json!({})).await;
    let ids = mondays(&world, studio).await;
    let body = plain(
        studio,
        "2027-03-22T11:00:00-0400",
        "2027-03-22T12:00:00-0400",
    );
    let body = with(
        body,
        &json!({"title": "Once", "recurrenceRule": weekly("2027-04-05")}),
    );
    update(&world, &world.mia, &ids[2], "this", &body).await;
    let expected = [
        "03-08T14:00",
        "03-15T13:00",
        "03-22T15:00",
        "03-29T13:00",
        "04-05T13:00",
    ];
    assert_eq!(world.starts(studio).await, expected);
    let told = told(&world, &ids).await;
    assert_eq!(told[2], ("Once".to_owned(), false));
    assert_eq!(told[3], ("Weekly".to_owned(), true));
    let rule = &world.read(&world.mia, &ids[0]).await["recurrenceRule"];
    assert_eq!(rule["repeatTerminationDate"], "2027-04-05T04:00:00+0000");
}

#[tokio::test]
async fn future_is_this_one_and_all_after_it() {
    let world = World::new().await;
    let studio = world.studio(json!({})).await;
    let ids = mondays(&world, studio).await;
    let body = plain(
        studio,
        "2027-03-22T11:00:00-0400",
        "2027-03-22T12:00:00-0400",
    );
    let body = with(
        body,
        &json!({"title": "Later", "recurrenceRule": weekly("2027-04-05")}),
    );
    update(&world, &world.mia, &ids[2], "future", &body).await;
    let expected = [
        "03-08T14:00",
        "03-15T13:00",
        "03-22T15:00",
        "03-29T15:00",
        "04-05T15:00",
    ];
    assert_eq!(world.starts(studio).await, expected);
    let titles: Vec<String> = told(&world, &ids)
        .await
        .into_iter()
        .map(|(title, _)| title)
        .collect();
    assert_eq!(titles, ["Weekly", "Weekly", "Later", "Later", "Later"]);
}

#[tokio::test]
async fn full_is_all_that_is_to_come_with_the_title_of_the_rest_and_all_for_administrators() {
    let world = World::new().await;
    let studio = world.studio(json!({})).await;
    let ids = mondays(&world, studio).await;
    world.clock.set("2027-03-17T12:00:00Z");
    let mia = world.session_again(&world.mia).await;
    let body = plain(
        studio,
        "2027-03-29T10:00:00-0400",
        "2027-03-29T11:00:00-0400",
    );
    let body = with(
        body,
        &json!({"title": "Full", "recurrenceRule": weekly("2027-04-05")}),
    );
    update(&world, &mia, &ids[3], "full", &body).await;
    let expected = [
        "03-08T14:00",
        "03-15T13:00",
        "03-22T14:00",
        "03-29T14:00",
        "04-05T14:00",
    ];
    let admin = world.session_again(&world.admin).await;
    assert_eq!(starts(&world, &admin, studio).await, expected);
    let read = world.read(&mia, &ids[0]).await;
    assert_eq!(read["title"], "Full");
    world
        .ask("DELETE", &format!("/Reservations/{}", ids[3]), Some(&mia))
        .await
        .expect(200);
    assert_eq!(starts(&world, &admin, studio).await, expected[..2]);
    let path = format!("/Reservations/{}?updateScope=full", ids[0]);
    world.ask("DELETE", &path, Some(&admin)).await.expect(200);
    assert!(starts(&world, &admin, studio).await.is_empty());
}

async fn starts(world: &World, admin: &Person, studio: i64) -> Vec<String> {
    let path = format!(
        "/Reservations/?startDateTime=2027-02-01&endDateTime=2027-05-01&resourceId={studio}"
    );
    let all = world.get(admin, &path).await.expect(200).json();
    let start = |one: &Value| one["startDate"].as_str().unwrap()[5..16].to_owned();
    all["reservations"]
        .as_array()
        .unwrap()
        .iter()
        .map(start)
        .collect()
}

#[tokio::test]
async fn a_new_rule_lengthens_shortens_changes_or_ends_a_series() {
    let world = World::new().await;
    let studio = world.studio(json!({})).await;
    let ids = mondays(&world, studio).await;
    let plain = plain(
        studio,
        "2027-03-08T09:00:00-0500",
        "2027-03-08T10:00:00-0500",
    );
    let by = |rule: Value| with(plain.clone(), &json!({"recurrenceRule": rule}));
    update(
        &world,
        &world.mia,
        &ids[0],
        "full",
        &by(weekly("2027-04-19")),
    )
    .await;
    assert_eq!(world.starts(studio).await.len(), 7);
    update(
        &world,
        &world.mia,
        &ids[0],
        "full",
        &by(weekly("2027-03-22")),
    )
    .await;
    assert_eq!(
        world.starts(studio).await,
        ["03-08T14:00", "03-15T13:00", "03-22T13:00"]
    );
    let two_days = json!({"type": "weekly", "interval": 1, "weekdays": [1, 3], "repeatTerminationDate": "2027-03-17"});
    update(&world, &world.mia, &ids[0], "full", &by(two_days)).await;
    let expected = ["03-08T14:00", "03-10T14:00", "03-15T13:00", "03-17T13:00"];
    assert_eq!(world.starts(studio).await, expected);
    update(
        &world,
        &world.mia,
        &ids[0],
        "full",
        &by(json!({"type": "none"})),
    )
    .await;
    assert_eq!(world.starts(studio).await, ["03-08T14:00"]);
    assert_eq!(told(&world, &ids[..1]).await, [(String::new(), false)]);
}

#[tokio::test]
async fn delete_scopes_are_alike() {
    for (scope, left) in [("this", 4), ("future", 2), ("full", 0), ("", 0)] {
        let world = World::new().await;
        let studio = world.studio(json!({})).await;
        let ids = mondays(&world, studio).await;
        let path = format!("/Reservations/{}?updateScope={scope}", ids[2]);
        world
            .ask("DELETE", &path, Some(&world.mia))
            .await
            .expect(200);
        assert_eq!(world.starts(studio).await.len(), left, "{scope}");
    }
}

#[tokio::test]
async fn rules_repeat_as_clients_expect() {
    let world = World::new().await;
    let cases = [
        // The start is always the first, weeks begin on Sunday, days that do not exist are none.
        (
            json!({"type": "weekly", "interval": 2, "weekdays": [0, 1]}),
            "03-28",
            vec!["03-09", "03-21", "03-22"],
        ),
        (
            json!({"type": "weekly", "interval": 1, "weekdays": [9, -1]}),
            "03-23",
            vec!["03-09", "03-16", "03-23"],
        ),
        (
            json!({"type": "monthly", "interval": 1, "monthlyType": "dayOfWeek"}),
            "04-30",
            vec!["03-09", "04-13"],
        ),
        (
            json!({"type": "monthly", "interval": 1, "monthlyType": "dayOfMonth"}),
            "04-09",
            vec!["03-09", "04-09"],
        ),
        (
            json!({"type": "daily", "interval": 3}),
            "03-15",
            vec!["03-09", "03-12", "03-15"],
        ),
        (
            json!({"type": "yearly", "interval": 1}),
            "04-30",
            vec!["03-09"],
        ),
        (
            json!({"type": "custom", "interval": 1}),
            "04-30",
            vec!["03-09"],
        ),
        (
            json!({"type": "daily", "interval": 1}),
            "03-02",
            vec!["03-09"],
        ),
    ];
    for (rule, until, expected) in cases {
        let studio = world.studio(json!({})).await;
        let rule = with(
            rule,
            &json!({"repeatTerminationDate": format!("2027-{until}T23:00:00-0500")}),
        );
        let body = plain(
            studio,
            "2027-03-09T12:00:00-0500",
            "2027-03-09T13:00:00-0500",
        );
        world
            .reserved(&world.mia, &with(body, &json!({"recurrenceRule": rule})))
            .await;
        let days: Vec<String> = world
            .starts(studio)
            .await
            .iter()
            .map(|at| at[..5].to_owned())
            .collect();
        assert_eq!(days, expected, "{rule}");
    }
}

#[tokio::test]
async fn dates_in_the_way_are_skipped_on_request_but_not_the_first() {
    let world = World::new().await;
    let studio = world.studio(json!({})).await;
    let single = plain(
        studio,
        "2027-03-10T12:00:00-0500",
        "2027-03-10T13:00:00-0500",
    );
    world.reserved(&world.mia, &single).await;
    let daily = json!({"type": "daily", "interval": 1, "repeatTerminationDate": "2027-03-11"});
    let skip = json!({"retryParameters": [{"name": "skipconflicts", "value": "true"}]});
    let from = |day: &str| {
        let body = plain(
            studio,
            &format!("{day}T12:30:00-0500"),
            &format!("{day}T13:30:00-0500"),
        );
        with(body, &json!({"recurrenceRule": daily}))
    };
    assert_eq!(errors(world.wish(&world.mia, &from("2027-03-09")).await), 1);
    assert_eq!(
        errors(
            world
                .wish(&world.mia, &with(from("2027-03-10"), &skip))
                .await
        ),
        1
    );
    assert_eq!(
        errors(world.wish(&world.mia, &with(single, &skip)).await),
        1
    );
    world
        .reserved(&world.mia, &with(from("2027-03-09"), &skip))
        .await;
    assert_eq!(
        world.starts(studio).await,
        ["03-09T17:30", "03-10T17:00", "03-11T17:30"]
    );
}

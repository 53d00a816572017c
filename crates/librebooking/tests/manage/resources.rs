//! The services that change resources, and what they mean for reservations.

use domain::booking::State;
use domain::catalog::{AttributeSubject, ResourceState, ResourceType, StateReason};
use domain::decide::{Book, Booked, OnConflict, Texts, Wanted};
use domain::ids::{ResourceId, UserId};
use domain::refusal::{Refusal, Rule};
use domain::time::Interval;
use serde_json::{Value, json};

use super::{attempt, attribute, changes, errors, json_of, link, post};
use crate::support::{Person, World};

/// What a request may name, made for it.
struct Names {
    schedule: i64,
    attribute: i64,
    reason: i64,
    kind: i64,
}

async fn names(world: &World) -> Names {
    let definition = json!({"label": "Capacity", "subject": AttributeSubject::Resource});
    let reason = json!({"state": ResourceState::Unavailable, "text": "Broken"});
    Names {
        schedule: world.schedule,
        attribute: attribute(world, definition).await,
        reason: world.put::<StateReason>(reason).await,
        kind: world
            .put::<ResourceType>(json!({"name": "Meeting room"}))
            .await,
    }
}

/// The document's own request, for what exists.
fn example(names: &Names) -> Value {
    json!({
        "name": "resource name",
        "location": "location",
        "contact": "contact information",
        "notes": "notes",
        "minLength": "1d0h0m",
        "maxLength": "172800",
        "requiresApproval": true,
        "allowMultiday": true,
        "maxParticipants": 100,
        "minNotice": "86400",
        "maxNotice": "30d12h30m",
        "description": "description",
        "scheduleId": names.schedule,
        "autoAssignPermissions": true,
        "customAttributes": [{"attributeId": names.attribute, "attributeValue": "attribute value"}],
        "sortOrder": 1,
        "statusId": 1,
        "statusReasonId": names.reason,
        "autoReleaseMinutes": 15,
        "requiresCheckIn": true,
        "color": "#ffffff",
        "credits": 3,
        "peakCredits": 6,
        "creditApplicability": 1,
        "creditsChargedAllSlots": 1,
        "maxConcurrentReservations": 1,
    })
}

async fn create(world: &World, body: &Value) -> i64 {
    let made = post(world, &world.admin, "/Resources/", body)
        .await
        .expect(201);
    made.json()["resourceId"].as_i64().unwrap()
}

/// What comes of a person's wish.
async fn reserve(
    world: &World,
    person: &Person,
    resources: &[i64],
    from: &str,
    to: &str,
) -> Result<Booked, Rule> {
    let wanted = |id: &i64| Wanted {
        resource: ResourceId(*id),
        units: 1,
    };
    let command = Book {
        zone: None,
        resources: resources.iter().map(wanted).collect(),
        interval: Interval::new(from.parse().unwrap(), Some(to.parse().unwrap())).unwrap(),
        recurrence: None,
        owner: None,
        texts: Texts::default(),
        on_conflict: OnConflict::Refuse,
        override_rules: false.into(),
    };
    attempt(world, person, command)
        .await
        .map_err(|refusal| match refusal {
            Refusal::Rules(violations) => violations[0].rule.clone(),
            other => panic!("{other:?}"),
        })
}

#[tokio::test]
async fn a_resource_is_created_as_documented_and_shown_with_all_it_was_given() {
    let world = World::new().await;
    let names = names(&world).await;
    let made = post(&world, &world.admin, "/Resources/", &example(&names)).await;
    let made = made.expect(201).json();
    let id = made["resourceId"].as_i64().unwrap();
    let path = format!("/Resources/{id}");
    let links = ["get_resource", "update_resource"].map(|title| link(title, &path));
    assert_eq!(
        made,
        json!({"resourceId": id, "links": links, "message": null})
    );
    let shown = json_of(&world, &world.admin, &path).await;
    let expected = json!({
        "resourceId": id,
        "name": "resource name",
        "location": "location",
        "contact": "contact information",
        "notes": "notes",
        "minLength": "1d0h0m",
        "maxLength": "2d0h0m",
        "requiresApproval": true,
        "allowMultiday": true,
        "maxParticipants": 100,
        "minNoticeAdd": "1d0h0m",
        "minNoticeUpdate": "1d0h0m",
        "minNoticeDelete": "1d0h0m",
        "maxNotice": "30d12h30m",
        "description": "description",
        "scheduleId": names.schedule,
        "statusId": 1,
        "statusReasonId": names.reason,
        "customAttributes": [{
            "id": names.attribute,
            "label": "Capacity",
            "value": "attribute value",
            "links": [link("get_custom_attribute", &format!("/Attributes/{}", names.attribute))],
            "message": null,
        }],
        "autoReleaseMinutes": 15,
        "requiresCheckIn": true,
        "color": "#ffffff",
        "credits": 3,
        "peakCredits": 6,
        "creditApplicability": 1,
        "creditsChargedAllSlots": true,
        "maxConcurrentReservations": 1,
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(shown[field], *value, "{field}");
    }
    world.get(&world.stranger, &path).await.expect(200);
    let newcomer = world.person("nina", &[]).await;
    world.get(&newcomer, &path).await.expect(200);
}

#[tokio::test]
async fn the_names_of_releases_are_understood_as_well() {
    let world = World::new().await;
    let names = names(&world).await;
    let body = json!({
        "name": "Lab", "scheduleId": names.schedule, "creditsPerSlot": "2.50", "peakCreditsPerSlot": 5,
        "creditApplicability": 2, "bufferTime": "0d0h30m", "minNoticeAdd": "0d0h1m", "minNoticeUpdate": "0d0h3m",
        "minNoticeDelete": "120", "minNotice": "86400", "typeId": names.kind, "groupIds": [1],
        "requiredResourceIds": [world.room],
    });
    let id = create(&world, &body).await;
    let shown = json_of(&world, &world.admin, &format!("/Resources/{id}")).await;
    let expected = json!({
        "credits": 2.5, "peakCredits": 5, "creditsPerSlot": 2.5, "peakCreditsPerSlot": 5, "creditApplicability": 2,
        "bufferTime": "0d0h30m", "minNoticeAdd": "0d0h1m", "minNoticeUpdate": "0d0h3m", "minNoticeDelete": "0d0h2m",
        "typeId": names.kind, "groupIds": [], "maxConcurrentReservations": 1, "statusId": 1,
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(shown[field], *value, "{field}");
    }
    world
        .get(&world.stranger, &format!("/Resources/{id}"))
        .await
        .expect(404);
}

#[tokio::test]
async fn all_that_makes_no_sense_is_told_and_nothing_is_stored() {
    let world = World::new().await;
    let names = names(&world).await;
    let before = changes(&world).await;
    let told = async |body: &Value| errors(post(&world, &world.admin, "/Resources/", body).await);
    assert_eq!(
        told(&json!({})).await,
        ["name is missing or empty", "scheduleId is missing or empty"]
    );
    let mut lengths = example(&names);
    for field in ["minLength", "maxLength", "minNotice", "maxNotice"] {
        lengths[field] = json!("1y");
    }
    assert_eq!(told(&lengths).await.len(), 4);
    for (field, value) in [
        ("name", json!("")),
        ("scheduleId", json!(99)),
        ("statusId", json!(7)),
        ("statusReasonId", json!(999)),
        ("typeId", json!(999)),
        ("requiredResourceIds", json!([999])),
        ("color", json!("red")),
        ("credits", json!(-1)),
        ("peakCredits", json!("many")),
        ("creditApplicability", json!(3)),
        ("maxConcurrentReservations", json!(0)),
        ("maxConcurrentReservations", json!(1_000_000)),
        ("maxParticipants", json!(-1)),
        ("bufferTime", json!("2d0h0m")),
        (
            "customAttributes",
            json!([{"attributeId": 999, "attributeValue": "x"}]),
        ),
    ] {
        let mut body = example(&names);
        body[field] = value;
        assert_eq!(told(&body).await.len(), 1, "{field}");
    }
    assert_eq!(changes(&world).await, before);
}

#[tokio::test]
async fn b5_an_update_leaves_what_it_does_not_name_and_clears_what_is_null() {
    let world = World::new().await;
    let keep = json!({
        "tags": ["quiet"], "image": "room.png", "sort_order": 7, "policy": {"check_in": true, "see": "everyone"},
    });
    world.patch_resource(world.room, &keep).await;
    let path = format!("/Resources/{}", world.room);
    let before = json_of(&world, &world.admin, &path).await;
    let changed = post(&world, &world.admin, &path, &json!({"name": "Havel"}))
        .await
        .expect(200);
    let links = ["get_resource", "update_resource"].map(|title| link(title, &path));
    assert_eq!(
        changed.json(),
        json!({"resourceId": world.room, "links": links, "message": null})
    );
    let mut expected = before.clone();
    expected["name"] = json!("Havel");
    assert_eq!(json_of(&world, &world.admin, &path).await, expected);
    let clear = json!({
        "location": null, "contact": "", "maxLength": null, "minNotice": "", "requiresCheckIn": null, "color": null,
        "maxParticipants": null, "credits": null,
    });
    post(&world, &world.admin, &path, &clear).await.expect(200);
    let shown = json_of(&world, &world.admin, &path).await;
    for (field, value) in [
        ("location", Value::Null),
        ("contact", Value::Null),
        ("maxLength", json!("")),
        ("minNoticeAdd", json!("")),
        ("requiresCheckIn", json!(false)),
        ("color", json!("")),
        ("maxParticipants", Value::Null),
        ("credits", json!(0)),
        ("peakCredits", json!(5)),
        ("minLength", json!("0d0h30m")),
        ("description", json!("Bright")),
    ] {
        assert_eq!(shown[field], value, "{field}");
    }
    let catalog = world.engine.catalog(world.home).unwrap();
    let stored = catalog.resource(ResourceId(world.room)).unwrap();
    assert_eq!(
        (&*stored.tags, stored.sort_order),
        (&["quiet".to_owned()][..], 7)
    );
    assert_eq!(stored.image.as_deref(), Some("room.png"));
    assert!(stored.policy.see.is_some());
    post(&world, &world.admin, "/Resources/9999", &clear)
        .await
        .expect(404);
    let nameless = json!({"name": "", "scheduleId": ""});
    assert_eq!(
        errors(post(&world, &world.admin, &path, &nameless).await).len(),
        2
    );
}

#[tokio::test]
async fn values_of_attributes_that_are_not_named_stay() {
    let world = World::new().await;
    let definition = |label: &str, required: bool| json!({"label": label, "subject": AttributeSubject::Resource, "required": required});
    let capacity = attribute(&world, definition("Capacity", true)).await;
    let floor = attribute(&world, definition("Floor", false)).await;
    let path = format!("/Resources/{}", world.room);
    let set = async |values: Value| {
        post(
            &world,
            &world.admin,
            &path,
            &json!({"customAttributes": values}),
        )
        .await
    };
    let value = |id: i64, value: &str| json!({"attributeId": id, "attributeValue": value});
    assert_eq!(
        errors(set(json!([value(floor, "1")])).await).len(),
        1,
        "the other is required"
    );
    set(json!([value(capacity, "8"), value(floor, "1")]))
        .await
        .expect(200);
    set(json!([value(capacity, "9")])).await.expect(200);
    let shown = json_of(&world, &world.admin, &path).await;
    let values: Vec<_> = shown["customAttributes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["value"])
        .collect();
    assert_eq!(values, [&json!("9"), &json!("1")]);
    assert_eq!(errors(set(json!([value(capacity, "")])).await).len(), 1);
}

#[tokio::test]
async fn lengths_and_notices_bind_reservations() {
    let world = World::new().await;
    let path = format!("/Resources/{}", world.desks);
    let limits = json!({
        "minLength": "1h", "maxLength": 7200, "minNotice": "2h", "maxNotice": "7d", "allowMultiday": false,
    });
    post(&world, &world.admin, &path, &limits).await.expect(200);
    let day = |from: &str, to: &str| {
        let desks = [world.desks];
        let (from, to) = (format!("2027-03-{from}:00Z"), format!("2027-03-{to}:00Z"));
        let world = &world;
        async move {
            reserve(world, &world.mia, &desks, &from, &to)
                .await
                .map(drop)
        }
    };
    assert_eq!(
        day("02T09:00", "02T09:30").await,
        Err(Rule::TooShort { minimum: 60 })
    );
    assert_eq!(
        day("02T09:00", "02T12:00").await,
        Err(Rule::TooLong { maximum: 120 })
    );
    assert!(matches!(
        day("01T16:00", "01T17:00").await,
        Err(Rule::Notice { .. })
    ));
    assert!(matches!(
        day("09T09:00", "09T10:00").await,
        Err(Rule::Horizon { .. })
    ));
    assert_eq!(day("02T22:30", "02T23:30").await, Err(Rule::MultiDay));
    assert_eq!(day("02T09:00", "02T10:00").await, Ok(()));
}

#[tokio::test]
async fn a_buffer_is_kept_once_between_two_reservations() {
    let world = World::new().await;
    let path = format!("/Resources/{}", world.room);
    let buffer = json!({"bufferTime": "0d0h30m", "minLength": null, "minNotice": null, "credits": 0, "peakCredits": 0});
    post(&world, &world.admin, &path, &buffer).await.expect(200);
    let room = [world.room];
    let at = |hour: &str| format!("2027-03-02T{hour}:00Z");
    let take = async |from: &str, to: &str| {
        reserve(&world, &world.mia, &room, &at(from), &at(to))
            .await
            .map(drop)
    };
    assert_eq!(take("10:00", "11:00").await, Ok(()));
    assert!(matches!(
        take("11:15", "12:00").await,
        Err(Rule::Occupied { .. })
    ));
    assert!(matches!(
        take("09:00", "09:45").await,
        Err(Rule::Occupied { .. })
    ));
    assert_eq!(take("11:30", "12:00").await, Ok(()));
    assert_eq!(take("09:00", "09:30").await, Ok(()));
}

#[tokio::test]
async fn units_status_approval_and_what_is_required_bind_reservations() {
    let world = World::new().await;
    let path = format!("/Resources/{}", world.desks);
    let (from, to) = ("2027-03-02T10:00:00Z", "2027-03-02T11:00:00Z");
    let desks = [world.desks];
    let three = json!({"maxConcurrentReservations": 3});
    post(&world, &world.admin, &path, &three).await.expect(200);
    for _ in 0..3 {
        reserve(&world, &world.mia, &desks, from, to).await.unwrap();
    }
    assert!(matches!(
        reserve(&world, &world.mia, &desks, from, to).await,
        Err(Rule::Occupied { .. })
    ));
    let fewer = json!({"maxConcurrentReservations": 2, "name": "Fewer"});
    assert_eq!(
        errors(post(&world, &world.admin, &path, &fewer).await).len(),
        1
    );
    assert_eq!(
        json_of(&world, &world.admin, &path).await["name"],
        "Desks",
        "nothing is changed"
    );
    let (from, to) = ("2027-03-03T10:00:00Z", "2027-03-03T11:00:00Z");
    let approval = json!({"requiresApproval": true});
    post(&world, &world.admin, &path, &approval)
        .await
        .expect(200);
    let pending = reserve(&world, &world.mia, &desks, from, to).await.unwrap();
    assert_eq!(pending.bookings[0].state, State::Pending);
    let out = json!({"statusId": 2});
    post(&world, &world.admin, &path, &out).await.expect(200);
    assert_eq!(
        reserve(&world, &world.mia, &desks, from, to)
            .await
            .unwrap_err(),
        Rule::Unavailable
    );
    let hidden = json!({"statusId": 0});
    post(&world, &world.admin, &path, &hidden).await.expect(200);
    world.get(&world.mia, &path).await.expect(404);
    let back =
        json!({"statusId": 1, "requiresApproval": false, "requiredResourceIds": [world.workshop]});
    post(&world, &world.admin, &path, &back).await.expect(200);
    let required = Rule::RequiresResource {
        required: ResourceId(world.workshop),
    };
    assert_eq!(
        reserve(&world, &world.mia, &desks, from, to)
            .await
            .unwrap_err(),
        required
    );
    let both = [world.desks, world.workshop];
    reserve(&world, &world.mia, &both, from, to).await.unwrap();
}

#[tokio::test]
async fn credits_are_taken_by_slot_or_by_reservation() {
    let world = World::new().await;
    let grant = domain::decide::GrantCredits {
        user: UserId(world.mia.id),
        pot: None,
        amount: 20.into(),
        note: "welcome".into(),
    };
    world.run(&world.admin, grant).await;
    let path = format!("/Resources/{}", world.desks);
    let desks = [world.desks];
    let cost = async |settings: Value, from: &str, to: &str| {
        post(&world, &world.admin, &path, &settings)
            .await
            .expect(200);
        let made = reserve(&world, &world.mia, &desks, from, to).await?;
        Ok::<_, Rule>(made.bookings[0].details.credits.map(|sum| sum.to_string()))
    };
    let by_slot = json!({"credits": 3, "peakCredits": 6, "creditApplicability": 1});
    let two_hours = ("2027-03-02T10:00:00Z", "2027-03-02T12:00:00Z");
    assert_eq!(
        cost(by_slot, two_hours.0, two_hours.1).await,
        Ok(Some("6".into()))
    );
    let by_reservation = json!({"creditApplicability": 2});
    let four_hours = ("2027-03-03T10:00:00Z", "2027-03-03T14:00:00Z");
    assert_eq!(
        cost(by_reservation, four_hours.0, four_hours.1).await,
        Ok(Some("3".into()))
    );
    let dear = json!({"creditsPerSlot": 50});
    let day = ("2027-03-04T10:00:00Z", "2027-03-04T14:00:00Z");
    assert!(matches!(
        cost(dear, day.0, day.1).await,
        Err(Rule::Credits { .. })
    ));
}

#[tokio::test]
async fn a_deleted_resource_takes_its_reservations_along() {
    let world = World::new().await;
    let (from, to) = ("2027-03-02T08:00:00Z", "2027-03-02T10:00:00Z");
    let booked = world.book(&world.mia, world.room, from, to).await;
    let path = format!("/Resources/{}", world.room);
    let gone = world
        .ask("DELETE", &path, Some(&world.admin))
        .await
        .expect(200)
        .json();
    assert_eq!(
        gone,
        json!({"links": [], "message": "The item was deleted"})
    );
    world.get(&world.admin, &path).await.expect(404);
    let reservation = format!("/Reservations/{}", booked.reference);
    world.get(&world.admin, &reservation).await.expect(404);
    world
        .ask("DELETE", &path, Some(&world.admin))
        .await
        .expect(404);
    let needs = json!({"requiredResourceIds": [world.workshop]});
    post(
        &world,
        &world.admin,
        &format!("/Resources/{}", world.desks),
        &needs,
    )
    .await
    .expect(200);
    let before = changes(&world).await;
    let path = format!("/Resources/{}", world.workshop);
    let needed = world.ask("DELETE", &path, Some(&world.admin)).await;
    assert_eq!(
        errors(needed).len(),
        1,
        "the desks can not be had without it"
    );
    assert_eq!(changes(&world).await, before);
}

//! Times in, in every form that clients write; times out, in one.

use serde_json::json;

use crate::support::{World, stories};

stories!(
    t55_t57_every_form_of_a_time_is_read,
    g3_g4_windows_are_whole_and_bounded,
    t2_t3_t4_t6_t7_clock_changes,
);

async fn t55_t57_every_form_of_a_time_is_read(world: World) {
    let (from, to) = ("2012-04-12T12:00:00Z", "2012-04-12T14:00:00Z");
    let id = world
        .book(world.john.id, world.room, from, to)
        .await
        .id
        .to_string();
    for (from, to) in [
        ("2012-04-12 12:00 +0000", "2012-04-18 18:00 +0000"),
        (
            "2012-04-12%2012:00%20%2B0000",
            "2012-04-18%2018:00%20%2B0000",
        ),
        ("2012-04-12+12:00++0000", "2012-04-18+18:00++0000"),
        (
            "2012-04-12%2012:00:00%20%2B0000",
            "2012/04/18%2018:00:00%20%2B0000",
        ),
        ("2012-04-12", "2012-04-13"),
        ("2012-04-1", "2012-4-30"),
        ("2012-04-12T14:00:00%2B02:00", "2012-04-12T14:00:00.5Z"),
        ("2012-04-12T14:00:00+02:00", "2012-04-12T15:00:00z"),
        ("2012-04-12%2002:00%20%2B1400", "2012-04-12%2013:00%20-0000"),
        ("2012-04-12%2014:00", "2012-04-12%2015:00"),
    ] {
        let query = format!("/bookings?from={from}&to={to}").replace(' ', "%20");
        assert_eq!(
            world.get(&world.john, &query).await.ids(),
            [id.as_str()],
            "{query}"
        );
    }
    let path = format!("/resources/{}/bookings", world.desk);
    for (from, expected) in [
        ("2012-05-01 12:00 +0000", "12:00:00"),
        ("2012-05-1 12:00 +0000", "12:00:00"),
        ("2012-05-01T14:00:00+02:00", "12:00:00"),
        ("2012/05/01 12:00:30 +0000", "12:00:30"),
        ("2012-05-01", "22:00:00"),
    ] {
        let body = json!({"from": from, "to": "2012-05-01T16:00:00.000Z"});
        let made = world
            .send(&world.john, "POST", &path, &body)
            .await
            .expect(201)
            .json();
        let start = made["from"].as_str().unwrap();
        assert!(start.contains(expected), "{start}");
        let path = format!("/bookings/{}", made["id"].as_str().unwrap());
        world.delete(&world.john, &path).await.expect(204);
    }
    for bad in [
        "2012-05-01 12:00 +14:01",
        "2012-05-01 12:00 +24:00",
        "2012-05-01 12:00 +5",
        "01/05/2012",
        "2012-02-30",
        "2012-05-01 24:00 +0000",
        "2012-05-01 23:59:60 +0000",
        "soon",
        "12012-05-01",
        "2201-01-01",
    ] {
        let body = json!({"from": bad, "to": "2012-05-01T16:00:00Z"});
        let answer = world.send(&world.john, "POST", &path, &body).await;
        assert_eq!(answer.wrong(), "from", "{bad}");
    }
}

async fn g3_g4_windows_are_whole_and_bounded(world: World) {
    for list in [
        "/bookings".to_owned(),
        format!("/resources/{}/bookings", world.room),
        "/membership/bookings".to_owned(),
    ] {
        for (query, fields) in [
            ("", "from,to"),
            ("?from=2012-01-01", "to"),
            ("?from=&to=2012-01-01", "from"),
            ("?from=2012-01-02&to=2012-01-01", "to"),
            ("?from=2012-01-02&to=2012-01-02", "to"),
            ("?from=2012-01-01&to=2013-01-02", "to"),
            ("?from=1912-01-01&to=2012-01-02", "from"),
        ] {
            let answer = world.get(&world.john, &format!("{list}{query}")).await;
            assert_eq!(answer.wrong(), fields, "{list}{query}");
        }
        let year = format!("{list}?from=2012-01-01&to=2013-01-01");
        world.get(&world.john, &year).await.expect(200);
    }
    for limit in ["0", "-1", "1000000000", "x", "1.5", "", "+5", "20001"] {
        let path = format!("/bookings?from=2012-01-01&to=2012-01-02&limit={limit}");
        let answer = world.get(&world.john, &path).await.expect(400);
        assert!(answer.json()["errors"]["limit"].is_string());
    }
}

async fn t2_t3_t4_t6_t7_clock_changes(world: World) {
    world.clock.set("2027-01-01T10:00:00Z");
    let path = format!("/resources/{}/bookings", world.room);
    let post = async |from: &str, to: &str| {
        let body = json!({"from": from, "to": to});
        world.send(&world.john, "POST", &path, &body).await
    };
    // What a clock skips is told with its neighbours, if no offset says what is meant.
    let skipped = post("2027-03-28 02:30", "2027-03-28 04:00").await;
    assert!(skipped.text.contains("01:59") && skipped.text.contains("03:00"));
    assert_eq!(skipped.wrong(), "from");
    let repeated = post("2027-10-31 02:30", "2027-10-31 02:30 +0100")
        .await
        .expect(201);
    assert_eq!(repeated.json()["from"], "2027/10/31 00:30:00 +0000");
    assert_eq!(repeated.json()["price"], 5.0, "an hour passes");
    // The hour that comes twice is two hours.
    let second = post("2027-10-31 02:30 +0100", "2027-10-31 03:30 +0100").await;
    assert_eq!(
        second.expect(201).json()["from"],
        "2027/10/31 01:30:00 +0000"
    );
    let night = post("2027-10-30 22:00", "2027-10-31 01:00")
        .await
        .expect(201);
    assert_eq!(night.json()["price"], 15.0);
    let night = post("2027-10-31 06:00", "2027-11-01 06:00")
        .await
        .expect(201);
    assert_eq!(night.json()["from"], "2027/10/31 05:00:00 +0000");
    let night = post("2027-03-27 22:00", "2027-03-28 06:00")
        .await
        .expect(201);
    assert_eq!(night.json()["price"], 35.0, "7 hours");
    let far = post("2038-01-19 03:14:08 +0000", "2038-01-19 04:14:08 +0000").await;
    assert_eq!(far.expect(201).json()["from"], "2038/01/19 03:14:08 +0000");
}

//! Schedules.

use serde_json::json;

use crate::support::World;
use crate::{json_of, link};

#[tokio::test]
async fn schedules_are_told_with_their_periods() {
    let world = World::new().await;
    world.lay_out_halves().await;
    let list = json_of(&world, &world.mia, "/Schedules/").await;
    let rooms = json!({
        "daysVisible": 7, "id": world.schedule, "isDefault": true, "name": "Rooms", "timezone": "Europe/Berlin",
        "weekdayStart": 0, "availabilityBegin": "", "availabilityEnd": "", "maxResourcesPerReservation": 3,
        "totalConcurrentReservationsAllowed": 9, "message": null,
        "links": [link("get_schedule", &format!("/Schedules/{}", world.schedule))],
    });
    assert_eq!(list["schedules"][0], rooms);
    let lab = &list["schedules"][1];
    assert_eq!(lab["availabilityBegin"], json!("2027-01-01T00:00:00-0500"));
    assert_eq!(lab["availabilityEnd"], json!("2027-12-31T00:00:00-0500"));
    let one = json_of(
        &world,
        &world.admin,
        &format!("/Schedules/{}", world.schedule),
    )
    .await;
    let mut expected = rooms;
    let own = expected.as_object_mut().unwrap();
    own.remove("availabilityBegin");
    own.insert("availabilityStart".into(), json!(""));
    own.insert("icsUrl".into(), one["icsUrl"].clone());
    assert!(
        one["icsUrl"]
            .as_str()
            .unwrap()
            .contains("ical-subscribe.php?sid=")
    );
    own.insert("links".into(), json!([]));
    own.insert("periods".into(), one["periods"].clone());
    assert_eq!(one, expected);
    let periods = one["periods"].as_array().unwrap();
    assert_eq!(periods.len(), 7);
    let monday = json!([
        {"start": "2027-03-01T00:00:00+0100", "end": "2027-03-01T08:00:00+0100", "label": "12:00 AM",
         "startTime": "00:00:00", "endTime": "08:00:00", "isReservable": false},
        {"start": "2027-03-01T08:00:00+0100", "end": "2027-03-01T12:00:00+0100", "label": "Morning",
         "startTime": "08:00:00", "endTime": "12:00:00", "isReservable": true},
        {"start": "2027-03-01T12:00:00+0100", "end": "2027-03-01T18:00:00+0100", "label": "12:00 PM",
         "startTime": "12:00:00", "endTime": "18:00:00", "isReservable": true},
        {"start": "2027-03-01T18:00:00+0100", "end": "2027-03-02T00:00:00+0100", "label": "6:00 PM",
         "startTime": "18:00:00", "endTime": "00:00:00", "isReservable": false},
    ]);
    assert_eq!(periods[1], monday, "Sunday is the first");
    assert_eq!(
        periods[0][0]["start"],
        json!("2027-03-07T00:00:00+0100"),
        "of the week that begins today"
    );
    for path in ["/Schedules/999", "/Schedules/abc", "/Schedules/999/Slots"] {
        world.get(&world.mia, path).await.expect(404);
    }
}

//! Instants, whatever clocks do.

use serde_json::json;

use crate::support::{BOOKINGS, World};

/// Makes a booking of the room; the start and end as they are told.
async fn made(world: &World, from: &str, to: &str) -> (String, String) {
    let booking =
        json!({"resourceRef": world.resource(world.room), "startDate": from, "endDate": to});
    let answer = world
        .send("POST", BOOKINGS, &json!({"booking": booking}))
        .await;
    let booking = answer.expect(201).json()["booking"].clone();
    let text = |name: &str| booking[name].as_str().unwrap().to_owned();
    (text("startDate"), text("endDate"))
}

async fn t4_t7_hours_are_counted_where_clocks_change(world: World) {
    let cases = [
        // The repeated hour of autumn, twice; the night of spring, which has one hour less.
        (
            "2027-10-31T02:30:00+01:00",
            "2027-10-31T03:00:00+01:00",
            "2027-10-31T01:30:00Z",
            "2027-10-31T02:00:00Z",
        ),
        (
            "2027-10-31T02:30:00+02:00",
            "2027-10-31T03:00:00+02:00",
            "2027-10-31T00:30:00Z",
            "2027-10-31T01:00:00Z",
        ),
        (
            "2027-03-27T22:00:00+01:00",
            "2027-03-28T08:00:00+02:00",
            "2027-03-27T21:00:00Z",
            "2027-03-28T06:00:00Z",
        ),
        // T52: beyond what 32 bits count.
        (
            "2038-01-19T03:14:07Z",
            "2038-01-19T03:14:09Z",
            "2038-01-19T03:14:07Z",
            "2038-01-19T03:14:09Z",
        ),
        // T47, T48: any offset there is.
        (
            "2027-06-01T09:00:00+05:45",
            "2027-06-01T09:30:00+0545",
            "2027-06-01T03:15:00Z",
            "2027-06-01T03:45:00Z",
        ),
        (
            "2027-06-01T09:00:00+12:45",
            "2027-06-01T09:30:00+12:45",
            "2027-05-31T20:15:00Z",
            "2027-05-31T20:45:00Z",
        ),
        // Without one, in UTC.
        (
            "2027-07-01T09:00:00.123456789",
            "2027-07-01T09:30",
            "2027-07-01T09:00:00.123456Z",
            "2027-07-01T09:30:00Z",
        ),
    ];
    for (from, to, start, end) in cases {
        assert_eq!(
            made(&world, from, to).await,
            (start.into(), end.into()),
            "{from}"
        );
    }
    let path = format!(
        "{}&startDate[gte]=2027-10-31T00:30:00Z&startDate[lt]=2027-10-31T02:30:00%2B01:00",
        world.in_mitte()
    );
    let page = world.get(&path).await.expect(200).json();
    let starts = page["bookings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["startDate"].clone());
    assert_eq!(starts.collect::<Vec<_>>(), ["2027-10-31T00:30:00Z"]);
    let exactly = format!(
        "{}&startDate[gt]=2027-07-01T09:00:00.123455Z&startDate[lte]=2027-07-01T09:00:00.123456Z",
        world.in_mitte()
    );
    assert_eq!(world.get(&exactly).await.ids().len(), 1);
    let before = format!(
        "{}&startDate[gt]=2027-07-01T09:00:00.123456Z&startDate[lt]=2027-07-02",
        world.in_mitte()
    );
    assert_eq!(world.get(&before).await.ids().len(), 0);
}

super::stories!(t4_t7_hours_are_counted_where_clocks_change);

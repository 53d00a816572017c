//! What each service that reads answers, as LibreBooking's document has it.

mod support;

use support::World;

#[tokio::test]
async fn smoke() {
    let world = World::new().await;
    world
        .book(
            &world.mia,
            world.room,
            "2027-03-02T07:00:00Z",
            "2027-03-02T11:00:00Z",
        )
        .await;
    for path in [
        "/Reservations/",
        "/Resources/",
        "/Resources/1",
        "/Resources/Status",
        "/Resources/Availability",
        "/Resources/Groups",
        "/Schedules/",
        "/Schedules/1",
        "/Schedules/1/Slots?startDateTime=2027-03-02&endDateTime=2027-03-02",
    ] {
        let answer = world.get(&world.mia, path).await;
        println!("{path} {} {}", answer.status, answer.text);
    }
}

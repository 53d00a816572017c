//! The list of bookings: every parameter, and every field with what is true.

use domain::booking::Guest;
use domain::decide::{CloseMonth, Texts};
use domain::ids::{MembershipId, UserId};
use domain::people::Membership;
use engine::store::InvoiceFilter;
use serde_json::{Value, json};

use crate::support::{BOOKINGS, World};

/// Mia's hour in the room, with all there is to tell.
async fn meeting(world: &World) -> String {
    world.price_the_room().await;
    let guest = json!({"email": "irwin@example.com", "name": "Irwin Muller", "answer": "invited"});
    let guest: Guest = serde_json::from_value(guest).unwrap();
    let texts = Texts {
        title: Some(Some("Planning".into())),
        note: Some(Some("Bring maps".into())),
        membership: Some(Some(MembershipId(world.mias))),
        participants: Some(vec![UserId(world.noah)]),
        guests: Some(vec![guest]),
        ..Texts::default()
    };
    let (from, to) = ("2027-03-02T09:00:00Z", Some("2027-03-02T10:30:00Z"));
    let booking = world
        .book_with(world.mia, world.room, from, to, texts)
        .await;
    booking.uuid.to_string()
}

/// A page with all there is to tell: more than one page, and a booking on an invoice.
pub async fn whole(world: &World) -> Value {
    meeting(world).await;
    let photo = Some("https://example.com/noah.png".to_owned());
    let (about, phone) = (Some("Writes.".to_owned()), Some("+49 30 1".to_owned()));
    world
        .change_person(world.noah, |user| {
            (user.about, user.phone, user.photo) = (about, phone, photo);
        })
        .await;
    world.clock.set("2027-04-02T08:00:00Z");
    let month = "2027-03-01".parse().unwrap();
    let payers = vec![UserId(world.mia)];
    world.run(CloseMonth { month, payers }).await;
    world
        .book(
            world.mia,
            world.office,
            "2027-05-02T09:00:00Z",
            Some("2027-05-02T10:00:00Z"),
        )
        .await;
    world
        .get(&format!("{}&limit=1", world.in_mitte()))
        .await
        .expect(200)
        .json()
}

/// A booking that was called off.
pub async fn deleted(world: &World) -> Value {
    let booking = world
        .book(
            world.mia,
            world.office,
            "2027-05-03T09:00:00Z",
            Some("2027-05-03T10:00:00Z"),
        )
        .await;
    let path = format!("{BOOKINGS}/{}", booking.uuid);
    world.delete(&path).await.expect(204);
    world.get(&path).await.expect(200).json()["booking"].clone()
}

async fn what_stands_on_an_invoice_names_it(world: World) {
    let page = whole(&world).await;
    let reference = page["bookings"][0]["payment"]["invoiceItemRef"]
        .as_str()
        .unwrap();
    let filter = InvoiceFilter {
        organisation: world.home,
        user: None,
        month: None,
        after: 0,
        limit: 10,
    };
    let invoices = world.engine.store().invoices(&filter).await.unwrap().items;
    assert_eq!(invoices.len(), 1);
    assert_eq!(invoices[0].uuid.to_string(), reference);
}

async fn a_booking_is_told_with_every_field(world: World) {
    let id = meeting(&world).await;
    let page = world.get(&world.in_mitte()).await.expect(200);
    assert_eq!(page.header("content-type"), "application/json");
    assert_eq!(page.header("cache-control"), "no-store");
    let (mia, noah) = (world.user(world.mia).await, world.user(world.noah).await);
    let expected = json!({"bookings": [{
        "attendees": [
            {
                "membershipRef": world.membership(world.noahs),
                "user": {"email": "noah@example.com", "id": noah, "name": "Noah", "surname": "Klein"},
            },
            {"user": {"email": "irwin@example.com", "name": "Irwin Muller"}},
        ],
        "createDate": "2027-03-01T08:00:00Z",
        "endDate": "2027-03-02T10:30:00Z",
        "id": id,
        "memo": "Bring maps",
        "membershipRefOwner": world.membership(world.mias),
        "payment": {"amount": 15, "currencyCode": "EUR", "tax": {"inclusive": true, "rate": 19}},
        "resourceRef": world.resource(world.room),
        "seats": 1,
        "startDate": "2027-03-02T09:00:00Z",
        "title": "Planning",
        "updateDate": "2027-03-01T08:00:00Z",
        "userOwner": {
            "about": "Draws maps.", "email": "mia@example.com", "id": mia, "name": "Mia",
            "phoneNumber": "+49 30 123456", "photoUrl": "https://example.com/mia.png", "surname": "Weber",
        },
    }]});
    assert_eq!(page.json(), expected);
}

async fn one_of_resource_and_location_is_needed(world: World) {
    assert_eq!(world.get(BOOKINGS).await.wrong(), "resourceRef");
    let room = world.resource(world.room);
    let mitte = world.location(world.mitte);
    let both = format!("{BOOKINGS}?resourceRef={room}&locationRef={mitte}");
    assert_eq!(
        world.get(&both).await.expect(200).json(),
        json!({"bookings": []})
    );
    for unknown in [
        "resourceRef=00000000-0000-7000-8000-000000000000".to_owned(),
        "locationRef=00000000-0000-7000-8000-000000000000".to_owned(),
        format!("resourceRef={}", world.resource(world.projector)),
        format!("locationRef={mitte}&membershipRefOwner=00000000-0000-7000-8000-000000000000"),
    ] {
        let answer = world
            .get(&format!("{BOOKINGS}?{unknown}"))
            .await
            .expect(404);
        assert_eq!(
            answer.json(),
            json!({"message": "Not found.", "type": "notFound"})
        );
    }
}

/// Bookings by their names, as a filter finds them.
async fn found(world: &World, named: &[(&str, String)], filter: &str) -> String {
    let page = world
        .get(&format!("{}&{filter}", world.in_mitte()))
        .await
        .expect(200);
    let name = |id: &String| named.iter().find(|(_, known)| known == id).unwrap().0;
    page.ids().iter().map(name).collect::<Vec<_>>().join(" ")
}

async fn filters_leave_what_they_say(world: World) {
    let mut named = Vec::new();
    for (name, resource, from, to) in [
        (
            "long",
            world.office,
            "2027-03-02T08:00:00Z",
            "2027-03-05T08:00:00Z",
        ),
        (
            "early",
            world.room,
            "2027-03-02T09:00:00Z",
            "2027-03-02T10:00:00Z",
        ),
        (
            "late",
            world.room,
            "2027-03-02T10:00:00Z",
            "2027-03-02T11:00:00Z",
        ),
        (
            "desk",
            world.desk,
            "2027-03-02T09:30:00Z",
            "2027-03-02T10:00:00Z",
        ),
        (
            "own",
            world.own_desk,
            "2027-03-03T09:00:00Z",
            "2027-03-03T10:00:00Z",
        ),
        (
            "lot",
            world.parking,
            "2027-03-04T09:00:00Z",
            "2027-03-04T10:00:00Z",
        ),
    ] {
        let booking = world.book(world.mia, resource, from, Some(to)).await;
        named.push((name, booking.uuid.to_string()));
    }
    let far = ("2027-03-02T09:00:00Z", Some("2027-03-02T10:00:00Z"));
    world.book(world.mia, world.far_room, far.0, far.1).await;
    world.book(world.mia, world.projector, far.0, far.1).await;
    let nine = "2027-03-02T09:00:00Z";
    let ten = "2027-03-02T10:00:00Z";
    for (filter, expected) in [
        (String::new(), "early desk late own lot long"),
        ("order=endDate:asc".into(), "early desk late own lot long"),
        (
            "order=endDate%3Adesc".into(),
            "long lot own late desk early",
        ),
        ("order=startDate:asc".into(), "long early desk late own lot"),
        (
            "order=startDate:desc".into(),
            "lot own late desk early long",
        ),
        (
            "order=createDate:asc".into(),
            "long early late desk own lot",
        ),
        (
            "order=createDate:desc".into(),
            "lot own desk late early long",
        ),
        (
            format!("startDate[gte]={nine}&startDate[lt]={ten}"),
            "early desk",
        ),
        (
            format!("startDate[gt]={nine}&startDate[lte]={ten}"),
            "desk late",
        ),
        (
            format!("startDate%5Bgt%5D={nine}&startDate%5Blte%5D={ten}"),
            "desk late",
        ),
        (
            format!("endDate[gt]={nine}&startDate[lt]={ten}"),
            "early desk long",
        ),
        (
            format!("endDate[gte]={ten}&endDate[lte]={ten}"),
            "early desk",
        ),
        (format!("endDate[lt]={ten}"), ""),
        (
            format!("startDate[gte]={nine}&startDate[gt]={nine}&startDate[lt]={ten}"),
            "desk",
        ),
        (
            "startDate[gte]=2027-03-02T10:00:00%2B01:00&startDate[lte]=2027-03-02T10:00:00+01:00"
                .into(),
            "early",
        ),
        ("startDate[gte]=2027-03-04".into(), "lot"),
        ("types=room".into(), "early late"),
        ("types=hotDesk,dedicatedDesk".into(), "desk own"),
        ("types=office%2CparkingLot".into(), "lot long"),
        (
            format!("types=room&resourceRef={}", world.resource(world.desk)),
            "",
        ),
        (
            format!("membershipRefOwner={}", world.membership(world.mias)),
            "early desk late own lot long",
        ),
        (
            "colour=blue&foo[bar]=1".into(),
            "early desk late own lot long",
        ),
    ] {
        assert_eq!(found(&world, &named, &filter).await, expected, "{filter}");
    }
    let by_id = world
        .all(&format!("{}&order=id:asc&limit=2", world.in_mitte()))
        .await;
    assert_eq!(by_id.len(), 6);
    assert!(by_id.is_sorted());
    let backwards = world
        .all(&format!("{}&order=id:desc&limit=4", world.in_mitte()))
        .await;
    assert_eq!(backwards, by_id.into_iter().rev().collect::<Vec<_>>());
}

async fn a_booking_is_on_the_membership_that_counts(world: World) {
    let charged = meeting(&world).await;
    let hour = ("2027-03-02T09:00:00Z", Some("2027-03-02T10:00:00Z"));
    let free = world
        .book(world.noah, world.desk, hour.0, hour.1)
        .await
        .uuid
        .to_string();
    let of = |membership: i64| {
        let membership = world.membership(membership);
        format!("{}&membershipRefOwner={membership}", world.in_mitte())
    };
    assert_eq!(world.all(&of(world.mias)).await, [charged.as_str()]);
    assert_eq!(world.all(&of(world.noahs)).await, [free.as_str()]);
    // One that ended before counts for what was then, the next one from then on.
    let change = json!({"until": "2027-03-01"});
    world.patch::<Membership>(world.noahs, change).await;
    let next = json!({"name": "Noah Klein", "user": world.noah, "plan": 1, "from": "2027-03-02"});
    let next = world.put::<Membership>(next).await;
    assert_eq!(world.all(&of(world.noahs)).await, Vec::<String>::new());
    assert_eq!(world.all(&of(next)).await, [free.as_str()]);
    let told = world.get(&format!("{BOOKINGS}/{free}")).await.json();
    assert_eq!(
        told["booking"]["membershipRefOwner"],
        world.membership(next)
    );
}

async fn an_open_end_comes_last_and_is_far_away(world: World) {
    world
        .patch_resource(world.own_desk, json!({"policy": {"open_end": true}}))
        .await;
    let open = world
        .book(world.mia, world.own_desk, "2027-03-02T09:00:00Z", None)
        .await;
    let other = world
        .book(
            world.mia,
            world.room,
            "2027-09-02T09:00:00Z",
            Some("2027-09-02T10:00:00Z"),
        )
        .await;
    let (open, other) = (open.uuid.to_string(), other.uuid.to_string());
    let page = world.get(&world.in_mitte()).await.expect(200);
    assert_eq!(page.ids(), [other.clone(), open.clone()]);
    assert_eq!(
        page.json()["bookings"][1]["endDate"],
        "9999-12-30T22:00:00Z"
    );
    let path = format!("{}&order=endDate:desc&limit=1", world.in_mitte());
    assert_eq!(world.all(&path).await, [open.clone(), other]);
    let later = format!("{}&endDate[gt]=2100-01-01T00:00:00Z", world.in_mitte());
    assert_eq!(world.get(&later).await.ids(), [open]);
}

async fn what_was_called_off_is_not_listed(world: World) {
    let id = meeting(&world).await;
    world.clock.set("2027-03-01T09:00:00Z");
    world.delete(&format!("{BOOKINGS}/{id}")).await.expect(204);
    assert_eq!(
        world.get(&world.in_mitte()).await.ids(),
        Vec::<String>::new()
    );
    let told = world
        .get(&format!("{BOOKINGS}/{id}"))
        .await
        .expect(200)
        .json();
    assert_eq!(told["booking"]["deleteDate"], "2027-03-01T09:00:00Z");
    assert_eq!(told["booking"]["createDate"], "2027-03-01T08:00:00Z");
}

async fn what_is_wrong_is_named(world: World) {
    let base = world.in_mitte();
    for (parameters, wrong) in [
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=101", "limit"),
        ("limit=1000000000", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.5", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("order=endDate", "order"),
        ("order=endDate:up", "order"),
        ("order=title:asc", "order"),
        ("order=owner.email:asc", "order"),
        ("order=endDate:asc,id:asc", "order"),
        ("types=desk", "types"),
        ("types=room,,office", "types"),
        ("startDate=2027-03-01", "startDate"),
        ("startDate[eq]=2027-03-01", "startDate"),
        ("startDate[gte]=soon", "startDate.gte"),
        ("endDate[lt]=2027-02-30T00:00:00Z", "endDate.lt"),
        (
            "startDate[gte]=2027-03-01&startDate[gte]=2027-03-02",
            "startDate[gte]",
        ),
        ("limit=1&limit=2", "limit"),
        ("membershipRefOwner=mia", "membershipRefOwner"),
        ("nextPageToken=abc", "nextPageToken"),
        ("limit=0&order=x&types=y", "types,order,limit"),
    ] {
        let answer = world.get(&format!("{base}&{parameters}")).await;
        assert_eq!(answer.wrong(), wrong, "{parameters}");
    }
    assert_eq!(
        world
            .get(&format!("{BOOKINGS}?resourceRef=room"))
            .await
            .wrong(),
        "resourceRef"
    );
    let answer = world.get(&format!("{base}&limit=0")).await.json();
    let expected = json!({
        "message": "limit: The limit must be at least 1.",
        "type": "validationError",
        "issues": [{"code": "too_small", "path": ["limit"], "message": "The limit must be at least 1."}],
    });
    assert_eq!(answer, expected);
    for limit in ["1", "100", ""] {
        let answer = world
            .get(&format!("{base}&limit={limit}"))
            .await
            .expect(200)
            .json();
        assert_eq!(answer, json!({"bookings": []}) as Value);
    }
}

super::stories!(
    a_booking_is_told_with_every_field,
    what_stands_on_an_invoice_names_it,
    one_of_resource_and_location_is_needed,
    filters_leave_what_they_say,
    a_booking_is_on_the_membership_that_counts,
    an_open_end_comes_last_and_is_far_away,
    what_was_called_off_is_not_listed,
    what_is_wrong_is_named,
);

//! Users and their tokens.

use domain::booking::State;
use domain::catalog::{Attribute, AttributeSubject, Resource};
use domain::decide::{
    Book, DeleteObject, DeleteUser, EditUser, GrantCredits, IssueToken, NewToken, PermitEverybody,
    PutObject, PutUser, RenewCalendars, RevokeToken, SetMembers, TokenKind,
};
use domain::ids::{AttributeId, GroupId, UserId};
use domain::people::{Door, Group, Scopes, UserField, UserKey};
use domain::recurrence::Rule;
use domain::time::Zone;
use store::{Standing, UserFilter};

use crate::common::{House, book, minute, person, put, span};

pub async fn a_revoked_token_is_gone(house: House) {
    let hash = [9; 32];
    let new = NewToken {
        user: house.admin.id(),
        kind: TokenKind::Api,
        door: Door::Api,
        idle: None,
        name: "program".into(),
        hash,
        scopes: Scopes::ALL,
        expires_at: Some(minute(1000)),
        unlimited: false,
    };
    let generation = house.store.people_generation();
    let id = house.run(IssueToken(new)).await.unwrap();
    assert!(house.store.people_generation() > generation);
    let found = house.store.token_by_hash(&hash).await.unwrap().unwrap();
    assert_eq!(
        (found.id, found.user, found.scopes),
        (id, house.admin.id(), Scopes::ALL)
    );
    assert_eq!(found.expires_at, Some(minute(1000)));
    assert_eq!(
        house.store.tokens_of(house.admin.id()).await.unwrap().len(),
        1
    );
    let generation = house.store.people_generation();
    house
        .run(RevokeToken {
            id,
            owner: house.admin.id(),
        })
        .await
        .unwrap();
    assert!(house.store.people_generation() > generation);
    assert!(house.store.token_by_hash(&hash).await.unwrap().is_none());
    assert!(house.store.token(id).await.unwrap().is_none());
}

pub async fn users_are_found_by_name_and_unique(house: House) {
    let made = house.run(person("Somebody")).await.unwrap();
    assert!(house.run(person("somebody")).await.is_err());
    let store = &house.store;
    for login in ["SOMEBODY", "somebody@Example.org"] {
        let (found, hash) = store
            .user_by_login(house.organisation, login)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((found, hash), (made.clone(), None));
    }
    assert!(
        store
            .user_by_login(house.organisation, "some\0body")
            .await
            .unwrap()
            .is_none()
    );
    assert!(house.run(person("some\0body")).await.is_err());
    let mut filter = UserFilter {
        organisation: house.organisation,
        state: None,
        keys: Vec::new(),
        after: 0,
        limit: 1,
    };
    let page = store.users(&filter).await.unwrap();
    filter.after = page.next.unwrap();
    let page = store.users(&filter).await.unwrap();
    assert_eq!((page.items, page.next), (vec![made.clone()], None));
    let found = store
        .users_by_id(house.organisation, &[made.id.into(), 99.into()])
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert!(store.balance(made.id.into()).await.unwrap().is_zero());
}

async fn found(house: &House, keys: Vec<UserKey>) -> Vec<i64> {
    let filter = UserFilter {
        organisation: house.organisation,
        state: None,
        keys,
        after: 0,
        limit: 100,
    };
    let page = house.store.users(&filter).await.unwrap();
    page.items.iter().map(|user| user.id).collect()
}

pub async fn users_are_found_by_all_that_is_true_of_them(house: House) {
    let attribute = Attribute {
        label: "Department".into(),
        subject: AttributeSubject::User,
        ..Attribute::default()
    };
    let attribute = AttributeId(house.run(put(attribute)).await.unwrap().id);
    let mut zoe = person("zoe");
    zoe.user.first_name = "Zoë".into();
    zoe.user.phone = Some("1".into());
    zoe.user.attributes.insert(attribute, "50% Sales_".into());
    let zoe = house.run(zoe).await.unwrap().id;
    let mut max = person("max");
    max.user.phone = Some("1".into());
    let max = house.run(max).await.unwrap().id;
    let key = |field, value: &str| UserKey::of(field, value);
    let phone = || key(UserField::Phone, "1");
    let department = |value: &str| key(UserField::Attribute(attribute), value);
    assert_eq!(found(&house, vec![phone()]).await, [zoe, max]);
    assert_eq!(
        found(&house, vec![key(UserField::FirstName, "ZOË")]).await,
        [zoe]
    );
    let both = vec![phone(), department("50% sales_")];
    assert_eq!(found(&house, both).await, [zoe]);
    for other in ["50% Sales", "%", "50_ Sales_", "", "' OR 1=1 --", "a\0b"] {
        assert!(
            found(&house, vec![department(other)]).await.is_empty(),
            "{other}"
        );
    }
    let call = EditUser::new(UserId(zoe), |user, _| {
        user.phone = Some("2".into());
        Ok(())
    });
    house.run(call).await.unwrap();
    assert_eq!(found(&house, vec![phone()]).await, [max]);
    assert_eq!(found(&house, vec![key(UserField::Phone, "2")]).await, [zoe]);
    house.run(DeleteUser { id: UserId(max) }).await.unwrap();
    assert!(found(&house, vec![phone()]).await.is_empty());
}

pub async fn members_join_and_leave_and_their_group_goes(house: House) {
    let group = Group {
        name: "Staff".into(),
        ..Group::default()
    };
    let group = GroupId(house.run(put(group)).await.unwrap().id);
    let anna = UserId(house.run(person("anna")).await.unwrap().id);
    let ben = UserId(house.run(person("ben")).await.unwrap().id);
    let members = |members: Vec<UserId>| SetMembers { group, members };
    house.run(members(vec![anna, ben])).await.unwrap();
    let in_group = || found(&house, vec![UserKey::member(group)]);
    assert_eq!(in_group().await, [anna.0, ben.0]);
    house.run(members(vec![ben])).await.unwrap();
    assert_eq!(in_group().await, [ben.0]);
    let before = house.place.dump().await;
    assert!(house.run(members(vec![anna, UserId(99)])).await.is_err());
    assert_eq!(house.place.dump().await, before);
    let delete = DeleteObject::<Group>::new(group.0, None);
    house.run(delete).await.unwrap();
    assert!(in_group().await.is_empty());
    let users = house.store.users_by_id(house.organisation, &[ben]).await;
    assert!(users.unwrap()[&ben].groups.is_empty());
}

pub async fn who_goes_leaves_no_booking_to_come(house: House) {
    let anna = house.run(person("anna")).await.unwrap();
    let grant = GrantCredits {
        user: UserId(anna.id),
        pot: None,
        amount: 10.into(),
        note: "welcome".into(),
    };
    house.run(grant).await.unwrap();
    let room = house.resources[0];
    let zone = Zone::utc();
    let start = domain::time::civil(minute(60), &zone).0;
    let series = Book {
        owner: Some(UserId(anna.id)),
        recurrence: Some(Rule::parse("FREQ=DAILY;COUNT=3", start, &zone).unwrap()),
        ..book(room, span(60, 120))
    };
    let booked = house.run(series).await.unwrap();
    let others = house.book(0, span(600, 660)).await.unwrap();
    house
        .run(DeleteUser {
            id: UserId(anna.id),
        })
        .await
        .unwrap();
    let series = booked.bookings[0].series.unwrap();
    let left = house
        .store
        .bookings_of_series(house.organisation, series)
        .await
        .unwrap();
    assert_eq!(left.len(), 3);
    assert!(left.iter().all(|booking| booking.state == State::Cancelled));
    let series = house.store.series(house.organisation, series).await;
    assert_eq!(series.unwrap().unwrap().rule.except.len(), 3);
    let other = house
        .store
        .booking(house.organisation, others.bookings[0].id)
        .await;
    assert_eq!(other.unwrap().unwrap().state, State::Confirmed);
    house.book(0, span(60, 120)).await.unwrap();
}

pub async fn a_resource_goes_with_its_bookings_and_permissions(house: House) {
    let room = house.resources[0];
    let anna = house.run(person("anna")).await.unwrap();
    let stored = house.store.catalog(house.organisation).unwrap();
    let same = PutObject {
        id: Some(room.0),
        expected_version: None,
        body: stored.resource(room).unwrap().body.clone(),
    };
    house.run(PermitEverybody(same)).await.unwrap();
    let permitted = || found(&house, vec![UserKey::permitted(room)]);
    assert_eq!(permitted().await, [house.admin.id().0, anna.id]);
    let booked = house.book(0, span(60, 120)).await.unwrap();
    let delete = DeleteObject::<Resource>::new(room.0, None);
    let before = house.place.dump().await;
    assert!(house.run(delete.clone()).await.is_err());
    assert_eq!(house.place.dump().await, before);
    house.run(delete.calling_off()).await.unwrap();
    assert!(permitted().await.is_empty());
    let booking = house
        .store
        .booking(house.organisation, booked.bookings[0].id)
        .await;
    assert_eq!(booking.unwrap().unwrap().state, State::Cancelled);
}

pub async fn a_log_in_is_remembered_and_a_token_is_not_one(house: House) {
    let admin = house.admin.id();
    let token = |kind, byte| {
        IssueToken(NewToken {
            user: admin,
            kind,
            door: Door::Api,
            idle: None,
            name: "log-in".into(),
            hash: [byte; 32],
            scopes: Scopes::ALL,
            expires_at: None,
            unlimited: false,
        })
    };
    let standing = async || {
        let all = house.store.standings(&[admin, UserId(99)]).await.unwrap();
        assert_eq!(all.len(), 1);
        all[&admin]
    };
    house.run(token(TokenKind::Api, 1)).await.unwrap();
    assert_eq!(standing().await, Standing::default());
    house.run(token(TokenKind::Session, 2)).await.unwrap();
    let grant = GrantCredits {
        user: admin,
        pot: None,
        amount: 10.into(),
        note: "welcome".into(),
    };
    house.run(grant).await.unwrap();
    let expected = Standing {
        credits: 10.into(),
        last_login: Some(minute(0)),
    };
    assert_eq!(standing().await, expected);
}

pub async fn addresses_of_calendars_are_counted_under_a_secret_that_stays(house: House) {
    let made = house.run(person("Somebody")).await.unwrap();
    let (store, organisation) = (&house.store, house.organisation);
    let count = async |user: i64| store.calendars_of(organisation, user.into()).await.unwrap();
    assert_eq!(count(made.id).await, Some(0));
    let renew = || RenewCalendars {
        user: made.id.into(),
    };
    house.run(renew()).await.unwrap();
    house.run(renew()).await.unwrap();
    assert_eq!(count(made.id).await, Some(2));
    let password = PutUser {
        id: Some(made.id.into()),
        expected_version: None,
        user: made.body.clone(),
        password_hash: Some("$argon2id$other".into()),
    };
    house.run(password).await.unwrap();
    assert_eq!(count(made.id).await, Some(3));
    house.run(DeleteUser { id: made.id.into() }).await.unwrap();
    assert_eq!(count(made.id).await, None);
    assert_eq!(count(99).await, None);
    assert_eq!(store.secret(organisation, [1; 32]).await.unwrap(), [1; 32]);
    assert_eq!(store.secret(organisation, [2; 32]).await.unwrap(), [1; 32]);
    assert!(store.secret(99.into(), [3; 32]).await.is_err());
}

//! Users and their tokens.

use domain::decide::{
    DeleteUser, IssueToken, NewToken, PutUser, RenewCalendars, RevokeToken, TokenKind,
};
use domain::people::{Door, Scopes};
use store::UserFilter;

use crate::common::{House, minute, person};

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

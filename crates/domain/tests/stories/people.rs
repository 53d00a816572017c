//! People: who comes, who goes, and what they leave behind.

use domain::booking::State;
use domain::catalog::{Accessory, Audience, Blackout, ObjectKind, Resource};
use domain::decide::{
    DeleteObject, DeleteUser, EditObject, EditUser, PermitEverybody, PutUser, Register, SetMembers,
};
use domain::ids::{GroupId, ResourceId, UserId};
use domain::people::{Group, Permission, Quota, User, UserState};
use domain::refusal::{Forbidden, Missing, Refusal, Rule};
use serde_json::json;

use crate::world::{ADMIN, ADMINS, ANNA, BEN, World, at, berlin, rules};

const STAFF: i64 = 2;

fn newcomer(name: &str) -> User {
    User {
        username: name.into(),
        email: format!("{name}@example.com"),
        first_name: name.into(),
        ..User::default()
    }
}

fn put(user: User) -> PutUser {
    PutUser {
        id: None,
        expected_version: None,
        user,
        password_hash: None,
    }
}

fn register(user: User) -> Register {
    Register {
        user,
        password_hash: "hash".into(),
        terms_accepted: false,
    }
}

fn organisation(world: &mut World, body: serde_json::Value) {
    let mut whole = json!({"name": "Acme", "zone": "Europe/Berlin"});
    let fields = whole.as_object_mut().unwrap();
    fields.extend(body.as_object().unwrap().clone());
    world.put(ObjectKind::Organisation, 1, whole);
}

#[test]
fn who_goes_leaves_no_booking_to_come_and_gets_the_credits_back() {
    let credits = json!({"credits": {"off_peak": "2", "per_booking": true}});
    let mut world = World::with_room(credits);
    world.resource(2, json!({}));
    world.grant(ANNA, 100);
    let past = world
        .book(ANNA, 1, berlin("2027-03-02", "09:00", "10:00"))
        .unwrap();
    let series = world.book_series(
        ANNA,
        berlin("2027-03-03", "09:00", "10:00"),
        "FREQ=DAILY;COUNT=3",
    );
    let others = world
        .book(BEN, 2, berlin("2027-03-04", "09:00", "10:00"))
        .unwrap();
    world.now = at("2027-03-02T12:00:00+01:00");
    let before = world.balance(ANNA);
    world.run(ADMIN, &DeleteUser { id: UserId(ANNA) }).unwrap();
    assert!(!world.users.contains_key(&UserId(ANNA)));
    assert_eq!(world.balance(ANNA), before + rust_decimal::Decimal::from(6));
    assert_eq!(world.bookings[&past.id].state, State::Confirmed);
    assert_eq!(world.bookings[&others.id].state, State::Confirmed);
    for id in &series {
        assert_eq!(world.bookings[id].state, State::Cancelled);
        assert_eq!(world.bookings[id].details.credits, None);
    }
    let series = world.bookings[&series[0]].series.unwrap();
    assert_eq!(world.series[&series].rule.except.len(), 3);
}

#[test]
fn nobody_deletes_themselves_or_those_above_them() {
    let mut world = World::new();
    let group = json!({"name": "Staff", "admin_group": 3});
    world.put(ObjectKind::Group, STAFF, group);
    let leads = json!({"name": "Leads", "roles": ["group_administrator"]});
    world.put(ObjectKind::Group, 3, leads);
    world.user(ANNA, &[3]);
    world.user(BEN, &[STAFF]);
    world.user(7, &[STAFF, ADMINS]);
    let forbidden = Err(Refusal::Forbidden(Forbidden::ManagePeople));
    for id in [ADMIN, ANNA, 7] {
        assert_eq!(world.run(ANNA, &DeleteUser { id: UserId(id) }), forbidden);
    }
    assert_eq!(
        world.run(ADMIN, &DeleteUser { id: UserId(ADMIN) }),
        forbidden
    );
    world.run(ANNA, &DeleteUser { id: UserId(BEN) }).unwrap();
    let missing = Err(Refusal::NotFound(Missing::User));
    assert_eq!(world.run(ADMIN, &DeleteUser { id: UserId(BEN) }), missing);
}

#[test]
fn who_comes_is_put_into_the_groups_for_new_users() {
    let mut world = World::new();
    world.put(
        ObjectKind::Group,
        STAFF,
        json!({"name": "Staff", "default": true}),
    );
    let made = world.run(ADMIN, &put(newcomer("carl"))).unwrap();
    assert_eq!(made.groups, [GroupId(STAFF)]);
    assert_eq!(made.created_at, Some(world.now));
    let leave = EditUser::new(UserId(made.id), |user, _| {
        user.groups.clear();
        Ok(())
    });
    let left = world.run(ADMIN, &leave).unwrap();
    assert!(left.groups.is_empty(), "only who is new is put into them");
}

#[test]
fn both_names_are_told_when_both_are_taken() {
    let mut world = World::new();
    world.run(ADMIN, &put(newcomer("carl"))).unwrap();
    let refusal = world.run(ADMIN, &put(newcomer("CARL"))).unwrap_err();
    let taken = |field: &str| Rule::Taken {
        field: field.into(),
    };
    assert_eq!(rules(&refusal), [&taken("email"), &taken("username")]);
}

#[test]
fn registering_oneself_is_the_organisation_s_to_allow_and_gives_no_rights() {
    let mut world = World::new();
    world.put(
        ObjectKind::Group,
        STAFF,
        json!({"name": "Staff", "default": true}),
    );
    let wish = User {
        groups: vec![GroupId(ADMINS)],
        state: UserState::Inactive,
        ..newcomer("carl")
    };
    world.user(0, &[]);
    let refused = world.run(0, &register(wish.clone())).unwrap_err();
    assert_eq!(refused, Refusal::Forbidden(Forbidden::Register));
    organisation(
        &mut world,
        json!({"self_registration": true, "terms": "Be kind."}),
    );
    let refused = world.run(0, &register(wish.clone())).unwrap_err();
    assert_eq!(rules(&refused), [&Rule::TermsRequired]);
    let accepted = Register {
        terms_accepted: true,
        ..register(wish)
    };
    let made = world.run(0, &accepted).unwrap();
    assert_eq!(
        (made.state, &made.groups),
        (UserState::Active, &vec![GroupId(STAFF)])
    );
    assert_eq!(made.terms_accepted_at, Some(world.now));
}

#[test]
fn a_group_has_the_members_that_are_said_and_no_others() {
    let mut world = World::new();
    world.put(ObjectKind::Group, STAFF, json!({"name": "Staff"}));
    world.user(ANNA, &[STAFF]);
    let members = |ids: &[i64]| SetMembers {
        group: GroupId(STAFF),
        members: ids.iter().map(|id| UserId(*id)).collect(),
    };
    world.run(ADMIN, &members(&[ADMIN, BEN])).unwrap();
    let in_staff =
        |world: &World, id: i64| world.users[&UserId(id)].groups.contains(&GroupId(STAFF));
    assert!(in_staff(&world, ADMIN) && in_staff(&world, BEN) && !in_staff(&world, ANNA));
    assert!(
        world.users[&UserId(ADMIN)]
            .groups
            .contains(&GroupId(ADMINS))
    );
    let unknown = world.run(ADMIN, &members(&[ANNA, 99])).unwrap_err();
    assert_eq!(rules(&unknown), [&Rule::User { user: UserId(99) }]);
    assert!(!in_staff(&world, ANNA), "nothing is changed");
    let refused = world.run(BEN, &members(&[BEN])).unwrap_err();
    assert_eq!(refused, Refusal::Forbidden(Forbidden::ManagePeople));
}

#[test]
fn a_deleted_group_is_named_by_nobody() {
    let mut world = World::new();
    world.put(ObjectKind::Group, STAFF, json!({"name": "Staff"}));
    let lab = json!({"name": "Lab", "admin_group": STAFF});
    world.put(ObjectKind::Group, 3, lab);
    let policy = json!({"admin_group": STAFF, "policy": {"book": {"groups": [STAFF, 3]}}});
    world.resource(1, policy);
    let quota =
        |group: i64| json!({"limit": "1", "unit": "bookings", "period": "day", "group": group});
    world.put(ObjectKind::Quota, 1, quota(STAFF));
    world.put(ObjectKind::Quota, 2, quota(3));
    world.user(ANNA, &[STAFF, 3]);
    let delete = DeleteObject::<Group>::new(STAFF, None);
    world.run(ADMIN, &delete).unwrap();
    assert_eq!(world.users[&UserId(ANNA)].groups, [GroupId(3)]);
    assert_eq!(world.catalog.group(GroupId(3)).unwrap().admin_group, None);
    let room = world.catalog.resource(ResourceId(1)).unwrap();
    assert_eq!(room.admin_group, None);
    assert_eq!(room.policy.book, Some(Audience::Groups(vec![GroupId(3)])));
    let left: Vec<i64> = world.catalog.quotas.iter().map(|(id, _)| *id).collect();
    assert_eq!(left, [2], "its quota would bind everybody");
    let again = EditUser::new(UserId(ANNA), |user, _| {
        user.phone = Some("1".into());
        Ok(())
    });
    world.run(ADMIN, &again).unwrap();
}

#[test]
fn a_resource_is_deleted_with_its_bookings_only_if_that_is_said() {
    let mut world = World::with_room(json!({"credits": {"off_peak": "2", "per_booking": true}}));
    world.resource(2, json!({}));
    world.grant(ANNA, 10);
    let booked = world
        .book(ANNA, 1, berlin("2027-03-02", "09:00", "10:00"))
        .unwrap();
    let elsewhere = world
        .book(ANNA, 2, berlin("2027-03-02", "11:00", "12:00"))
        .unwrap();
    let delete = DeleteObject::<Resource>::new(1, None);
    let refusal = world.run(ADMIN, &delete).unwrap_err();
    assert_eq!(rules(&refusal), [&Rule::UnitsInUse { booked: 1 }]);
    let delete = delete.calling_off();
    assert!(world.run(ANNA, &delete).is_err());
    world.run(ADMIN, &delete).unwrap();
    assert_eq!(world.bookings[&booked.id].state, State::Cancelled);
    assert_eq!(world.bookings[&elsewhere.id].state, State::Confirmed);
    assert_eq!(world.balance(ANNA), 10.into());
    assert!(world.catalog.resource(ResourceId(1)).is_none());
}

#[test]
fn a_deleted_resource_is_named_by_nobody() {
    let mut world = World::with_room(json!({}));
    world.resource(2, json!({}));
    let permissions =
        json!([{"resource": 1, "permission": "full"}, {"resource": 2, "permission": "view"}]);
    let lab = json!({"name": "Lab", "permissions": permissions.clone()});
    world.put(ObjectKind::Group, 3, lab);
    let bindings = json!([{"resource": 1}, {"resource": 2}]);
    let projector = json!({"name": "Projector", "bindings": bindings});
    world.put(ObjectKind::Accessory, 1, projector);
    let blackout = |resources: &[i64]| {
        json!({
            "title": "Cleaning",
            "span": {"start": "2027-03-05T00:00:00", "end": "2027-03-06T00:00:00", "zone": "Europe/Berlin",
                "fold_start": "first", "fold_end": "first"},
            "resources": resources,
        })
    };
    world.put(ObjectKind::Blackout, 1, blackout(&[1]));
    world.put(ObjectKind::Blackout, 2, blackout(&[1, 2]));
    let permit = EditUser::new(UserId(ANNA), move |user, _| {
        user.permissions = serde_json::from_value(permissions.clone()).unwrap();
        Ok(())
    });
    world.run(ADMIN, &permit).unwrap();
    world
        .run(ADMIN, &DeleteObject::<Resource>::new(1, None))
        .unwrap();
    let held = &world.users[&UserId(ANNA)].permissions;
    assert_eq!(
        held.iter().map(|held| held.resource.0).collect::<Vec<_>>(),
        [2]
    );
    assert_eq!(
        world.catalog.group(GroupId(3)).unwrap().permissions.len(),
        1
    );
    let projector: &Accessory = world.catalog.accessories.get(1).unwrap();
    assert_eq!(projector.bindings.len(), 1);
    assert!(!world.catalog.blackouts.contains(1));
    let second: &Blackout = world.catalog.blackouts.get(2).unwrap();
    assert_eq!(second.resources, [ResourceId(2)]);
    assert_eq!(
        world
            .catalog
            .quotas
            .values()
            .map(|q| &q.body)
            .collect::<Vec<&Quota>>(),
        [] as [&Quota; 0]
    );
}

#[test]
fn everybody_is_permitted_at_once_and_one_by_one() {
    let permitted = json!({"policy": {"see": "permitted", "book": "permitted"}});
    let mut world = World::with_room(permitted);
    let time = berlin("2027-03-02", "09:00", "10:00");
    assert!(world.book(ANNA, 1, time).is_err());
    let same = EditObject::<Resource>::new(1, |_, _| Ok(()));
    world.run(ADMIN, &PermitEverybody(same)).unwrap();
    world.book(ANNA, 1, time).unwrap();
    let held = &world.users[&UserId(BEN)].permissions;
    assert_eq!(
        (held[0].resource, held[0].permission),
        (ResourceId(1), Permission::Full)
    );
    let revoke = EditUser::new(UserId(BEN), |user, _| {
        user.permissions.clear();
        Ok(())
    });
    world.run(ADMIN, &revoke).unwrap();
    assert!(
        world
            .book(BEN, 1, berlin("2027-03-03", "09:00", "10:00"))
            .is_err()
    );
}

#[test]
fn an_edit_leaves_what_it_does_not_name() {
    let mut world = World::with_room(json!({"location": "Second floor", "tags": ["quiet"]}));
    let rename = EditObject::<Resource>::new(1, |room, _| {
        room.name = "Quiet room".into();
        Ok(())
    });
    let refused = world.run(ANNA, &rename).unwrap_err();
    assert_eq!(refused, Refusal::Forbidden(Forbidden::ManageCatalog));
    let renamed = world.run(ADMIN, &rename).unwrap();
    assert_eq!(renamed.location.as_deref(), Some("Second floor"));
    assert_eq!((&*renamed.name, &*renamed.tags[0]), ("Quiet room", "quiet"));
    let missing = EditObject::<Resource>::new(9, |_, _| Ok(()));
    let refusal = world.run(ADMIN, &missing).unwrap_err();
    let expected = Missing::Object(ObjectKind::Resource);
    assert_eq!(refusal, Refusal::NotFound(expected));
}

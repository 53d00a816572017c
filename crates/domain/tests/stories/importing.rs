//! A sheet of people is imported.

use std::sync::Arc;

use domain::catalog::{Catalog, Object, ObjectKind};
use domain::decide::{ImportKey, ImportRow, ImportUsers, Imported};
use domain::ids::{GroupId, UserId};
use domain::people::{Column, Directory, Fault, User, UserState, Vehicle};
use domain::refusal::{Forbidden, Refusal, Rule};
use proptest::prelude::*;
use serde_json::json;

use crate::world::{ADMIN, ADMINS, ANNA, BEN, World, first, rules};

const STAFF: i64 = 2;
const LEADS: i64 = 3;

/// A world with a group for new users and one that manages places.
fn world() -> World {
    let mut world = World::new();
    let staff = json!({"name": "Staff; all", "default": true});
    world.put(ObjectKind::Group, STAFF, staff);
    let leads = json!({"name": "Leads", "roles": ["location_manager"]});
    world.put(ObjectKind::Group, LEADS, leads);
    world
}

/// Lines with bars between the cells, the first of which is row 1.
fn sheet(lines: &[&str]) -> ImportUsers {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect();
    let heads: Vec<String> = cells(lines[0]);
    let rows = (2..).zip(&lines[1..]);
    ImportUsers {
        columns: heads.iter().map(|head| Column::from_name(head)).collect(),
        rows: rows
            .map(|(number, line)| ImportRow {
                number,
                cells: cells(line),
            })
            .collect(),
        ..ImportUsers::default()
    }
}

fn update(lines: &[&str]) -> ImportUsers {
    ImportUsers {
        update: true,
        ..sheet(lines)
    }
}

fn user(world: &World, email: &str) -> Arc<Object<User>> {
    let mut all = world.users.values();
    all.find(|user| user.email == email).unwrap().clone()
}

fn edit(world: &mut World, id: i64, edit: impl FnOnce(&mut User)) {
    let mut user = (*world.users[&UserId(id)]).clone();
    edit(&mut user.body);
    world.users.insert(UserId(id), Arc::new(user));
}

fn faults(imported: &Imported) -> Vec<(u32, Column, Fault)> {
    let rows = imported.errors.iter();
    rows.flat_map(|(row, columns)| {
        columns
            .iter()
            .map(|(column, fault)| (*row, *column, *fault))
    })
    .collect()
}

#[test]
fn a_sheet_makes_changes_and_leaves_people_and_says_which() {
    let mut world = world();
    edit(&mut world, BEN, |ben| ben.state = UserState::Inactive);
    let lines = [
        "Name|e-mail|ignored|phone|license plates|cost-center|email",
        "Ada King Lovelace||x|+44 1|AB 1; CD 2|4711|ada@example.com",
        "User 2||x|030|||USER2@example.com",
        "User 3||x||||user3@example.com",
    ];
    let imported = world.run(ADMIN, &update(&lines)).unwrap();
    assert_eq!(
        (imported.created, imported.updated, imported.skipped),
        (vec![2], vec![3], vec![4])
    );
    let ada = user(&world, "ada@example.com");
    assert_eq!(
        (&*ada.first_name, &*ada.last_name),
        ("Ada King", "Lovelace")
    );
    assert_eq!(ada.username, "ada@example.com");
    assert_eq!(ada.groups, [GroupId(STAFF)]);
    assert_eq!(ada.created_at, Some(world.now));
    assert_eq!(ada.extension["cost_center"], "4711");
    let plates: Vec<_> = ada
        .vehicles
        .iter()
        .map(|v| (v.id, v.plate.as_str()))
        .collect();
    assert_eq!(plates, [(1, "AB 1"), (2, "CD 2")]);
    let anna = user(&world, "user2@example.com");
    assert_eq!(anna.phone.as_deref(), Some("030"));
    assert_eq!(anna.version, 2);
    assert_eq!(world.users[&UserId(BEN)].state, UserState::Inactive);

    let again = world.run(ADMIN, &update(&lines)).unwrap();
    assert_eq!(again.skipped, [2, 3, 4]);
    assert_eq!(world.users[&UserId(anna.id)].version, 2);
}

#[test]
fn who_is_there_stays_as_they_are_unless_an_update_is_wanted() {
    let mut world = world();
    let lines = ["email|phone", "user2@example.com|030"];
    let imported = world.run(ADMIN, &sheet(&lines)).unwrap();
    assert_eq!(imported.skipped, [2]);
    assert_eq!(world.users[&UserId(ANNA)].phone, None);
}

#[test]
fn who_was_deactivated_is_restored_on_demand() {
    let mut world = world();
    edit(&mut world, BEN, |ben| ben.state = UserState::Inactive);
    let restore = ImportUsers {
        restore: true,
        ..sheet(&["email|phone", "user3@example.com|030", "user2@example.com|"])
    };
    let imported = world.run(ADMIN, &restore).unwrap();
    assert_eq!((imported.updated, imported.skipped), (vec![2], vec![3]));
    let ben = &world.users[&UserId(BEN)];
    assert_eq!((ben.state, ben.phone.as_deref()), (UserState::Active, None));
}

#[test]
fn one_bad_row_and_nothing_is_stored() {
    let mut world = world();
    let before = world.users.clone();
    let import = update(&[
        "email|name|phone",
        "ada@example.com|Ada|",
        "nobody|Ben|",
        "user2@example.com|User 2|030",
        "user3@example.com|User 3|",
        "|Carl|",
    ]);
    let imported = world.run(ADMIN, &import).unwrap();
    let bad = [
        (3, Column::Email, Fault::NoAddress),
        (6, Column::Email, Fault::Required),
    ];
    assert_eq!(faults(&imported), bad);
    assert!(imported.created.is_empty() && imported.updated.is_empty());
    assert_eq!(imported.skipped, [5]);
    assert_eq!(world.users, before);

    // A dry run says of each row what it is, whatever the others are.
    let dry_run = ImportUsers {
        dry_run: true,
        ..import
    };
    let imported = world.run(ADMIN, &dry_run).unwrap();
    assert_eq!(faults(&imported), bad);
    assert_eq!((imported.created, imported.updated), (vec![2], vec![4]));
    assert_eq!(world.users, before);
}

#[test]
fn each_cell_says_what_is_wrong_with_it() {
    let long = "x".repeat(3_000);
    let cases = [
        ("name", "", Fault::Required),
        (
            "name",
            long.as_str(),
            Fault::TooLong(domain::limits::MAX_NAME),
        ),
        ("phone", "0\u{1}1", Fault::Unprintable),
        ("about", long.as_str(), Fault::TooLong(2_000)),
        ("timezone", "Berlin", Fault::NoZone),
        ("notify", "perhaps", Fault::NoFlag),
        ("groups", "Nobody", Fault::Unknown),
        ("roles", "emperor", Fault::Unknown),
        ("roles", "group_manager", Fault::Unknown),
    ];
    for (column, text, fault) in cases {
        let head = format!("email|{column}");
        let row = format!("user2@example.com|{text}");
        let mut world = world();
        let imported = world.run(ADMIN, &sheet(&[&head, &row])).unwrap();
        let column = Column::from_name(column).unwrap();
        assert_eq!(faults(&imported), [(2, column, fault)], "{column:?} {text}");
    }
}

#[test]
fn an_address_belongs_to_one_person_and_stands_in_one_row() {
    let mut world = world();
    edit(&mut world, BEN, |ben| {
        ben.username = "old@example.com".into();
    });
    let by_id = ImportUsers {
        key: ImportKey::Id,
        ..update(&[
            "id|email|name",
            "2|user3@example.com|A",
            "3|new@example.com|B",
            "|NEW@example.com|C",
            "|old@example.com|D",
            "4711|e@example.com|E",
            "x|f@example.com|F",
            "2|g@example.com|G",
        ])
    };
    let imported = world.run(ADMIN, &by_id).unwrap();
    let bad = [
        (2, Column::Email, Fault::Taken),
        (4, Column::Email, Fault::Repeated),
        (5, Column::Email, Fault::Taken),
        (6, Column::Id, Fault::Unknown),
        (7, Column::Id, Fault::NoNumber),
        (8, Column::Id, Fault::Repeated),
    ];
    assert_eq!(faults(&imported), bad);
    let twice = sheet(&["email|name", "a@example.com|A", "A@example.com|B"]);
    let imported = world.run(ADMIN, &twice).unwrap();
    assert_eq!(faults(&imported), [(3, Column::Email, Fault::Repeated)]);
}

#[test]
fn a_new_address_is_a_new_name_to_log_in_by_where_the_old_one_was() {
    let mut world = world();
    edit(&mut world, ANNA, |anna| {
        anna.username = "User2@example.com".into();
    });
    let import = ImportUsers {
        key: ImportKey::Id,
        ..update(&["id|email", "2|anna@example.com", "3|ben@example.com"])
    };
    world.run(ADMIN, &import).unwrap();
    assert_eq!(
        user(&world, "anna@example.com").username,
        "anna@example.com"
    );
    assert_eq!(user(&world, "ben@example.com").username, "user3");
}

#[test]
fn people_are_found_by_their_principal_name() {
    let mut world = world();
    let upn = |lines: &[&str]| ImportUsers {
        key: ImportKey::Upn,
        ..update(lines)
    };
    for id in [ANNA, BEN] {
        edit(&mut world, id, |user| {
            user.extension.insert("upn".into(), format!("U{id}@corp"));
        });
    }
    let import = upn(&[
        "upn|email|name",
        "u2@CORP|anna@example.com|",
        "u9@corp|new@example.com|New",
    ]);
    let imported = world.run(ADMIN, &import).unwrap();
    assert_eq!(faults(&imported), [(2, Column::Name, Fault::Required)]);
    let import = upn(&[
        "upn|email|name",
        "u2@CORP|anna@example.com|A",
        "u9@corp|new@example.com|New",
    ]);
    let imported = world.run(ADMIN, &import).unwrap();
    assert_eq!((imported.created, imported.updated), (vec![3], vec![2]));
    assert_eq!(user(&world, "anna@example.com").id, ANNA);
    assert_eq!(user(&world, "new@example.com").extension["upn"], "u9@corp");
}

#[test]
fn groups_are_those_of_the_cell_and_roles_follow_from_groups() {
    let mut world = world();
    let groups = |world: &mut World, groups: &str, roles: &str| {
        let row = format!("user2@example.com|{groups}|{roles}");
        let imported = world
            .run(ADMIN, &update(&["email|groups|roles", &row]))
            .unwrap();
        assert_eq!(faults(&imported), []);
        let ids = world.users[&UserId(ANNA)].groups.iter();
        ids.map(|id| id.0).collect::<Vec<_>>()
    };
    assert_eq!(
        groups(&mut world, "leads; \"Staff; all\"", ""),
        [LEADS, STAFF]
    );
    assert_eq!(
        groups(&mut world, "\"staff; all\";Leads", ""),
        [LEADS, STAFF]
    );
    assert_eq!(groups(&mut world, "", "User"), [STAFF]);
    assert_eq!(groups(&mut world, "", ""), [STAFF]);
    assert_eq!(groups(&mut world, "", "Location Manager"), [STAFF, LEADS]);
    assert_eq!(groups(&mut world, "", "administrator"), [STAFF, ADMINS]);
    assert_eq!(
        groups(&mut world, "Leads", "user;location_manager"),
        [LEADS]
    );
}

#[test]
fn who_is_not_in_the_sheet_is_deactivated_on_demand() {
    let mut world = world();
    for id in 10..20 {
        world.user(id, &[]);
    }
    edit(&mut world, 19, |user| user.state = UserState::Inactive);
    let mut lines = vec!["email".to_owned()];
    lines.extend(
        (1..=3)
            .chain(10..18)
            .map(|id| format!("user{id}@example.com")),
    );
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let import = ImportUsers {
        deactivate: true,
        ..sheet(&lines)
    };
    let imported = world.run(ADMIN, &import).unwrap();
    assert_eq!(imported.deactivated, 1);
    assert_eq!(world.users[&UserId(18)].state, UserState::Inactive);
    assert_eq!(world.run(ADMIN, &import).unwrap().deactivated, 0);
}

#[test]
fn a_sheet_without_the_caller_or_all_administrators_deactivates_nobody() {
    let mut world = world();
    let before = world.users.clone();
    let deactivate = |lines: &[&str]| ImportUsers {
        deactivate: true,
        confirmed: Some(3),
        ..sheet(lines)
    };
    let refused = world.run(ADMIN, &deactivate(&["email"])).unwrap_err();
    assert_eq!(
        rules(&refused),
        [&Rule::OwnAccount, &Rule::LastAdministrator]
    );
    assert_eq!(world.users, before);

    // Another administrator may take the caller's place, but not by leaving them out.
    world.user(7, &[ADMINS]);
    let refused = world
        .run(7, &deactivate(&["email", "user1@example.com"]))
        .unwrap_err();
    assert_eq!(rules(&refused), [&Rule::OwnAccount]);
    // Nobody who is left administers anything, though everybody is left.
    edit(&mut world, 7, |user| user.state = UserState::Inactive);
    let demoted = update(&["email|roles", "user1@example.com|user"]);
    assert_eq!(first(world.run(ADMIN, &demoted)), Rule::LastAdministrator);
}

#[test]
fn more_than_a_share_is_deactivated_only_by_who_says_how_many() {
    let mut world = world();
    let import = |confirmed| ImportUsers {
        deactivate: true,
        dry_run: true,
        confirmed,
        ..sheet(&["email", "user1@example.com"])
    };
    let unconfirmed = Rule::Unconfirmed { users: 2 };
    assert_eq!(first(world.run(ADMIN, &import(None))), unconfirmed);
    assert_eq!(first(world.run(ADMIN, &import(Some(1)))), unconfirmed);
    assert_eq!(world.run(ADMIN, &import(Some(2))).unwrap().deactivated, 2);
    // Two of three are 66 and two thirds of a hundred.
    for (share, refused) in [(66, true), (67, false)] {
        let body = json!({"name": "Acme", "zone": "Europe/Berlin", "deactivation_share": share});
        world.put(ObjectKind::Organisation, 1, body);
        assert_eq!(world.run(ADMIN, &import(None)).is_err(), refused, "{share}");
    }
}

#[test]
fn only_who_administers_everything_imports() {
    let mut world = world();
    world.user(ANNA, &[LEADS]);
    let import = sheet(&["email|name|roles", "x@example.com|X|administrator"]);
    let forbidden = Err(Refusal::Forbidden(Forbidden::ManagePeople));
    assert_eq!(world.run(ANNA, &import), forbidden);
    let nameless = sheet(&["name", "X"]);
    let Rule::Invalid { field, .. } = first(world.run(ADMIN, &nameless)) else {
        panic!("no column, no import");
    };
    assert_eq!(field, "email");
}

/// What stands of a user in a sheet, column by column.
fn shown(user: &Object<User>, catalog: &Catalog) -> Vec<String> {
    Column::ALL
        .iter()
        .map(|column| column.text(user, catalog))
        .collect()
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a;\" \n\u{1}ü=]{0,6}")
}

prop_compose! {
    /// Somebody with the oddest texts in all fields.
    fn somebody()(
        name in "[a ü]{0,5}[bß]",
        texts in prop::collection::vec(text(), 7),
        plates in prop::collection::vec("[A;\" -]{1,4}", 0..3),
        groups in prop::sample::subsequence(vec![ADMINS, STAFF, LEADS], 0..=3),
    ) -> User {
        let mut user = User {
            username: "somebody".into(),
            email: "somebody@example.com".into(),
            first_name: name,
            phone: texts[0].clone(),
            position: texts[1].clone(),
            about: texts[2].clone(),
            groups: groups.into_iter().map(GroupId).collect(),
            vehicles: (1..).zip(plates).map(|(id, plate)| Vehicle { id, name: None, plate }).collect(),
            ..User::default()
        };
        for (key, value) in ["department", "tags", "cost_center", "upn"].iter().zip(&texts[3..]) {
            user.extension.extend(value.clone().map(|value| ((*key).to_owned(), value)));
        }
        user
    }
}

proptest! {
    #[test]
    fn what_a_sheet_shows_of_somebody_changes_nothing(body in somebody()) {
        let world = world();
        let user = Object { id: 50, uuid: uuid::Uuid::nil(), version: 1, body };
        let directory = Directory::new(&world.catalog);
        let mut again = user.clone();
        for (column, text) in Column::ALL.into_iter().zip(shown(&user, &world.catalog)) {
            prop_assert_eq!(directory.set(column, &mut again, &text), Ok(()), "{:?} {:?}", column, text);
        }
        prop_assert_eq!(again, user);
    }

    #[test]
    fn a_text_that_was_set_changes_nothing_when_it_is_set_again(
        body in somebody(),
        texts in prop::collection::vec("[a;\" ü=]{0,6}|Leads|user|administrator|1|yes", 16),
    ) {
        let world = world();
        let directory = Directory::new(&world.catalog);
        let mut user = Object { id: 50, uuid: uuid::Uuid::nil(), version: 1, body };
        for (column, text) in Column::ALL.into_iter().zip(&texts) {
            let mut changed = user.clone();
            if directory.set(column, &mut changed, text).is_ok() {
                user = changed;
                let mut again = user.clone();
                prop_assert_eq!(directory.set(column, &mut again, text), Ok(()));
                prop_assert_eq!(&again, &user, "{:?} {:?}", column, text);
            }
        }
    }
}

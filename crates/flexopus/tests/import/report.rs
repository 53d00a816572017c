//! What becomes of each row.

use domain::people::UserState;
use serde_json::{Value, json};

use crate::dump::dump;
use crate::support::World;
use crate::{stories, upload};

stories!(
    the_report_is_the_documents,
    a_file_with_a_bad_row_stores_nothing,
    a_dry_run_stores_nothing,
    the_same_file_twice_changes_nothing,
    two_at_once_make_everybody_once,
    new_people_have_no_password_and_the_groups_for_new_people,
    who_changes_the_address_is_logged_out,
);

/// The file of the document's sample: two new people, two changed, two the same, one bad.
const SAMPLE: &str = "name,email,phone\r\n\
    Ada Lovelace,ada@example.com,\r\n\
    \"Grace\r\nHopper\",grace@example.com,\r\n\
    Dr. Eddie Torphy IV,dr.eddie.torphy.iv@example.com,030\r\n\
    Ada Admin,admin@example.com,\r\n\
    Lillie B.,Lillie.Bergnaum@example.com,\r\n\
    Nobody,nobody@,\r\n\
    Ada Admin,admin2@example.com,\r\n";

async fn sample_world(world: &World) {
    let person = json!({"username": "admin2", "email": "admin2@example.com", "first_name": "Ada", "last_name": "Admin"});
    world.person(person).await;
}

async fn the_report_is_the_documents(world: World) {
    sample_world(&world).await;
    let flags = [("update", "1"), ("dry_run", "1")];
    let report = upload(&world, &flags, SAMPLE.as_bytes()).await.expect(200);
    let expected = json!({
        "dryRun": true,
        "created": [2, 3],
        "updated": [4, 6],
        "deleted": 0,
        "skipped": [5, 8],
        "errors": [7],
        "errorMessages": {"7": {"email": ["The email must be a valid email address."]}},
        "rows": 7,
        "filename": "users.csv",
    });
    assert_eq!(report.json(), expected);
    assert_eq!(report.header("content-type"), "application/json");
}

async fn a_file_with_a_bad_row_stores_nothing(world: World) {
    sample_world(&world).await;
    let before = dump(&world).await;
    let report = upload(&world, &[("update", "true")], SAMPLE.as_bytes()).await;
    let report = report.expect(200).json();
    assert_eq!(report["dryRun"], false);
    assert_eq!(
        (&report["created"], &report["updated"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(
        (&report["skipped"], &report["errors"]),
        (&json!([5, 8]), &json!([7]))
    );
    assert_eq!(dump(&world).await, before);
    world
        .get("/users/by-email/ada@example.com")
        .await
        .expect(404);

    let good = SAMPLE.replace("nobody@", "nobody@example.com");
    let report = upload(&world, &[("update", "true")], good.as_bytes()).await;
    assert_eq!(report.expect(200).json()["created"], json!([2, 3, 7]));
    let ada = world
        .get("/users/by-email/ada@example.com")
        .await
        .expect(200);
    assert_eq!(ada.data()["name"], "Ada Lovelace");
    assert_ne!(dump(&world).await, before);
}

async fn a_dry_run_stores_nothing(world: World) {
    let file = "name,email\nAda,ada@example.com\nEd,dr.eddie.torphy.iv@example.com";
    let before = dump(&world).await;
    let flags = [
        ("update", "1"),
        ("deactivate", "1"),
        ("confirm_deactivate", "1"),
    ];
    let with_admin = format!("{file}\nAda Admin,admin@example.com");
    let all: Vec<_> = flags.into_iter().chain([("dry_run", "1")]).collect();
    let dry = upload(&world, &all, with_admin.as_bytes())
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&dry["created"], &dry["updated"], &dry["deleted"]),
        (&json!([2]), &json!([3]), &json!(1))
    );
    assert_eq!(dump(&world).await, before);

    let mut real = upload(&world, &flags, with_admin.as_bytes())
        .await
        .expect(200)
        .json();
    assert_ne!(dump(&world).await, before);
    real["dryRun"] = json!(true);
    assert_eq!(real, dry);
}

async fn the_same_file_twice_changes_nothing(world: World) {
    let group = json!({"name": "Sales; all", "default": true});
    crate::support::group(&world, group).await;
    let file = "name;email;groups;roles;license_plates;tags;timezone;notify;about\n\
        Ada;ada@example.com;;;AB 1, CD 2;x;europe/berlin;yes;\"two\nlines\"\n\
        Ed;ed@example.com;\"\"\"sales; all\"\";Administrators\";user;;;;;\n";
    let first = upload(&world, &[("update", "1")], file.as_bytes())
        .await
        .expect(200)
        .json();
    assert_eq!(first["created"], json!([2, 3]), "{first}");
    let before = dump(&world).await;
    for flags in [&[("update", "1")][..], &[]] {
        let again = upload(&world, flags, file.as_bytes())
            .await
            .expect(200)
            .json();
        assert_eq!(again["skipped"], json!([2, 3]));
        assert_eq!(dump(&world).await, before);
    }
}

async fn two_at_once_make_everybody_once(world: World) {
    let rows = (0..50).map(|n| format!("Person {n},p{n}@example.com\n"));
    let file = format!("name,email\n{}", rows.collect::<String>());
    let import = || upload(&world, &[("update", "1")], file.as_bytes());
    let (one, other) = tokio::join!(import(), import());
    let reports = [one.expect(200).json(), other.expect(200).json()];
    let rows = |report: &Value, what: &str| report[what].as_array().unwrap().len();
    let mut counts = reports.map(|report| (rows(&report, "created"), rows(&report, "skipped")));
    counts.sort_unstable();
    assert_eq!(counts, [(0, 50), (50, 0)]);
    world
        .get("/users/by-email/p49@example.com")
        .await
        .expect(200);
}

async fn new_people_have_no_password_and_the_groups_for_new_people(world: World) {
    let group = crate::support::group(&world, json!({"name": "All", "default": true})).await;
    upload(&world, &[], b"email,name\nada@example.com,Ada Lovelace")
        .await
        .expect(200);
    let store = world.engine.store();
    let found = store
        .user_by_login(world.home, "ADA@example.com")
        .await
        .unwrap();
    let (user, hash) = found.unwrap();
    assert_eq!((hash, user.state), (None, UserState::Active));
    assert_eq!(user.groups, [domain::ids::GroupId(group)]);
    // It is in the journal as every change is: who, through which door.
    let events = store.events(world.home, 0, 1000, true).await.unwrap();
    let last = events.last().unwrap();
    assert_eq!((&*last.event, last.subject), ("user.created", user.id));
    assert_eq!(
        (last.actor, &*last.door),
        (Some(world.admin.id()), "flexopus")
    );
}

async fn who_changes_the_address_is_logged_out(world: World) {
    let eddie = world.actor(world.eddie).await;
    for _ in 0..2 {
        world
            .token_of(
                &world.admin,
                domain::people::Door::Flexopus,
                domain::people::Scopes::ALL,
            )
            .await;
    }
    let tokens = async |id| world.engine.store().tokens_of(id).await.unwrap().len();
    let ours = tokens(world.admin.id()).await;
    let token = world
        .token_of(
            &eddie,
            domain::people::Door::Api,
            domain::people::Scopes::ALL,
        )
        .await;
    assert!(!token.is_empty());
    assert_eq!(tokens(eddie.id()).await, 1);
    let file = format!("id,email\n{},eddie@example.com", world.eddie);
    let flags = [("key_column", "id"), ("update", "1")];
    let report = upload(&world, &flags, file.as_bytes())
        .await
        .expect(200)
        .json();
    assert_eq!(report["updated"], json!([2]));
    assert_eq!(tokens(eddie.id()).await, 0);
    assert_eq!(tokens(world.admin.id()).await, ours);
}

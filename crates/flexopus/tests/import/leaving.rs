//! Who is not in the sheet.

use domain::people::{Door, Scopes, UserState};
use serde_json::json;

use crate::dump::dump;
use crate::support::World;
use crate::{stories, upload};

stories!(
    who_is_not_in_the_sheet_is_logged_out_and_can_be_restored,
    a_cut_off_sheet_deactivates_nobody,
    nobody_is_deactivated_beside_a_bad_row,
);

const DEACTIVATE: (&str, &str) = ("deactivate", "1");
/// A file, further fields, the fields that are wrong, and the message.
type Case = (&'static str, Fields, &'static [&'static str], &'static str);
type Fields = &'static [(&'static str, &'static str)];

async fn who_is_not_in_the_sheet_is_logged_out_and_can_be_restored(world: World) {
    let lillie = world.actor(world.lillie).await;
    world.token_of(&lillie, Door::Api, Scopes::ALL).await;
    let file = b"email\nadmin@example.com\ndr.eddie.torphy.iv@example.com";
    let flags = [DEACTIVATE, ("confirm_deactivate", "1")];
    let report = upload(&world, &flags, file).await.expect(200).json();
    assert_eq!(
        (&report["deleted"], &report["skipped"]),
        (&json!(1), &json!([2, 3]))
    );
    assert_eq!(
        world.actor(world.lillie).await.user.state,
        UserState::Inactive
    );
    let tokens = world.engine.store().tokens_of(lillie.id()).await.unwrap();
    assert!(tokens.is_empty());
    // Again there is nobody to be deactivated, and nothing to be confirmed.
    let again = upload(&world, &[DEACTIVATE], file).await.expect(200).json();
    assert_eq!(again["deleted"], 0);

    let back = b"email\nLILLIE.bergnaum@example.com";
    let report = upload(&world, &[], back).await.expect(200).json();
    assert_eq!(report["skipped"], json!([2]));
    let report = upload(&world, &[("restore", "true")], back)
        .await
        .expect(200)
        .json();
    assert_eq!(report["updated"], json!([2]));
    assert_eq!(
        world.actor(world.lillie).await.user.state,
        UserState::Active
    );
}

async fn a_cut_off_sheet_deactivates_nobody(world: World) {
    let before = dump(&world).await;
    let cases: [Case; 5] = [
        (
            "email",
            &[],
            &["confirm_deactivate", "deactivate"],
            "Your own account would be deactivated. (and 2 more errors)",
        ),
        (
            "email",
            &[("confirm_deactivate", "3")],
            &["deactivate"],
            "Your own account would be deactivated. (and 1 more error)",
        ),
        (
            "email\nlillie.bergnaum@example.com",
            &[("confirm_deactivate", "2")],
            &["deactivate"],
            "Your own account would be deactivated. (and 1 more error)",
        ),
        (
            "email\nadmin@example.com",
            &[],
            &["confirm_deactivate"],
            "2 users would be deactivated. If that is right, send confirm_deactivate=2.",
        ),
        (
            "email\nadmin@example.com",
            &[("confirm_deactivate", "3")],
            &["confirm_deactivate"],
            "2 users would be deactivated. If that is right, send confirm_deactivate=2.",
        ),
    ];
    for (file, more, fields, message) in cases {
        for dry_run in ["0", "1"] {
            let flags: Vec<_> = [DEACTIVATE, ("dry_run", dry_run)]
                .iter()
                .chain(more)
                .copied()
                .collect();
            let answer = upload(&world, &flags, file.as_bytes()).await;
            let body = answer.expect(422).json();
            assert_eq!(body["message"], message, "{file} {more:?}");
            let wrong: Vec<_> = body["errors"].as_object().unwrap().keys().collect();
            assert_eq!(wrong, fields, "{file} {more:?}");
        }
    }
    assert_eq!(dump(&world).await, before);
    world
        .patch_organisation(json!({"deactivation_share": 67}))
        .await;
    let report = upload(&world, &[DEACTIVATE], b"email\nadmin@example.com").await;
    assert_eq!(report.expect(200).json()["deleted"], 2);
}

async fn nobody_is_deactivated_beside_a_bad_row(world: World) {
    let before = dump(&world).await;
    let file = b"email\nadmin@example.com\nx";
    let flags = [DEACTIVATE, ("confirm_deactivate", "2")];
    let report = upload(&world, &flags, file).await.expect(200).json();
    assert_eq!(
        (&report["deleted"], &report["errors"]),
        (&json!(0), &json!([3]))
    );
    assert_eq!(dump(&world).await, before);
}

//! Who may, and what is no import at all.

use domain::people::{Door, Scope, Scopes};
use serde_json::json;

use crate::dump::dump;
use crate::support::World;
use crate::{BOUNDARY, form, stories, upload, upload_as};

stories!(
    only_an_administrators_token_of_this_door_imports_and_exports,
    another_organisation_is_another_world,
    a_request_that_is_no_form_is_told_so,
    what_is_wrong_with_the_form_or_the_file_is_told_by_its_field,
);

const FILE: &[u8] = b"name,email,roles\nMallory,mallory@example.com,administrator";

async fn only_an_administrators_token_of_this_door_imports_and_exports(world: World) {
    let eddie = world.actor(world.eddie).await;
    let scopes = |scope: Scope| [scope].into_iter().collect::<Scopes>();
    let cases = [
        (String::new(), 401),
        ("nonsense".to_owned(), 401),
        (
            world.token_of(&world.admin, Door::Api, Scopes::ALL).await,
            401,
        ),
        (
            world.token_of(&eddie, Door::Flexopus, Scopes::ALL).await,
            403,
        ),
        (
            world
                .token_of(&world.admin, Door::Flexopus, scopes(Scope::PeopleRead))
                .await,
            403,
        ),
    ];
    let before = dump(&world).await;
    for (token, status) in &cases {
        upload_as(&world, token, &[], FILE).await.expect(*status);
    }
    assert_eq!(dump(&world).await, before);
    let writer = world
        .token_of(&world.admin, Door::Flexopus, scopes(Scope::PeopleWrite))
        .await;
    let exports = cases[..4]
        .iter()
        .map(|(token, status)| (token, *status))
        .chain([(&writer, 403)]);
    for (token, status) in exports {
        world
            .ask("GET", "/users/export", Some(token), "")
            .await
            .expect(status);
    }
    upload_as(&world, &writer, &[], FILE).await.expect(200);
}

async fn another_organisation_is_another_world(world: World) {
    let token = world
        .token_of(&world.foreigner, Door::Flexopus, Scopes::ALL)
        .await;
    let id = world.eddie;
    let file = format!("id,name\n{id},Stolen");
    let flags = [("key_column", "id"), ("update", "1")];
    let report = upload_as(&world, &token, &flags, file.as_bytes())
        .await
        .expect(200)
        .json();
    let expected = json!({"2": {"id": ["The selected id is invalid."]}});
    assert_eq!(report["errorMessages"], expected);
    // An address may be there once in each organisation.
    let file = b"name,email\nOther,dr.eddie.torphy.iv@example.com";
    let report = upload_as(&world, &token, &flags[1..], file)
        .await
        .expect(200)
        .json();
    assert_eq!(report["created"], json!([2]));
    assert_eq!(world.actor(id).await.user.first_name, "Dr. Eddie");
    let export = world
        .ask("GET", "/users/export", Some(&token), "")
        .await
        .expect(200);
    assert!(
        export.text.contains("Other") && !export.text.contains("Eddie"),
        "{}",
        export.text
    );
}

async fn a_request_that_is_no_form_is_told_so(world: World) {
    let before = dump(&world).await;
    let body = form(&[], "users.csv", FILE);
    let send = async |kind: &str, body: &[u8]| {
        let headers = [
            ("Authorization", format!("Bearer {}", world.token)),
            ("Content-Type", kind.to_owned()),
        ];
        world
            .raw("POST", "/api/v1/users/import", &headers, body)
            .await
    };
    // As the document's own Python and JavaScript samples have it.
    let without = send("multipart/form-data", &body).await;
    let text = without.clone().expect(422).json()["message"].to_string();
    assert!(text.contains("boundary"), "{text}");
    assert_eq!(without.wrong(), "file");
    for (kind, body) in [
        ("application/json", &b"{}"[..]),
        ("", b""),
        ("text/csv", FILE),
    ] {
        assert_eq!(send(kind, body).await.wrong(), "file", "{kind}");
    }
    let whole = format!("multipart/form-data; boundary={BOUNDARY}");
    let cut = &body[..body.len() - 20];
    send(&whole, cut).await.expect(400);
    let too_long = form(&[], "users.csv", &vec![b'a'; 9 << 20]);
    send(&whole, &too_long).await.expect(413);
    assert_eq!(dump(&world).await, before);
}

async fn what_is_wrong_with_the_form_or_the_file_is_told_by_its_field(world: World) {
    let before = dump(&world).await;
    let flags = [
        ("update", "perhaps"),
        ("key_column", "phone"),
        ("confirm_deactivate", "many"),
    ];
    let answer = upload(&world, &flags, FILE).await;
    let expected = json!({
        "update": ["The update must be true or false."],
        "key_column": ["The selected key column is invalid."],
        "confirm_deactivate": ["The confirm deactivate must be an integer."],
    });
    assert_eq!(answer.expect(422).json()["errors"], expected);
    let long = vec![b'a'; sheet::limits::MAX_FILE + 1];
    let files: [(&[u8], &str); 8] = [
        (b"", "The file is empty."),
        (
            b"\n\nemail\nx",
            "The first row of the file must name the columns.",
        ),
        (b"name\nAda", "The file has no column email."),
        (b"email,E-Mail\nx,y", ""),
        (
            b"email,EMAIL\nx,y",
            "The file has the column email more than once.",
        ),
        (
            b"email\n\"x",
            "The quotation mark that begins cell A2 is never closed.",
        ),
        (
            b"PK\x03\x04",
            "The file is damaged: it is no whole archive.",
        ),
        (&long, "The file is longer than 8 MiB."),
    ];
    for (file, message) in files {
        if message.is_empty() {
            upload(&world, &[], file).await.expect(200);
            continue;
        }
        let answer = upload(&world, &[], file).await;
        assert_eq!(answer.json()["message"], message);
        assert_eq!(answer.wrong(), "file");
    }
    assert_eq!(dump(&world).await, before);
    assert_eq!(
        world.get("/users/export?format=pdf").await.wrong(),
        "format"
    );
}

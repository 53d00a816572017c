//! What is exported can be imported, in every format.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use rust_xlsxwriter::Workbook;
use serde_json::json;
use tower::ServiceExt;

use crate::dump::dump;
use crate::support::World;
use crate::{stories, upload};

stories!(
    an_export_can_be_imported_again_without_a_difference,
    every_format_is_told_by_its_content,
);

/// Everything that might get lost on the way.
async fn odd_people(world: &World) {
    let group = crate::support::group(world, json!({"name": "=SUM(A1;B1) \"all\""})).await;
    let manager = json!({"name": "Managers", "roles": ["location_manager", "group_administrator"]});
    let managers = crate::support::group(world, manager).await;
    world
        .person(json!({
            "username": "odd", "email": "+odd@example.com", "first_name": "=HYPERLINK(\"x\")  Zoë", "last_name": "",
            "phone": "+49 30 1", "position": "'-1", "about": "\ttab\r\nline, ; \"quoted\" \u{1}",
            "zone": "Europe/Berlin", "groups": [managers, group],
            "vehicles": [{"id": 7, "plate": "@;1", "name": "van"}, {"id": 3, "plate": "B \"2\""}],
            "extension": {"department": "-", "notify": "maybe", "tags": "b;a;a", "cost_center": "007",
                "upn": "odd@corp", "other": "stays"},
        }))
        .await;
}

async fn export(world: &World, format: &str) -> (String, Vec<u8>) {
    let request = Request::get(format!("/api/v1/users/export?format={format}"))
        .header("host", "unknown.example")
        .header("authorization", format!("Bearer {}", world.token))
        .body(Body::empty());
    let response = world
        .router
        .clone()
        .oneshot(request.unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let name = response.headers()["content-disposition"]
        .to_str()
        .unwrap()
        .to_owned();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (name, body.to_vec())
}

async fn an_export_can_be_imported_again_without_a_difference(world: World) {
    odd_people(&world).await;
    let before = dump(&world).await;
    for format in ["csv", "xlsx", "ods"] {
        let (name, file) = export(&world, format).await;
        assert_eq!(name, format!("attachment; filename=\"users.{format}\""));
        for key in ["email", "id"] {
            let flags = [
                ("update", "1"),
                ("restore", "1"),
                ("deactivate", "1"),
                ("key_column", key),
            ];
            let report = upload(&world, &flags, &file).await.expect(200).json();
            assert_eq!(report["skipped"], json!([2, 3, 4, 5]), "{format}: {report}");
            assert_eq!(report["deleted"], 0);
        }
    }
    assert_eq!(dump(&world).await, before);
    let (_, file) = export(&world, "csv").await;
    let text = String::from_utf8(file).unwrap();
    let head = "name,email,department,function,about,notify,groups,roles,timezone,id,created,license_plates,phone,tags,cost_center,upn";
    assert_eq!(
        text.lines().next().unwrap().trim_start_matches('\u{FEFF}'),
        head
    );
    assert!(text.contains(",'+49 30 1,"), "{text}");
    assert!(text.contains("group_manager;location_manager"), "{text}");
}

async fn every_format_is_told_by_its_content(world: World) {
    let rows = |n: usize| {
        vec![
            vec!["email".to_owned(), "name".to_owned(), "phone".to_owned()],
            vec![
                format!("zoë{n}@example.com"),
                "Zoë".to_owned(),
                "+49 30".to_owned(),
            ],
        ]
    };
    let text = |n: usize, separator: &str| {
        let lines: Vec<String> = rows(n).iter().map(|row| row.join(separator)).collect();
        lines.join("\n")
    };
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    for (row, cells) in (0..).zip(rows(0)) {
        page.write_row(row, 0, cells).unwrap();
    }
    let utf16 = text(1, "\t")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    // Windows-1252 has these letters where Unicode has them.
    let windows = text(2, ";")
        .chars()
        .map(|c| u8::try_from(c).unwrap())
        .collect();
    let files = [
        book.save_to_buffer().unwrap(),
        utf16,
        windows,
        sheet::write(sheet::Format::Ods, &rows(3)).unwrap(),
        text(4, ",").into_bytes(),
    ];
    for (n, file) in files.into_iter().enumerate() {
        let report = upload(&world, &[], &file).await.expect(200).json();
        assert_eq!(report["created"], json!([2]), "{n}: {report}");
        let found = world
            .get(&format!("/users/by-email/zo%C3%AB{n}@example.com"))
            .await;
        assert_eq!(found.expect(200).data()["name"], "Zoë");
    }
}

//! Floor plans: uploaded, made harmless, and served to those who may see the area.

mod support;

use serde_json::json;
use support::{Answer, World};

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 30 20\" onload-x=\"1\"><rect width=\"3\" height=\"2\"/></svg>";
/// A PNG of one pixel.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0,
    0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 12, b'I', b'D', b'A', b'T', 0x08, 0xd7,
    0x63, 0xf8, 0xcf, 0xc0, 0, 0, 3, 1, 1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, b'I', b'E', b'N',
    b'D', 0xae, 0x42, 0x60, 0x82,
];

async fn upload(world: &World, token: &str, query: &str, file: impl Into<Vec<u8>>) -> Answer {
    let path = format!("/areas/{}/plan{query}", world.area);
    let asking = world.ask("PUT", &path, token);
    asking.file("image/png", file).send().await
}

#[tokio::test]
async fn a_drawing_is_uploaded_replaced_and_removed() {
    let world = World::new().await;
    let path = format!("/areas/{}/plan", world.area);
    world.get(&world.member, &path).await.expect(404);
    let drawing = SVG.replace(" onload-x=\"1\"", "");
    let area = upload(&world, &world.admin, "", drawing.clone())
        .await
        .expect(200);
    assert_eq!(area.header("etag"), "\"v2\"");
    assert_eq!(area.json()["plan"]["width"], 30.0);
    assert_eq!(
        area.json()["plan"]["image"]["media"],
        "svg",
        "its content tells, not its type"
    );
    assert!(area.json()["plan"]["svg"].is_null());
    let served = world.get(&world.member, &path).await.expect(200);
    assert_eq!(served.text, drawing.replace("/>", "></rect>"));
    assert_eq!(served.header("content-type"), "image/svg+xml");
    assert_eq!(served.header("x-content-type-options"), "nosniff");
    assert_eq!(served.header("cache-control"), "private, no-cache");
    let policy = served.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("sandbox"),
        "{policy}"
    );
    let again = world
        .ask("GET", &path, &world.member)
        .with("if-none-match", served.header("etag"))
        .send()
        .await
        .expect(304);
    assert!(again.bytes.is_empty());

    let area = upload(&world, &world.admin, "?width=60", PNG)
        .await
        .expect(200);
    let plan = &area.json()["plan"];
    assert_eq!(
        (&plan["width"], &plan["height"]),
        (&json!(60.0), &json!(60.0))
    );
    assert_eq!(plan["image"]["media"], "png");
    let image = world.get(&world.member, &path).await.expect(200);
    assert_eq!(image.header("content-type"), "image/png");
    assert!(image.bytes.starts_with(b"\x89PNG"));
    assert_ne!(image.header("etag"), served.header("etag"));
    let area = upload(&world, &world.admin, "", SVG.replace(" onload-x=\"1\"", ""))
        .await
        .expect(200);
    assert_eq!(
        area.json()["plan"]["width"],
        60.0,
        "the plan keeps the size it has"
    );

    let area_path = format!("/areas/{}", world.area);
    let renamed = json!({"name": "First floor", "plan": {"width": 90.0}});
    let area = world
        .patch(&world.admin, &area_path, &renamed)
        .await
        .expect(200);
    assert_eq!(
        area.json()["plan"]["image"]["media"],
        "svg",
        "the drawing stays"
    );
    let none = json!({"plan": null});
    world
        .patch(&world.admin, &area_path, &none)
        .await
        .expect(200);
    world.get(&world.member, &path).await.expect(404);
    let digest = area.json()["plan"]["image"]["digest"].clone();
    let gone =
        json!({"plan": {"width": 1.0, "height": 1.0, "image": {"media": "svg", "digest": digest}}});
    let answer = world.patch(&world.admin, &area_path, &gone).await;
    assert_eq!(answer.problem(), "422 invalid plan");
}

#[tokio::test]
async fn e3_e4_hostile_files_are_refused_and_change_nothing() {
    let world = World::new().await;
    let head = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"";
    let hostile = [
        format!("{head}><script>alert(1)</script></svg>"),
        format!("{head} onload=\"alert(1)\"/>"),
        format!("{head}><foreignObject/></svg>"),
        format!("{head}><use href=\"https://evil.example/#a\"/></svg>"),
        format!("{head}><rect fill=\"url(https://evil.example/a)\"/></svg>"),
        format!(
            "<!DOCTYPE svg [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>{head}><text>&a;</text></svg>"
        ),
        "<html><script>alert(1)</script></html>".to_owned(),
        "GIF89a<script>alert(1)</script>".to_owned(),
        String::new(),
    ];
    for file in hostile {
        let answer = upload(&world, &world.admin, "", file.clone()).await;
        assert_eq!(answer.problem(), "422 invalid plan", "{file}");
        let body = json!({"plan": {"width": 1.0, "height": 1.0, "svg": file}});
        let answer = world
            .patch(&world.admin, &format!("/areas/{}", world.area), &body)
            .await;
        assert_eq!(answer.status, 422, "{file}");
    }
    let polyglot = [PNG, b"<script>alert(1)</script>"].concat();
    upload(&world, &world.admin, "", polyglot).await.expect(200);
    let served = world
        .get(&world.admin, &format!("/areas/{}/plan", world.area))
        .await;
    assert!(!served.text.contains("script"));
    let huge = vec![b' '; 4 * 1024 * 1024 + 1];
    upload(&world, &world.admin, "", huge).await.expect(413);
    for query in ["?width=0", "?width=-1", "?height=nan", "?width=1e999"] {
        let answer = upload(&world, &world.admin, query, PNG).await;
        assert!(
            [400, 422].contains(&answer.status.as_u16()),
            "{query}: {}",
            answer.text
        );
    }
    let json = world.ask("PUT", &format!("/areas/{}/plan", world.area), &world.admin);
    json.file("application/json", "{}").send().await.expect(415);
}

#[tokio::test]
async fn a_plan_is_for_those_who_may_see_and_change_the_area() {
    let world = World::new().await;
    let path = format!("/areas/{}/plan", world.area);
    upload(&world, &world.member, "", PNG).await.expect(403);
    upload(&world, &world.foreigner, "", PNG).await.expect(404);
    upload(&world, "", "", PNG).await.expect(401);
    upload(&world, &world.admin, "", PNG).await.expect(200);
    world.get(&world.member, &path).await.expect(200);
    world.get(&world.foreigner, &path).await.expect(404);
    world.get("", &path).await.expect(401);
    let stale = world
        .ask("PUT", &path, &world.admin)
        .with("if-match", "\"v1\"");
    stale.file("image/png", PNG).send().await.expect(412);
    let secret = world
        .post(
            &world.admin,
            "/areas",
            &json!({"name": "Cellar", "site": world.site}),
        )
        .await;
    let path = format!("/areas/{}/plan", secret.id());
    let put = world.ask("PUT", &path, &world.admin).file("image/png", PNG);
    put.send().await.expect(200);
    world.get(&world.member, &path).await.expect(404);
}

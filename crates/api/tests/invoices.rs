//! Invoices over HTTP: who sees them, on paper and as a table, and taken back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail loudly"
)]

mod support;

use serde_json::json;
use support::World;

#[tokio::test]
async fn an_invoice_is_read_printed_and_exported() {
    let world = World::new().await;
    let id = world.invoiced().await;
    let path = format!("/invoices/{id}");
    let mut own = world.get(&world.member, &path).await.expect(200).json();
    own.as_object_mut().unwrap().remove("uuid").unwrap();
    insta::assert_json_snapshot!(own, @r#"
    {
      "code": "2027-00001",
      "corrects": null,
      "currency": "EUR",
      "id": 1,
      "issued_on": "2027-02-01",
      "kind": "invoice",
      "lines": [
        {
          "accounting_code": null,
          "booking": 1,
          "name": "Bicycles",
          "net": "10.00",
          "resource": 3,
          "start": "2027-01-01T01:00:00",
          "tax": "0.00",
          "tax_rate": "0",
          "total": "10.00"
        }
      ],
      "membership": null,
      "month": "2027-01",
      "name": "mia",
      "net": "10.00",
      "reason": null,
      "tax": "0.00",
      "taxes": [
        {
          "net": "10.00",
          "rate": "0",
          "tax": "0.00",
          "total": "10.00"
        }
      ],
      "total": "10.00",
      "user": 3
    }
    "#);
    let page = world
        .get(&world.member, &format!("{path}/print"))
        .await
        .expect(200);
    assert!(
        page.text.contains("<h1>Invoice 2027-00001</h1>"),
        "{}",
        page.text
    );
    assert!(page.header("content-security-policy").contains("sandbox"));
    world
        .get(&world.stranger, &format!("{path}/print"))
        .await
        .expect(404);
    let export = "/invoices/export?month=2027-01";
    let table = world.get(&world.admin, export).await.expect(200);
    let rows: Vec<&str> = table.text.split("\r\n").collect();
    assert_eq!(rows.len(), 3, "{}", table.text);
    assert!(
        rows[1].starts_with("2027-00001,invoice,,2027-02-01,2027-01,"),
        "{}",
        rows[1]
    );
    world.get(&world.member, export).await.expect(403);
    world
        .get(&world.admin, "/invoices/export?month=2027-13")
        .await
        .expect(400);
}

#[tokio::test]
async fn a_month_is_closed_by_administrators_when_it_is_over() {
    let world = World::new().await;
    world.invoiced().await;
    let month = |month: &str| json!({"month": month});
    let path = "/invoices/close";
    let again = world.post(&world.admin, path, &month("2027-01")).await;
    assert_eq!(again.expect(200).json()["items"], json!([]));
    world
        .post(&world.member, path, &month("2027-01"))
        .await
        .expect(403);
    let early = world.post(&world.admin, path, &month("2027-02")).await;
    assert_eq!(early.problem(), "422 invalid month");
    world
        .post(&world.admin, path, &month("2027-1"))
        .await
        .expect(400);
}

#[tokio::test]
async fn a_list_shows_ones_own_and_administrators_all() {
    let world = World::new().await;
    let (first, second) = (world.invoiced().await, world.invoiced().await);
    let ids = |answer: support::Answer| -> Vec<i64> {
        let page = answer.expect(200).json();
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["id"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(
        ids(world.get(&world.admin, "/invoices").await),
        [first, second]
    );
    assert_eq!(
        ids(world.get(&world.member, "/invoices?month=2027-01").await),
        [first, second]
    );
    assert!(ids(world.get(&world.stranger, "/invoices").await).is_empty());
    let asked = format!("/invoices?user={}", world.member_id);
    assert!(ids(world.get(&world.stranger, &asked).await).is_empty());
    assert!(ids(world.get(&world.admin, "/invoices?month=2026-12").await).is_empty());
    let page = world
        .get(&world.admin, "/invoices?limit=1")
        .await
        .expect(200)
        .json();
    let next = format!(
        "/invoices?limit=1&cursor={}",
        page["next"].as_str().unwrap()
    );
    assert_eq!(ids(world.get(&world.admin, &next).await), [second]);
    world
        .get(&world.admin, &next.replace("limit=1", "month=2027-01"))
        .await
        .expect(400);
}

#[tokio::test]
async fn an_invoice_is_taken_back_once() {
    let world = World::new().await;
    let path = format!("/invoices/{}/take-back", world.invoiced().await);
    let reason = json!({"reason": "<b>wrong</b>"});
    world.post(&world.member, &path, &reason).await.expect(403);
    world
        .post(&world.stranger, &path, &reason)
        .await
        .expect(404);
    let note = world.post(&world.admin, &path, &reason).await.expect(201);
    assert_eq!(note.json()["total"], "-10.00");
    assert_eq!(note.json()["corrects"], 1);
    let again = world.post(&world.admin, &path, &reason).await;
    assert_eq!(again.problem(), "409 taken corrects");
    let page = world
        .get(&world.member, &format!("/invoices/{}/print", note.id()))
        .await;
    assert!(page.text.contains("&lt;b&gt;wrong"), "{}", page.text);
}

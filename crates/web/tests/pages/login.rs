//! Logging in and out.

use crate::support::World;

#[tokio::test]
async fn a_log_in_sets_a_cookie_and_goes_on_and_a_log_out_ends_it() {
    let world = World::new().await;
    let form = world.get("/login?next=%2Flivemap%2F7").await.expect(200);
    let secret = form.cookie("tenure_form");
    let mark = form.between("name=\"mark\" value=\"", "\"");
    assert_eq!(form.between("name=\"next\" value=\"", "\""), "/livemap/7");
    let cookie = format!("tenure_form={secret}");
    let body = |password: &str, next: &str| {
        format!("login=Mia&password={password}&next={next}&mark={mark}")
    };
    let wrong = world
        .post("/login", &cookie, &body("wrong", "/"))
        .await
        .expect(401);
    assert!(
        wrong
            .text
            .contains("The name or the password is not right.")
    );
    assert!(
        !wrong
            .cookies()
            .iter()
            .any(|line| line.starts_with("tenure_session"))
    );
    let right = world
        .post("/login", &cookie, &body("correct+horse", "/livemap/7"))
        .await
        .expect(303);
    assert_eq!(right.header("location"), "/livemap/7");
    let line = right.cookies()[0].to_owned();
    for part in [
        "; HttpOnly",
        "; SameSite=Lax",
        "; Path=/",
        "; Max-Age=43200",
    ] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!line.contains("Secure"), "this server is reached by http");
    let session = right.cookie("tenure_session");
    let page = world.get_as(&session, "/login").await.expect(200);
    assert!(page.text.contains("mia Example"));
    let out = page.between("name=\"mark\" value=\"", "\"");
    let cookie = format!("tenure_session={session}");
    world
        .post("/logout", &cookie, "mark=wrong")
        .await
        .expect(403);
    let gone = world
        .post("/logout", &cookie, &format!("mark={out}"))
        .await
        .expect(303);
    assert_eq!(gone.header("location"), "/login");
    let page = world.get_as(&session, "/login").await.expect(200);
    assert!(page.text.contains("Log in"), "the session has ended");
}

#[tokio::test]
async fn d15_a_form_of_another_site_is_not_accepted() {
    let world = World::new().await;
    let form = world.get("/login").await;
    let secret = form.cookie("tenure_form");
    let mark = form.between("name=\"mark\" value=\"", "\"");
    let body = format!("login=mia&password=correct+horse&next=/&mark={mark}");
    let cookie = format!("tenure_form={secret}");
    let kind = ("content-type", "application/x-www-form-urlencoded");
    for forged in [
        vec![kind],
        vec![kind, ("cookie", "tenure_form=")],
        vec![
            kind,
            ("cookie", "tenure_form=0123456789abcdef0123456789abcdef"),
        ],
        vec![kind, ("cookie", &cookie), ("origin", "http://evil.example")],
        vec![kind, ("cookie", &cookie), ("origin", "null")],
        vec![kind, ("cookie", &cookie), ("sec-fetch-site", "cross-site")],
        vec![("content-type", "text/plain"), ("cookie", &cookie)],
    ] {
        let answer = world
            .send("POST", "/login", &forged, &body)
            .await
            .expect(403);
        assert!(answer.cookies().is_empty(), "{forged:?}");
    }
    let ours = [
        kind,
        ("cookie", cookie.as_str()),
        ("origin", "http://unknown.example"),
    ];
    world.send("POST", "/login", &ours, &body).await.expect(303);
}

#[tokio::test]
async fn e18_no_form_leads_elsewhere() {
    let world = World::new().await;
    for next in [
        "//evil.example",
        "/\\evil.example",
        "https:evil",
        "%2f%2fevil",
        "javascript:x",
    ] {
        let form = world.get(&format!("/login?next={next}")).await.expect(200);
        assert_eq!(form.between("name=\"next\" value=\"", "\""), "/", "{next}");
        let mark = form.between("name=\"mark\" value=\"", "\"");
        let cookie = format!("tenure_form={}", form.cookie("tenure_form"));
        let body = format!("login=mia&password=correct+horse&next={next}&mark={mark}");
        let answer = world.post("/login", &cookie, &body).await.expect(303);
        assert_eq!(answer.header("location"), "/", "{next}");
    }
}

#[tokio::test]
async fn d1_guessing_is_slowed_down() {
    let world = World::new().await;
    let form = world.get("/login").await;
    let mark = form.between("name=\"mark\" value=\"", "\"");
    let cookie = format!("tenure_form={}", form.cookie("tenure_form"));
    let body = format!("login=mia&password=wrong&next=/&mark={mark}");
    for _ in 0..5 {
        world.post("/login", &cookie, &body).await.expect(401);
    }
    let refused = world.post("/login", &cookie, &body).await.expect(429);
    assert!(!refused.header("retry-after").is_empty());
}

#[tokio::test]
async fn pages_have_the_headers_of_pages_and_nothing_inline() {
    let world = World::new().await;
    let booking = world.book(&world.mia, world.desk, 14, 17).await;
    let session = world.log_in("mia").await;
    for page in [
        world.get("/login").await.expect(200),
        world
            .get_as(&session, &format!("/livemap/{}", booking.id))
            .await
            .expect(200),
        world.get_as(&session, "/livemap/999").await.expect(404),
    ] {
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("default-src 'self'") && !policy.contains("unsafe-inline"),
            "{policy}"
        );
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(!page.text.contains(" style=") && !page.text.contains("<style"));
        assert!(!page.text.contains(" onclick=") && !page.text.contains("<script>"));
        let style = page.between("rel=\"stylesheet\" href=\"", "\"");
        let style = world.get(&style).await.expect(200);
        assert!(style.header("cache-control").contains("immutable"));
        world
            .get("/assets/0123456789abcdef/style.css")
            .await
            .expect(404);
    }
}

//! The question whether a program may act for somebody, in a real browser.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use serde_json::{Value, json};

use crate::chromium::Browser;
use crate::support::{Program, World};
use crate::{axe, serve};

/// The program's own server: what people come back to.
async fn program(world: &World) -> (Program, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let callback = format!("http://{}/callback", listener.local_addr().unwrap());
    let page = || async { Html("<!doctype html><title>Back</title><p id=back>Back</p>") };
    let router = Router::new().route("/callback", get(page));
    tokio::spawn(async move {
        let never = std::future::pending();
        http_kit::serve(vec![listener], router, http_kit::Limits::default(), never).await
    });
    let body = json!({"name": "Lobby screen", "redirect_uris": [callback]});
    (world.client(body).await, callback)
}

fn asking(base: &str, program: &Program, callback: &str) -> String {
    let callback = callback.replace(':', "%3A").replace('/', "%2F");
    format!(
        "{base}/oauth/authorize?response_type=code&client_id={}&redirect_uri={callback}&state=x%26y&scope=read+write_bookings",
        program.client_id
    )
}

fn log_in(browser: &mut Browser) {
    for (field, text) in [("login", "mia"), ("password", "correct horse")] {
        assert_eq!(browser.eval("document.activeElement.id"), field);
        browser.call("Input.insertText", json!({"text": text}));
        browser.press("Tab");
    }
    browser.press_and_go("Enter");
    browser.until("document.querySelector('.choice') && document.readyState === 'complete'");
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_lets_a_program_act_by_keyboard_alone() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let world = World::new().await;
    let base = serve(&world).await;
    let (program, callback) = program(&world).await;
    for answer in ["allow", "deny"] {
        browser.open(&asking(&base, &program, &callback));
        if answer == "allow" {
            log_in(&mut browser);
        }
        let focused = "document.activeElement.value";
        for _ in 0..10 {
            browser.press("Tab");
            if browser.eval(focused) == answer {
                break;
            }
        }
        assert_eq!(browser.eval(focused), answer);
        browser.press_and_go("Enter");
        // The page's policy lets its form lead on to the program.
        browser.until("document.querySelector('#back')");
        let place = browser.eval("location.href");
        let place = place.as_str().unwrap();
        assert!(place.starts_with(&callback), "{place}");
        assert!(place.contains("&state=x%26y&"), "{place}");
        let expected = if answer == "allow" {
            "?code=tenure_code_"
        } else {
            "?error=access_denied"
        };
        assert!(place.contains(expected), "{place}");
        let referrer = browser.eval("document.referrer");
        assert_eq!(referrer, "", "where one came from is not told");
    }
    let complaints = browser.complaints();
    let policy = |one: &&Value| one.to_string().contains("Content Security Policy");
    assert_eq!(
        complaints.iter().filter(policy).count(),
        0,
        "{complaints:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_axe_finds_nothing_serious_in_the_question() {
    let (Some(axe), Some(mut browser)) = (axe(), Browser::start()) else {
        return;
    };
    let world = World::new().await;
    let base = serve(&world).await;
    let (program, callback) = program(&world).await;
    browser.open(&asking(&base, &program, &callback));
    log_in(&mut browser);
    let nobody = format!("{base}/oauth/authorize?client_id=nobody");
    for (width, phone, dark) in [
        (1280, false, false),
        (1280, false, true),
        (390, true, false),
        (390, true, true),
    ] {
        browser.screen(width, 800, phone, dark);
        for page in [&asking(&base, &program, &callback), &nobody] {
            browser.open(page);
            browser.eval(&format!("{axe}; 0"));
            let found = browser.eval(
                "axe.run({resultTypes: ['violations']}).then(({violations}) => violations
                    .filter((one) => ['serious', 'critical'].includes(one.impact))
                    .map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ').slice(0, 400)}`))",
            );
            assert_eq!(found, json!([]), "{page}, {width}, dark: {dark}");
            let wide = browser.eval("document.documentElement.scrollWidth > innerWidth");
            assert_eq!(wide, false, "{page}, {width}");
        }
    }
}

//! The pages in a real browser: Debian's Chromium, and axe-core to judge how accessible they are.

#[path = "../support/mod.rs"]
mod support;

mod chromium;
mod consent;

use std::path::PathBuf;

use chromium::Browser;
use serde_json::Value;
use support::World;

/// Serves the world's pages on a port of their own; gives the address.
async fn serve(world: &World) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = world.router.clone();
    tokio::spawn(async move {
        let never = std::future::pending();
        http_kit::serve(vec![listener], router, http_kit::Limits::default(), never).await
    });
    format!("http://{address}")
}

/// The source of axe-core, where `./test` puts it; none, with a word on standard error, unless all tests are asked for.
fn axe() -> Option<String> {
    let place = std::env::var("TENURE_TEST_AXE").map(PathBuf::from);
    let source = place
        .ok()
        .and_then(|place| std::fs::read_to_string(place).ok());
    if source.is_none() {
        assert!(
            std::env::var("TENURE_TEST_ALL").as_deref() != Ok("1"),
            "there is no axe-core"
        );
        eprintln!("skipped: there is no axe-core; ./test installs it");
    }
    source
}

const BOOKED: &str = "document.querySelector('.place.booked')";

fn place(id: i64) -> String {
    format!("document.querySelector('.place[data-place=\"{id}\"]')")
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_opens_a_map_by_its_link_and_sees_changes_within_a_second() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let world = World::new().await;
    let base = serve(&world).await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    let link = world.link(&world.mia, &mine).await;
    browser.screen(1280, 800, false, false);
    browser.open(&format!("{base}{link}"));
    browser.until("document.querySelector('#live').dataset.state === 'on'");
    assert_eq!(
        browser.eval("document.querySelectorAll('.place').length"),
        3
    );
    assert_eq!(
        browser.eval(&format!("{BOOKED}.dataset.place")),
        world.desk.to_string()
    );
    assert_eq!(
        browser.eval(&format!("{BOOKED}.classList.contains('taken')")),
        true
    );
    let fill = |id: i64| {
        format!(
            "getComputedStyle({}.querySelector('.base')).fill",
            place(id)
        )
    };
    let free = browser.eval(&fill(world.other));
    world.book(&world.nils, world.other, 14, 16).await;
    let passed = browser.until(&format!(
        "{}.classList.contains('waiting')",
        place(world.other)
    ));
    assert!(passed < 1000.0, "{passed} ms");
    browser.until(&format!(
        "{} !== '{}'",
        fill(world.other),
        free.as_str().unwrap()
    ));
    let row = format!("document.querySelector('#place-{}').innerText", world.other);
    let row = browser.eval(&row);
    assert!(
        row.as_str().unwrap().contains("booked, not checked in"),
        "{row}"
    );
    assert_eq!(browser.complaints(), Vec::<Value>::new());
    world.app.close();
    browser.until("document.querySelector('#live').textContent.startsWith('Not live')");
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_is_used_by_keyboard_alone() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let world = World::new().await;
    let base = serve(&world).await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    browser.open(&format!("{base}/livemap/{}", mine.id));
    assert_eq!(
        browser.eval("document.activeElement.id"),
        "login",
        "it asks for a log-in"
    );
    for (field, text) in [("login", "mia"), ("password", "correct horse")] {
        assert_eq!(browser.eval("document.activeElement.id"), field);
        browser.call("Input.insertText", serde_json::json!({"text": text}));
        browser.press("Tab");
    }
    browser.press_and_go("Enter");
    browser
        .until("location.pathname.startsWith('/livemap/') && document.readyState === 'complete'");
    browser.until("document.querySelector('#live').dataset.state === 'on'");
    let focused = "document.activeElement.dataset.place";
    for _ in 0..20 {
        browser.press("Tab");
        if browser.eval(&format!("!!{focused}")) == true {
            break;
        }
    }
    let first = browser.eval(focused);
    assert!(first.is_string(), "Tab comes to the places");
    browser.press("ArrowRight");
    browser.press("ArrowLeft");
    browser.press("ArrowLeft");
    assert_eq!(
        browser.eval(focused),
        world.desk.to_string(),
        "the leftmost"
    );
    browser.press("ArrowRight");
    assert_eq!(browser.eval(focused), world.other.to_string());
    browser.press("Enter");
    assert_eq!(browser.eval("document.querySelector('#card').open"), true);
    let card = browser.eval("document.querySelector('#card').innerText");
    assert!(card.as_str().unwrap().contains("Desk 2") && card.as_str().unwrap().contains("free"));
    browser.press("Escape");
    assert_eq!(browser.eval("document.querySelector('#card').open"), false);
    assert_eq!(
        browser.eval(focused),
        world.other.to_string(),
        "the focus is back"
    );
    let width = "document.querySelector('#map').viewBox.baseVal.width";
    assert_eq!(browser.eval(width), 20.0);
    browser.press("+");
    assert!(browser.eval(width).as_f64().unwrap() < 20.0);
    browser.press("-");
    assert_eq!(browser.eval(width), 20.0);
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_without_scripts_shows_plan_and_list() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let world = World::new().await;
    let base = serve(&world).await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    let link = world.link(&world.mia, &mine).await;
    browser.call(
        "Emulation.setScriptExecutionDisabled",
        serde_json::json!({"value": true}),
    );
    browser.open(&format!("{base}{link}"));
    assert_eq!(
        browser.eval("document.querySelectorAll('.place').length"),
        3
    );
    assert_eq!(
        browser.eval("document.querySelectorAll('tbody tr').length"),
        3
    );
    assert_eq!(
        browser.eval("document.querySelector('#tools').offsetParent"),
        Value::Null
    );
    let to = browser.eval(&format!("{BOOKED}.getAttribute('href')"));
    assert_eq!(
        to,
        format!("#place-{}", world.desk),
        "a place leads to its row"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_axe_finds_nothing_serious() {
    let (Some(axe), Some(mut browser)) = (axe(), Browser::start()) else {
        return;
    };
    let world = World::new().await;
    let base = serve(&world).await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    world.book(&world.nils, world.other, 14, 16).await;
    let link = world.link(&world.mia, &mine).await;
    let card = format!("{}.focus()", place(world.desk));
    for (width, phone, dark) in [
        (1280, false, false),
        (1280, false, true),
        (390, true, false),
        (390, true, true),
    ] {
        browser.screen(width, 800, phone, dark);
        for path in [link.as_str(), "/login", "/livemap/999?", "card"] {
            let opened = if path == "card" { link.as_str() } else { path };
            browser.open(&format!("{base}{opened}"));
            if path == "card" {
                browser.until("document.querySelector('#live').dataset.state === 'on'");
                browser.eval(&card);
                browser.press("Enter");
            }
            browser.eval(&format!("{axe}; 0"));
            let found = browser.eval(
                "axe.run({resultTypes: ['violations']}).then(({violations}) => violations
                    .filter((one) => ['serious', 'critical'].includes(one.impact))
                    .map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ').slice(0, 400)}`))",
            );
            assert_eq!(
                found,
                serde_json::json!([]),
                "{path}, {width}, dark: {dark}"
            );
        }
    }
}

//! All 48 services at once, as the help page lists them: against the document, where it is at hand, and against
//! everybody who may not call them.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::{Person, World};

/// LibreBooking's document, beside the project; it is no part of it.
const DOCUMENT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/seeds/003_41ce8923a2e07e8f.txt"
);

/// Who may call a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Right {
    Anyone,
    User,
    Administrator,
}

/// A service as a document or a help page tells of it.
struct Service {
    method: String,
    path: String,
    right: Right,
    /// The names of the fields in its examples of a request and an answer.
    fields: BTreeSet<String>,
}

impl Service {
    fn key(&self) -> (String, String, Right) {
        (self.method.clone(), self.path.clone(), self.right)
    }
}

/// What stands between quotation marks before a colon.
fn fields(text: &str) -> BTreeSet<String> {
    let quoted: Vec<&str> = text.split('"').collect();
    let before_colon = quoted
        .windows(2)
        .filter(|pair| pair[1].trim_start().starts_with(':'));
    before_colon.map(|pair| pair[0].to_owned()).collect()
}

/// The services of the help page.
async fn offered(world: &World) -> Vec<Service> {
    let page = world.ask("GET", "/Help", None).await.expect(200).text;
    let page = page
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&lt;", "<");
    let sections = page.split("<section ").skip(1).map(|section| {
        let line = section.split("<p><code>").nth(1).unwrap();
        let (method, rest) = line.split_once(' ').unwrap();
        let address = rest.split_once("</code>").unwrap().0;
        let right = if section.contains("Open to everybody") {
            Right::Anyone
        } else if section.contains("application administrator.") {
            Right::Administrator
        } else {
            Right::User
        };
        Service {
            method: method.to_owned(),
            path: address.split_once("/index.php").unwrap().1.to_owned(),
            right,
            fields: fields(section),
        }
    });
    sections.collect()
}

/// The services of the document; none, and a word about it, where it is absent.
fn documented() -> Option<Vec<Service>> {
    let Ok(text) = std::fs::read_to_string(Path::new(DOCUMENT)) else {
        eprintln!("SKIPPED: this needs LibreBooking's document beside the project");
        return None;
    };
    // Services that delete stand among those that get; their names tell.
    let (mut method, mut name) = ("", "");
    let mut found: Vec<Service> = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_suffix(" Services") {
            method = title;
        } else if !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            name = line;
        } else if let Some(route) = line.strip_prefix("Route: /Web/Services/index.php") {
            let path = route.split(' ').next().unwrap().to_owned();
            found.push(Service {
                method: if name.starts_with("Delete") {
                    "DELETE"
                } else {
                    method
                }
                .to_owned(),
                path,
                right: Right::Anyone,
                fields: BTreeSet::new(),
            });
        }
        let Some(service) = found.last_mut() else {
            continue;
        };
        service.fields.extend(fields(line));
        if line.contains("secure and requires authentication") {
            service.right = service.right.max(Right::User);
        } else if line.contains("only available to application administrators") {
            service.right = Right::Administrator;
        }
    }
    Some(found)
}

#[tokio::test]
async fn the_services_are_those_of_the_document_with_every_field() {
    let offered = offered(&World::new().await).await;
    assert_eq!(offered.len(), 48);
    let Some(documented) = documented() else {
        return;
    };
    let keys =
        |services: &[Service]| -> BTreeSet<_> { services.iter().map(Service::key).collect() };
    assert_eq!(keys(&offered), keys(&documented));
    for service in documented {
        let ours = offered.iter().find(|ours| ours.key() == service.key());
        let missing: Vec<&String> = service.fields.difference(&ours.unwrap().fields).collect();
        assert!(missing.is_empty(), "{:?}: {missing:?}", service.key());
    }
}

/// The path with numbers in it: the person's own where a person is asked for, and elsewhere one that exists.
fn filled(path: &str, world: &World, person: &Person) -> String {
    path.replace(":userId", &person.id.to_string())
        .replace(":resourceId", &world.room.to_string())
        .replace(":scheduleId", &world.schedule.to_string())
        .replace(":referenceNumber", "nosuchreference")
        .replace(":groupId", "1")
        .replace(":attributeId", "1")
        .replace(":accessoryId", "1")
        .replace(":categoryId", "1")
}

#[tokio::test]
async fn c1_every_service_keeps_out_whom_it_is_not_for() {
    let world = World::new().await;
    let users = [
        &world.mia,
        &world.group_admin,
        &world.resource_admin,
        &world.schedule_admin,
    ];
    for service in offered(&world).await {
        let (method, right) = (service.method.as_str(), service.right);
        let path = filled(&service.path, &world, &world.mia);
        assert!(!path.contains(':'), "{path}");
        let nobody = world.ask(method, &path, None).await;
        // Where nobody may register, that is told with the same status, in JSON.
        let page = nobody.header("content-type").starts_with("text/html");
        let turned_away = nobody.status.as_u16() == 401 && page;
        assert_eq!(
            turned_away,
            right != Right::Anyone,
            "{method} {path}: {nobody:?}"
        );
        if !turned_away {
            continue;
        }
        let forged = Person {
            token: "0".repeat(26),
            ..world.admin.clone()
        };
        let answer = world.ask(method, &path, Some(&forged)).await;
        assert_eq!(answer.text, nobody.text, "{method} {path}");
        for person in users {
            let path = filled(&service.path, &world, person);
            let answer = world.ask(method, &path, Some(person)).await;
            let same = answer.text == nobody.text;
            assert_eq!(
                same,
                right == Right::Administrator,
                "{method} {path}: {answer:?}"
            );
        }
        if method != "DELETE" {
            let path = filled(&service.path, &world, &world.admin);
            let answer = world.ask(method, &path, Some(&world.admin)).await;
            assert!(answer.text != nobody.text, "{method} {path}: {answer:?}");
            assert!(answer.status.as_u16() < 500, "{method} {path}: {answer:?}");
        }
    }
}

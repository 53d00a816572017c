//! People come and go by the sheet, on both databases.

#[path = "../support/mod.rs"]
mod support;

mod doors;
mod dump;
mod exchange;
mod leaving;
mod report;

use support::{Answer, World};

/// Runs each story on both databases.
macro_rules! stories {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name($crate::support::World::new().await).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    if let Some(world) = $crate::support::World::on_postgres().await {
                        super::$name(world).await;
                    }
                }
            )*
        }
    };
}
pub(crate) use stories;

const BOUNDARY: &str = "----part";

/// A form with a file in it.
fn form(fields: &[(&str, &str)], filename: &str, file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(file);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    body
}

/// What a token's upload is answered.
async fn upload_as(world: &World, token: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
    let headers = [
        ("Authorization", format!("Bearer {token}")),
        ("Accept", "application/json".to_owned()),
        (
            "Content-Type",
            format!("multipart/form-data; boundary={BOUNDARY}"),
        ),
    ];
    let body = form(fields, "users.csv", file);
    world
        .raw("POST", "/api/v1/users/import", &headers, &body)
        .await
}

/// What the administrator's upload is answered.
async fn upload(world: &World, fields: &[(&str, &str)], file: &[u8]) -> Answer {
    upload_as(world, &world.token, fields, file).await
}

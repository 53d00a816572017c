//! The form of an import: a file, and what is to be done with it.

use axum::extract::multipart::{Field, Multipart, MultipartError, MultipartRejection};
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use bytes::Bytes;
use domain::decide::ImportKey;
use sheet::limits::MAX_FILE;

use crate::App;
use crate::answer::Fault;
use crate::errors::{Errors, MAX_TEXT};

/// The most bytes of a form: a file, and some room for the rest.
pub const MAX_FORM: usize = MAX_FILE + (64 << 10);

/// A form. Of fields with the same name the last counts; those we do not know are ignored.
#[derive(Debug, Default)]
pub struct Form {
    /// What the file is called, without folders.
    pub filename: String,
    /// What is in it.
    pub file: Bytes,
    /// See [`domain::decide::ImportUsers`].
    pub update: bool,
    pub restore: bool,
    pub deactivate: bool,
    pub dry_run: bool,
    pub key: ImportKey,
    pub confirmed: Option<u32>,
}

impl FromRequest<App> for Form {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        let multipart = Multipart::from_request(request, app).await;
        let mut multipart = multipart.map_err(|rejection| no_form(&rejection))?;
        let mut form = Self::default();
        let mut errors = Errors::default();
        let mut given = false;
        while let Some(field) = multipart
            .next_field()
            .await
            .map_err(|error| broken(&error))?
        {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                match field.file_name() {
                    Some(filename) => form.filename = base(filename),
                    None => errors.must_be("file", "a file"),
                }
                form.file = field.bytes().await.map_err(|error| broken(&error))?;
                given = true;
            } else {
                let text = text(field).await?;
                form.set(&name, text.trim(), &mut errors);
            }
        }
        if !given {
            errors.required("file");
        }
        if errors.is_empty() {
            Ok(form)
        } else {
            Err(errors.into())
        }
    }
}

impl Form {
    fn set(&mut self, name: &str, text: &str, errors: &mut Errors) {
        match name {
            "update" => self.update = flag(name, text, errors),
            "restore" => self.restore = flag(name, text, errors),
            "deactivate" => self.deactivate = flag(name, text, errors),
            "dry_run" => self.dry_run = flag(name, text, errors),
            "key_column" => match text.to_ascii_lowercase().as_str() {
                "" | "email" => self.key = ImportKey::Email,
                "id" => self.key = ImportKey::Id,
                "upn" => self.key = ImportKey::Upn,
                _ => errors.unknown(name),
            },
            "confirm_deactivate" if text.is_empty() => self.confirmed = None,
            "confirm_deactivate" => match text.parse() {
                Ok(users) => self.confirmed = Some(users),
                Err(_) => errors.must_be(name, "an integer"),
            },
            _ => {}
        }
    }
}

fn flag(name: &str, text: &str, errors: &mut Errors) -> bool {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "on" | "yes" => true,
        "0" | "false" | "off" | "no" | "" => false,
        _ => {
            errors.must_be(name, "true or false");
            false
        }
    }
}

async fn text(field: Field<'_>) -> Result<String, Fault> {
    let bytes = field.bytes().await.map_err(|error| broken(&error))?;
    let text = bytes.get(..bytes.len().min(MAX_TEXT)).unwrap_or_default();
    Ok(String::from_utf8_lossy(text).into_owned())
}

/// The last part of a path, whichever way its slashes lean; browsers have sent whole paths.
fn base(filename: &str) -> String {
    let name = filename.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars()
        .filter(|c| !c.is_control())
        .take(MAX_TEXT)
        .collect()
}

fn no_form(rejection: &MultipartRejection) -> Fault {
    let text = match rejection {
        MultipartRejection::InvalidBoundary(_) => {
            "The request must be a form, multipart/form-data, whose Content-Type names its boundary. Let your client \
             set that header itself."
        }
        _ => "The request could not be read as a form.",
    };
    Errors::one("file", text).into()
}

fn broken(error: &MultipartError) -> Fault {
    match error.status() {
        StatusCode::BAD_REQUEST => Fault::Malformed("The form could not be read.".into()),
        status => Fault::Body(status),
    }
}

//! `GET /users/export`

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::catalog::{Catalog, Object};
use domain::people::{Column, User, UserState};
use engine::store::UserFilter;
use sheet::Format;

use crate::App;
use crate::answer::Fault;
use crate::caller::{Caller, PeopleRead};
use crate::errors::Errors;
use crate::query::Query;

/// Gives everybody who is not deactivated as a sheet, which can be imported again.
pub async fn export(
    State(app): State<App>,
    caller: Caller<PeopleRead>,
    query: Query,
) -> Result<Response, Fault> {
    let format = format(&query)?;
    let filter = UserFilter {
        organisation: caller.actor.organisation,
        state: None,
        keys: Vec::new(),
        after: 0,
        limit: usize::MAX,
    };
    let users = app.engine.store().users(&filter).await?.items;
    let catalog = caller.catalog.clone();
    let write = tokio::task::spawn_blocking(move || {
        let rows = rows(&users, &catalog);
        sheet::write(format, &rows)
    });
    let written = write.await.map_err(|_| Fault::Failed)?;
    let file = written.map_err(|error| {
        tracing::error!(%error, "a sheet can not be written");
        Fault::Failed
    })?;
    let (kind, name) = match format {
        Format::Csv => (
            Format::Csv.media_type(),
            "attachment; filename=\"users.csv\"",
        ),
        Format::Xlsx => (
            Format::Xlsx.media_type(),
            "attachment; filename=\"users.xlsx\"",
        ),
        Format::Ods => (
            Format::Ods.media_type(),
            "attachment; filename=\"users.ods\"",
        ),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    Ok((headers, file).into_response())
}

/// The one that is asked for; csv, if none is.
fn format(query: &Query) -> Result<Format, Errors> {
    let Some(name) = query.get("format") else {
        return Ok(Format::Csv);
    };
    let named = |format: &Format| format.extension().eq_ignore_ascii_case(name);
    Format::ALL.into_iter().find(named).ok_or_else(|| {
        let mut errors = Errors::default();
        errors.unknown("format");
        errors
    })
}

fn rows(users: &[Object<User>], catalog: &Catalog) -> Vec<Vec<String>> {
    let head = Column::ALL.map(|column| column.name().to_owned()).to_vec();
    let active = users
        .iter()
        .filter(|user| user.state != UserState::Inactive);
    let row = |user: &Object<User>| {
        let cells = Column::ALL
            .into_iter()
            .map(|column| column.text(user, catalog));
        cells.collect()
    };
    std::iter::once(head).chain(active.map(row)).collect()
}

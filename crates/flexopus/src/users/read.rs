//! `GET /users/{id}` and `GET /users/by-email/{user_email}`

use axum::extract::State;

use super::{user, user_with_email};
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{Caller, Id, Name, PeopleRead};
use crate::views::UserView;

/// A person by number, those who are deactivated included.
pub async fn by_id(
    State(app): State<App>,
    caller: Caller<PeopleRead>,
    Id(id): Id,
) -> Result<Reply, Fault> {
    let user = user(&app, &caller, id).await?;
    Reply::data(&UserView::new(&user))
}

/// A person by address, case aside.
pub async fn by_email(
    State(app): State<App>,
    caller: Caller<PeopleRead>,
    Name(email): Name,
) -> Result<Reply, Fault> {
    let user = user_with_email(&app, &caller, &email).await?;
    Reply::data(&UserView::new(&user))
}

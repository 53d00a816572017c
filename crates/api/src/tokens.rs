//! `GET /tokens`, `POST /tokens`, `DELETE /tokens/{id}`

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::decide::{ClientGrant, IssueToken, NewToken, RevokeToken, TokenKind};
use domain::ids::{TokenId, UserId};
use domain::people::{Door, Rights, Scope};
use domain::refusal::{Forbidden, Refusal};
use engine::Request;
use engine::store::{Executed, TokenRow};
use http_kit::{Problem, StrictQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::caller::{Caller, Path, TokensWrite};
use crate::catalog::number;
use crate::perform::{Incoming, no_content};
use crate::problem::{refusal_problem, store_problem};
use crate::wire::{Wire, instant, invalid};

/// The routes of tokens.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(delete))
}

/// A token, without its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenView {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub user: i64,
    /// `api` for programs, `session` for a log-in with a password; `access` for what a client was given, `refresh` for what it
    /// gets the next one with.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<&'static str>,
    /// When it was issued.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Until when it is good; null for ever.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// The client it was given to; null if it was given to none.
    pub client: Option<TokenClient>,
    /// Whether it is the one the request came with.
    pub current: bool,
}

/// A client that somebody lets act for them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenClient {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub name: String,
}

/// All tokens of a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenList {
    /// The tokens, by id.
    pub items: Vec<TokenView>,
    /// Always null: there is one page.
    pub next: Option<String>,
}

/// A token to be issued.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTokenBody {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// What it may be used for; at most what the caller's own token may.
    #[schema(min_items = 1)]
    pub scopes: Vec<String>,
    /// Until when it is good; null for ever.
    #[serde(default)]
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// Whose it is to be, for administrators; without it, the caller's.
    #[serde(default)]
    pub user: Option<i64>,
}

/// A token that was issued.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IssuedToken {
    /// Its number.
    pub id: i64,
    /// The secret to send as `Authorization: Bearer`; it is shown this once.
    pub token: String,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// Until when it is good; null for ever.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

/// The query of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TokensQuery {
    /// Whose, for administrators; without it, the caller's own.
    user: Option<i64>,
}

/// List one's tokens and sessions; administrators also those of others.
#[utoipa::path(
    get,
    path = "/tokens",
    tag = "tokens",
    security(("bearer" = ["tokens:write"])),
    params(TokensQuery),
    responses((status = 200, description = "The tokens.", body = TokenList), (status = 404)),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller<TokensWrite>,
    StrictQuery { value: query }: StrictQuery<TokensQuery>,
) -> Result<Json<TokenList>, Problem> {
    let me = caller.actor.id();
    let user = query.user.map_or(me, UserId);
    if user != me {
        administers(&app, &caller)?;
        let users = app
            .engine
            .store()
            .users_by_id(caller.actor.organisation, &[user])
            .await;
        let users = users.map_err(|error| store_problem(&error))?;
        if !users.contains_key(&user) {
            return Err(Problem::not_found());
        }
    }
    let tokens = app.engine.store().tokens_of(user).await;
    let tokens = tokens.map_err(|error| store_problem(&error))?;
    let current = caller.actor.token;
    let catalog = app.engine.catalog(caller.actor.organisation);
    let catalog = catalog.map_err(|error| store_problem(&error))?;
    let client = |grant: &ClientGrant| {
        let client = catalog.clients.get(grant.client.0)?;
        Some(TokenClient {
            id: client.id,
            name: client.name.clone(),
        })
    };
    let view = |token: TokenRow| TokenView {
        client: token.grant.as_ref().and_then(client),
        id: token.id.0,
        user: token.user.0,
        kind: token.kind.name().to_owned(),
        name: token.name,
        scopes: token.scopes.iter().map(Scope::name).collect(),
        created_at: token.created_at.to_wire(),
        expires_at: token.expires_at.to_wire(),
        current: Some(token.id) == current,
    };
    Ok(Json(TokenList {
        items: tokens.into_iter().map(view).collect(),
        next: None,
    }))
}

fn administers(app: &App, caller: &Caller<TokensWrite>) -> Result<(), Problem> {
    let catalog = app.engine.catalog(caller.actor.organisation);
    let catalog = catalog.map_err(|error| store_problem(&error))?;
    if Rights::of(&catalog, &caller.actor.user).administers_all() {
        Ok(())
    } else {
        Err(refusal_problem(&Refusal::Forbidden(
            Forbidden::ManagePeople,
        )))
    }
}

/// Issue a token.
///
/// The secret is in this answer only. A token gives no more scopes than the caller's own has. Takes no
/// `Idempotency-Key`: the secret is not kept.
#[utoipa::path(
    post,
    path = "/tokens",
    tag = "tokens",
    security(("bearer" = ["tokens:write"])),
    request_body = NewTokenBody,
    responses((status = 201, description = "The token with its secret.", body = IssuedToken), (status = 404)),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller<TokensWrite>,
    incoming: Incoming,
) -> Result<Response, Problem> {
    incoming.refuse_key()?;
    let body: NewTokenBody = incoming.json()?;
    let scope = |name: &String| {
        Scope::from_name(name)
            .ok_or_else(|| invalid("scopes", format!("there is no scope {name:.40}")))
    };
    let expires_at = body
        .expires_at
        .as_deref()
        .map(|text| instant("expires_at", text))
        .transpose()?;
    if body.name.trim().is_empty() {
        return Err(invalid("name", "1 to 255 characters"));
    }
    let (secret, hash) = app
        .engine
        .new_token_secret()
        .map_err(|error| store_problem(&error))?;
    let token = NewToken {
        user: body.user.map_or(caller.actor.id(), UserId),
        kind: TokenKind::Api,
        door: Door::Api,
        idle: None,
        name: body.name.clone(),
        hash,
        scopes: body.scopes.iter().map(scope).collect::<Result<_, _>>()?,
        expires_at,
        unlimited: false,
    };
    let request = Request::plain(caller.request.clone());
    let executed = app
        .engine
        .execute(&caller.actor, IssueToken(token), request)
        .await;
    match executed.map_err(|error| store_problem(&error))? {
        Executed::Fresh(Ok(id), _) => {
            let issued = IssuedToken {
                id: id.0,
                token: secret,
                name: body.name,
                scopes: body.scopes,
                expires_at: expires_at.to_wire(),
            };
            let place = [(header::LOCATION, format!("{}/tokens/{id}", crate::BASE))];
            Ok((StatusCode::CREATED, place, Json(issued)).into_response())
        }
        Executed::Fresh(Err(refusal), _) => Err(refusal_problem(&refusal)),
        Executed::Replayed(_) | Executed::KeyReused => Err(Problem::internal()),
    }
}

/// Revoke a token or end a session: at once, for ever. With what a client was given goes all that came of the same consent.
#[utoipa::path(
    delete,
    path = "/tokens/{id}",
    tag = "tokens",
    security(("bearer" = ["tokens:write"])),
    params(
        ("id" = i64, Path, description = "The token."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    responses((status = 204, description = "It is good for nothing any more.")),
)]
pub async fn delete(
    State(app): State<App>,
    caller: Caller<TokensWrite>,
    Path(id): Path<String>,
    incoming: Incoming,
) -> Response {
    match known(&app, &caller, &id).await {
        Ok(command) => {
            incoming
                .perform(&app, &caller, |_| Ok(command), |(), _| no_content())
                .await
        }
        Err(problem) => incoming.remember(&app, &caller, problem).await,
    }
}

async fn known(app: &App, caller: &Caller<TokensWrite>, id: &str) -> Result<RevokeToken, Problem> {
    let token = app.engine.store().token(TokenId(number(id)?)).await;
    let token = token.map_err(|error| store_problem(&error))?;
    let mine = |token: &TokenRow| {
        token.organisation == caller.actor.organisation
            && (token.user == caller.actor.id() || administers(app, caller).is_ok())
    };
    let token = token.filter(mine).ok_or_else(Problem::not_found)?;
    Ok(RevokeToken {
        id: token.id,
        owner: token.user,
    })
}

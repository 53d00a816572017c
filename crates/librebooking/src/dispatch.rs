//! From a request to its service and back.

use std::net::IpAddr;

use axum::body::Body as HttpBody;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::decide::Command;
use domain::ids::OrganisationId;
use domain::people::Actor;
use domain::refusal::Refusal;
use engine::store::Executed;
use futures_util::future::BoxFuture;
use http_kit::json::{MAX_BODY, read_body};
use http_kit::{ClientAddress, RequestId};
use jiff::Timestamp;

use crate::access::{self, Caller};
use crate::answer::{Fault, Reply};
use crate::body::Body;
use crate::query::Query;
use crate::routing::{Access, Found, Service, find};
use crate::{App, BASE, complaints, pages};

/// What carries a service out.
pub type Handler = fn(Call) -> BoxFuture<'static, Result<Reply, Fault>>;

/// A request that has found its service.
pub struct Call {
    /// What all services share.
    pub app: App,
    /// The organisation it is for.
    pub organisation: OrganisationId,
    /// Who calls; always somebody where the service asks for a session.
    caller: Option<Caller>,
    /// The variable parts of the path.
    pub parts: Vec<String>,
    /// The parameters.
    pub query: Query,
    /// The body.
    pub body: Body,
    /// Where it comes from.
    pub network: IpAddr,
    /// Its id.
    pub request: String,
}

impl Call {
    /// Who calls.
    ///
    /// # Errors
    /// [`Fault::Unauthenticated`] where the service asks for no session.
    pub fn caller(&self) -> Result<&Caller, Fault> {
        self.caller.as_ref().ok_or(Fault::Unauthenticated)
    }

    /// The number that the first variable part of the path is.
    ///
    /// # Errors
    /// [`Fault::NotFound`] if it is none.
    pub fn id(&self) -> Result<i64, Fault> {
        let text = self.parts.first().ok_or(Fault::NotFound)?;
        text.parse().map_err(|_| Fault::NotFound)
    }

    /// The instant that a parameter of the query means to the caller; none if it is not given.
    ///
    /// # Errors
    /// 400 if it is no date.
    pub fn instant(&self, caller: &Caller, name: &str) -> Result<Option<Timestamp>, Fault> {
        let Some(text) = self.query.get(name) else {
            return Ok(None);
        };
        let instant = caller.instant(text);
        let missing = || Fault::error(format!("Missing or invalid {name}"));
        instant.map(Some).ok_or_else(missing)
    }

    /// The whole number that a parameter of the query is; none if it is not given.
    ///
    /// # Errors
    /// 400 if it is none.
    pub fn number(&self, name: &str) -> Result<Option<i64>, Fault> {
        let Some(text) = self.query.get(name) else {
            return Ok(None);
        };
        let number = text.trim().parse();
        number
            .map(Some)
            .map_err(|_| Fault::error(format!("Missing or invalid {name}")))
    }

    /// Carries out, in the caller's name, a command that changes people or the catalog: all that is wrong is told.
    ///
    /// # Errors
    /// The refusal, or the failure of the store.
    pub async fn manage<C: Command>(&self, command: C) -> Result<C::Outcome, Fault> {
        let caller = self.caller()?;
        let outcome = self.decide(&caller.actor, command).await?;
        outcome.map_err(|refusal| complaints::fault(refusal, &caller.catalog))
    }

    /// What comes of somebody's command.
    ///
    /// # Errors
    /// The failure of the store.
    pub async fn decide<C: Command>(
        &self,
        actor: &Actor,
        command: C,
    ) -> Result<Result<C::Outcome, Refusal>, Fault> {
        let request = engine::Request::plain(self.request.clone());
        match self.app.engine.execute(actor, command, request).await? {
            Executed::Fresh(outcome, _) => Ok(outcome),
            Executed::Replayed(_) | Executed::KeyReused => Err(Fault::Failed),
        }
    }
}

/// Answers a request below [`BASE`].
pub async fn dispatch(State(app): State<App>, request: Request) -> Response {
    let organisation = access::organisation(&app, request.headers());
    match app.catalog(organisation) {
        Ok(catalog) if catalog.organisation.doors.librebooking => {}
        Ok(_) => return closed(),
        Err(fault) => return fault.into_response(),
    }
    let path = request.uri().path().strip_prefix(BASE).unwrap_or_default();
    if request.method() == Method::GET || request.method() == Method::HEAD {
        match path {
            "" => return moved(request.uri().path(), request.uri().query()),
            "/" | "/Help" => return pages::html(StatusCode::OK, app.help.clone()),
            pages::STYLE_PATH => return pages::style(),
            _ => {}
        }
    }
    let path = path.to_owned();
    let (method, query) = (
        request.method().clone(),
        request.uri().query().unwrap_or("").to_owned(),
    );
    match find(&method, &path) {
        Found::Nothing => not_found(),
        Found::Moved => moved(request.uri().path(), request.uri().query()),
        Found::OtherMethods(_) if method == Method::POST => {
            // A POST may stand for a DELETE that the client's proxy does not let through.
            match call(app, request, None, &path, query).await {
                Ok(response) => response,
                Err(fault) => fault.into_response(),
            }
        }
        Found::OtherMethods(methods) => method_not_allowed(&methods),
        Found::Service(service, _) => match call(app, request, Some(service), &path, query).await {
            Ok(response) => response,
            Err(fault) => fault.into_response(),
        },
    }
}

async fn call(
    app: App,
    request: Request,
    found: Option<&'static Service>,
    path: &str,
    query: String,
) -> Result<Response, Fault> {
    let headers = request.headers().clone();
    let network = ClientAddress::of(request.extensions());
    let id = request
        .extensions()
        .get::<RequestId>()
        .map_or_else(String::new, |id| id.as_str().to_owned());
    let method = request.method().clone();
    let bytes = read_body(request.map(HttpBody::new), MAX_BODY)
        .await
        .map_err(|problem| Fault::Body(problem.status()))?;
    let overridden = method == Method::POST
        && (headers
            .get("x-http-method-override")
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"DELETE"))
            || is_form_delete(&headers, &bytes));
    let (service, parts) = if overridden {
        match find(&Method::DELETE, path) {
            Found::Service(service, parts) => (service, parts),
            Found::OtherMethods(methods) => return Ok(method_not_allowed(&methods)),
            Found::Moved | Found::Nothing => return Ok(not_found()),
        }
    } else {
        match (found, find(&method, path)) {
            (Some(_), Found::Service(service, parts)) => (service, parts),
            (_, Found::OtherMethods(methods)) => return Ok(method_not_allowed(&methods)),
            _ => return Ok(not_found()),
        }
    };
    let caller = match service.access {
        Access::Anyone => None,
        Access::User => Some(access::caller(&app, &headers).await?),
        Access::Administrator => {
            let caller = access::caller(&app, &headers).await?;
            if !caller.rights().administers_all() {
                return Err(Fault::Unauthenticated);
            }
            Some(caller)
        }
    };
    let organisation = caller.as_ref().map_or_else(
        || access::organisation(&app, &headers),
        |caller| caller.actor.organisation,
    );
    let call = Call {
        organisation,
        caller,
        parts: parts.into_iter().map(decoded).collect(),
        query: Query::parse(&query),
        body: Body::parse(&bytes),
        network,
        request: id,
        app,
    };
    (service.handler)(call)
        .await
        .map(IntoResponse::into_response)
}

/// A variable part of a path as it was meant.
fn decoded(part: &str) -> String {
    let pairs = http_kit::query::query_pairs(&part.replace('+', "%2B")).unwrap_or_default();
    pairs
        .into_iter()
        .next()
        .map_or_else(|| part.to_owned(), |(name, _)| name)
}

/// Whether a form says `_METHOD=DELETE`.
fn is_form_delete(headers: &axum::http::HeaderMap, body: &[u8]) -> bool {
    let is_form = headers.get(header::CONTENT_TYPE).is_some_and(|value| {
        value
            .as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    });
    let Ok(text) = std::str::from_utf8(body) else {
        return false;
    };
    is_form
        && http_kit::query::query_pairs(text).is_ok_and(|pairs| {
            pairs
                .iter()
                .any(|(name, value)| name == "_METHOD" && value.eq_ignore_ascii_case("DELETE"))
        })
}

fn moved(path: &str, query: Option<&str>) -> Response {
    let place = match query {
        Some(query) => format!("{path}/?{query}"),
        None => format!("{path}/"),
    };
    let page = pages::notice(
        StatusCode::MOVED_PERMANENTLY,
        "Moved",
        "This address ends in a slash.",
    );
    match HeaderValue::try_from(place) {
        Ok(place) => ([(header::LOCATION, place)], page).into_response(),
        Err(_) => not_found(),
    }
}

fn closed() -> Response {
    let text = "This API is not enabled. Ask an administrator.";
    pages::notice(StatusCode::SERVICE_UNAVAILABLE, "Not enabled", text)
}

fn not_found() -> Response {
    let text = format!("There is no such service. <a href=\"{BASE}/\">See which there are</a>.");
    pages::notice(StatusCode::NOT_FOUND, "Not found", &text)
}

fn method_not_allowed(methods: &[Method]) -> Response {
    let mut allow: Vec<&str> = Vec::new();
    for method in methods {
        allow.push(method.as_str());
        if method == Method::GET {
            allow.push("HEAD");
        }
    }
    let page = pages::notice(
        StatusCode::METHOD_NOT_ALLOWED,
        "Method not allowed",
        "This service answers to other methods.",
    );
    let allow = HeaderValue::try_from(allow.join(" ")).unwrap_or(HeaderValue::from_static("GET"));
    ([(header::ALLOW, allow)], page).into_response()
}

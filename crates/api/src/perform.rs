//! From a request with a body to a command, and from its outcome to the answer, which is kept with the effect.

use axum::body::Body;
use axum::extract::{FromRequest, Request as HttpRequest};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::decide::{Command, Snapshot};
use engine::Request;
use engine::store::{Answer, Executed, Idempotency};
use http_kit::Problem;
use http_kit::conditional::{Tags, idempotency_key, if_match};
use http_kit::json::{MAX_BODY, parse_strict, read_body};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::App;
use crate::caller::{Caller, Needs};
use crate::problem::{refusal_problem, store_problem};

/// A request that is going to change something, its body not yet understood.
pub struct Incoming {
    method: Method,
    target: String,
    idempotency: Option<Idempotency>,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    body: Bytes,
    has_json: bool,
}

impl FromRequest<App> for Incoming {
    type Rejection = Problem;

    async fn from_request(request: HttpRequest, _app: &App) -> Result<Self, Problem> {
        Self::up_to(request, MAX_BODY).await
    }
}

impl Incoming {
    /// The request, with a body of at most so many bytes.
    ///
    /// # Errors
    /// As of [`read_body`], and 400 for headers that can not be read.
    pub async fn up_to(request: HttpRequest, limit: usize) -> Result<Self, Problem> {
        let headers = request.headers();
        let key = idempotency_key(headers)?.map(str::to_owned);
        let expected_version = expected_version(headers)?;
        let has_json = is_json(headers);
        let (method, target) = (request.method().clone(), request.uri().to_string());
        let body = read_body(request.map(Body::new), limit).await?;
        let idempotency = key.map(|key| Idempotency {
            key,
            fingerprint: fingerprint(&method, &target, &body),
        });
        Ok(Self {
            method,
            target,
            idempotency,
            expected_version,
            body,
            has_json,
        })
    }
}

/// The one version that `If-Match` names; none for `*` or no such header. A tag that is no version never matches.
fn expected_version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    match if_match(headers)? {
        None | Some(Tags::Any) => Ok(None),
        Some(Tags::List(tags)) => match tags.as_slice() {
            [tag] => {
                let version = tag
                    .strip_prefix("\"v")
                    .and_then(|rest| rest.strip_suffix('"'));
                Ok(Some(
                    version
                        .and_then(|version| version.parse().ok())
                        .unwrap_or(-1),
                ))
            }
            _ => Err(Problem::bad_request("If-Match names one version here")),
        },
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let essence = value
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// What must be the same again when a key is: method, target and body, each with its length before it.
fn fingerprint(method: &Method, target: &str, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [method.as_str().as_bytes(), target.as_bytes(), body] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

impl Incoming {
    /// The body as it came.
    pub fn bytes(&self) -> Bytes {
        self.body.clone()
    }

    /// The body as `T`.
    ///
    /// # Errors
    /// 415 if it is not JSON, 400 if it is not a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        if !self.has_json {
            return Err(Problem::unsupported_media_type("application/json"));
        }
        parse_strict(&self.body).map_err(Problem::from)
    }

    /// The body as `T`; `T`'s default, if there is none.
    ///
    /// # Errors
    /// As [`Self::json`].
    pub fn json_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Problem> {
        if self.body.is_empty() {
            Ok(T::default())
        } else {
            self.json()
        }
    }

    /// The same, with a fingerprint for repetitions that tells nothing of these fields of the body: a fast hash of a
    /// password must not be stored anywhere.
    #[must_use]
    pub fn without_secrets(mut self, fields: &[&str]) -> Self {
        let Some(idempotency) = &mut self.idempotency else {
            return self;
        };
        let body = match serde_json::from_slice::<serde_json::Value>(&self.body) {
            Ok(serde_json::Value::Object(mut body)) => {
                body.retain(|name, _| !fields.contains(&name.as_str()));
                serde_json::Value::Object(body).to_string().into_bytes()
            }
            _ => Vec::new(),
        };
        idempotency.fingerprint = fingerprint(&self.method, &self.target, &body);
        self
    }

    /// Refuses an `Idempotency-Key`, where the answer holds a secret that must not be kept.
    ///
    /// # Errors
    /// 400
    pub fn refuse_key(&self) -> Result<(), Problem> {
        match self.idempotency {
            Some(_) => Err(Problem::bad_request(
                "no Idempotency-Key here: the answer holds a secret that is not kept",
            )),
            None => Ok(()),
        }
    }

    /// Carries out what `build` makes of the request, and answers what `answer` makes of the outcome.
    ///
    /// With an `Idempotency-Key` the answer is kept in the transaction that has the effect, and so is a refusal; a
    /// body that can not be understood is remembered as well.
    pub async fn perform<S: Needs, C: Command>(
        self,
        app: &App,
        caller: &Caller<S>,
        build: impl FnOnce(&Self) -> Result<C, Problem>,
        answer: impl FnOnce(&C::Outcome, &Snapshot) -> Answer + Send + 'static,
    ) -> Response {
        let command = match build(&self) {
            Ok(command) => command,
            Err(problem) => return self.remember(app, caller, problem).await,
        };
        let render = move |outcome: Result<&C::Outcome, &domain::refusal::Refusal>,
                           snapshot: &Snapshot| match outcome {
            Ok(outcome) => answer(outcome, snapshot),
            Err(refusal) => problem_answer(&refusal_problem(refusal)),
        };
        let request = Request {
            id: caller.request.clone(),
            idempotency: self.idempotency,
            render: Some(Box::new(render)),
        };
        respond(app.engine.execute(&caller.actor, command, request).await)
    }

    /// Answers with a problem, and remembers it under the request's key.
    pub async fn remember<S: Needs>(
        self,
        app: &App,
        caller: &Caller<S>,
        problem: Problem,
    ) -> Response {
        if self.idempotency.is_none() {
            return problem.into_response();
        }
        let render =
            move |_: Result<&(), &domain::refusal::Refusal>, _: &Snapshot| problem_answer(&problem);
        let request = Request {
            id: caller.request.clone(),
            idempotency: self.idempotency,
            render: Some(Box::new(render)),
        };
        respond(
            app.engine
                .execute(&caller.actor, engine::Remember, request)
                .await,
        )
    }
}

fn respond<T>(executed: Result<Executed<T>, engine::store::StoreError>) -> Response {
    match executed {
        Ok(Executed::Fresh(_, Some(answer)) | Executed::Replayed(answer)) => response(answer),
        Ok(Executed::Fresh(_, None)) => StatusCode::NO_CONTENT.into_response(),
        Ok(Executed::KeyReused) => {
            let detail = "this Idempotency-Key came with another request before";
            Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "The key was used before",
            )
            .detail(detail)
            .into_response()
        }
        Err(error) => store_problem(&error).into_response(),
    }
}

fn response(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn problem_answer(problem: &Problem) -> Answer {
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let mut headers: Vec<_> = problem.headers().iter().filter_map(text).collect();
    headers.push(("content-type".into(), "application/problem+json".into()));
    Answer {
        status: problem.status().as_u16(),
        headers,
        body: problem.to_json().to_string().into_bytes(),
    }
}

/// An answer with a JSON body.
pub fn json_answer(status: StatusCode, body: &impl Serialize) -> Answer {
    match serde_json::to_vec(body) {
        Ok(body) => {
            let headers = vec![("content-type".into(), "application/json".into())];
            Answer {
                status: status.as_u16(),
                headers,
                body,
            }
        }
        Err(error) => {
            tracing::error!(%error, "an answer has no JSON form");
            problem_answer(&Problem::internal())
        }
    }
}

/// The same with the version as entity tag.
pub fn versioned(mut answer: Answer, version: i64) -> Answer {
    answer
        .headers
        .push(("etag".into(), format!("\"v{version}\"")));
    answer
}

/// The same with the address of what was made.
pub fn located(mut answer: Answer, path: String) -> Answer {
    answer.headers.push(("location".into(), path));
    answer
}

/// An answer without a body.
pub fn no_content() -> Answer {
    Answer {
        status: 204,
        headers: Vec::new(),
        body: Vec::new(),
    }
}

//! Refusals and failures as problem details (RFC 9457).

use std::time::Duration;

use axum::http::StatusCode;
use domain::refusal::{Refusal, Violation};
use engine::store::StoreError;
use http_kit::Problem;
use serde_json::json;

/// How long a client should wait before it tries again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A refusal: 404, 403, 412, 409 for a conflict, 422 for any other rule.
pub fn refusal_problem(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::NotFound(_) => Problem::not_found(),
        Refusal::Forbidden(what) => Problem::forbidden().with("forbidden", json!(what)),
        Refusal::Stale { current } => Problem::precondition_failed().with("current", *current),
        Refusal::Rules(violations) => rules(violations, refusal.is_conflict()),
    }
}

fn rules(violations: &[Violation], conflict: bool) -> Problem {
    let problem = if conflict {
        Problem::new(
            StatusCode::CONFLICT,
            "conflict",
            "Something else is in the way",
        )
    } else {
        Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "refused",
            "A rule is against it",
        )
    };
    let rule = violations
        .first()
        .map(|violation| json!(violation))
        .and_then(|first| first.get("rule").cloned());
    problem
        .with("rule", rule.unwrap_or_default())
        .with("violations", json!(violations))
}

/// A failure of the store: 503 where another try may help, 500 otherwise. The cause is logged, not told.
pub fn store_problem(error: &StoreError) -> Problem {
    match error {
        StoreError::Overloaded => {
            Problem::unavailable(RETRY_AFTER).detail("too many requests are waiting")
        }
        StoreError::Unavailable(_) | StoreError::Unknown(_) => {
            tracing::error!(%error, "the store failed");
            Problem::unavailable(RETRY_AFTER)
        }
        StoreError::NoOrganisation => Problem::not_found(),
        other => {
            tracing::error!(error = %other, "the store failed");
            Problem::internal()
        }
    }
}

/// Well-formed, but nonsense: 422.
pub fn unprocessable(rule: domain::refusal::Rule) -> Problem {
    refusal_problem(&Refusal::rule(rule))
}

//! Makes a router say 404 and 405 as problems.

use axum::Router;

use super::Problem;

/// Answers what no route matches with a 404 problem, and a method that a route does not know with
/// a 405 problem that keeps the `Allow` header.
///
/// To be called after all routes are added: routes added later keep axum's empty 405.
pub fn problem_fallbacks<S>(router: Router<S>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    router
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::method_unknown() })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::{get, post};
    use http::Request;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn fallbacks_are_problems() -> Result<(), Box<dyn std::error::Error>> {
        let nested = Router::new().route("/b", post(|| async {}));
        let router = Router::new()
            .route("/a", get(|| async {}))
            .nest("/n", nested);
        let router = problem_fallbacks(router);
        for (method, path, status, allow) in [
            ("GET", "/missing", 404, None),
            ("DELETE", "/a", 405, Some("GET,HEAD")),
            ("GET", "/n/b", 405, Some("POST")),
            ("GET", "/n/missing", 404, None),
        ] {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .body(Body::empty())?;
            let response = router.clone().oneshot(request).await?;
            assert_eq!(response.status(), status, "{method} {path}");
            let headers = response.headers();
            assert_eq!(headers["content-type"], "application/problem+json");
            assert_eq!(
                headers.get("allow").and_then(|value| value.to_str().ok()),
                allow
            );
        }
        Ok(())
    }
}

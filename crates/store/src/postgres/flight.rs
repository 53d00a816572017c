//! Flights: statements that travel together, so that many cost one round trip.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use deadpool_postgres::ClientWrapper;
use futures_util::future::try_join_all;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};

/// A statement's parameter.
pub(super) type Param = Box<dyn ToSql + Sync + Send>;

/// Statements to be sent in order before any answer is awaited.
#[derive(Default)]
pub(super) struct Flight {
    steps: Vec<(Cow<'static, str>, Vec<Param>)>,
}

/// The first statement that failed, and why.
pub(super) struct Failed {
    /// Its number; none if nothing was sent.
    pub(super) step: Option<usize>,
    pub(super) error: tokio_postgres::Error,
}

impl Flight {
    /// Adds a statement; returns its number, by which its rows are found.
    pub(super) fn add(&mut self, sql: impl Into<Cow<'static, str>>, params: Vec<Param>) -> usize {
        self.steps.push((sql.into(), params));
        self.steps.len() - 1
    }

    /// Whether there is nothing to send.
    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Sends all, and returns the rows of each. After an error in a transaction the statements behind it fail as
    /// well, so the first error is the cause.
    pub(super) async fn fly(self, client: &ClientWrapper) -> Result<Vec<Vec<Row>>, Failed> {
        let prepared = self.steps.iter().map(|(sql, _)| client.prepare_cached(sql));
        let prepared = try_join_all(prepared).await;
        let statements = prepared.map_err(|error| Failed { step: None, error })?;
        let queries = statements.iter().zip(&self.steps);
        let queries = queries.map(|(statement, (_, params))| query(client, statement, params));
        let mut rows = Vec::with_capacity(self.steps.len());
        for (step, result) in in_order(queries.collect()).await.into_iter().enumerate() {
            rows.push(result.map_err(|error| Failed {
                step: Some(step),
                error,
            })?);
        }
        Ok(rows)
    }
}

type Query<'a> = Pin<Box<dyn Future<Output = Result<Vec<Row>, tokio_postgres::Error>> + Send + 'a>>;

fn query<'a>(
    client: &'a ClientWrapper,
    statement: &'a Statement,
    params: &'a [Param],
) -> Query<'a> {
    Box::pin(async move {
        let params: Vec<&(dyn ToSql + Sync)> = params
            .iter()
            .map(|param| &**param as &(dyn ToSql + Sync))
            .collect();
        client.query(statement, &params).await
    })
}

/// Polls all in order: a query is sent when it is polled first, so this order is the one the server sees. What stands
/// behind one that could not even be sent is not sent at all, least of all a commit.
async fn in_order(mut queries: Vec<Query<'_>>) -> Vec<Result<Vec<Row>, tokio_postgres::Error>> {
    let mut results: Vec<Option<_>> = queries.iter().map(|_| None).collect();
    let mut sending = true;
    std::future::poll_fn(move |context| {
        let mut sent = results.len();
        for (step, query) in queries.iter_mut().enumerate().take(sent) {
            if results[step].is_none()
                && let Poll::Ready(ready) = query.as_mut().poll(context)
            {
                let failed = ready.is_err();
                results[step] = Some(ready);
                if failed && sending {
                    sent = step + 1;
                    break;
                }
            }
        }
        sending = false;
        results.truncate(sent);
        if results.iter().any(Option::is_none) {
            return Poll::Pending;
        }
        Poll::Ready(results.drain(..).flatten().collect())
    })
    .await
}

/// Boxes parameters: `params![id, name]`.
macro_rules! params {
    ($($param:expr),* $(,)?) => {
        vec![$(Box::new($param) as $crate::postgres::flight::Param),*]
    };
}
pub(super) use params;

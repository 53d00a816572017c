//! `GET /availability`

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use domain::catalog::{Object, Resource};
use domain::ids::ResourceId;
use domain::time::Interval;
use engine::{AvailabilityQuery, availability};
use http_kit::Problem;
use http_kit::query::query_pairs;
use jiff::SignedDuration;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::caller::{BookingsRead, Caller};
use crate::catalog::Viewer;
use crate::problem::{store_problem, unprocessable};
use crate::wire::{instant, invalid, zoned};

/// The most resources that are looked at.
const MOST: usize = 2000;
/// The longest window and gap, in minutes: 31 days.
const LONGEST: i64 = 31 * 24 * 60;

/// The route of availability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read))
}

/// What there is of one resource.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AvailableView {
    /// The resource.
    pub resource: i64,
    /// Its name.
    pub name: String,
    /// Whether enough units are free throughout the window.
    pub free: bool,
    /// How many are.
    pub free_units: u32,
    /// When the next gap begins that is long enough; null if it is free, or none comes within seven days.
    #[schema(format = DateTime)]
    pub next_gap: Option<String>,
}

/// What there is of each resource.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AvailabilityView {
    /// The resources: free ones first, then by the next gap, then by name.
    pub items: Vec<AvailableView>,
    /// Always null: there is one page.
    pub next: Option<String>,
}

/// The query, by hand: a tag may come more than once.
#[derive(Default)]
struct Query {
    from: Option<String>,
    to: Option<String>,
    kind: Option<String>,
    tags: Vec<String>,
    site: Option<i64>,
    area: Option<i64>,
    units: Option<u32>,
    minutes: Option<u32>,
    limit: Option<usize>,
}

impl Query {
    fn parse(text: &str) -> Result<Self, Problem> {
        let mut query = Self::default();
        let mut seen = Vec::new();
        for (name, value) in query_pairs(text)? {
            if name != "tag" && seen.contains(&name) {
                return Err(Problem::bad_request("A parameter is there twice.").with("field", name));
            }
            match name.as_str() {
                "from" => query.from = Some(value),
                "to" => query.to = Some(value),
                "kind" => query.kind = Some(value),
                "tag" => query
                    .tags
                    .extend(value.split(',').map(|tag| tag.trim().to_lowercase())),
                "site" => query.site = Some(whole(&name, &value)?),
                "area" => query.area = Some(whole(&name, &value)?),
                "units" => query.units = Some(whole(&name, &value)?),
                "minutes" => query.minutes = Some(whole(&name, &value)?),
                "limit" => query.limit = Some(whole(&name, &value)?),
                _ => {
                    let name: String = name.chars().take(100).collect();
                    return Err(Problem::bad_request(format!("unknown field `{name}`"))
                        .with("field", name)
                        .with("fault", "unknown-field"));
                }
            }
            seen.push(name);
        }
        Ok(query)
    }

    fn window(&self) -> Result<Interval, Problem> {
        let bound = |field: &str, text: &Option<String>| match text {
            Some(text) => instant(field, text),
            None => Err(Problem::bad_request(format!("missing field `{field}`"))
                .with("field", field)
                .with("fault", "missing-field")),
        };
        let (from, to) = (bound("from", &self.from)?, bound("to", &self.to)?);
        let window = Interval::new(from, Some(to))
            .map_err(|_| unprocessable(domain::refusal::Rule::EmptyInterval))?;
        if !domain::time::in_supported_range(from) || !domain::time::in_supported_range(to) {
            return Err(unprocessable(domain::refusal::Rule::OutOfRange));
        }
        if to.duration_since(from) > SignedDuration::from_mins(LONGEST) {
            return Err(invalid("to", "at most 31 days after from"));
        }
        Ok(window)
    }

    fn matches(&self, resource: &Object<Resource>, site: Option<i64>) -> bool {
        let has = |tag: &String| {
            resource
                .tags
                .iter()
                .any(|known| known.to_lowercase() == *tag)
        };
        self.site.is_none_or(|wanted| site == Some(wanted))
            && self.area.is_none_or(|area| resource.area.0 == area)
            && self.tags.iter().all(has)
    }
}

fn whole<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, Problem> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| digits).ok_or_else(|| {
        Problem::bad_request(format!("{name} is not a whole number")).with("field", name)
    })
}

fn kind(name: &str) -> Result<domain::catalog::ResourceKind, Problem> {
    serde_json::from_value(name.into()).map_err(|_| {
        Problem::bad_request("kind is not a kind of resource such as desk").with("field", "kind")
    })
}

/// Find out which resources are free in a window, and when the next gap comes for those that are not.
///
/// Looks at the resources that the caller may see. One is free if nothing is in the way and the caller could book it for
/// the whole window; what depends on the rest of a booking, such as its title or the caller's quotas, `POST /quote` says.
#[utoipa::path(
    get,
    path = "/availability",
    tag = "bookings",
    security(("bearer" = ["bookings:read"])),
    params(
        ("from" = String, Query, format = DateTime, description = "When the window begins, with an offset."),
        ("to" = String, Query, format = DateTime, description = "When it ends; at most 31 days later."),
        ("kind" = Option<crate::catalog::KindBody>, Query, description = "Only resources of this kind."),
        ("tag" = Option<Vec<String>>, Query, description = "Only resources with all of these tags; repeated, or with commas."),
        ("site" = Option<i64>, Query, minimum = 0, description = "Only resources of this site."),
        ("area" = Option<i64>, Query, minimum = 0, description = "Only resources of this area."),
        ("units" = Option<u32>, Query, minimum = 1, maximum = 100_000, description = "How many units are wanted; 1 if not said."),
        ("minutes" = Option<u32>, Query, minimum = 1, maximum = 44_640, description = "How long the gap must be; as the window if not said."),
        ("limit" = Option<usize>, Query, minimum = 1, maximum = 2000, description = "At most so many answers; 2000 if not said."),
    ),
    responses((status = 200, description = "What there is of each resource.", body = AvailabilityView), (status = 422)),
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    uri: Uri,
) -> Result<Json<AvailabilityView>, Problem> {
    let query = Query::parse(uri.query().unwrap_or_default())?;
    let window = query.window()?;
    let wanted = query.kind.as_deref().map(kind).transpose()?;
    let (units, limit) = (query.units.unwrap_or(1), query.limit.unwrap_or(MOST));
    let gap = match query.minutes {
        Some(minutes) => SignedDuration::from_mins(minutes.into()),
        None => window.duration().unwrap_or_default(),
    };
    if units == 0 || units > domain::limits::MAX_UNITS {
        return Err(Problem::bad_request("units is 1 to 100000").with("field", "units"));
    }
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::bad_request("limit is 1 to 2000").with("field", "limit"));
    }
    if query.minutes == Some(0) || gap > SignedDuration::from_mins(LONGEST) {
        return Err(Problem::bad_request("minutes is 1 to 44640").with("field", "minutes"));
    }
    let catalog = app
        .engine
        .catalog(caller.actor.organisation)
        .map_err(|error| store_problem(&error))?;
    let viewer = Viewer::of(&catalog, &caller.actor.user);
    let chosen: Vec<ResourceId> = viewer
        .rights
        .visible()
        .filter(|resource| wanted.is_none_or(|kind| resource.kind == kind))
        .filter(|resource| query.matches(resource, catalog.site_of(resource).map(|site| site.id)))
        .map(|resource| ResourceId(resource.id))
        .take(MOST)
        .collect();
    let context = app
        .engine
        .context(&caller.actor)
        .map_err(|error| store_problem(&error))?;
    let asked = AvailabilityQuery {
        window,
        units,
        gap,
        context: &context,
        resources: &chosen,
    };
    let found = availability(app.engine.store(), &catalog, &asked)
        .await
        .map_err(|error| store_problem(&error))?;
    let mut found: Vec<_> = found
        .into_iter()
        .filter_map(|answer| Some((catalog.resource(answer.resource)?, answer)))
        .collect();
    found.sort_by(|(a, x), (b, y)| {
        let key =
            |answer: &engine::Available| (!answer.free, answer.next_gap.is_none(), answer.next_gap);
        key(x)
            .cmp(&key(y))
            .then_with(|| (&a.name, a.id).cmp(&(&b.name, b.id)))
    });
    found.truncate(limit);
    let items = found.into_iter().map(|(resource, answer)| AvailableView {
        resource: resource.id,
        name: resource.name.clone(),
        free: answer.free,
        free_units: answer.free_units,
        next_gap: answer
            .next_gap
            .map(|at| zoned(at, catalog.zone_of(resource))),
    });
    Ok(Json(AvailabilityView {
        items: items.collect(),
        next: None,
    }))
}

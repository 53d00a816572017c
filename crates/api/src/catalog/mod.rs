//! The catalog: places, resources, and the rules about them. One file per part of it holds how its objects look on
//! the wire and who may know of them; this one what all have in common.

mod endpoints;
mod extras;
mod notices;
mod organisation;
mod people;
mod place;
mod plan;
mod policy;
mod price;
mod resource;
mod schedule;

use std::cell::OnceCell;
use std::collections::HashSet;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::catalog::{Catalog, Object, Resource, Table};
use domain::decide::{
    Command, Context, Decision, DeleteObject, Probe, PutObject, Snapshot, Targets, Validate,
};
use domain::ids::{AttributeId, GroupId, ResourceId};
use domain::people::{Permission, Rights, User};
use domain::refusal::{Missing, Refusal, Rule};
use http_kit::conditional::etag;
use http_kit::{Problem, json};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::caller::{Caller, CatalogRead, CatalogWrite};
use crate::perform::{Incoming, json_answer, located, no_content, versioned};
use crate::problem::store_problem;
use crate::wire::{Seal, Wire};

pub use endpoints::routes;
pub use people::{CreditUnitBody, PermissionBody};
pub use resource::KindBody;

/// Who looks at the catalog.
pub struct Viewer<'a> {
    catalog: &'a Catalog,
    user: &'a Object<User>,
    /// What they may see and do.
    pub rights: Rights<'a>,
    places: OnceCell<(HashSet<i64>, HashSet<i64>)>,
}

impl<'a> Viewer<'a> {
    /// The user as a viewer.
    pub fn of(catalog: &'a Catalog, user: &'a Object<User>) -> Self {
        Self {
            catalog,
            user,
            rights: Rights::of(catalog, user),
            places: OnceCell::new(),
        }
    }

    /// Whether the viewer may know of the resource.
    pub fn sees_resource(&self, id: ResourceId) -> bool {
        self.catalog
            .resource(id)
            .is_some_and(|resource| self.rights.sees(resource))
    }

    fn sees_area(&self, id: i64) -> bool {
        self.rights.administers_all() || self.places().0.contains(&id)
    }

    fn sees_names(&self, resource: &Object<Resource>) -> bool {
        let policy = self.catalog.policy_of(ResourceId(resource.id));
        self.rights
            .in_audience(&policy.see_names, resource, Permission::View)
    }

    /// Whether the viewer may know of a custom attribute of the catalog's objects.
    fn sees_attribute(&self, id: AttributeId) -> bool {
        let definition = self.catalog.attributes.get(id.0);
        self.rights.administers_all()
            || definition.is_some_and(|attribute| !attribute.admin_only && !attribute.private)
    }

    fn is_in(&self, group: GroupId) -> bool {
        self.user.groups.contains(&group)
    }

    /// The areas and the sites of all resources that the viewer may know of.
    fn places(&self) -> &(HashSet<i64>, HashSet<i64>) {
        self.places.get_or_init(|| {
            let areas: HashSet<i64> = self
                .rights
                .visible()
                .map(|resource| resource.area.0)
                .collect();
            let site = |area: &i64| self.catalog.areas.get(*area).map(|area| area.site.0);
            let sites = areas.iter().filter_map(site).collect();
            (areas, sites)
        })
    }
}

/// A kind of object that this API manages.
pub trait Managed: Validate + Wire<Self::Body> {
    /// Its body in requests.
    type Body: Serialize + DeserializeOwned + Send;
    /// The object in answers.
    type View: Serialize;

    /// Whether the viewer may know of the object.
    fn visible(object: &Object<Self>, viewer: &Viewer<'_>) -> bool;

    /// The object as the viewer sees it; all of it for none, who has just changed it.
    fn view(object: &Object<Self>, viewer: Option<&Viewer<'_>>) -> Self::View;
}

/// The query of the lists.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// At most so many.
    #[param(minimum = 1, maximum = 500, default = 100)]
    pub limit: Option<usize>,
    /// Where the page begins: `next` of the page before.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// How many.
    ///
    /// # Errors
    /// 400 if it is out of range.
    pub fn limit(&self) -> Result<usize, Problem> {
        limit(self.limit)
    }

    /// The number after which the page begins.
    ///
    /// # Errors
    /// 400 if the cursor is not one of this list.
    pub fn after(&self, seal: &Seal) -> Result<i64, Problem> {
        let Some(cursor) = &self.cursor else {
            return Ok(0);
        };
        let wrong = || Problem::bad_request("cursor is not one that this list gave");
        seal.open(cursor, "cursor")?.parse().map_err(|_| wrong())
    }
}

/// A limit of 1 to 500, 100 if there is none.
///
/// # Errors
/// 400 if it is out of range.
pub fn limit(limit: Option<usize>) -> Result<usize, Problem> {
    let limit = limit.unwrap_or(100);
    if (1..=500).contains(&limit) {
        Ok(limit)
    } else {
        Err(Problem::bad_request("limit is 1 to 500").with("field", "limit"))
    }
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The objects, by id.
    pub items: Vec<T>,
    /// The cursor of the next page; null at the end.
    pub next: Option<String>,
}

/// The id in a path; what is no id names nothing.
///
/// # Errors
/// 404
pub fn number(path: &str) -> Result<i64, Problem> {
    let plain = !path.is_empty() && path.bytes().all(|byte| byte.is_ascii_digit());
    path.parse()
        .ok()
        .filter(|_| plain)
        .ok_or_else(Problem::not_found)
}

/// An object with its version as entity tag.
pub fn tagged(version: i64, body: impl Serialize) -> Response {
    let tag = etag(u64::try_from(version).unwrap_or_default());
    ([(header::ETAG, tag)], Json(body)).into_response()
}

fn list<T: Managed>(
    app: &App,
    caller: &Caller<CatalogRead>,
    query: &PageQuery,
    table: impl FnOnce(&Catalog) -> &Table<T>,
) -> Result<Json<Page<T::View>>, Problem> {
    let catalog = app
        .engine
        .catalog(caller.actor.organisation)
        .map_err(|error| store_problem(&error))?;
    let viewer = Viewer::of(&catalog, &caller.actor.user);
    let seal = Seal::of(&[&T::KIND, &catalog.id, &caller.actor.id()]);
    let (limit, after) = (query.limit()?, query.after(&seal)?);
    let mut visible = table(&catalog)
        .after(after)
        .filter(|object| <T as Managed>::visible(object, &viewer));
    let page: Vec<_> = visible.by_ref().take(limit).collect();
    let more = visible.next().is_some();
    Ok(Json(Page {
        items: page
            .iter()
            .map(|object| T::view(object, Some(&viewer)))
            .collect(),
        next: page
            .last()
            .filter(|_| more)
            .map(|last| seal.close(&last.id.to_string())),
    }))
}

fn read<T: Managed>(app: &App, caller: &Caller<CatalogRead>, id: i64) -> Result<Response, Problem> {
    let catalog = app
        .engine
        .catalog(caller.actor.organisation)
        .map_err(|error| store_problem(&error))?;
    let viewer = Viewer::of(&catalog, &caller.actor.user);
    let object = T::find(&catalog, id).filter(|object| <T as Managed>::visible(object, &viewer));
    let object = object.ok_or_else(Problem::not_found)?;
    Ok(tagged(object.version, T::view(object, Some(&viewer))))
}

async fn create<T: Managed>(
    app: &App,
    caller: &Caller<CatalogWrite>,
    path: &'static str,
    incoming: Incoming,
) -> Response {
    let build = |incoming: &Incoming| {
        let body: T::Body = incoming.json()?;
        Ok(PutObject {
            id: None,
            expected_version: None,
            body: T::from_wire(body, "")?,
        })
    };
    incoming
        .perform(app, caller, build, move |object, _| {
            let answer = json_answer(StatusCode::CREATED, &T::view(object, None));
            let path = format!("{}{path}/{}", crate::BASE, object.id);
            located(versioned(answer, object.version), path)
        })
        .await
}

/// The id, if the caller may know of the object.
fn known<T: Managed>(app: &App, caller: &Caller<CatalogWrite>, id: &str) -> Result<i64, Problem> {
    let id = number(id)?;
    let catalog = app
        .engine
        .catalog(caller.actor.organisation)
        .map_err(|error| store_problem(&error))?;
    let viewer = Viewer::of(&catalog, &caller.actor.user);
    T::find(&catalog, id)
        .filter(|object| <T as Managed>::visible(object, &viewer))
        .map(|_| id)
        .ok_or_else(Problem::not_found)
}

async fn change<T: Managed>(
    app: &App,
    caller: &Caller<CatalogWrite>,
    id: &str,
    incoming: Incoming,
) -> Response {
    let build = |incoming: &Incoming| {
        let changes: Value = incoming.json()?;
        let id = known::<T>(app, caller, id)?;
        let patch = Patch::<T> {
            id,
            expected_version: incoming.expected_version,
            changes,
            kind: std::marker::PhantomData,
        };
        let catalog = app
            .engine
            .catalog(caller.actor.organisation)
            .map_err(|error| store_problem(&error))?;
        let before = T::find(&catalog, id).ok_or_else(Problem::not_found)?;
        patch.apply(before)?;
        Ok(patch)
    };
    incoming
        .perform(app, caller, build, |object, _| {
            versioned(
                json_answer(StatusCode::OK, &T::view(object, None)),
                object.version,
            )
        })
        .await
}

async fn delete<T: Managed>(
    app: &App,
    caller: &Caller<CatalogWrite>,
    id: &str,
    incoming: Incoming,
) -> Response {
    let build = |incoming: &Incoming| {
        let id = known::<T>(app, caller, id)?;
        Ok(DeleteObject::<T>::new(id, incoming.expected_version))
    };
    incoming
        .perform(app, caller, build, |(), _| no_content())
        .await
}

/// A change of what a patch names, applied to the object as it is when the change is decided: two patches of
/// different fields never undo each other.
struct Patch<T> {
    id: i64,
    expected_version: Option<i64>,
    changes: Value,
    kind: std::marker::PhantomData<fn() -> T>,
}

impl<T: Managed> Patch<T> {
    fn apply(&self, before: &Object<T>) -> Result<T, Problem> {
        T::from_wire(patched(&before.body.to_wire(), &self.changes)?, "")
    }

    fn put(&self, snapshot: &Snapshot) -> Result<PutObject<T>, Refusal> {
        let before = T::find(&snapshot.catalog, self.id)
            .ok_or(Refusal::NotFound(Missing::Object(T::KIND)))?;
        let body = self
            .apply(before)
            .map_err(|problem| refusal_of(&problem, T::KIND.name()))?;
        Ok(PutObject {
            id: Some(self.id),
            expected_version: self.expected_version,
            body,
        })
    }
}

impl<T: Managed> Command for Patch<T> {
    type Outcome = Object<T>;

    fn targets(&self, _context: &Context) -> Targets {
        Targets::default()
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        self.put(snapshot)?.probe(context, snapshot)
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<T>>, Refusal> {
        self.put(snapshot)?.decide(context, snapshot)
    }
}

/// A patch that fitted when it came, and does not fit any more what has become of the object meanwhile.
pub fn refusal_of(problem: &Problem, field: &str) -> Refusal {
    Refusal::rule(Rule::Invalid {
        field: field.into(),
        detail: problem.detail_text().unwrap_or_default().into(),
    })
}

/// A body with a merge patch (RFC 7396) applied: what is omitted stays, null clears.
///
/// # Errors
/// 400 if the patch is no object, or the outcome is no such body.
pub fn patched<B: Serialize + DeserializeOwned>(before: &B, patch: &Value) -> Result<B, Problem> {
    if !patch.is_object() {
        return Err(Problem::bad_request("the body is not a JSON object"));
    }
    let mut merged = serde_json::to_value(before).map_err(|error| {
        tracing::error!(%error, "a body has no JSON form");
        Problem::internal()
    })?;
    merge(&mut merged, patch);
    json::parse_strict(merged.to_string().as_bytes()).map_err(Problem::from)
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(target) = target {
        for (name, value) in patch {
            if value.is_null() {
                target.remove(name);
            } else {
                merge(target.entry(name).or_insert(Value::Null), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn merging_follows_rfc_7396() {
        let mut target = json!({"a": {"b": 1, "c": 2}, "d": [1, 2], "e": 5});
        merge(
            &mut target,
            &json!({"a": {"b": null, "f": {"g": null}}, "d": [3], "e": {"h": 1}}),
        );
        assert_eq!(
            target,
            json!({"a": {"c": 2, "f": {}}, "d": [3], "e": {"h": 1}})
        );
    }
}

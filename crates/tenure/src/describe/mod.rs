//! An organisation as a file: its objects under their names, without ids.
//!
//! Objects are known by name: an area as `site/area`, a resource as `site/area/resource`. A quota has no name and is
//! what it says. People, memberships and bookings are not part of it; nor are price rules for single memberships, which
//! without them would be for everybody.

mod applying;
mod references;

use std::collections::{BTreeMap, HashMap};

use anyhow::Context as _;
use domain::catalog::{Catalog, ObjectKind, PlanImage};
use domain::ids::UserId;
use engine::Engine;
use serde_json::{Map, Value};

use crate::catalog::Named;
pub use applying::{Applying, Step};
use references::{Target, translate};

/// The kinds in a file, with the names of their lists, in an order in which most are there before they are named.
pub const KINDS: [(ObjectKind, &str); 15] = [
    (ObjectKind::Group, "groups"),
    (ObjectKind::Attribute, "attributes"),
    (ObjectKind::Schedule, "schedules"),
    (ObjectKind::ResourceType, "resource_types"),
    (ObjectKind::ResourceGroup, "resource_groups"),
    (ObjectKind::Site, "sites"),
    (ObjectKind::Area, "areas"),
    (ObjectKind::StateReason, "state_reasons"),
    (ObjectKind::Resource, "resources"),
    (ObjectKind::Accessory, "accessories"),
    (ObjectKind::Plan, "plans"),
    (ObjectKind::PriceRule, "price_rules"),
    (ObjectKind::Quota, "quotas"),
    (ObjectKind::Blackout, "blackouts"),
    (ObjectKind::Announcement, "announcements"),
];

/// Calls a generic function with the type of a kind that has a table.
macro_rules! by_kind {
    ($kind:expr, $function:ident($($arg:expr),*)) => {
        match $kind {
            ObjectKind::Group => $function::<domain::people::Group>($($arg),*),
            ObjectKind::Attribute => $function::<domain::catalog::Attribute>($($arg),*),
            ObjectKind::Schedule => $function::<domain::catalog::Schedule>($($arg),*),
            ObjectKind::ResourceType => $function::<domain::catalog::ResourceType>($($arg),*),
            ObjectKind::ResourceGroup => $function::<domain::catalog::ResourceGroup>($($arg),*),
            ObjectKind::Site => $function::<domain::catalog::Site>($($arg),*),
            ObjectKind::Area => $function::<domain::catalog::Area>($($arg),*),
            ObjectKind::Resource => $function::<domain::catalog::Resource>($($arg),*),
            ObjectKind::Accessory => $function::<domain::catalog::Accessory>($($arg),*),
            ObjectKind::Plan => $function::<domain::people::Plan>($($arg),*),
            ObjectKind::PriceRule => $function::<domain::money::PriceRule>($($arg),*),
            ObjectKind::Blackout => $function::<domain::catalog::Blackout>($($arg),*),
            ObjectKind::StateReason => $function::<domain::catalog::StateReason>($($arg),*),
            ObjectKind::Announcement => $function::<domain::catalog::Announcement>($($arg),*),
            ObjectKind::Quota
            | ObjectKind::Organisation
            | ObjectKind::Membership
            | ObjectKind::WaitingRequest
            | ObjectKind::Client => {
                $function::<domain::people::Quota>($($arg),*)
            }
        }
    };
}
pub(crate) use by_kind;

/// The objects of a kind in a catalog: key, id and body.
type Rows = Vec<(String, i64, Value)>;

fn rows<T: Named>(catalog: &Catalog) -> anyhow::Result<Rows> {
    T::table(catalog)
        .values()
        .map(|object| {
            let body = serde_json::to_value(&object.body)?;
            Ok((object.key(catalog), object.id, body))
        })
        .collect()
}

/// Names and ids of everything, both ways.
#[derive(Default)]
struct Names {
    ids: HashMap<(Target, String), i64>,
    keys: HashMap<(Target, i64), String>,
}

impl Names {
    fn insert(&mut self, target: Target, key: String, id: i64) {
        self.keys.insert((target, id), key.clone());
        self.ids.insert((target, key), id);
    }

    fn of(catalog: &Catalog, users: &[(i64, String)]) -> anyhow::Result<Self> {
        let mut names = Self::default();
        for (kind, _) in KINDS {
            for (key, id, _) in by_kind!(kind, rows(catalog))? {
                names.insert(Target::Object(kind), key, id);
            }
        }
        for (id, username) in users {
            names.insert(Target::User, username.clone(), *id);
        }
        Ok(names)
    }

    fn key(&self, target: Target, id: &Value) -> Option<Value> {
        let id = id.as_i64().or_else(|| id.as_str()?.parse().ok())?;
        self.keys.get(&(target, id)).map(|key| key.clone().into())
    }

    fn id(&self, target: Target, key: &Value) -> Option<i64> {
        self.ids.get(&(target, key.as_str()?.to_owned())).copied()
    }
}

/// An organisation as a file describes it: bodies that name each other, by kind and key.
#[derive(Debug, Default, PartialEq)]
pub struct Description {
    /// Its slug.
    pub slug: String,
    /// The organisation itself.
    pub organisation: Value,
    /// The rest, a map of bodies for each of [`KINDS`].
    pub objects: Vec<BTreeMap<String, Value>>,
}

/// Leaves out what says nothing: nulls, and empty lists and maps outside of policies, where they do say something.
fn prune(value: &mut Value, in_policy: bool) {
    match value {
        Value::Object(entries) => {
            for (key, content) in entries.iter_mut() {
                prune(content, in_policy || key == "policy");
            }
            entries.retain(|_, content| match content {
                Value::Null => false,
                Value::Array(items) => in_policy || !items.is_empty(),
                Value::Object(inner) => !inner.is_empty(),
                _ => true,
            });
        }
        Value::Array(items) => items.iter_mut().for_each(|item| prune(item, in_policy)),
        _ => {}
    }
}

/// The key of a body that names others.
fn key_of(kind: ObjectKind, body: &Value) -> anyhow::Result<String> {
    let text = |field: &str| {
        body.get(field).and_then(Value::as_str).with_context(|| {
            let kind = kind.name();
            format!("a {kind} without a {field}: {body}")
        })
    };
    Ok(match kind {
        ObjectKind::Area => format!("{}/{}", text("site")?, text("name")?),
        ObjectKind::Resource => format!("{}/{}", text("area")?, text("name")?),
        ObjectKind::Attribute => text("label")?.to_owned(),
        ObjectKind::Blackout => text("title")?.to_owned(),
        ObjectKind::Quota => body.to_string(),
        _ => text("name")?.to_owned(),
    })
}

impl Description {
    /// The organisation as it is.
    ///
    /// # Errors
    /// If the store can not be read.
    pub async fn of(engine: &Engine, catalog: &Catalog) -> anyhow::Result<Self> {
        let users = users_named(engine, catalog).await?;
        let names = Names::of(catalog, &users)?;
        let mut objects = Vec::new();
        for (kind, _) in KINDS {
            let mut bodies = BTreeMap::new();
            for (_, id, body) in by_kind!(kind, rows(catalog))? {
                if kind == ObjectKind::PriceRule && names_memberships(&body) {
                    continue;
                }
                let mut body = named(kind, body, &names)?;
                if kind == ObjectKind::Area {
                    enclose_drawing(engine, catalog, id, &mut body).await?;
                }
                bodies.insert(key_of(kind, &body)?, body);
            }
            objects.push(bodies);
        }
        let organisation = serde_json::to_value(&catalog.organisation.body)?;
        Ok(Self {
            slug: catalog.slug.to_string(),
            organisation: named(ObjectKind::Organisation, organisation, &names)?,
            objects,
        })
    }

    /// The organisation that a file describes.
    ///
    /// # Errors
    /// If the file does not describe one.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let mut file: Map<String, Value> = match json(toml::from_str(text)?) {
            Value::Object(file) => file,
            _ => Map::new(),
        };
        let mut organisation = file
            .remove("organisation")
            .context("the file has no [organisation] with a slug, a name and a zone")?;
        let slug = organisation
            .as_object_mut()
            .and_then(|organisation| organisation.remove("slug"));
        let slug = slug.as_ref().and_then(Value::as_str).map(str::to_owned);
        let slug = slug.context("the [organisation] has no slug")?;
        let mut objects = Vec::new();
        for (kind, list) in KINDS {
            let mut bodies = BTreeMap::new();
            let items = file
                .remove(list)
                .unwrap_or_else(|| Value::Array(Vec::new()));
            let Value::Array(items) = items else {
                anyhow::bail!("{list} is a list: write [[{list}]]");
            };
            for mut body in items {
                prune(&mut body, false);
                let key = key_of(kind, &body)?;
                let twice = bodies.insert(key.clone(), body).is_some();
                anyhow::ensure!(!twice, "{list} has {key} twice");
            }
            objects.push(bodies);
        }
        if let Some(unknown) = file.keys().next() {
            let known: Vec<&str> = KINDS.iter().map(|(_, list)| *list).collect();
            let known = known.join(", ");
            anyhow::bail!("there is nothing called {unknown}; there are organisation, {known}");
        }
        Ok(Self {
            slug,
            organisation,
            objects,
        })
    }

    /// The file that describes it.
    ///
    /// # Errors
    /// If something has no form in TOML, which nothing here does.
    pub fn to_toml(&self) -> anyhow::Result<String> {
        let mut file = toml::Table::new();
        let mut organisation = toml::Table::try_from(&self.organisation)?;
        organisation.insert("slug".into(), self.slug.clone().into());
        file.insert("organisation".into(), organisation.into());
        for ((_, list), bodies) in KINDS.iter().zip(&self.objects) {
            let bodies: Vec<toml::Value> = bodies
                .values()
                .map(toml::Value::try_from)
                .collect::<Result<_, _>>()?;
            if !bodies.is_empty() {
                file.insert((*list).into(), bodies.into());
            }
        }
        Ok(toml::to_string(&file)?)
    }

    /// All objects, kind by kind.
    fn each(&self) -> impl Iterator<Item = (ObjectKind, &String, &Value)> {
        let kinds = KINDS.iter().zip(&self.objects);
        kinds.flat_map(|((kind, _), bodies)| bodies.iter().map(|(key, body)| (*kind, key, body)))
    }
}

/// TOML's values as JSON's; dates and times as text.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(at) => at.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (key, json(value)));
            Value::Object(entries.collect())
        }
    }
}

/// Puts the drawing that an area names into its body, so that the file has all of it.
async fn enclose_drawing(
    engine: &Engine,
    catalog: &Catalog,
    area: i64,
    body: &mut Value,
) -> anyhow::Result<()> {
    let area = catalog.areas.get(area);
    let plan = area.and_then(|area| area.body.plan.as_ref());
    if let Some(plan) = plan
        && let Some(image) = &plan.image
    {
        let content = engine.drawing(catalog.id, plan).await?;
        let whole = PlanImage::new(image.media, content);
        body["plan"]["image"] = serde_json::to_value(whole)?;
    }
    Ok(())
}

/// Whether a price rule is for single memberships.
fn names_memberships(rule: &Value) -> bool {
    let memberships = rule.get("memberships").and_then(Value::as_array);
    memberships.is_some_and(|memberships| !memberships.is_empty())
}

/// A stored body with names in place of ids.
fn named(kind: ObjectKind, mut body: Value, names: &Names) -> anyhow::Result<Value> {
    translate(
        kind,
        &mut body,
        &mut |target, id| Ok(names.key(target, &id)),
    )?;
    prune(&mut body, false);
    Ok(body)
}

/// The users that objects of the catalog name.
async fn users_named(engine: &Engine, catalog: &Catalog) -> anyhow::Result<Vec<(i64, String)>> {
    let assigned = catalog.resources.values().filter_map(|r| r.assigned_to);
    let mut ids: Vec<UserId> = assigned.collect();
    for attribute in catalog.attributes.values() {
        if attribute.subject == domain::catalog::AttributeSubject::User {
            ids.extend(attribute.applies_to.iter().map(|id| UserId(*id)));
        }
    }
    let users = engine.store().users_by_id(catalog.id, &ids).await?;
    let named = users.values().map(|user| (user.id, user.username.clone()));
    Ok(named.collect())
}

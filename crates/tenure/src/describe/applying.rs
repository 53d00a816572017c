//! From a description to the commands that bring an organisation there.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use domain::catalog::{Catalog, ObjectKind, Organisation};
use domain::decide::PutObject;
use domain::people::{Actor, Quota};
use engine::Engine;
use serde_json::{Map, Value};

use super::references::{Target, translate};
use super::{Description, KINDS, Names, by_kind, named, users_named};
use crate::catalog::Named;
use crate::commands::execute;

/// What has to be done to make an organisation what a file describes.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Step {
    /// `create` or `change`.
    pub verb: &'static str,
    /// The kind of object.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Which fields are other, as they are and as they are to be.
    pub fields: BTreeMap<String, (Value, Value)>,
}

/// Makes an organisation what a file describes, or says what there would be to do.
pub struct Applying<'a> {
    engine: &'a Engine,
    actor: &'a Actor,
    wanted: &'a Description,
    names: Names,
}

impl<'a> Applying<'a> {
    /// Compares the organisation of the actor with what is wanted.
    ///
    /// # Errors
    /// If the store can not be read, or a user that is named does not exist.
    pub async fn new(
        engine: &'a Engine,
        actor: &'a Actor,
        wanted: &'a Description,
    ) -> anyhow::Result<Self> {
        let catalog = engine.catalog(actor.organisation)?;
        let mut users = users_named(engine, &catalog).await?;
        let mut logins = Vec::new();
        for (kind, _, body) in wanted.each() {
            let mut body = body.clone();
            translate(kind, &mut body, &mut |target, name| {
                if let (Target::User, Some(login)) = (target, name.as_str()) {
                    logins.push(login.to_owned());
                }
                Ok(Some(name))
            })?;
        }
        for login in logins {
            let found = engine.store().user_by_login(catalog.id, &login).await?;
            let (user, _) = found.with_context(|| format!("there is no user {login}"))?;
            users.push((user.id, login));
        }
        let mut names = Names::of(&catalog, &users)?;
        // What is yet to be made gets a number below zero, so that others can be compared that name it.
        for (index, (kind, key, _)) in wanted.each().enumerate() {
            let target = Target::Object(kind);
            if !names.ids.contains_key(&(target, key.clone())) {
                names.insert(target, key.clone(), -1 - i64::try_from(index)?);
            }
        }
        Ok(Self {
            engine,
            actor,
            wanted,
            names,
        })
    }

    /// What there is to do.
    ///
    /// # Errors
    /// If the file names something that is neither in it nor in the organisation, or a field does not fit.
    pub async fn steps(&self) -> anyhow::Result<Vec<Step>> {
        let catalog = self.engine.catalog(self.actor.organisation)?;
        let present = Description::of(self.engine, &catalog).await?;
        let mut steps = Vec::new();
        let organisation = self.normal::<Organisation>(&self.wanted.organisation, "")?;
        let own = (ObjectKind::Organisation, &self.wanted.slug, organisation);
        let mut all = vec![(own, Some(&present.organisation))];
        for ((kind, _), (wanted, present)) in KINDS
            .iter()
            .zip(self.wanted.objects.iter().zip(&present.objects))
        {
            for (key, body) in wanted {
                let body = by_kind!(*kind, normal_of(self, body, key))?;
                // A quota is known by its normal form.
                let known = present.get(key).or_else(|| {
                    (*kind == ObjectKind::Quota).then(|| present.get(&body.to_string()))?
                });
                all.push(((*kind, key, body), known));
            }
        }
        for ((kind, key, body), known) in all {
            let fields = differences(known, &body);
            if known.is_none() || !fields.is_empty() {
                steps.push(Step {
                    verb: if known.is_some() { "change" } else { "create" },
                    kind: kind.name(),
                    name: key.clone(),
                    fields,
                });
            }
        }
        Ok(steps)
    }

    /// Does it: first what is new, without what it names that is not there yet; then everything as it is to be.
    ///
    /// # Errors
    /// If something is refused; what was done before it stays done, and the next time goes on from there.
    pub async fn run(&mut self, mut done: impl FnMut()) -> anyhow::Result<()> {
        let wanted = self.wanted;
        for (kind, key, body) in wanted.each() {
            let target = Target::Object(kind);
            let new = self
                .names
                .ids
                .get(&(target, key.clone()))
                .is_none_or(|id| *id < 0);
            if new && !self.quota_exists(kind, body, key).await? {
                let mut body = body.clone();
                translate(kind, &mut body, &mut |target, name| {
                    Ok(self
                        .id(target, &name, key)?
                        .filter(|id| *id > 0)
                        .map(Value::from))
                })?;
                let id = by_kind!(kind, put(self.engine, self.actor, None, body, key)).await?;
                self.names.insert(target, key.clone(), id);
            }
            done();
        }
        for (kind, key, body) in wanted
            .each()
            .filter(|(kind, ..)| *kind != ObjectKind::Quota)
        {
            let id = self.names.ids.get(&(Target::Object(kind), key.clone()));
            let mut body = body.clone();
            translate(kind, &mut body, &mut |target, name| {
                Ok(self.id(target, &name, key)?.map(Value::from))
            })?;
            by_kind!(kind, put(self.engine, self.actor, id.copied(), body, key)).await?;
            done();
        }
        let catalog = self.engine.catalog(self.actor.organisation)?;
        let mut body = wanted.organisation.clone();
        translate(ObjectKind::Organisation, &mut body, &mut |target, name| {
            Ok(self.id(target, &name, &wanted.slug)?.map(Value::from))
        })?;
        let body: Organisation = serde_json::from_value(body).context("[organisation]")?;
        if body != catalog.organisation.body {
            let put = PutObject {
                id: Some(catalog.organisation.id),
                expected_version: None,
                body,
            };
            execute(self.engine, self.actor, put).await?;
        }
        Ok(())
    }

    async fn quota_exists(
        &self,
        kind: ObjectKind,
        body: &Value,
        key: &str,
    ) -> anyhow::Result<bool> {
        if kind != ObjectKind::Quota {
            return Ok(false);
        }
        let catalog = self.engine.catalog(self.actor.organisation)?;
        let present = Description::of(self.engine, &catalog).await?;
        let normal = self.normal::<Quota>(body, key)?;
        Ok(present
            .each()
            .any(|(kind, _, body)| kind == ObjectKind::Quota && *body == normal))
    }

    fn id(&self, target: Target, name: &Value, whose: &str) -> anyhow::Result<Option<i64>> {
        let id = self.names.id(target, name);
        anyhow::ensure!(
            id.is_some(),
            "{whose} names {name}, which is neither in the file nor in the organisation"
        );
        Ok(id)
    }

    /// A body with all defaults in place, as an export writes it.
    fn normal<T>(&self, body: &Value, key: &str) -> anyhow::Result<Value>
    where
        T: domain::catalog::Kind,
    {
        let mut body = body.clone();
        translate(T::KIND, &mut body, &mut |target, name| {
            Ok(self.id(target, &name, key)?.map(Value::from))
        })?;
        let typed: T =
            serde_json::from_value(body).with_context(|| format!("{} {key}", T::KIND.name()))?;
        named(T::KIND, serde_json::to_value(&typed)?, &self.names)
    }
}

fn normal_of<T: Named>(applying: &Applying<'_>, body: &Value, key: &str) -> anyhow::Result<Value> {
    applying.normal::<T>(body, key)
}

/// Makes or changes an object, unless it is so already.
fn put<'a, T: Named>(
    engine: &'a Engine,
    actor: &'a Actor,
    id: Option<i64>,
    body: Value,
    key: &'a str,
) -> std::pin::Pin<Box<dyn Future<Output = anyhow::Result<i64>> + 'a>> {
    Box::pin(async move {
        let what = || format!("{} {key}", T::KIND.name());
        let body: T = serde_json::from_value(body).with_context(what)?;
        let mut kept = body.clone();
        kept.take_content();
        let catalog: Arc<Catalog> = engine.catalog(actor.organisation)?;
        if let Some(id) = id
            && T::table(&catalog)
                .get(id)
                .is_some_and(|known| known.body == kept)
        {
            return Ok(id);
        }
        let put = PutObject {
            id,
            expected_version: None,
            body,
        };
        Ok(execute(engine, actor, put).await.with_context(what)?.id)
    })
}

fn differences(known: Option<&Value>, wanted: &Value) -> BTreeMap<String, (Value, Value)> {
    let empty = Map::new();
    let before = known.and_then(Value::as_object).unwrap_or(&empty);
    let after = wanted.as_object().unwrap_or(&empty);
    let keys = before.keys().chain(after.keys());
    let field = |key: &String| {
        let side = |map: &Map<String, Value>| map.get(key).cloned().unwrap_or(Value::Null);
        let (old, new) = (side(before), side(after));
        (known.is_some() && old != new).then(|| (key.clone(), (old, new)))
    };
    keys.filter_map(field).collect()
}

//! Objects of the catalog by the names that people give them, so that files and examples need no ids.

use std::sync::Arc;

use domain::catalog::{
    Accessory, Announcement, Area, Attribute, Blackout, Catalog, Object, Resource, ResourceGroup,
    ResourceType, Schedule, Site, StateReason, Table,
};
use domain::decide::{PutObject, Validate};
use domain::money::PriceRule;
use domain::people::{Group, Plan, Quota};
use engine::Engine;

use crate::commands::execute;

/// A kind of object that is found by name.
pub trait Named: Validate {
    /// The objects of this kind.
    fn table(catalog: &Catalog) -> &Table<Self>;

    /// The name; within what it is a part of, with a slash between them.
    fn key(&self, catalog: &Catalog) -> String;

    /// The object with this name.
    fn named<'a>(catalog: &'a Catalog, key: &str) -> Option<&'a Arc<Object<Self>>> {
        Self::table(catalog)
            .values()
            .find(|object| object.key(catalog) == key)
    }
}

macro_rules! named {
    ($($ty:ident: $table:ident, $name:ident;)*) => {$(
        impl Named for $ty {
            fn table(catalog: &Catalog) -> &Table<Self> {
                &catalog.$table
            }

            fn key(&self, _catalog: &Catalog) -> String {
                self.$name.clone()
            }
        }
    )*};
}

named! {
    Site: sites, name;
    ResourceType: resource_types, name;
    ResourceGroup: resource_groups, name;
    Schedule: schedules, name;
    Blackout: blackouts, title;
    Accessory: accessories, name;
    Attribute: attributes, label;
    Group: groups, name;
    StateReason: state_reasons, text;
    Announcement: announcements, text;
    Plan: plans, name;
    PriceRule: price_rules, name;
}

impl Named for Area {
    fn table(catalog: &Catalog) -> &Table<Self> {
        &catalog.areas
    }

    fn key(&self, catalog: &Catalog) -> String {
        let site = catalog.sites.get(self.site.0);
        format!("{}/{}", site.map_or("", |site| &site.name), self.name)
    }
}

impl Named for Resource {
    fn table(catalog: &Catalog) -> &Table<Self> {
        &catalog.resources
    }

    fn key(&self, catalog: &Catalog) -> String {
        let area = catalog.areas.get(self.area.0);
        let area = area.map_or_else(String::new, |area| area.key(catalog));
        format!("{area}/{}", self.name)
    }
}

impl Named for Quota {
    fn table(catalog: &Catalog) -> &Table<Self> {
        &catalog.quotas
    }

    /// A quota has no name: it is what it says.
    fn key(&self, _catalog: &Catalog) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The object with the name of `body`; made, if there is none.
///
/// # Errors
/// If it is refused, or can not be stored.
pub async fn ensure<T: Named>(
    engine: &Engine,
    actor: &domain::people::Actor,
    body: T,
) -> anyhow::Result<Arc<Object<T>>> {
    let catalog = engine.catalog(actor.organisation)?;
    if let Some(known) = T::named(&catalog, &body.key(&catalog)) {
        return Ok(known.clone());
    }
    let put = PutObject {
        id: None,
        expected_version: None,
        body,
    };
    Ok(Arc::new(execute(engine, actor, put).await?))
}

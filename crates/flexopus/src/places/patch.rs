//! `PATCH /bookables/{id}`

use axum::extract::State;
use domain::catalog::{Catalog, Resource, ResourceMode, ResourceState};
use domain::decide::EditObject;
use domain::refusal::{Refusal, Rule, Violation};

use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{Caller, CatalogWrite, Id};
use crate::errors::Errors;
use crate::fields::{Fields, Given};
use crate::views::{BookableView, bookable};

/// What is to be changed; `None` stays as it is.
struct Change {
    name: Option<String>,
    description: Given<String>,
    mode: Option<ResourceMode>,
    tags: Option<Vec<String>>,
}

/// Changes name, description, status or tags of a bookable. To block it keeps the bookings that it has.
pub async fn patch(
    State(app): State<App>,
    caller: Caller<CatalogWrite>,
    Id(id): Id,
    mut fields: Fields,
) -> Result<Reply, Fault> {
    bookable(id, &caller.catalog, &caller.rights()).ok_or(Fault::NotFound)?;
    let change = Change::read(&mut fields)?;
    let command =
        EditObject::<Resource>::new(id, move |resource, _: &Catalog| change.apply(resource));
    match caller.decide(&app, command).await? {
        Ok(after) => Reply::data(&BookableView::with_tags(&after)),
        Err(Refusal::Rules(violations)) => Err(told(&violations).into()),
        Err(refusal) => Err((&refusal).into()),
    }
}

impl Change {
    fn read(fields: &mut Fields) -> Result<Self, Fault> {
        // Left out is as it was; null would be without, which only a description can be.
        let name = fields.text("name");
        let name = filled(fields, "name", name);
        let status = fields.number("status");
        let status = filled(fields, "status", status);
        let mode = match status {
            None => None,
            Some(0) => Some(ResourceMode::Flexible),
            Some(1) => Some(ResourceMode::Blocked),
            Some(2) => {
                let text = "The status 2 (assigned) can not be set using the API.";
                fields.errors.add("status", text);
                None
            }
            Some(_) => {
                fields.errors.unknown("status");
                None
            }
        };
        let tags = fields.texts("tags");
        let tags = filled(fields, "tags", tags);
        let change = Self {
            name,
            description: fields.text("description"),
            mode,
            tags,
        };
        fields.finish()?;
        Ok(change)
    }

    fn apply(&self, resource: &mut Resource) -> Result<(), Refusal> {
        if let Some(name) = &self.name {
            resource.name.clone_from(name);
        }
        match &self.description {
            Given::Not => {}
            Given::Null => resource.description = None,
            Given::Value(description) => resource.description = Some(description.clone()),
        }
        if let Some(tags) = &self.tags {
            resource.tags.clone_from(tags);
        }
        match self.mode {
            Some(ResourceMode::Flexible) if resource.state != ResourceState::Available => {
                let detail = "The bookable is out of use, which this API does not change.";
                return Err(Refusal::rule(Rule::Invalid {
                    field: "status".into(),
                    detail: detail.into(),
                }));
            }
            Some(mode) => {
                resource.mode = mode;
                resource.assigned_to = None;
            }
            None => {}
        }
        Ok(())
    }
}

/// The value of a field that may be left out, but not be null.
fn filled<T>(fields: &mut Fields, field: &str, given: Given<T>) -> Option<T> {
    match given {
        Given::Not => None,
        given => fields.required(field, given),
    }
}

fn told(violations: &[Violation]) -> Errors {
    let mut errors = Errors::default();
    for violation in violations {
        match &violation.rule {
            Rule::Invalid { field, detail } => errors.add(field, detail.as_str()),
            _ => errors.unknown("id"),
        }
    }
    errors
}

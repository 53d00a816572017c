//! Import users: make, change and deactivate as many as a sheet says, all or none.

mod guard;
mod plan;

use std::collections::BTreeMap;

use crate::catalog::Object;
use crate::decide::{
    CatalogLock, Changes, Command, Context, Decision, People, Probe, Snapshot, Targets, UserChange,
};
use crate::people::{Column, Fault, User, UserState};
use crate::refusal::{Forbidden, Refusal, Rule};

use super::next;
use crate::decide::clients::ended_with;
use plan::{Plan, Planned};

/// By what a row says whom it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportKey {
    /// The address, case aside.
    #[default]
    Email,
    /// The number. A row without one is about somebody new.
    Id,
    /// The user principal name, case aside.
    Upn,
}

impl ImportKey {
    /// The column it stands in.
    pub const fn column(self) -> Column {
        match self {
            Self::Email => Column::Email,
            Self::Id => Column::Id,
            Self::Upn => Column::Upn,
        }
    }
}

/// A row of a sheet of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// Its number in the sheet.
    pub number: u32,
    /// Its cells, in the order of the columns; those that are missing are empty.
    pub cells: Vec<String>,
}

/// Import users. Only who administers everything may.
///
/// Rows that name nobody who is there make users without a password: they log in once they have set one. What rows do to
/// the others is for the flags to say. One bad row, and nothing is stored; the outcome names all of them.
#[derive(Clone, Debug, Default)]
pub struct ImportUsers {
    /// What the columns are; none for one that is not read.
    pub columns: Vec<Option<Column>>,
    /// The rows.
    pub rows: Vec<ImportRow>,
    /// By what a row says whom it is about.
    pub key: ImportKey,
    /// Whether those who are there are changed as their rows say; otherwise they stay as they are.
    pub update: bool,
    /// Whether those in the sheet who are deactivated are active again.
    pub restore: bool,
    /// Whether those who are not in the sheet are deactivated.
    pub deactivate: bool,
    /// How many are to be deactivated, as the caller knows; needed beyond the organisation's share.
    pub confirmed: Option<u32>,
    /// Only find out what would be done.
    pub dry_run: bool,
}

/// What became, or would become, of a sheet's rows. They go by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Those that made a user; none, if any row is bad and it is no dry run.
    pub created: Vec<u32>,
    /// Those that changed one; none, if any row is bad and it is no dry run.
    pub updated: Vec<u32>,
    /// Those that changed nothing.
    pub skipped: Vec<u32>,
    /// Those that are bad, with what is wrong in which column.
    pub errors: BTreeMap<u32, BTreeMap<Column, Fault>>,
    /// How many users were deactivated; none, if any row is bad.
    pub deactivated: u32,
}

impl ImportUsers {
    fn plan<'a>(&self, context: &Context, snapshot: &'a Snapshot) -> Result<Plan<'a>, Refusal> {
        if !context.rights(snapshot).administers_all() {
            return Err(Refusal::Forbidden(Forbidden::ManagePeople));
        }
        let key = self.key.column();
        if !self.columns.contains(&Some(key)) {
            return Err(Refusal::rule(Rule::Invalid {
                field: key.name().into(),
                detail: "there is no such column".into(),
            }));
        }
        let mut plan = plan::plan(self, context, snapshot);
        if plan.outcome.errors.is_empty() {
            if self.deactivate {
                guard::deactivate(snapshot, &mut plan);
            }
            guard::check(self, context, snapshot, &plan)?;
        }
        Ok(plan)
    }

    fn writes(&self, plan: &Plan<'_>) -> bool {
        !self.dry_run && plan.outcome.errors.is_empty()
    }
}

impl Command for ImportUsers {
    type Outcome = Imported;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            people: People::Everybody,
            ..Targets::default()
        }
    }

    /// Nobody decides meanwhile: what is found here is true of everybody.
    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        let plan = self.plan(context, snapshot)?;
        let new_users = if self.writes(&plan) {
            plan.outcome.created.len()
        } else {
            0
        };
        Ok(Probe {
            catalog: CatalogLock::Exclusive,
            new_users,
            ..Probe::default()
        })
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Imported>, Refusal> {
        let plan = self.plan(context, snapshot)?;
        let writes = self.writes(&plan);
        let mut outcome = plan.outcome;
        if !writes {
            if !self.dry_run {
                outcome.created.clear();
                outcome.updated.clear();
            }
            return Ok(Decision {
                changes: Changes::default(),
                outcome,
            });
        }
        let mut fresh = snapshot.fresh.users.iter();
        let mut entropy = context.entropy.clone();
        let change = |planned: Planned<'_>| {
            let Planned { before, body } = planned;
            let after = match before {
                Some(before) => next(before, body),
                None => Object {
                    id: fresh.next().map_or(0, |id| id.0),
                    uuid: entropy.uuid(context.now),
                    version: 1,
                    body,
                },
            };
            changed(before, after)
        };
        let users: Vec<UserChange> = plan.changes.into_iter().map(change).collect();
        let gone = users.iter().filter_map(|change| {
            let after = change.after.as_ref()?;
            (change.before.is_some() && !after.is_active()).then_some(after.id)
        });
        Ok(Decision {
            changes: Changes {
                tokens: gone.flat_map(|id| ended_with(id, snapshot)).collect(),
                users,
                ..Changes::default()
            },
            outcome,
        })
    }
}

/// Who gets another address, or can not log in any more, is logged out everywhere.
fn changed(before: Option<&Object<User>>, after: Object<User>) -> UserChange {
    let ends =
        |before: &Object<User>| before.email != after.email || after.state == UserState::Inactive;
    UserChange {
        end_sessions: before.is_some_and(ends),
        before: before.cloned(),
        after: Some(after),
        password_hash: None,
        renew_calendars: false,
    }
}

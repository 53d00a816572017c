//! What each row of a sheet of people means for whom.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{ImportKey, ImportRow, ImportUsers, Imported};
use crate::catalog::Object;
use crate::decide::users::put::welcomed;
use crate::decide::{Context, Snapshot};
use crate::people::{Column, Directory, Fault, User, UserState};

/// What is to be done, and what the caller learns of it.
pub(super) struct Plan<'a> {
    /// In the order of the rows.
    pub(super) changes: Vec<Planned<'a>>,
    /// The numbers of the users who are in the sheet.
    pub(super) present: HashSet<i64>,
    pub(super) outcome: Imported,
}

/// Somebody who is made or changed.
pub(super) struct Planned<'a> {
    /// As they were; none for somebody new.
    pub(super) before: Option<&'a Object<User>>,
    /// As they are to be.
    pub(super) body: User,
}

type Faults = BTreeMap<Column, Fault>;

/// What is wanted of everybody in the sheet.
pub(super) fn plan<'a>(
    import: &ImportUsers,
    context: &Context,
    snapshot: &'a Snapshot,
) -> Plan<'a> {
    let mut sheet = Sheet {
        import,
        directory: Directory::new(&snapshot.catalog),
        known: Known::new(import.key, snapshot),
        newcomer: Object {
            id: 0,
            uuid: uuid::Uuid::nil(),
            version: 0,
            body: welcomed(User::default(), context.now, &snapshot.catalog),
        },
        keys: HashSet::new(),
        addresses: HashSet::new(),
    };
    let mut plan = Plan {
        changes: Vec::new(),
        present: HashSet::new(),
        outcome: Imported::default(),
    };
    for row in &import.rows {
        match sheet.row(row) {
            Err(faults) => drop(plan.outcome.errors.insert(row.number, faults)),
            Ok(planned) => {
                plan.present.extend(planned.before.map(|before| before.id));
                let rows = match planned.before {
                    None => &mut plan.outcome.created,
                    Some(before) if before.body == planned.body => {
                        plan.outcome.skipped.push(row.number);
                        continue;
                    }
                    Some(_) => &mut plan.outcome.updated,
                };
                rows.push(row.number);
                plan.changes.push(planned);
            }
        }
    }
    plan
}

/// Everybody who is there, by what rows can name them by.
struct Known<'a> {
    keys: HashMap<String, Found<'a>>,
    addresses: HashMap<String, i64>,
    usernames: HashMap<String, i64>,
}

/// Who has a key.
enum Found<'a> {
    One(&'a Object<User>),
    Several,
}

impl<'a> Known<'a> {
    fn new(key: ImportKey, snapshot: &'a Snapshot) -> Self {
        let people = || snapshot.people.iter().map(AsRef::as_ref);
        let mut keys = HashMap::new();
        for user in people() {
            let key = match key {
                ImportKey::Email => user.email.to_lowercase(),
                ImportKey::Id => user.id.to_string(),
                ImportKey::Upn => match user.extension.get(Column::Upn.name()) {
                    Some(name) => name.to_lowercase(),
                    None => continue,
                },
            };
            keys.entry(key)
                .and_modify(|found| *found = Found::Several)
                .or_insert(Found::One(user));
        }
        Self {
            keys,
            addresses: people()
                .map(|user| (user.email.to_lowercase(), user.id))
                .collect(),
            usernames: people()
                .map(|user| (user.username.to_lowercase(), user.id))
                .collect(),
        }
    }
}

/// A sheet as it is read row by row.
struct Sheet<'a, 'i> {
    import: &'i ImportUsers,
    directory: Directory<'a>,
    known: Known<'a>,
    /// Somebody of whom nothing is known yet.
    newcomer: Object<User>,
    /// The keys and addresses of the rows so far.
    keys: HashSet<String>,
    addresses: HashSet<String>,
}

impl<'a> Sheet<'a, '_> {
    fn row(&mut self, row: &ImportRow) -> Result<Planned<'a>, Faults> {
        let mut faults = Faults::new();
        let before = self.named(row, &mut faults);
        let mut user = before.unwrap_or(&self.newcomer).clone();
        // In the order of the columns as such: roles come after groups, wherever they stand.
        for column in Column::ALL {
            if let Some(text) = self.cell(row, column)
                && let Err(fault) = self.directory.set(column, &mut user, text)
            {
                faults.entry(column).or_insert(fault);
            }
        }
        let mut body = match before {
            Some(before) if !self.import.update => before.body.clone(),
            _ => user.body,
        };
        // Whom a row is about that names nobody, or somebody again, can not be said.
        let lost = faults.get(&self.import.key.column());
        let lost = lost.is_some_and(|fault| *fault != Fault::Required);
        if before.is_none() && !lost {
            required(&body, &mut faults);
        }
        if !faults.contains_key(&Column::Email) {
            self.unique(before, &body, &mut faults);
        }
        if self.import.restore && body.state == UserState::Inactive {
            body.state = UserState::Active;
        }
        if faults.is_empty() {
            Ok(Planned { before, body })
        } else {
            Err(faults)
        }
    }

    /// What stands in a column, if the sheet has it.
    fn cell<'r>(&self, row: &'r ImportRow, column: Column) -> Option<&'r str> {
        let at = self
            .import
            .columns
            .iter()
            .position(|known| *known == Some(column))?;
        Some(row.cells.get(at).map_or("", String::as_str).trim())
    }

    /// Whom a row names, if that is somebody who is there.
    fn named(&mut self, row: &ImportRow, faults: &mut Faults) -> Option<&'a Object<User>> {
        let column = self.import.key.column();
        let key = self.cell(row, column).unwrap_or_default().to_lowercase();
        let mut wrong = |fault| {
            faults.insert(column, fault);
            None
        };
        let by_number = self.import.key == ImportKey::Id;
        if key.is_empty() {
            return if by_number {
                None
            } else {
                wrong(Fault::Required)
            };
        }
        if by_number && key.parse::<i64>().is_err() {
            return wrong(Fault::NoNumber);
        }
        match self.known.keys.get(&key) {
            Some(Found::Several) => wrong(Fault::Unknown),
            None if by_number => wrong(Fault::Unknown),
            _ if !self.keys.insert(key.clone()) => wrong(Fault::Repeated),
            Some(Found::One(user)) => Some(user),
            None => None,
        }
    }

    /// Nobody else has the address, or the name to log in by, before the import or in it. What somebody gives up in the
    /// same import is not free yet: it must not matter who comes first.
    fn unique(&mut self, before: Option<&Object<User>>, body: &User, faults: &mut Faults) {
        let own = before.map(|before| before.id);
        let others = |holders: &HashMap<String, i64>, name: &str| {
            holders.get(name).is_some_and(|holder| Some(*holder) != own)
        };
        let address = body.email.to_lowercase();
        let taken = others(&self.known.addresses, &address)
            || others(&self.known.usernames, &body.username.to_lowercase());
        if taken {
            faults.insert(Column::Email, Fault::Taken);
        } else if !self.addresses.insert(address) {
            faults.insert(Column::Email, Fault::Repeated);
        }
    }
}

/// Somebody new has a name and an address.
fn required(user: &User, faults: &mut Faults) {
    let missing = [
        (Column::Name, user.first_name.is_empty()),
        (Column::Email, user.email.is_empty()),
    ];
    for (column, missing) in missing {
        if missing {
            faults.entry(column).or_insert(Fault::Required);
        }
    }
}

//! Manage the catalog: make, change and delete its objects.

use jiff::Timestamp;

use super::call_off::all_called_off;
use super::detach::detached;
use super::drawings;
use super::{
    BookingTarget, CatalogLock, Changes, Command, Context, Decision, ObjectChange, People, Probe,
    Snapshot, Targets,
};
use crate::booking::Item;
use crate::catalog::{Catalog, Content, Kind, Object, ObjectKind, StoredObject};
use crate::ids::ResourceId;
use crate::people::Rights;
use crate::refusal::{Forbidden, Missing, Refusal, Rule, Violation};
use crate::rules;
use crate::time::Interval;

/// What the body of each kind must satisfy beyond its type.
pub trait Validate: Kind {
    /// The object of this kind with this id.
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>>;

    /// Whether the caller may know that it exists.
    fn visible(_object: &Object<Self>, _rights: &Rights<'_>) -> bool {
        true
    }

    /// Whether the caller may make or change it; `before` is none for a new one.
    fn permitted(
        _before: Option<&Object<Self>>,
        _after: &Self,
        rights: &Rights<'_>,
        _catalog: &Catalog,
    ) -> bool {
        rights.administers_all()
    }

    /// Whether it makes sense and what it names exists. `id` is none for a new one.
    ///
    /// # Errors
    /// The refusal.
    fn validate(&self, id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal>;

    /// What still depends on the object with this id, so that it can not be deleted.
    fn used_by(_id: i64, _catalog: &Catalog) -> Option<ObjectKind> {
        None
    }

    /// The digest of the drawing that it names, if that is kept beside the catalog.
    fn drawing(&self) -> Option<&str> {
        None
    }

    /// Takes out the content of that drawing, where it comes along.
    fn take_content(&mut self) -> Option<Content> {
        None
    }

    /// The people who name the object with this id, so that they can be changed along with its deletion.
    fn holders(_id: i64) -> People {
        People::None
    }

    /// The items whose claims must be seen to judge the change, and from when on.
    fn items(_before: Option<&Object<Self>>) -> Vec<Item> {
        Vec::new()
    }

    /// Whether the bookings there are leave room for the change; `after` is none for a deletion.
    ///
    /// # Errors
    /// The refusal.
    fn check_bookings(
        _before: &Object<Self>,
        _after: Option<&Self>,
        _snapshot: &Snapshot,
        _now: Timestamp,
    ) -> Result<(), Refusal> {
        Ok(())
    }
}

/// Make or change an object.
#[derive(Clone, Debug)]
pub struct PutObject<T> {
    /// Which to change; none to make one.
    pub id: Option<i64>,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// As it is to be.
    pub body: T,
}

/// Delete an object. What only names it is changed along with it.
#[derive(Clone, Debug)]
pub struct DeleteObject<T> {
    /// Which.
    pub id: i64,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// Whether the bookings of a resource that are to come are called off; otherwise they are against it.
    pub calls_off: bool,
    kind: std::marker::PhantomData<fn() -> T>,
}

impl<T> DeleteObject<T> {
    /// The deletion of the object with this id.
    pub const fn new(id: i64, expected_version: Option<i64>) -> Self {
        Self {
            id,
            expected_version,
            calls_off: false,
            kind: std::marker::PhantomData,
        }
    }

    /// The same, with the bookings of a resource that are to come called off.
    #[must_use]
    pub const fn calling_off(mut self) -> Self {
        self.calls_off = true;
        self
    }
}

/// The object, if the caller may change it, to `after` if that is given: nobody else learns its version, or locks the
/// catalog.
fn existing<'a, T: Validate>(
    id: i64,
    expected: Option<i64>,
    after: Option<&T>,
    context: &Context,
    snapshot: &'a Snapshot,
) -> Result<&'a Object<T>, Refusal> {
    let rights = context.rights(snapshot);
    let found = T::find(&snapshot.catalog, id)
        .filter(|found| T::visible(found, &rights))
        .ok_or(Refusal::NotFound(Missing::Object(T::KIND)))?;
    permit(Some(found), after.unwrap_or(&found.body), context, snapshot)?;
    match expected {
        Some(expected) if expected != found.version => Err(Refusal::Stale {
            current: found.version,
        }),
        _ => Ok(found),
    }
}

fn permit<T: Validate>(
    before: Option<&Object<T>>,
    after: &T,
    context: &Context,
    snapshot: &Snapshot,
) -> Result<(), Refusal> {
    let rights = context.rights(snapshot);
    if T::permitted(before, after, &rights, &snapshot.catalog) {
        Ok(())
    } else {
        Err(Refusal::Forbidden(Forbidden::ManageCatalog))
    }
}

fn exclusive<T: Validate>(before: Option<&Object<T>>, now: Timestamp) -> Result<Probe, Refusal> {
    let items = T::items(before);
    let from_now = Interval::new(now, None).map_err(|_| Refusal::rule(Rule::OutOfRange))?;
    let windows = if items.is_empty() {
        Vec::new()
    } else {
        vec![from_now]
    };
    Ok(Probe {
        catalog: CatalogLock::Exclusive,
        items,
        windows,
        ..Probe::default()
    })
}

pub(super) fn encode<T: Kind>(object: &Object<T>) -> Result<StoredObject, Refusal> {
    StoredObject::encode(object).map_err(|error| {
        Refusal::rule(Rule::Invalid {
            field: T::KIND.name().into(),
            detail: error.to_string(),
        })
    })
}

impl<T: Validate> PutObject<T> {
    fn before<'a>(
        &self,
        context: &Context,
        snapshot: &'a Snapshot,
    ) -> Result<Option<&'a Object<T>>, Refusal> {
        let Some(id) = self.id else {
            permit(None, &self.body, context, snapshot)?;
            return Ok(None);
        };
        let expected = self.expected_version;
        existing(id, expected, Some(&self.body), context, snapshot).map(Some)
    }
}

impl<T: Validate> Command for PutObject<T> {
    type Outcome = Object<T>;

    fn targets(&self, _context: &Context) -> Targets {
        Targets::default()
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        let before = self.before(context, snapshot)?;
        let mut probe = exclusive(before, context.now)?;
        probe.new_object = self.id.is_none().then_some(T::KIND);
        Ok(probe)
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<T>>, Refusal> {
        let before = self.before(context, snapshot)?;
        self.put(before, context, snapshot)
    }
}

impl PutObject<crate::people::Group> {
    /// What [`Self::create_first`] must lock.
    ///
    /// # Errors
    /// If the time is outside what is stored.
    pub fn probe_first(&self, context: &Context) -> Result<Probe, Refusal> {
        let mut probe = exclusive::<crate::people::Group>(None, context.now)?;
        probe.new_object = Some(ObjectKind::Group);
        Ok(probe)
    }

    /// The decision for the first group of an organisation, which nobody could permit.
    ///
    /// # Errors
    /// If there is a group already.
    pub fn create_first(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<crate::people::Group>>, Refusal> {
        if !snapshot.catalog.groups.is_empty() {
            return Err(Refusal::Forbidden(Forbidden::ManageCatalog));
        }
        self.put(None, context, snapshot)
    }
}

impl<T: Validate> PutObject<T> {
    fn put(
        &self,
        before: Option<&Object<T>>,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<T>>, Refusal> {
        self.body.validate(self.id, &snapshot.catalog)?;
        let mut entropy = context.entropy.clone();
        let mut body = self.body.clone();
        let drawing = body.take_content();
        let after = match before {
            Some(before) => {
                T::check_bookings(before, Some(&self.body), snapshot, context.now)?;
                Object {
                    id: before.id,
                    uuid: before.uuid,
                    version: before.version + 1,
                    body,
                }
            }
            None => Object {
                id: snapshot.fresh.object.unwrap_or_default(),
                uuid: entropy.uuid(context.now),
                version: 1,
                body,
            },
        };
        let change = ObjectChange {
            before: before.map(encode).transpose()?,
            after: encode(&after)?,
        };
        Ok(Decision {
            changes: Changes {
                objects: vec![change],
                drawings: drawings::of(before, Some(&after.body), drawing, snapshot),
                ..Changes::default()
            },
            outcome: after,
        })
    }
}

impl<T: Validate> Command for DeleteObject<T> {
    type Outcome = ();

    fn targets(&self, context: &Context) -> Targets {
        let bookings = if self.calls_off && T::KIND == ObjectKind::Resource {
            BookingTarget::Taking(ResourceId(self.id), context.now)
        } else {
            BookingTarget::None
        };
        Targets {
            bookings,
            people: T::holders(self.id),
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        exclusive(
            Some(existing::<T>(
                self.id,
                self.expected_version,
                None,
                context,
                snapshot,
            )?),
            context.now,
        )
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<()>, Refusal> {
        let before = existing::<T>(self.id, self.expected_version, None, context, snapshot)?;
        if let Some(by) = T::used_by(self.id, &snapshot.catalog) {
            return Err(Refusal::rule(Rule::InUse {
                by: by.name().into(),
            }));
        }
        let called_off = if self.calls_off {
            all_called_off("the resource is gone", context, snapshot)
        } else {
            T::check_bookings(before, None, snapshot, context.now)?;
            Changes::default()
        };
        let stored = encode(before)?;
        let gone = ObjectChange {
            after: StoredObject {
                version: before.version + 1,
                body: None,
                ..stored.clone()
            },
            before: Some(stored),
        };
        let mut changes = detached(T::KIND, self.id, snapshot)?;
        changes.objects.push(gone);
        changes.drawings = drawings::of(Some(before), None, None, snapshot);
        changes.bookings = called_off.bookings;
        changes.series = called_off.series;
        changes.credits = called_off.credits;
        Ok(Decision {
            changes,
            outcome: (),
        })
    }
}

/// Whether the units that are booked from now on leave room for `units`; to delete a resource, none may be booked.
pub(super) fn check_units(
    item: Item,
    units: u32,
    snapshot: &Snapshot,
    now: Timestamp,
) -> Result<(), Refusal> {
    let from_now = Interval::new(now, None).map_err(|_| Refusal::rule(Rule::OutOfRange))?;
    let booked = rules::units_in_use(&snapshot.claims, item, from_now);
    if booked <= units {
        return Ok(());
    }
    let violation = Violation::of(Rule::UnitsInUse { booked });
    let violation = match item {
        Item::Resource(id) => violation.on(id),
        Item::Accessory(_) => violation,
    };
    Refusal::by(vec![violation])
}

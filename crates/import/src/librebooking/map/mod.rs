//! From rows to the words of the domain: pure, and never silent about what it leaves out.

mod bookings;
mod credits;
mod extras;
mod frame;
mod kinds;
mod notes;
mod organisation;
mod people;
mod resources;
mod rules;
mod schedules;
mod time;

use std::collections::BTreeMap;

use domain::catalog::{Kind, ObjectKind, StoredObject};
use domain::takeover::{Note, Row, Source};

use super::settings::Settings;
use super::tables::Tables;
use super::{Mapped, Wanted};
use frame::Frame;
use notes::Notes;

/// What the rows are, in the words of the domain. `notes` are those of reading them.
pub fn map(mut tables: Tables, settings: &Settings, wanted: &Wanted, notes: Vec<Note>) -> Mapped {
    let mut notes = Notes::new(notes);
    let highest = highest(&tables);
    withdraw(&mut tables, wanted, &mut notes);
    let tables = &tables;
    for table in &tables.missing {
        notes.left(table, 0, "the table is missing");
    }
    let frame = Frame::new(tables, settings, wanted, &mut notes);
    let mut objects = organisation::places(&frame);
    objects.extend(people::groups(&frame, &mut notes));
    objects.extend(schedules::schedules(&frame, &mut notes));
    objects.extend(resources::objects(&frame, &mut notes));
    objects.extend(extras::objects(&frame, &mut notes));
    let users = people::users(&frame, &mut notes);
    let (series, bookings) = bookings::bookings(&frame, &mut notes);
    let ledgers = credits::ledgers(&frame, &bookings, &mut notes);
    let files = tables.reservation_files.iter().map(|row| {
        let extension = row.file_extension.as_deref().unwrap_or_default();
        (row.file_id, format!("{}.{extension}", row.file_id))
    });
    let source = Source {
        slug: wanted.slug.clone(),
        organisation: organisation::organisation(&frame, &mut notes),
        objects,
        users,
        series,
        bookings,
        ledgers,
        files: Vec::new(),
        highest,
    };
    Mapped {
        source,
        files: files.collect(),
        notes: notes.into_inner(),
    }
}

/// Takes out the rows whose numbers are something else here, so that nothing points to the wrong thing.
fn withdraw(tables: &mut Tables, wanted: &Wanted, notes: &mut Notes) {
    let mut keep = |table: &str, row: Row, id: i64| {
        let taken = wanted.taken.contains(&(row, id));
        if taken {
            notes.left(
                table,
                id,
                "its number is something else here, or was deleted here",
            );
        }
        !taken
    };
    macro_rules! withdraw {
        ($($table:ident, $id:ident => $row:expr;)*) => {$(
            tables.$table.retain(|row| keep(stringify!($table), $row, row.$id));
        )*};
    }
    let object = Row::Object;
    withdraw! {
        users, user_id => Row::User;
        groups, group_id => object(ObjectKind::Group);
        resources, resource_id => object(ObjectKind::Resource);
        resource_types, resource_type_id => object(ObjectKind::ResourceType);
        resource_groups, resource_group_id => object(ObjectKind::ResourceGroup);
        resource_status_reasons, resource_status_reason_id => object(ObjectKind::StateReason);
        schedules, schedule_id => object(ObjectKind::Schedule);
        accessories, accessory_id => object(ObjectKind::Accessory);
        custom_attributes, custom_attribute_id => object(ObjectKind::Attribute);
        quotas, quota_id => object(ObjectKind::Quota);
        blackout_instances, blackout_instance_id => object(ObjectKind::Blackout);
        announcements, announcementid => object(ObjectKind::Announcement);
        reservation_waitlist_requests, reservation_waitlist_request_id => object(ObjectKind::WaitingRequest);
    }
}

/// An object with the number it has in `LibreBooking`.
fn object<T: Kind>(id: i64, body: &T) -> StoredObject {
    StoredObject {
        kind: T::KIND,
        id,
        uuid: uuid::Uuid::nil(),
        version: 0,
        // No body of a catalog fails to have a JSON form; one that did would be refused when it is read again.
        body: serde_json::to_string(body).ok(),
    }
}

/// The highest numbers in use there, also by what is not carried over.
fn highest(tables: &Tables) -> BTreeMap<Row, i64> {
    let max = |ids: &mut dyn Iterator<Item = i64>| ids.max().unwrap_or(0);
    let object = Row::Object;
    let t = tables;
    BTreeMap::from([
        (Row::User, max(&mut t.users.iter().map(|row| row.user_id))),
        (
            Row::Series,
            max(&mut t.reservation_series.iter().map(|row| row.series_id)),
        ),
        (
            Row::Booking,
            max(&mut t
                .reservation_instances
                .iter()
                .map(|row| row.reservation_instance_id)),
        ),
        (
            object(ObjectKind::Resource),
            max(&mut t.resources.iter().map(|row| row.resource_id)),
        ),
        (
            object(ObjectKind::Schedule),
            max(&mut t.schedules.iter().map(|row| row.schedule_id)),
        ),
        (
            object(ObjectKind::Group),
            max(&mut t.groups.iter().map(|row| row.group_id)),
        ),
        (
            object(ObjectKind::Blackout),
            max(&mut t
                .blackout_instances
                .iter()
                .map(|row| row.blackout_instance_id)),
        ),
        (
            object(ObjectKind::Quota),
            max(&mut t.quotas.iter().map(|row| row.quota_id)),
        ),
        (
            object(ObjectKind::Attribute),
            max(&mut t
                .custom_attributes
                .iter()
                .map(|row| row.custom_attribute_id)),
        ),
        (
            Row::Attachment,
            max(&mut t.reservation_files.iter().map(|row| row.file_id)),
        ),
        (
            object(ObjectKind::Accessory),
            max(&mut t.accessories.iter().map(|row| row.accessory_id)),
        ),
    ])
}

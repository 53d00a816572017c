//! The organisation with its sites and areas, and the settings that hold everywhere.

use domain::catalog::{
    ApproveChanges, Area, Audience, Doors, Organisation, PastLimit, Policy, Site, StoredObject,
};
use domain::ids::SiteId;

use super::super::settings::Settings;
use super::frame::Frame;
use super::notes::Notes;
use super::object;

/// What `LibreBooking` is called where it has no title.
const NAME: &str = "LibreBooking";

/// Settings that change what people can do and have no like here: their usual values, and what holds instead.
const WITHOUT: [(&str, &str, &str); 15] = [
    (
        "allow.self.registration",
        "false",
        "people register through the API only, if that is open",
    ),
    (
        "registration|allow.self.registration",
        "false",
        "people register through the API only, if that is open",
    ),
    (
        "authentication|required.email.domains",
        "",
        "addresses of any domain are taken",
    ),
    (
        "password|minimum.letters",
        "6",
        "passwords have at least 8 characters of any kind",
    ),
    (
        "password|minimum.numbers",
        "0",
        "passwords have at least 8 characters of any kind",
    ),
    (
        "password|upper.and.lower",
        "false",
        "passwords have at least 8 characters of any kind",
    ),
    (
        "plugins|Authentication",
        "",
        "people log in with the passwords that LibreBooking knows",
    ),
    (
        "plugins|Authorization",
        "",
        "roles and permissions alone decide",
    ),
    (
        "plugins|Permission",
        "",
        "roles and permissions alone decide",
    ),
    ("plugins|PreReservation", "", "no other program is asked"),
    (
        "plugins|PostReservation",
        "",
        "other programs follow the events",
    ),
    (
        "privacy|allow.guest.reservations",
        "false",
        "nobody books without an account",
    ),
    (
        "privacy|view.reservations",
        "false",
        "nobody sees bookings without an account",
    ),
    (
        "reservation|prevent.participation",
        "false",
        "bookings can have participants",
    ),
    (
        "reservation|prevent.recurrence",
        "false",
        "bookings can recur",
    ),
];

fn name(frame: &Frame<'_>) -> String {
    frame.settings.get("app.title").unwrap_or(NAME).to_owned()
}

/// The organisation, with the settings of `config.php` that change how bookings are made.
pub(super) fn organisation(frame: &Frame<'_>, notes: &mut Notes) -> Organisation {
    let settings = frame.settings;
    for (name, usual, detail) in WITHOUT {
        if settings
            .get(name)
            .is_some_and(|value| !value.eq_ignore_ascii_case(usual))
        {
            notes.left("config.php", 0, format!("{name}: {detail}"));
        }
    }
    Organisation {
        name: name(frame),
        zone: frame.zone.clone(),
        hosts: Vec::new(),
        currency: None,
        terms: terms(frame, notes),
        open_directory: !hides(settings, "privacy|hide.user.details"),
        credits_enabled: settings.flag("credits|enabled").unwrap_or(false),
        self_registration: settings
            .flag("api|allow.self.registration")
            .unwrap_or(false),
        open_catalog: true,
        deactivation_share: Organisation::DEACTIVATION_SHARE,
        doors: Doors {
            librebooking: settings.flag("api|enabled").unwrap_or(false),
        },
        policy: policy(frame),
    }
}

/// Whether something is hidden, from all or from some.
fn hides(settings: &Settings, name: &str) -> bool {
    settings.get(name).is_some_and(|value| value != "false")
}

/// One site with one area for each zone that resources are booked in.
pub(super) fn places(frame: &Frame<'_>) -> Vec<StoredObject> {
    let mut objects = Vec::new();
    for (id, zone) in (1..).zip(&frame.places) {
        let name = if frame.places.len() == 1 {
            name(frame)
        } else {
            format!("{} ({zone})", name(frame))
        };
        let site = Site {
            name: name.clone(),
            zone: zone.clone(),
            subdomain: None,
            address: None,
            tax: None,
            manager_group: None,
            policy: Policy::default(),
        };
        let area = Area {
            name,
            site: SiteId(id),
            code: None,
            plan: None,
            manager_group: None,
            policy: Policy::default(),
        };
        objects.extend([object(id, &site), object(id, &area)]);
    }
    objects
}

/// Who sees and books what is a matter of permissions in `LibreBooking`.
fn policy(frame: &Frame<'_>) -> Policy {
    let settings = frame.settings;
    let (people, texts) = (
        hides(settings, "privacy|hide.user.details"),
        hides(settings, "privacy|hide.reservation.details"),
    );
    let managers_if = |hidden: bool| hidden.then_some(Audience::Managers);
    let past = match settings.get("reservation|start.time.constraint") {
        Some("none") => PastLimit::None,
        Some("current") => PastLimit::Current,
        _ => PastLimit::Future,
    };
    let approval = settings.flag("reservation|updates.require.approval");
    let of_reservation = frame
        .tables
        .terms_of_service
        .iter()
        .any(|row| row.applicability.as_deref() == Some("RESERVATION"));
    Policy {
        see: Some(Audience::Permitted),
        book: Some(Audience::Permitted),
        require_title: settings.flag("reservation|title.required"),
        require_note: settings.flag("reservation|description.required"),
        require_terms: of_reservation.then_some(true),
        check_in_before: Some(
            settings
                .number("reservation|checkin.minutes.prior")
                .unwrap_or(5),
        ),
        elapsed: Some(true),
        past: Some(past),
        past_changes: Some(past),
        approve_changes: Some(if approval == Some(true) {
            ApproveChanges::All
        } else {
            ApproveChanges::None
        }),
        see_names: managers_if(people),
        see_titles: managers_if(texts),
        see_details: (!people && !texts).then_some(Audience::Everyone),
        ..Policy::default()
    }
}

fn terms(frame: &Frame<'_>, notes: &mut Notes) -> Option<String> {
    let row = frame.tables.terms_of_service.last()?;
    let text = row.terms_text.clone().or_else(|| row.terms_url.clone());
    if text.is_none() {
        let file = row.terms_file.as_deref().unwrap_or("nothing");
        notes.left(
            "terms_of_service",
            row.terms_of_service_id,
            format!("the terms are in a file: {file}"),
        );
    }
    text
}

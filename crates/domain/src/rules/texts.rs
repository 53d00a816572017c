//! Titles, notes, people and vehicles of a booking.

use super::Proposal;
use crate::booking::Booking;
use crate::catalog::ResourceKind;
use crate::decide::{Context, Snapshot};
use crate::limits::{MAX_GUESTS, MAX_NAME, MAX_NOTE, MAX_PARTICIPANTS, MAX_TITLE};
use crate::refusal::{Rule, Violation};

/// What must be given, by policy.
pub(super) fn check_required(
    proposal: &Proposal<'_>,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let Some(booking) = proposal.bookings.first() else {
        return;
    };
    let details = &booking.details;
    let is_new = !proposal.replaced.contains_key(&booking.id);
    let missing = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
    let people = details.taking_part();
    for id in booking.resource_ids() {
        let policy = snapshot.catalog.policy_of(id);
        let sources = policy.sources;
        let mut refuse = |rule, source| found.push(Violation::of(rule).on(id).set_by(source));
        if policy.require_title && missing(&details.title) {
            refuse(Rule::TitleRequired, sources.require_title);
        }
        if policy.require_note && missing(&details.note) {
            refuse(Rule::NoteRequired, sources.require_note);
        }
        if policy.require_terms && is_new && !proposal.terms_accepted {
            refuse(Rule::TermsRequired, sources.require_terms);
        }
        let limit = policy.max_participants;
        if limit > 0 && people > limit {
            refuse(
                Rule::TooManyParticipants { limit },
                sources.max_participants,
            );
        }
    }
}

/// What holds whatever the policies say: lengths, addresses, and that people and vehicles exist.
pub(super) fn check(
    proposal: &Proposal<'_>,
    context: &Context,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let Some(booking) = proposal.bookings.first() else {
        return;
    };
    let details = &booking.details;
    let mut refuse = |rule| found.push(Violation::of(rule));
    let longer = |text: &Option<String>, most: usize| {
        text.as_ref()
            .is_some_and(|text| text.chars().count() > most)
    };
    if longer(&details.title, MAX_TITLE) {
        refuse(Rule::TextTooLong { limit: 300 });
    }
    if longer(&details.note, MAX_NOTE) {
        refuse(Rule::TextTooLong { limit: 10_000 });
    }
    if details.color.as_ref().is_some_and(|color| !is_color(color)) {
        refuse(Rule::Invalid {
            field: "color".into(),
            detail: "six hexadecimal digits after a #".into(),
        });
    }
    // These end up in the headers of mails and calendars, where a line break would begin another.
    let broken = |text: &Option<String>| text.iter().any(|t| t.contains(char::is_control));
    if broken(&details.title) {
        refuse(Rule::Invalid {
            field: "title".into(),
            detail: "no control characters".into(),
        });
    }
    let unfit = |event: &String| event.trim().is_empty() || event.chars().count() > MAX_NAME;
    if broken(&details.event) || details.event.as_ref().is_some_and(unfit) {
        refuse(Rule::Invalid {
            field: "event".into(),
            detail: "1 to 255 characters, no control characters".into(),
        });
    }
    let misnamed = |text: &Option<String>| broken(text) || longer(text, MAX_NAME);
    if details
        .guests
        .iter()
        .any(|guest| misnamed(&guest.name) || misnamed(&guest.purpose))
    {
        refuse(Rule::Invalid {
            field: "guests".into(),
            detail: "names of at most 255 characters, no control characters".into(),
        });
    }
    if details.participants.len() > MAX_PARTICIPANTS {
        refuse(Rule::TooManyParticipants { limit: 500 });
    }
    if details.guests.len() > MAX_GUESTS {
        refuse(Rule::TooManyParticipants { limit: 50 });
    }
    let before = proposal.replaced.get(&booking.id);
    for participant in &details.participants {
        let known = before.is_some_and(|b| {
            b.details
                .participants
                .iter()
                .any(|p| p.user == participant.user)
        });
        let active = snapshot
            .users
            .get(&participant.user)
            .is_some_and(|user| user.is_active());
        let caller = participant.user == context.actor.id();
        if participant.user == booking.owner || !(known || active || caller) {
            refuse(Rule::User {
                user: participant.user,
            });
        }
    }
    if details.guests.iter().any(|guest| !is_address(&guest.email)) {
        refuse(Rule::GuestAddress);
    }
    check_vehicle(booking, context, snapshot, found);
    check_membership(proposal, snapshot, found);
}

/// A membership is the owner's, and valid on the day each booking begins. One that stays as it was is let be.
fn check_membership(proposal: &Proposal<'_>, snapshot: &Snapshot, found: &mut Vec<Violation>) {
    for booking in proposal.bookings {
        let before = proposal.replaced.get(&booking.id);
        let same = before.is_some_and(|b| b.details.membership == booking.details.membership);
        let stays = same && !proposal.moves(booking) && !proposal.changes_hands(booking);
        let Some(id) = booking.details.membership.filter(|_| !stays) else {
            continue;
        };
        let date = booking.civil.start().date();
        let fits = snapshot
            .catalog
            .memberships
            .get(id.0)
            .is_some_and(|membership| {
                membership.user == booking.owner
                    && membership.from <= date
                    && membership.until.is_none_or(|until| date <= until)
            });
        if !fits {
            let rule = Rule::Membership { membership: id };
            found.push(Violation::of(rule).at(booking.interval.start()));
        }
    }
}

/// A vehicle is the owner's, and there is a parking place among the resources. What is wrong is not said, so
/// that nobody learns which vehicles exist.
fn check_vehicle(
    booking: &Booking,
    context: &Context,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let Some(vehicle) = booking.details.vehicle else {
        return;
    };
    let owner = if booking.owner == context.actor.id() {
        Some(&context.actor.user)
    } else {
        snapshot.users.get(&booking.owner)
    };
    let is_theirs = owner.is_some_and(|user| user.vehicles.iter().any(|v| v.id == vehicle));
    let mut resources = booking
        .resource_ids()
        .filter_map(|id| snapshot.catalog.resource(id));
    if !is_theirs || !resources.any(|resource| resource.kind == ResourceKind::Parking) {
        found.push(Violation::of(Rule::Vehicle));
    }
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Whether the text is one plain mail address: no display name, no list, nothing that could end a header line.
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !",;:<>()[]\\\"@".contains(c);
    !local.is_empty()
        && local.len() <= 64
        && domain.len() <= 253
        && domain.contains('.')
        && !domain.starts_with(['.', '-'])
        && !domain.ends_with(['.', '-'])
        && !domain.contains("..")
        && local.chars().all(plain)
        && domain
            .chars()
            .all(|c| c.is_alphanumeric() || c == '.' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_is_one_plain_address() {
        for good in [
            "a@b.de",
            "first.last+tag@mail.example.com",
            "ü@bücher.example",
        ] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.de",
            "a@b",
            "a b@c.de",
            "a@b.de,c@d.de",
            "A <a@b.de>",
            "a@b.de\r\nBcc: c@d.de",
            "a@@b.de",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}

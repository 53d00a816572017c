//! What a booking carries beside its time, owner and state.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ids::{AccessoryId, AttributeId, MembershipId, ResourceId, UserId};
use crate::money::FrozenPrice;

/// A resource as it is booked, with what was in force then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedResource {
    /// The resource.
    pub resource: ResourceId,
    /// How many units.
    pub units: u32,
    /// Seconds kept free before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub before: u32,
    /// Seconds kept free after.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after: u32,
    /// Whether the resource had but one unit.
    #[serde(default, skip_serializing_if = "is_false")]
    pub exclusive: bool,
    /// Whether buffers were set aside for it, its own or its neighbours'.
    #[serde(default, skip_serializing_if = "is_false")]
    pub tight: bool,
    /// Whether it overlapped others when it was imported.
    #[serde(default, skip_serializing_if = "is_false")]
    pub legacy: bool,
}

/// An accessory as it is booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedAccessory {
    /// The accessory.
    pub accessory: AccessoryId,
    /// How many.
    pub quantity: u32,
    /// Whether there were too few when it was imported.
    #[serde(default, skip_serializing_if = "is_false")]
    pub legacy: bool,
}

/// What an invited person has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Nothing yet.
    Invited,
    /// Yes, or joined unasked.
    Participating,
    /// No.
    Declined,
}

/// A user who takes part, or is asked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The user.
    pub user: UserId,
    /// What they said.
    pub answer: Answer,
}

/// Somebody without an account who takes part, or is asked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    /// Their address.
    pub email: String,
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Why they come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// What they said.
    pub answer: Answer,
}

/// When to remind the owner, in minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reminders {
    /// Before the start.
    pub before_start: Option<u32>,
    /// Before the end.
    pub before_end: Option<u32>,
}

/// A file that belongs to a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
}

/// What a booking carries beside its time, owner and state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// What is booked; at least one.
    pub resources: Vec<BookedResource>,
    /// What is booked along with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accessories: Vec<BookedAccessory>,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What else there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Its colour, `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Values of custom attributes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<AttributeId, String>,
    /// Users who take part or are asked to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Participant>,
    /// Others who take part or are asked to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guests: Vec<Guest>,
    /// Whether users may join unasked.
    #[serde(skip_serializing_if = "is_false")]
    pub open_to_join: bool,
    /// When to remind the owner.
    #[serde(skip_serializing_if = "is_default")]
    pub reminders: Reminders,
    /// Files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The owner's vehicle, by its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vehicle: Option<i64>,
    /// The membership it is charged to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub membership: Option<MembershipId>,
    /// What it costs in money; what is kept of it, once it is called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<FrozenPrice>,
    /// The event it was made for, by the name that whoever made it gives it. It is changed and called off only after it
    /// was released from that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Credits taken for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits: Option<Decimal>,
    /// When somebody checked in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_in_at: Option<Timestamp>,
    /// When somebody checked out or ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_out_at: Option<Timestamp>,
    /// The end it had before its last change, if that moved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_end: Option<Timestamp>,
    /// Why it was declined or cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether limits were set aside when it was made or changed: it need not keep them.
    #[serde(skip_serializing_if = "is_false")]
    pub overridden: bool,
}

impl Details {
    /// Whether anything was charged for it: money, or credits of whatever kind.
    pub fn is_charged(&self) -> bool {
        self.credits.is_some() || self.price.is_some()
    }

    /// The membership it is charged to: the one that was named, or else the one by which its price was found.
    pub fn charged_to(&self) -> Option<MembershipId> {
        let priced = || self.price.as_ref().and_then(|price| price.membership);
        self.membership.or_else(priced)
    }

    /// How many people take part, the owner not counted: users who have said yes, and guests who have not said no.
    pub fn taking_part(&self) -> u32 {
        let yes = |participant: &&Participant| participant.answer == Answer::Participating;
        let users = self.participants.iter().filter(yes).count();
        let not_no = |guest: &&Guest| guest.answer != Answer::Declined;
        let guests = self.guests.iter().filter(not_no).count();
        u32::try_from(users + guests).unwrap_or(u32::MAX)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
const fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

fn is_default(value: &Reminders) -> bool {
    *value == Reminders::default()
}

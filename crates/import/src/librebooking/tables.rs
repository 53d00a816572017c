//! The tables of `LibreBooking` that are read, each with the columns that matter.
//!
//! A column that the database's version does not have reads as NULL.

use jiff::Timestamp;
use jiff::civil::Time;
use rust_decimal::Decimal;

use super::cell::Cell;
use super::database::{Database, ReadError};

type Id = i64;
type Number = Option<i64>;
type Text = Option<String>;
type Amount = Option<Decimal>;
type Moment = Option<Timestamp>;
type Clock = Option<Time>;

impl Cell for Id {
    fn of(value: Option<&[u8]>) -> Self {
        Number::of(value).unwrap_or_default()
    }
}

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident: $row:ident { $($column:ident: $ty:ty),* $(,)? })*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, Default)]
        #[allow(missing_docs, clippy::struct_field_names, reason = "the columns are LibreBooking's")]
        pub struct $row {
            $(pub $column: $ty,)*
        })*

        /// The rows of all tables, in the order of their keys.
        #[derive(Clone, Debug, Default)]
        #[allow(missing_docs, reason = "each is the table of that name")]
        pub struct Tables {
            $(pub $table: Vec<$row>,)*
            /// The names of those that are not there.
            pub missing: Vec<&'static str>,
        }

        impl Tables {
            /// The names of all tables that are read.
            pub(super) const NAMES: &[&str] = &[$(stringify!($table)),*];

            /// Reads all tables, each once.
            pub(super) async fn load(
                database: &mut Database,
                progress: &mut (dyn FnMut(&str) + Send),
            ) -> Result<Self, ReadError> {
                let mut tables = Self::default();
                $(
                    let name = stringify!($table);
                    progress(name);
                    let columns = &[$(stringify!($column)),*];
                    let found = database
                        .each(name, columns, |cells| {
                            let mut at = 0..columns.len();
                            let mut next = || at.next().and_then(|at| cells.get(at));
                            tables.$table.push($row { $($column: Cell::of(next()),)* });
                        })
                        .await?;
                    if !found {
                        tables.missing.push(name);
                    }
                )*
                Ok(tables)
            }
        }
    };
}

tables! {
    /// Something booked along with a resource.
    accessories: AccessoryRow {
        accessory_id: Id, accessory_name: Text, accessory_quantity: Number, credit_count: Amount,
        peak_credit_count: Amount, credit_applicability: Number,
    }
    /// Whom an announcement is for.
    announcement_groups: AnnouncementGroupRow { announcementid: Id, group_id: Id }
    /// Which resources' users an announcement is for.
    announcement_resources: AnnouncementResourceRow { announcementid: Id, resource_id: Id }
    /// What everybody is to read.
    announcements: AnnouncementRow {
        announcementid: Id, announcement_text: Text, priority: Number, start_date: Moment, end_date: Moment,
        display_page: Number,
    }
    /// A time in which resources can not be booked.
    blackout_instances: BlackoutRow { blackout_instance_id: Id, start_date: Moment, end_date: Moment, blackout_series_id: Id }
    /// What blackouts have in common.
    blackout_series: BlackoutSeriesRow { blackout_series_id: Id, title: Text, description: Text }
    /// What a series of blackouts closes.
    blackout_series_resources: BlackoutResourceRow { blackout_series_id: Id, resource_id: Id }
    /// An entry of a ledger.
    credit_log: CreditRow {
        credit_log_id: Id, user_id: Id, original_credit_count: Amount, credit_count: Amount, credit_note: Text,
        date_created: Moment,
    }
    /// What a custom attribute applies to.
    custom_attribute_entities: AttributeEntityRow { custom_attribute_id: Id, entity_id: Id }
    /// The value of a custom attribute.
    custom_attribute_values: AttributeValueRow {
        custom_attribute_value_id: Id, custom_attribute_id: Id, attribute_value: String, entity_id: Id,
        attribute_category: Number,
    }
    /// A custom attribute.
    custom_attributes: AttributeRow {
        custom_attribute_id: Id, display_label: Text, description: Text, display_type: Number, attribute_category: Number,
        validation_regex: Text, is_required: bool, possible_values: Text, sort_order: Number, admin_only: bool,
        secondary_category: Number, secondary_entity_ids: Text, is_private: bool,
    }
    /// A bookable time on one date of a layout.
    custom_time_blocks: CustomBlockRow { custom_time_block_id: Id, start_time: Moment, end_time: Moment, layout_id: Id }
    /// What a group's members may do with a resource.
    group_resource_permissions: GroupPermissionRow { group_id: Id, resource_id: Id, permission_type: Number }
    /// What a group's members administer.
    group_roles: GroupRoleRow { group_id: Id, role_id: Id }
    /// A group of people.
    groups: GroupRow { group_id: Id, name: Text, admin_group_id: Number, isdefault: bool }
    /// A layout: the zone of time blocks.
    layouts: LayoutRow { layout_id: Id, timezone: Text, layout_type: Number }
    /// The times that cost more.
    peak_times: PeakRow {
        peak_times_id: Id, schedule_id: Id, all_day: bool, start_time: Clock, end_time: Clock, every_day: bool,
        peak_days: Text, all_year: bool, begin_month: Number, begin_day: Number, end_month: Number, end_day: Number,
    }
    /// A limit on how much may be booked.
    quotas: QuotaRow {
        quota_id: Id, quota_limit: Amount, unit: Text, duration: Text, resource_id: Number, group_id: Number,
        schedule_id: Number, enforced_days: Text, enforced_time_start: Clock, enforced_time_end: Clock, scope: Text,
    }
    /// An accessory of a reservation.
    reservation_accessories: BookedAccessoryRow { series_id: Id, accessory_id: Id, quantity: Number }
    /// A file of a reservation.
    reservation_files: FileRow {
        file_id: Id, series_id: Id, file_name: Text, file_type: Text, file_size: Number, file_extension: Text,
    }
    /// Somebody without an account who takes part in a reservation.
    reservation_guests: GuestRow { reservation_instance_id: Id, email: Text, reservation_user_level: Number }
    /// One occurrence of a reservation.
    reservation_instances: InstanceRow {
        reservation_instance_id: Id, start_date: Moment, end_date: Moment, reference_number: Text, series_id: Id,
        checkin_date: Moment, checkout_date: Moment, previous_end_date: Moment, credit_count: Amount,
    }
    /// When to remind of a reservation.
    reservation_reminders: ReminderRow { reminder_id: Id, series_id: Id, minutes_prior: Number, reminder_type: Number }
    /// A resource of a reservation.
    reservation_resources: BookedResourceRow { series_id: Id, resource_id: Id, resource_level_id: Number }
    /// What the occurrences of a reservation have in common.
    reservation_series: SeriesRow {
        series_id: Id, date_created: Moment, last_modified: Moment, title: Text, description: Text,
        allow_participation: bool, type_id: Number, status_id: Number, repeat_type: Text, repeat_options: Text,
        owner_id: Id, last_action_by: Number, terms_date_accepted: Moment,
    }
    /// A user of a reservation.
    reservation_users: ParticipantRow { reservation_instance_id: Id, user_id: Id, reservation_user_level: Number }
    /// Somebody who waits for a resource.
    reservation_waitlist_requests: WaitingRow {
        reservation_waitlist_request_id: Id, user_id: Id, resource_id: Id, start_date: Moment, end_date: Moment,
    }
    /// How many of an accessory go with a resource.
    resource_accessories: BindingRow {
        resource_accessory_id: Id, resource_id: Id, accessory_id: Id, minimum_quantity: Number, maximum_quantity: Number,
    }
    /// A resource's place in the tree of groups.
    resource_group_assignment: ResourceGroupMemberRow { resource_group_id: Id, resource_id: Id }
    /// A node in the tree of resource groups.
    resource_groups: ResourceGroupRow { resource_group_id: Id, resource_group_name: Text, parent_id: Number }
    /// A reason why resources can not be used.
    resource_status_reasons: ReasonRow { resource_status_reason_id: Id, status_id: Number, description: Text }
    /// A sort of resource.
    resource_types: ResourceTypeRow { resource_type_id: Id, resource_type_name: Text, resource_type_description: Text }
    /// A resource.
    resources: ResourceRow {
        resource_id: Id, name: Text, location: Text, contact_info: Text, description: Text, notes: Text,
        min_duration: Number, min_increment: Number, max_duration: Number, unit_cost: Amount, autoassign: bool,
        requires_approval: bool, allow_multiday_reservations: bool, max_participants: Number,
        min_notice_time_add: Number, min_notice_time: Number, max_notice_time: Number, image_name: Text,
        schedule_id: Number, admin_group_id: Number,
        sort_order: Number, resource_type_id: Number, status_id: Number, resource_status_reason_id: Number,
        buffer_time: Number, enable_check_in: bool, auto_release_minutes: Number, color: Text, credit_count: Amount,
        peak_credit_count: Amount, credit_applicability: Number, min_notice_time_update: Number,
        min_notice_time_delete: Number, auto_extend_reservations: bool, additional_properties: Text,
    }
    /// A schedule.
    schedules: ScheduleRow {
        schedule_id: Id, name: Text, isdefault: bool, weekdaystart: Number, daysvisible: Number, layout_id: Id,
        admin_group_id: Number, start_date: Moment,
        end_date: Moment, total_concurrent_reservations: Number, max_resources_per_reservation: Number,
    }
    /// The terms of use.
    terms_of_service: TermsRow {
        terms_of_service_id: Id, terms_text: Text, terms_url: Text, terms_file: Text, applicability: Text,
    }
    /// A time of day of a layout.
    time_blocks: BlockRow {
        block_id: Id, label: Text, end_label: Text, availability_code: Number, layout_id: Id, start_time: Clock,
        end_time: Clock, day_of_week: Number,
    }
    /// A member of a group.
    user_groups: MemberRow { user_id: Id, group_id: Id }
    /// A person's setting.
    user_preferences: PreferenceRow { user_preferences_id: Id, user_id: Id, name: Text, value: Text }
    /// What a person may do with a resource.
    user_resource_permissions: UserPermissionRow { user_id: Id, resource_id: Id, permission_type: Number }
    /// A person.
    users: UserRow {
        user_id: Id, fname: Text, lname: Text, username: Text, email: Text, password: Text, salt: Text,
        organization: Text, position: Text, phone: Text, timezone: Text, language: Text, date_created: Moment,
        lastlogin: Moment, status_id: Number,
        default_schedule_id: Number, credit_count: Amount, terms_date_accepted: Moment, legacypassword: Text,
        api_only: bool,
    }
}

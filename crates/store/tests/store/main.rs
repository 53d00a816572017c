//! One meaning on two databases: each test runs on both.

#[path = "../common/mod.rs"]
mod common;

mod bookings;
mod catalog;
mod clients;
mod events;
mod lists;
mod money;
mod pages;
mod people;
mod repeats;
mod shared;

use common::{House, Place};

macro_rules! on_both {
    ($($module:ident::$name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::on(Some(super::Place::sqlite()), super::$module::$name).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::on(super::Place::postgres(), super::$module::$name).await;
            })*
        }
    };
}

async fn on<F: Future<Output = ()>>(place: Option<Place>, test: impl FnOnce(House) -> F) {
    if let Some(place) = place {
        test(House::build(place).await).await;
    }
}

on_both!(
    bookings::a_booking_is_found_again,
    bookings::a_conflict_changes_nothing,
    bookings::a_version_is_of_what_is_stored,
    bookings::what_is_forbidden_is_only_noted,
    bookings::three_of_sixteen_get_three_units,
    bookings::one_of_sixteen_gets_one_unit,
    lists::those_that_exist_are_found_by_their_ids,
    lists::what_is_cancelled_is_listed_on_request,
    bookings::what_is_moved_makes_room,
    bookings::buffers_give_way_where_limits_are_set_aside_and_the_time_itself_never,
    lists::pages_are_what_a_filter_finds,
    events::a_reader_of_events_misses_none_and_sees_none_twice,
    repeats::a_repeated_request_has_one_effect,
    repeats::fifty_repeated_requests_have_one_effect,
    people::a_revoked_token_is_gone,
    people::users_are_found_by_name_and_unique,
    people::users_are_found_by_all_that_is_true_of_them,
    people::members_join_and_leave_and_their_group_goes,
    people::who_goes_leaves_no_booking_to_come,
    people::a_resource_goes_with_its_bookings_and_permissions,
    people::a_log_in_is_remembered_and_a_token_is_not_one,
    people::addresses_of_calendars_are_counted_under_a_secret_that_stays,
    catalog::a_catalog_is_read_again,
    clients::one_of_sixteen_redeems_a_code_and_all_of_it_ends,
    clients::what_a_client_was_given_ends_with_it_and_with_people,
    clients::no_history_leaves_a_token_of_an_ended_family,
    catalog::a_drawing_is_kept_for_as_long_as_an_area_names_it,
    repeats::old_answers_are_purged,
    lists::many_bookings_are_stored_at_once,
    money::prices_are_charged_once_and_pots_spent_once,
    money::pots_are_granted_and_read_again,
    money::a_month_is_billed_once_however_often_it_is_closed,
    lists::what_is_around_an_instant_is_what_a_filter_finds,
    pages::pages_in_every_order_are_what_a_filter_finds,
    pages::few_among_many_are_found,
    pages::what_stays_is_told_once_while_others_write,
    shared::credits_are_spent_once,
    shared::accessories_are_lent_once,
    shared::a_series_is_made_whole_or_not_at_all,
    shared::a_series_is_changed_and_read_again,
    shared::v6_a_series_is_no_more_when_its_last_booking_leaves,
);

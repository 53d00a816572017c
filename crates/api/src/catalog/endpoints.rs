//! `GET /{kind}`, `POST /{kind}`, `GET`, `PATCH` and `DELETE /{kind}/{id}`, for each kind of object.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{organisation, plan, policy};
use crate::App;

macro_rules! endpoints {
    ($($module:ident $collection:literal $object:literal, $kind:ty, $body:ty, $view:ty, $one:literal, $many:literal, $who:literal;)*) => {
        $(mod $module {
            use axum::Json;
            use axum::extract::State;
            use axum::response::Response;
            use http_kit::{Problem, StrictQuery};

            use crate::App;
            use crate::caller::{Caller, CatalogRead, CatalogWrite, Path};
            use crate::catalog::{self, Page, PageQuery};
            use crate::perform::Incoming;

            #[utoipa::path(
                get,
                path = $collection,
                tag = "catalog",
                summary = concat!("List ", $many, "."),
                description = "By id; only what the caller may know of.",
                security(("bearer" = ["catalog:read"])),
                params(PageQuery),
                responses((status = 200, description = "A page of them.", body = Page<$view>)),
            )]
            pub async fn list(
                State(app): State<App>,
                caller: Caller<CatalogRead>,
                StrictQuery { value: query }: StrictQuery<PageQuery>,
            ) -> Result<Json<Page<$view>>, Problem> {
                catalog::list::<$kind>(&app, &caller, &query, |catalog| &catalog.$module)
            }

            #[utoipa::path(
                post,
                path = $collection,
                tag = "catalog",
                summary = concat!("Make ", $one, "."),
                description = $who,
                security(("bearer" = ["catalog:write"])),
                request_body = $body,
                params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat.")),
                responses((status = 201, description = "It is made.", body = $view), (status = 409)),
            )]
            pub async fn create(
                State(app): State<App>,
                caller: Caller<CatalogWrite>,
                incoming: Incoming,
            ) -> Response {
                catalog::create::<$kind>(&app, &caller, $collection, incoming).await
            }

            #[utoipa::path(
                get,
                path = $object,
                tag = "catalog",
                summary = concat!("Read ", $one, "."),
                security(("bearer" = ["catalog:read"])),
                params(("id" = i64, Path, description = "Its number.")),
                responses((status = 200, description = "It.", body = $view)),
            )]
            pub async fn read(
                State(app): State<App>,
                caller: Caller<CatalogRead>,
                Path(id): Path<String>,
            ) -> Result<Response, Problem> {
                catalog::read::<$kind>(&app, &caller, catalog::number(&id)?)
            }

            #[utoipa::path(
                patch,
                path = $object,
                tag = "catalog",
                summary = concat!("Change ", $one, "."),
                description = "What is omitted stays as it is, and null clears: a merge patch (RFC 7396).",
                security(("bearer" = ["catalog:write"])),
                request_body = $body,
                params(
                    ("id" = i64, Path, description = "Its number."),
                    ("If-Match" = Option<String>, Header, description = "The version that the caller has read."),
                    ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
                ),
                responses((status = 200, description = "As it is now.", body = $view), (status = 409)),
            )]
            pub async fn change(
                State(app): State<App>,
                caller: Caller<CatalogWrite>,
                Path(id): Path<String>,
                incoming: Incoming,
            ) -> Response {
                catalog::change::<$kind>(&app, &caller, &id, incoming).await
            }

            #[utoipa::path(
                delete,
                path = $object,
                tag = "catalog",
                summary = concat!("Delete ", $one, "."),
                description = "Refused as a conflict while anything depends on it.",
                security(("bearer" = ["catalog:write"])),
                params(
                    ("id" = i64, Path, description = "Its number."),
                    ("If-Match" = Option<String>, Header, description = "The version that the caller has read."),
                    ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
                ),
                responses((status = 204, description = "It is gone."), (status = 409)),
            )]
            pub async fn delete(
                State(app): State<App>,
                caller: Caller<CatalogWrite>,
                Path(id): Path<String>,
                incoming: Incoming,
            ) -> Response {
                catalog::delete::<$kind>(&app, &caller, &id, incoming).await
            }
        })*

        /// The routes of the catalog.
        pub fn routes() -> OpenApiRouter<App> {
            OpenApiRouter::new()
                .routes(routes!(organisation::read, organisation::change))
                .routes(routes!(policy::effective))
                .routes(routes!(plan::read, plan::put))
                $(
                    .routes(routes!($module::list, $module::create))
                    .routes(routes!($module::read, $module::change, $module::delete))
                )*
        }
    };
}

endpoints! {
    sites "/sites" "/sites/{id}", domain::catalog::Site, catalog::place::SiteBody, catalog::place::SiteView,
        "a site", "sites", "For administrators.";
    areas "/areas" "/areas/{id}", domain::catalog::Area, catalog::place::AreaBody, catalog::place::AreaView,
        "an area", "areas", "For administrators.";
    resources "/resources" "/resources/{id}", domain::catalog::Resource, catalog::resource::ResourceBody,
        catalog::resource::ResourceView, "a resource", "resources", "For administrators.";
    resource_types "/resource-types" "/resource-types/{id}", domain::catalog::ResourceType,
        catalog::resource::ResourceTypeBody, catalog::resource::ResourceTypeView, "a resource type", "resource types", "For administrators.";
    resource_groups "/resource-groups" "/resource-groups/{id}", domain::catalog::ResourceGroup,
        catalog::resource::ResourceGroupBody, catalog::resource::ResourceGroupView,
        "a resource group", "resource groups", "For administrators.";
    schedules "/schedules" "/schedules/{id}", domain::catalog::Schedule, catalog::schedule::ScheduleBody,
        catalog::schedule::ScheduleView, "a schedule", "schedules", "For administrators.";
    blackouts "/blackouts" "/blackouts/{id}", domain::catalog::Blackout, catalog::schedule::BlackoutBody,
        catalog::schedule::BlackoutView, "a blackout", "blackouts", "For administrators.";
    accessories "/accessories" "/accessories/{id}", domain::catalog::Accessory, catalog::extras::AccessoryBody,
        catalog::extras::AccessoryView, "an accessory", "accessories", "For administrators.";
    attributes "/attributes" "/attributes/{id}", domain::catalog::Attribute, catalog::extras::AttributeBody,
        catalog::extras::AttributeView, "the definition of a custom attribute", "the definitions of custom attributes", "For administrators.";
    groups "/groups" "/groups/{id}", domain::people::Group, catalog::people::GroupBody, catalog::people::GroupView,
        "a group of people", "groups of people", "For administrators.";
    plans "/plans" "/plans/{id}", domain::people::Plan, catalog::people::PlanBody, catalog::people::PlanView,
        "a plan", "plans", "For administrators.";
    memberships "/memberships" "/memberships/{id}", domain::people::Membership, catalog::people::MembershipBody,
        catalog::people::MembershipView, "a membership", "memberships", "For administrators.";
    quotas "/quotas" "/quotas/{id}", domain::people::Quota, catalog::people::QuotaBody, catalog::people::QuotaView,
        "a quota", "quotas", "For administrators.";
    price_rules "/price-rules" "/price-rules/{id}", domain::money::PriceRule, catalog::price::PriceRuleBody,
        catalog::price::PriceRuleView, "a price rule", "price rules", "For administrators.";
    state_reasons "/state-reasons" "/state-reasons/{id}", domain::catalog::StateReason,
        catalog::notices::StateReasonBody, catalog::notices::StateReasonView,
        "a reason why resources can not be used", "reasons why resources can not be used", "For administrators.";
    announcements "/announcements" "/announcements/{id}", domain::catalog::Announcement,
        catalog::notices::AnnouncementBody, catalog::notices::AnnouncementView,
        "an announcement", "announcements", "For administrators.";
    waiting_requests "/waiting-requests" "/waiting-requests/{id}", domain::catalog::WaitingRequest,
        catalog::notices::WaitingRequestBody, catalog::notices::WaitingRequestView,
        "a wish to know when a resource becomes free", "wishes to know when a resource becomes free",
        "For oneself, of what one may book; for others, of what one manages.";
}

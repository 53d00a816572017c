//! `GET /resources/bookings/v1`

use axum::extract::State;
use domain::catalog::{Object, Resource};
use domain::ids::{MembershipId, ResourceId, SiteId};
use domain::people::Rights;
use engine::Seen;
use engine::store::{Bounds, OnMembership, Order, PageFilter, SortKey};
use serde::Serialize;
use uuid::Uuid;

use super::reach::Key;
use super::{cursor, invoices, membership};
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsRead, Caller};
use crate::issues::Code;
use crate::query::Query;
use crate::views::{BookingView, Kind, known};

/// The most bookings of a page, and how many it has unless it is said.
const LIMITS: (i64, i64) = (100, 25);

/// The parameters there are, in the order in which the next page's query has them; the token comes last.
const PARAMETERS: [&str; 8] = [
    "resourceRef",
    "locationRef",
    "membershipRefOwner",
    "startDate",
    "endDate",
    "types",
    "order",
    "limit",
];
const TOKEN: &str = "nextPageToken";

/// What is asked for.
#[derive(Debug)]
pub struct Wish {
    /// Bookings of this resource.
    pub resource: Option<Uuid>,
    /// Bookings in this location.
    pub location: Option<Uuid>,
    /// Bookings that are on this membership.
    pub membership: Option<Uuid>,
    /// When they start.
    pub start: Bounds,
    /// When they end.
    pub end: Bounds,
    /// Bookings of resources of these types; none for all.
    pub types: Vec<Kind>,
    /// In which order.
    pub order: Order,
    limit: usize,
    token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageView<'a> {
    bookings: Vec<BookingView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    search_query_next: Option<String>,
}

/// Lists the bookings of a resource or a location that hold, a page at a time.
pub async fn list(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    mut query: Query,
) -> Result<Reply, Fault> {
    let wish = Wish::read(&mut query)?;
    let (catalog, rights) = (&caller.catalog, caller.rights());
    let key = Key::new(&caller, wish.resource, wish.location, &wish.types);
    let resources = app.reach.of(key, || wish.resources(&caller, &rights))?;
    let membership = match wish.membership {
        None => None,
        Some(id) => {
            let found = membership(&app, &caller, id).await?;
            let found = found.ok_or(Fault::NotFound)?;
            let membership = MembershipId(found.id);
            Some(OnMembership {
                owner: found.user,
                membership,
                days: catalog.days_of_membership(membership),
            })
        }
    };
    let after = match &wish.token {
        None => None,
        Some(token) => Some(cursor::open(&app, &caller, &wish, wish.order, token).await?),
    };
    let filter = PageFilter {
        organisation: caller.actor.organisation,
        resources,
        membership,
        start: wish.start,
        end: wish.end,
        order: wish.order,
        after,
        limit: wish.limit,
    };
    let page = app.engine.store().booking_page(&filter).await?;
    let engine = &app.engine;
    let seen = engine.seen_alone(catalog, &rights, page.items).await?;
    let invoices = invoices(&app, &caller, &seen).await?;
    let wanted = |id: &ResourceId| filter.resources.binary_search(id).is_ok();
    // Of a booking of several resources, the first that the list is about.
    let view = |seen| {
        let seen: &Seen = seen;
        let mut here = seen.booking.resource_ids();
        let resource = catalog.resource(here.find(&wanted)?)?;
        Some(BookingView::new(seen, resource, catalog, &invoices))
    };
    let token = match page.next {
        None => None,
        Some(spot) => Some(cursor::seal(&app, &caller, &wish, spot).await?),
    };
    Reply::ok(&PageView {
        bookings: seen.iter().filter_map(view).collect(),
        search_query_next: token
            .as_deref()
            .map(|token| query.next(&PARAMETERS, TOKEN, token)),
        next_page_token: token.as_deref(),
    })
}

impl Wish {
    fn read(query: &mut Query) -> Result<Self, Fault> {
        let [resource, location, membership] =
            ["resourceRef", "locationRef", "membershipRefOwner"].map(|name| query.id(name));
        if resource.is_none() && location.is_none() && query.issues.is_empty() {
            let text = "resourceRef or locationRef is required.";
            query.issues.add(Code::Custom, &["resourceRef"], text);
        }
        let (start, end) = (query.times("startDate"), query.times("endDate"));
        let wish = Self {
            resource,
            location,
            membership,
            start,
            end,
            types: types(query),
            order: order(query),
            limit: limit(query),
            token: query.text(TOKEN),
        };
        query.finish()?;
        Ok(wish)
    }

    /// The resources whose bookings are asked for, of those that the caller may know of.
    ///
    /// # Errors
    /// 404 if there is no such resource or location.
    fn resources(
        &self,
        caller: &Caller<BookingsRead>,
        rights: &Rights<'_>,
    ) -> Result<Vec<ResourceId>, Fault> {
        let catalog = &caller.catalog;
        let site = match self.location {
            None => None,
            Some(id) => {
                let mut sites = catalog.sites.values();
                let found = sites.find(|site| site.uuid == id);
                Some(SiteId(found.ok_or(Fault::NotFound)?.id))
            }
        };
        let in_site = |resource: &Object<Resource>| {
            let of = || catalog.site_of(resource).map(|site| SiteId(site.id));
            site.is_none() || of() == site
        };
        let of_types = |kind: Option<Kind>| {
            kind.is_some_and(|kind| self.types.is_empty() || self.types.contains(&kind))
        };
        if let Some(id) = self.resource {
            let found = super::resource(id, catalog, rights).ok_or(Fault::NotFound)?;
            let wanted = in_site(found.0) && of_types(Some(found.1));
            return Ok(wanted
                .then_some(ResourceId(found.0.id))
                .into_iter()
                .collect());
        }
        let resources = catalog.resources.values();
        let wanted = resources.filter(|one| in_site(one) && of_types(known(one, rights)));
        Ok(wanted.map(|one| ResourceId(one.id)).collect())
    }
}

/// The types that are asked for, each once.
fn types(query: &mut Query) -> Vec<Kind> {
    let Some(text) = query.text("types") else {
        return Vec::new();
    };
    let mut types = Vec::new();
    for word in text.split(',').map(str::trim) {
        let Some(kind) = Kind::from_name(word) else {
            let text = "A type is one of hotDesk, dedicatedDesk, office, parkingLot and room.";
            query.issues.add(Code::InvalidEnumValue, &["types"], text);
            return Vec::new();
        };
        types.push(kind);
    }
    types.sort_unstable();
    types.dedup();
    types
}

fn order(query: &mut Query) -> Order {
    let usual = Order {
        key: SortKey::End,
        descending: false,
    };
    let Some(text) = query.text("order") else {
        return usual;
    };
    let (field, direction) = text.split_once(':').unwrap_or((&text, ""));
    let key = match field {
        "createDate" => Some(SortKey::Created),
        "endDate" => Some(SortKey::End),
        "startDate" => Some(SortKey::Start),
        "id" => Some(SortKey::Uuid),
        _ => None,
    };
    let descending = match direction {
        "asc" => Some(false),
        "desc" => Some(true),
        _ => None,
    };
    let Some((key, descending)) = key.zip(descending) else {
        let text = "An order is createDate, endDate, startDate or id, and then :asc or :desc.";
        query.issues.add(Code::InvalidEnumValue, &["order"], text);
        return usual;
    };
    Order { key, descending }
}

fn limit(query: &mut Query) -> usize {
    let (most, usual) = LIMITS;
    let Some(text) = query.text("limit") else {
        return usize::try_from(usual).unwrap_or_default();
    };
    let wrong = match text.parse::<i64>() {
        Ok(limit) if limit < 1 => Some((Code::TooSmall, "The limit must be at least 1.")),
        Ok(limit) if limit > most => Some((Code::TooBig, "The limit must be at most 100.")),
        Ok(_) => None,
        Err(_) => Some((
            Code::InvalidType,
            "The limit must be a whole number from 1 to 100.",
        )),
    };
    if let Some((code, text)) = wrong {
        query.issues.add(code, &["limit"], text);
    }
    text.parse().unwrap_or_default()
}

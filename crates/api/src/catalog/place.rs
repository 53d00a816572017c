//! The organisation, its sites and their areas.

use domain::catalog::{Area, Doors, FloorPlan, Object, Organisation, PlanImage, PlanMedia, Site};
use http_kit::Problem;

use super::policy::PolicyBody;
use super::price::TaxBody;
use super::{Managed, Viewer};
use crate::wire::{Wire, invalid, object, part};

object! {
    /// The organisation.
    OrganisationBody, OrganisationView for Organisation {
        required {
            /// Its name.
            #[schema(min_length = 1, max_length = 200)]
            name: String,
            /// The zone of everything that names none.
            zone: String,
        }
        optional {
            /// The host names under which it is reached; the default organisation needs none.
            hosts: Vec<String>,
            /// ISO 4217 code of its currency.
            currency: Option<String>,
            /// The terms of use that bookings may have to accept.
            terms: Option<String>,
            /// Whether everybody may look up how others can be reached, and who is in which group; otherwise people
            /// know of each other by name only.
            open_directory: bool,
            /// Whether people may register themselves.
            self_registration: bool,
            /// Whether everybody with a log-in may know the names of all resources and what stands in which group, as
            /// LibreBooking tells them. What else there is to a resource follows its policy all the same.
            open_catalog: bool,
            /// The policy of all its resources.
            policy: PolicyBody,
        }
        filled {
            /// Whether bookings cost credits at all.
            #[schema(default = true)]
            credits_enabled: bool = "yes",
            /// How many of a hundred users an import may deactivate without being told their number.
            #[schema(default = 20, maximum = 100)]
            deactivation_share: u8 = "deactivation_share",
            /// Which other systems' APIs are open.
            doors: DoorsBody = "all_doors",
        }
    }
}

part! {
    /// Which other systems' APIs an organisation answers through.
    DoorsBody for Doors {
        required {}
        optional {}
        filled {
            /// `LibreBooking`'s.
            #[schema(default = true)]
            librebooking: bool = "yes",
        }
    }
}

const fn deactivation_share() -> u8 {
    Organisation::DEACTIVATION_SHARE
}

const fn yes() -> bool {
    true
}

fn all_doors() -> DoorsBody {
    Doors::default().to_wire()
}

impl Managed for Organisation {
    type Body = OrganisationBody;
    type View = OrganisationView;

    fn visible(_object: &Object<Self>, _viewer: &Viewer<'_>) -> bool {
        true
    }

    fn view(object: &Object<Self>, _viewer: Option<&Viewer<'_>>) -> OrganisationView {
        OrganisationView::of(object)
    }
}

object! {
    /// A building or campus.
    SiteBody, SiteView for Site {
        required {
            /// Its name.
            #[schema(min_length = 1, max_length = 200)]
            name: String,
            /// Its zone, on whose wall clock its resources are booked.
            zone: String,
        }
        optional {
            /// The first label of the host names under which it is reached at Cobot's API; unique among the sites.
            #[schema(pattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
            subdomain: Option<String>,
            /// Its postal address.
            address: Option<String>,
            /// The group whose members manage it.
            manager_group: Option<i64>,
            /// The tax in its prices, where a price rule says none.
            tax: Option<TaxBody>,
            /// The policy of its resources.
            policy: PolicyBody,
        }
    }
}

impl Managed for Site {
    type Body = SiteBody;
    type View = SiteView;

    /// A site is known to those who know of something in it.
    fn visible(object: &Object<Self>, viewer: &Viewer<'_>) -> bool {
        viewer.rights.administers_all() || viewer.places().1.contains(&object.id)
    }

    fn view(object: &Object<Self>, _viewer: Option<&Viewer<'_>>) -> SiteView {
        SiteView::of(object)
    }
}

/// A floor plan; the resources' shapes lie over it in its units. It has one drawing: `svg` or `image`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FloorPlanBody {
    /// Width in the plan's units; above zero.
    pub width: f64,
    /// Height in the plan's units; above zero.
    pub height: f64,
    /// The drawing, as SVG of at most 200 KiB, without scripts and without references to other places. What a drawing
    /// does not need is left out of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 204_800)]
    pub svg: Option<String>,
    /// The drawing, as it was uploaded to `/areas/{id}/plan`, where it is to be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<PlanImageBody>,
}

/// A drawing that was uploaded.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanImageBody {
    /// What it is.
    pub media: PlanMediaBody,
    /// SHA-256 of its content.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
}

/// What a drawing is.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanMediaBody {
    /// SVG.
    Svg,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

/// The largest SVG in an area, in bytes: 200 KiB.
const MAX_SVG: usize = 200 * 1024;

impl Wire<FloorPlanBody> for FloorPlan {
    fn to_wire(&self) -> FloorPlanBody {
        let image = self.image.as_ref().map(|image| PlanImageBody {
            media: match image.media {
                PlanMedia::Svg => PlanMediaBody::Svg,
                PlanMedia::Png => PlanMediaBody::Png,
                PlanMedia::Jpeg => PlanMediaBody::Jpeg,
            },
            digest: image.digest.clone(),
        });
        FloorPlanBody {
            width: self.width,
            height: self.height,
            svg: self.svg.clone(),
            image,
        }
    }

    fn from_wire(wire: FloorPlanBody, _field: &str) -> Result<Self, Problem> {
        let image = wire.image.map(|image| PlanImage {
            media: match image.media {
                PlanMediaBody::Svg => PlanMedia::Svg,
                PlanMediaBody::Png => PlanMedia::Png,
                PlanMediaBody::Jpeg => PlanMedia::Jpeg,
            },
            digest: image.digest,
            content: None,
        });
        Ok(Self {
            width: wire.width,
            height: wire.height,
            svg: wire.svg.as_deref().map(cleaned).transpose()?,
            image,
        })
    }
}

/// What is harmless in an SVG.
fn cleaned(svg: &str) -> Result<String, Problem> {
    if svg.len() > MAX_SVG {
        let detail = "the drawing has more than 200 KiB: upload it to /areas/{id}/plan";
        return Err(invalid("plan", detail));
    }
    let clean = drawing::svg(svg).map_err(|unfit| invalid("plan", unfit.to_string()))?;
    String::from_utf8(clean.content).map_err(|_| invalid("plan", "the drawing is no text"))
}

object! {
    /// A floor, wing or car park of a site.
    AreaBody, AreaView for Area {
        required {
            /// Its name.
            #[schema(min_length = 1, max_length = 200)]
            name: String,
            /// The site it is part of.
            site: i64,
        }
        optional {
            /// A short code, as on a door sign.
            code: Option<String>,
            /// Its floor plan.
            plan: Option<FloorPlanBody>,
            /// The group whose members manage it.
            manager_group: Option<i64>,
            /// The policy of its resources.
            policy: PolicyBody,
        }
    }
}

impl Managed for Area {
    type Body = AreaBody;
    type View = AreaView;

    /// An area is known to those who know of something in it.
    fn visible(object: &Object<Self>, viewer: &Viewer<'_>) -> bool {
        viewer.rights.administers_all() || viewer.places().0.contains(&object.id)
    }

    fn view(object: &Object<Self>, _viewer: Option<&Viewer<'_>>) -> AreaView {
        AreaView::of(object)
    }
}

part! {
    /// A resource's place on its area's floor plan, in the plan's own units.
    ShapeBody for domain::catalog::Shape {
        required {
            /// Left edge.
            x: f64,
            /// Upper edge.
            y: f64,
            /// Width.
            width: f64,
            /// Height.
            height: f64,
        }
        optional {
            /// Degrees clockwise about the centre.
            rotation: f64,
        }
    }
}

//! Groups, plans, memberships and quotas.

use domain::catalog::Object;
use domain::ids::ResourceId;
use domain::money::CreditUnit;
use domain::people::{
    CreditGrant, Group, Membership, Permission, Plan, Quota, QuotaPeriod, QuotaUnit,
    ResourcePermission, Role,
};

use super::resource::KindBody;
use super::{Managed, Viewer};
use crate::wire::{choice, object, part};

choice! {
    /// What the members of a group administer.
    RoleBody for Role {
        /// Everything.
        #[default]
        ApplicationAdministrator,
        /// The members of the groups that name this one as their administrators.
        GroupAdministrator,
        /// The resources that name this group.
        ResourceAdministrator,
        /// The resources of the schedules that name this group.
        ScheduleAdministrator,
        /// The resources of the sites that name this group.
        SiteManager,
        /// The resources of the areas that name this group.
        LocationManager,
    }
}

choice! {
    /// What one may do with a resource.
    PermissionLevel for Permission {
        /// See it.
        #[default]
        View,
        /// See and book it.
        Full,
    }
}

part! {
    /// A permission on one resource.
    PermissionBody for ResourcePermission {
        required {
            /// The resource.
            resource: i64,
            /// What is permitted.
            permission: PermissionLevel,
        }
        optional {}
    }
}

object! {
    /// A group of people.
    GroupBody, GroupView for Group {
        required {
            /// Its name.
            #[schema(min_length = 1, max_length = 200)]
            name: String,
        }
        optional {
            /// What its members administer.
            roles: Vec<RoleBody>,
            /// What its members may do with resources.
            permissions: Vec<PermissionBody>,
            /// The group whose members administer this one's.
            admin_group: Option<i64>,
            /// Whether new users are put into it.
            default: bool,
        }
    }
}

impl Managed for Group {
    type Body = GroupBody;
    type View = GroupView;

    /// A group is known to administrators, to its members, and to those who administer it; to everybody, where the
    /// directory is open.
    fn visible(object: &Object<Self>, viewer: &Viewer<'_>) -> bool {
        viewer.rights.sees_group(object)
    }

    fn view(object: &Object<Self>, viewer: Option<&Viewer<'_>>) -> GroupView {
        let mut view = GroupView::of(object);
        if let Some(viewer) = viewer {
            view.permissions
                .retain(|held| viewer.sees_resource(ResourceId(held.resource)));
        }
        view
    }
}

choice! {
    /// What credits are counted in.
    CreditUnitBody for CreditUnit {
        /// Hours of one unit of a resource.
        #[default]
        Hours,
        /// Money of a currency, as prices state it.
        Amount,
        /// Days of one unit of a resource, however long.
        Passes,
    }
}

part! {
    /// Credits that a plan gives each month.
    GrantBody for CreditGrant {
        required {
            /// How many; a decimal number.
            amount: String,
        }
        optional {
            /// What they can be spent on; none means anything.
            kinds: Vec<KindBody>,
            /// What they are counted in.
            unit: CreditUnitBody,
            /// Of amounts, the currency.
            currency: Option<String>,
            /// Whether what is left at the end of the month stays; otherwise it is lost.
            permanent: bool,
        }
    }
}

object! {
    /// What a membership is entitled to.
    PlanBody, PlanView for Plan {
        required {
            /// Its name.
            #[schema(min_length = 1, max_length = 200)]
            name: String,
        }
        optional {
            /// What it is, in words.
            description: Option<String>,
            /// Credits that it gives each month.
            credits: Vec<GrantBody>,
        }
    }
}

impl Managed for Plan {
    type Body = PlanBody;
    type View = PlanView;

    fn visible(_object: &Object<Self>, _viewer: &Viewer<'_>) -> bool {
        true
    }

    fn view(object: &Object<Self>, _viewer: Option<&Viewer<'_>>) -> PlanView {
        PlanView::of(object)
    }
}

object! {
    /// A contract of one person with a plan.
    MembershipBody, MembershipView for Membership {
        required {
            /// The name on the contract.
            #[schema(min_length = 1, max_length = 200)]
            name: String,
            /// The person.
            user: i64,
            /// The plan.
            plan: i64,
            /// The first day.
            #[schema(format = Date)]
            from: String,
        }
        optional {
            /// The last day; null for no end.
            #[schema(format = Date)]
            until: Option<String>,
        }
    }
}

impl Managed for Membership {
    type Body = MembershipBody;
    type View = MembershipView;

    /// A contract is known to administrators and to the person.
    fn visible(object: &Object<Self>, viewer: &Viewer<'_>) -> bool {
        viewer.rights.administers_all() || object.user == viewer.rights.user()
    }

    fn view(object: &Object<Self>, _viewer: Option<&Viewer<'_>>) -> MembershipView {
        MembershipView::of(object)
    }
}

choice! {
    /// What a quota counts.
    UnitBody for QuotaUnit {
        /// Bookings.
        #[default]
        Bookings,
        /// Hours of bookings.
        Hours,
    }
}

choice! {
    /// The period a quota counts in.
    QuotaPeriodBody for QuotaPeriod {
        /// A day.
        #[default]
        Day,
        /// A week, beginning on the schedule's first day.
        Week,
        /// A month.
        Month,
        /// A year.
        Year,
    }
}

object! {
    /// A limit on how much each person may book in a period.
    QuotaBody, QuotaView for Quota {
        required {
            /// How many units at most; a decimal number.
            limit: String,
            /// What is counted.
            unit: UnitBody,
            /// In which period, on the wall clock of the resource's schedule.
            period: QuotaPeriodBody,
        }
        optional {
            /// Only bookings of this resource.
            resource: Option<i64>,
            /// Only bookings of this schedule's resources.
            schedule: Option<i64>,
            /// Only bookings of this group's members.
            group: Option<i64>,
            /// Only on these ISO weekdays; none means all.
            weekdays: Vec<u8>,
            /// Only from this time of day.
            from: Option<String>,
            /// Only until this time of day.
            to: Option<String>,
        }
        filled {
            /// Whether bookings that are over count as well.
            #[schema(default = true)]
            include_completed: bool = "yes",
        }
    }
}

const fn yes() -> bool {
    true
}

impl Managed for Quota {
    type Body = QuotaBody;
    type View = QuotaView;

    /// A quota is known to those it may stop.
    fn visible(object: &Object<Self>, viewer: &Viewer<'_>) -> bool {
        viewer.rights.administers_all()
            || (object.group.is_none_or(|group| viewer.is_in(group))
                && object.resource.is_none_or(|id| viewer.sees_resource(id)))
    }

    fn view(object: &Object<Self>, _viewer: Option<&Viewer<'_>>) -> QuotaView {
        QuotaView::of(object)
    }
}

//! Which of a person's memberships counts on a day.

use jiff::civil::Date;

use super::Catalog;
use crate::ids::{MembershipId, UserId};

impl Catalog {
    /// The membership of a person that counts on a day where none is named: the oldest that is valid then.
    pub fn membership_on(&self, user: UserId, day: Date) -> Option<MembershipId> {
        let mut all = self.memberships_of(user).iter().copied();
        all.find(|id| self.is_valid_on(*id, day))
    }

    /// Whether there is such a membership, and it is valid on a day.
    pub fn is_valid_on(&self, id: MembershipId, day: Date) -> bool {
        let found = self.memberships.get(id.0);
        found.is_some_and(|one| one.from <= day && one.until.is_none_or(|last| day <= last))
    }

    /// The days on which [`Self::membership_on`] names this membership: from the first to the last of each stretch.
    pub fn days_of_membership(&self, id: MembershipId) -> Vec<(Date, Date)> {
        let Some(membership) = self.memberships.get(id.0) else {
            return Vec::new();
        };
        let mut days = vec![(membership.from, membership.until.unwrap_or(Date::MAX))];
        let all = self.memberships_of(membership.user).iter();
        let older = all.take_while(|other| **other != id);
        for older in older.filter_map(|id| self.memberships.get(id.0)) {
            let (from, until) = (older.from, older.until.unwrap_or(Date::MAX));
            let rest = |(first, last): (Date, Date)| {
                let before = from.yesterday().map(|end| (first, end.min(last)));
                let after = until.tomorrow().map(|start| (start.max(first), last));
                [before.ok(), after.ok()]
            };
            let cut = days.into_iter().flat_map(rest).flatten();
            days = cut.filter(|(first, last)| first <= last).collect();
        }
        days
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::{Object, Organisation, StoredObject};
    use crate::people::Membership;
    use crate::time::Zone;

    /// The memberships of one person, by number, with their first and last days.
    fn catalog(memberships: &[(i64, &str, Option<&str>)]) -> Catalog {
        let own = Object {
            id: 1,
            uuid: uuid::Uuid::nil(),
            version: 1,
            body: Organisation::new("House", Zone::utc()),
        };
        let stored = memberships.iter().map(|(id, from, until)| {
            let body = json!({"name": "Mia", "user": 7, "plan": 1, "from": from, "until": until});
            let body: Membership = serde_json::from_value(body).unwrap();
            let uuid = uuid::Uuid::nil();
            StoredObject::encode(&Object {
                id: *id,
                uuid,
                version: 1,
                body,
            })
            .unwrap()
        });
        let stored: Vec<StoredObject> = stored.collect();
        Catalog::new(1.into(), "house", own)
            .with(1, &stored)
            .unwrap()
    }

    #[test]
    fn days_and_memberships_agree() {
        let catalog = catalog(&[
            (1, "2027-02-01", Some("2027-02-10")),
            (2, "2027-01-15", Some("2027-02-20")),
            (3, "2027-02-05", None),
            (4, "2027-02-03", Some("2027-02-04")),
        ]);
        let mut day: Date = "2027-01-01".parse().unwrap();
        for _ in 0..90 {
            let named = catalog.membership_on(UserId(7), day);
            for id in (1..=4).map(MembershipId) {
                let days = catalog.days_of_membership(id);
                let here = days
                    .iter()
                    .any(|(first, last)| (*first..=*last).contains(&day));
                assert_eq!(here, named == Some(id), "{id:?} on {day}");
            }
            day = day.tomorrow().unwrap();
        }
        assert_eq!(catalog.days_of_membership(MembershipId(4)), []);
        assert_eq!(catalog.days_of_membership(MembershipId(9)), []);
    }
}

//! The fields of a booking in a body: `{"booking": {…}}`. Fields that we do not know are ignored.

use axum::extract::{FromRequest, Request};
use domain::catalog::{Object, Resource};
use domain::ids::MembershipId;
use domain::people::Membership;
use http_kit::json::{MAX_BODY, parse_strict, read_body};
use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::App;
use crate::answer::Fault;
use crate::caller::{BookingsWrite, Caller, uuid};
use crate::issues::{Code, Issues};
use crate::times;
use crate::views::Kind;

/// A field that may be left out, or null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given<T> {
    /// It was left out, or is wrong; if so, the issues say it.
    Not,
    /// It is null.
    Null,
    /// It has a value.
    Value(T),
}

impl<T> Given<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Not | Self::Null => None,
        }
    }

    /// What a change takes: none for what was left out, an inner none for null.
    #[expect(clippy::option_option, reason = "left out, cleared or set")]
    pub fn change(self) -> Option<Option<T>> {
        match self {
            Self::Not => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }
}

/// The fields of an object in a body, and what is wrong with those that were read.
#[derive(Debug)]
pub struct Fields {
    /// The object's own name in the body; none if it is the body.
    inside: Option<&'static str>,
    values: Map<String, Value>,
    /// What is wrong.
    pub issues: Issues,
}

/// A body that holds the fields of a booking.
pub struct BookingFields(pub Fields);

impl FromRequest<App> for BookingFields {
    type Rejection = Fault;

    async fn from_request(request: Request, _app: &App) -> Result<Self, Fault> {
        let mut body = Fields::read(request).await?;
        match body.values.remove("booking") {
            Some(Value::Object(values)) => Ok(Self(Fields {
                inside: Some("booking"),
                values,
                issues: Issues::default(),
            })),
            Some(_) => Err(Issues::one(Code::InvalidType, &["booking"], "Expected object").into()),
            None => Err(Issues::one(Code::InvalidType, &["booking"], "Required").into()),
        }
    }
}

impl FromRequest<App> for Fields {
    type Rejection = Fault;

    async fn from_request(request: Request, _app: &App) -> Result<Self, Fault> {
        Self::read(request).await
    }
}

impl Fields {
    async fn read(request: Request) -> Result<Self, Fault> {
        let body = read_body(request, MAX_BODY)
            .await
            .map_err(|problem| Fault::Body(problem.status()))?;
        match parse_strict(&body) {
            Ok(Value::Object(values)) => Ok(Self {
                inside: None,
                values,
                issues: Issues::default(),
            }),
            Ok(_) => Err(Fault::Malformed("The body must be a JSON object.".into())),
            Err(error) => Err(Fault::Malformed(error.to_string())),
        }
    }

    /// Something is wrong with a field.
    pub fn wrong(&mut self, field: &str, code: Code, text: &str) {
        match self.inside {
            Some(outer) => self.issues.add(code, &[outer, field], text),
            None => self.issues.add(code, &[field], text),
        }
    }

    /// A field that must be there and is not, unless it is known to be wrong.
    fn missing(&mut self, field: &str) {
        let known = match self.inside {
            Some(outer) => self.issues.has(&[outer, field]),
            None => self.issues.has(&[field]),
        };
        if !known {
            self.wrong(field, Code::InvalidType, "Required");
        }
    }

    /// Reads what is neither left out nor null; what `read` does not understand is wrong as it says.
    fn field<T>(
        &mut self,
        field: &str,
        (code, text): (Code, &str),
        read: impl Fn(&Value) -> Option<T>,
    ) -> Given<T> {
        match self.values.get(field) {
            None => Given::Not,
            Some(Value::Null) => Given::Null,
            Some(value) => {
                if let Some(value) = read(value) {
                    return Given::Value(value);
                }
                self.wrong(field, code, text);
                Given::Not
            }
        }
    }

    /// A value that must be there.
    pub fn required<T>(&mut self, field: &str, given: Given<T>) -> Option<T> {
        if !matches!(given, Given::Value(_)) {
            self.missing(field);
        }
        given.value()
    }

    /// A value that may be left out and not be null.
    pub fn not_null<T>(&mut self, field: &str, given: Given<T>) -> Option<T> {
        if matches!(given, Given::Null) {
            self.missing(field);
        }
        given.value()
    }

    /// An id.
    pub fn id(&mut self, field: &str) -> Given<Uuid> {
        let issue = (Code::InvalidString, "Invalid uuid");
        self.field(field, issue, |value| uuid(value.as_str()?))
    }

    /// An instant.
    pub fn time(&mut self, field: &str) -> Given<Timestamp> {
        let issue = (Code::InvalidDate, "Invalid date");
        self.field(field, issue, |value| times::parse(value.as_str()?))
    }

    /// A text; a blank one is null.
    pub fn text(&mut self, field: &str) -> Given<String> {
        let issue = (Code::InvalidType, "Expected string");
        let given = self.field(field, issue, |value| {
            Some(value.as_str()?.trim().to_owned())
        });
        match given {
            Given::Value(text) if text.is_empty() => Given::Null,
            given => given,
        }
    }

    /// How many: a whole number of at least 1.
    pub fn count(&mut self, field: &str) -> Given<u32> {
        let issue = (Code::InvalidType, "Expected a whole number of at least 1");
        self.field(field, issue, |value| {
            let number = u32::try_from(value.as_u64()?).ok()?;
            (number > 0).then_some(number)
        })
    }

    /// All that is wrong so far, as an answer.
    ///
    /// # Errors
    /// 400 if anything is.
    pub fn finish(&mut self) -> Result<(), Fault> {
        if self.issues.is_empty() {
            return Ok(());
        }
        Err(std::mem::take(&mut self.issues).into())
    }

    /// The resource of that id, if the caller may know of it.
    pub fn resource<'a>(
        &mut self,
        id: Option<Uuid>,
        caller: &'a Caller<BookingsWrite>,
    ) -> Option<(&'a Object<Resource>, Kind)> {
        let found = super::resource(id?, &caller.catalog, &caller.rights());
        if found.is_none() {
            self.wrong("resourceRef", Code::Custom, "There is no such resource.");
        }
        found
    }

    /// The membership of that id: for those who administer everything, one that does not exist is wrong; for others, one
    /// that is not for them is the same as none.
    ///
    /// # Errors
    /// 403 if it is not for the caller, or the failure of the store.
    pub async fn membership(
        &mut self,
        id: Option<Uuid>,
        app: &App,
        caller: &Caller<BookingsWrite>,
    ) -> Result<Option<Wished>, Fault> {
        let Some(id) = id else {
            return Ok(None);
        };
        if let Some(found) = super::membership(app, caller, id).await? {
            let Membership { user, .. } = found.body;
            let membership = MembershipId(found.id);
            return Ok(Some(Wished { user, membership }));
        }
        if !caller.rights().administers_all() {
            return Err(Fault::Forbidden("You may not book by this membership."));
        }
        let text = "There is no such membership.";
        self.wrong("membershipRefOwner", Code::Custom, text);
        Ok(None)
    }
}

/// By which membership, and so for whom.
#[derive(Clone, Copy, Debug)]
pub struct Wished {
    /// The member.
    pub user: domain::ids::UserId,
    /// The membership.
    pub membership: MembershipId,
}

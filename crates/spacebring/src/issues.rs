//! What is wrong with the parameters or fields of a request, one by one, in the form that clients of this API read.

use serde::Serialize;

/// One thing that is wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Issue {
    code: Code,
    /// The parameter or field, from the outside in.
    path: Vec<String>,
    message: String,
}

/// What kind of wrong it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// It is missing, or of another type.
    InvalidType,
    /// It is none of the words that there are.
    InvalidEnumValue,
    /// It is text, but not of the right form.
    InvalidString,
    /// It is no time.
    InvalidDate,
    /// It is below what is allowed.
    TooSmall,
    /// It is above what is allowed.
    TooBig,
    /// It is wrong for another reason, which the message tells.
    Custom,
}

/// All that is wrong.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Issues(Vec<Issue>);

impl Issues {
    /// One issue.
    pub fn one(code: Code, path: &[&str], message: impl Into<String>) -> Self {
        let mut issues = Self::default();
        issues.add(code, path, message);
        issues
    }

    /// One more.
    pub fn add(&mut self, code: Code, path: &[&str], message: impl Into<String>) {
        self.0.push(Issue {
            code,
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            message: message.into(),
        });
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is one of this field.
    pub fn has(&self, path: &[&str]) -> bool {
        self.0.iter().any(|issue| issue.path == path)
    }

    /// The first of it in one sentence.
    pub fn summary(&self) -> String {
        let Some(first) = self.0.first() else {
            return "The request is not valid.".into();
        };
        if first.path.is_empty() {
            return first.message.clone();
        }
        format!("{}: {}", first.path.join("."), first.message)
    }
}

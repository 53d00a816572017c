//! stub
use crate::time::*;
use jiff::civil;
use serde::*;
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule(String);
pub const MAX_OCCURRENCES: usize = 750;
#[derive(Debug)]
pub enum ExpandError {
    TooMany { at_least: u64 },
    Other,
}
impl std::fmt::Display for ExpandError {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}
pub struct Occurrence {
    pub recurrence: civil::DateTime,
    pub interval: Interval,
    pub civil: CivilSpan,
}
impl Rule {
    pub fn exclude(&mut self, _: civil::Date) {}
    pub fn until_before(&self, _: civil::Date) -> Self {
        self.clone()
    }
    pub fn of_dates(r: &Self, _: &[civil::Date]) -> Self {
        r.clone()
    }
}
pub fn expand(_: &Rule, _: &CivilSpan, _: usize) -> Result<Vec<Occurrence>, ExpandError> {
    Err(ExpandError::Other)
}
#[derive(Debug)]
pub struct RuleError;
impl std::fmt::Display for RuleError {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}
impl std::str::FromStr for Rule {
    type Err = RuleError;
    fn from_str(s: &str) -> Result<Self, RuleError> {
        Ok(Rule(s.into()))
    }
}

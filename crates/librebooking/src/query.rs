//! Query parameters: those we do not know are ignored, the last of a name counts.

use http_kit::query::query_pairs;

/// The parameters of a query string.
#[derive(Clone, Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// The parameters; none if the string can not be read.
    pub fn parse(text: &str) -> Self {
        Self(query_pairs(text).unwrap_or_default())
    }

    /// The value of a parameter, unless it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let same = |(known, _): &&(String, String)| known == name;
        let found = self.0.iter().rev().find(same);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// All parameters, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

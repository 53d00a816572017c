//! Why a text is not a rule.

/// Why a text is not a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// More than 32,768 bytes, or more than [`MAX_DATES`](super::MAX_DATES) added or excluded dates.
    #[error("the recurrence rule is too long")]
    TooLong,
    /// Not of the form `NAME=VALUE;NAME=VALUE`.
    #[error("expected NAME=VALUE in the recurrence rule, not {text:?}")]
    Malformed {
        /// The beginning of what was found.
        text: String,
    },
    /// Valid in RFC 5545 perhaps, but not supported, or not with the rule's `FREQ`.
    #[error("{part} is not supported in this recurrence rule")]
    Unsupported {
        /// Name of the part or of the property.
        part: String,
    },
    /// Given twice (RFC 5545 3.3.10 forbids it).
    #[error("{part} is given twice in the recurrence rule")]
    Duplicate {
        /// Name of the part.
        part: String,
    },
    /// A value that the part cannot have, or that we do not support.
    #[error("{part} of the recurrence rule cannot be {value:?}")]
    Invalid {
        /// Name of the part or of the property.
        part: &'static str,
        /// The beginning of the value as given.
        value: String,
    },
    /// A part that is needed, and that the start of the series does not supply.
    #[error("the recurrence rule needs {part}")]
    Missing {
        /// Name of the part.
        part: &'static str,
    },
    /// Neither `COUNT` nor `UNTIL`: a series needs an end.
    #[error("the recurrence rule never ends: give COUNT or UNTIL")]
    Unbounded,
    /// Both `COUNT` and `UNTIL` (RFC 5545 3.3.10 forbids it).
    #[error("the recurrence rule has both COUNT and UNTIL")]
    CountAndUntil,
}

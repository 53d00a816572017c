//! Texts that spreadsheet programs would take for formulas, made harmless and made themselves again.

/// What makes a program compute instead of show: the characters OWASP names under "CSV injection".
const STARTS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];

/// Whether the text begins, after any number of apostrophes, like a formula.
fn computes(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(STARTS)
}

/// The text as it is written: with an apostrophe before what could be computed.
///
/// [`restored`] takes it off. So that it takes off no other, a text that begins with apostrophes and then like a
/// formula gets one more.
///
/// ```
/// assert_eq!(sheet::neutral("=1+1"), "'=1+1");
/// assert_eq!(sheet::neutral("O'Hara"), "O'Hara");
/// assert_eq!(sheet::restored(&sheet::neutral("'=1+1")), "'=1+1");
/// ```
pub fn neutral(text: &str) -> std::borrow::Cow<'_, str> {
    if computes(text) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// The text that was made neutral, or any other as it is.
pub fn restored(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if computes(rest) => rest,
        _ => text,
    }
}

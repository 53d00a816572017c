//! Style sheets and values within an SVG: harmless as long as they name nothing outside the drawing.

use crate::Unfit;

/// What has no place in the style of a drawing: it loads, runs, or hides what does.
const UNWANTED: [&str; 10] = [
    "@",
    "\\",
    "://",
    "javascript:",
    "data:",
    "expression(",
    "image-set(",
    "src(",
    "behavior",
    "-moz-binding",
];

/// Lets a style or a value pass that refers to parts of its own drawing only.
pub fn check(text: &str) -> Result<(), Unfit> {
    let plain: String = text
        .chars()
        .filter(|character| !character.is_whitespace() && !character.is_control())
        .flat_map(char::to_lowercase)
        .collect();
    if let Some(found) = UNWANTED.iter().find(|unwanted| plain.contains(**unwanted)) {
        return Err(Unfit::Active(format!("{found} in its styles")));
    }
    // A comment could split any of these.
    if plain.contains("/*") {
        return Err(Unfit::Active("comments in its styles".into()));
    }
    let own = |rest: &str| rest.trim_start_matches(['"', '\'']).starts_with('#');
    if plain.split("url(").skip(1).all(own) {
        Ok(())
    } else {
        Err(Unfit::Active(
            "reference to anything but its own parts".into(),
        ))
    }
}

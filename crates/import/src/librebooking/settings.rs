//! `config.php`: the settings that change how `LibreBooking` behaves.
//!
//! PHP is not run: what is read are assignments of literals, `$conf['settings']['api']['enabled'] = 'true';`, and the
//! arrays of literals that newer versions return. Anything else in the file is passed over.

use std::collections::BTreeMap;

/// The settings, by their names as `LibreBooking`'s manual writes them: `default.timezone`, `api|enabled`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<String, String>);

/// The file holds no settings.
#[derive(Debug, thiserror::Error)]
#[error("there are no settings in it: is it LibreBooking's config.php?")]
pub struct SettingsError;

impl Settings {
    /// Reads the text of a `config.php`.
    ///
    /// # Errors
    /// If there is no setting in it.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let tokens = tokens(text);
        let mut found = BTreeMap::new();
        let mut at = 0;
        while at < tokens.len() {
            at += statement(&tokens[at..], &mut found).max(1);
        }
        if found.is_empty() {
            return Err(SettingsError);
        }
        Ok(Self(found))
    }

    /// The value of a setting; none if it is not there or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Whether a setting is on; none if it is not there.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).map(|value| {
            ["true", "1", "yes", "on"]
                .iter()
                .any(|word| word.eq_ignore_ascii_case(value))
        })
    }

    /// A setting that is a whole number.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.get(name)?.trim().parse().ok()
    }

    /// All names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// What the text is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A literal: text, a number, `true`, `false` or `null`.
    Literal(String),
    /// A variable, or another word.
    Word(String),
    /// Anything else, a character each; `=>` is one too.
    Sign(char),
}

/// The most keys in each other.
const DEEPEST: usize = 16;

/// The sign for `=>`.
const ARROW: char = '\u{21d2}';

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        rest = match first {
            '#' => past(rest, "\n"),
            '/' if after.starts_with('/') => past(rest, "\n"),
            '/' if after.starts_with('*') => past(&after[1..], "*/"),
            '\'' | '"' => {
                let (literal, rest) = quoted(after, first);
                found.push(Token::Literal(literal));
                rest
            }
            '=' if after.starts_with('>') => {
                found.push(Token::Sign(ARROW));
                &after[1..]
            }
            _ if first.is_whitespace() => after,
            _ if first.is_alphanumeric() || matches!(first, '$' | '_' | '-' | '.') => {
                let inner = |c: char| c.is_alphanumeric() || matches!(c, '$' | '_' | '-' | '.');
                let end = rest.find(|c| !inner(c)).unwrap_or(rest.len());
                let (word, rest) = rest.split_at(end);
                let literal = word.parse::<f64>().is_ok()
                    || ["true", "false"]
                        .iter()
                        .any(|is| is.eq_ignore_ascii_case(word));
                found.push(match word.to_ascii_lowercase() {
                    null if null == "null" => Token::Literal(String::new()),
                    lower if literal => Token::Literal(lower),
                    _ => Token::Word(word.to_owned()),
                });
                rest
            }
            _ => {
                found.push(Token::Sign(first));
                after
            }
        };
    }
    found
}

fn past<'a>(text: &'a str, end: &str) -> &'a str {
    text.find(end).map_or("", |at| &text[at + end.len()..])
}

/// The text up to the closing quote, with escapes resolved, and what follows.
fn quoted(text: &str, quote: char) -> (String, &str) {
    let mut literal = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return (literal, &text[at + c.len_utf8()..]);
        }
        if c != '\\' {
            literal.push(c);
            continue;
        }
        match chars.next() {
            Some((_, escaped)) if escaped == quote || escaped == '\\' => literal.push(escaped),
            Some((_, 'n')) if quote == '"' => literal.push('\n'),
            Some((_, other)) => {
                literal.push('\\');
                literal.push(other);
            }
            None => {}
        }
    }
    (literal, "")
}

/// Reads one assignment or one returned array, if there is one here; says how many tokens it took.
fn statement(tokens: &[Token], found: &mut BTreeMap<String, String>) -> usize {
    if tokens.first() == Some(&Token::Word("return".into())) {
        return 1 + value(&tokens[1..], &mut Vec::new(), found);
    }
    if !matches!(tokens.first(), Some(Token::Word(word)) if word.starts_with('$')) {
        return 0;
    }
    let mut path = Vec::new();
    let mut at = 1;
    while let Some([Token::Sign('['), Token::Literal(key), Token::Sign(']')]) =
        tokens.get(at..at + 3)
    {
        path.push(key.clone());
        at += 3;
    }
    if tokens.get(at) != Some(&Token::Sign('=')) {
        return at;
    }
    at + 1 + value(&tokens[at + 1..], &mut path, found)
}

/// Reads a literal or an array of them, under a path of keys; says how many tokens it took.
fn value(tokens: &[Token], path: &mut Vec<String>, found: &mut BTreeMap<String, String>) -> usize {
    let close = match tokens {
        [Token::Literal(literal), ..] => {
            put(path, literal, found);
            return 1;
        }
        _ if path.len() > DEEPEST => return 0,
        [Token::Sign('['), ..] => ']',
        [Token::Word(word), Token::Sign('('), ..] if word == "array" => ')',
        _ => return 0,
    };
    let mut at = if close == ']' { 1 } else { 2 };
    while at < tokens.len() && tokens[at] != Token::Sign(close) {
        if let Some([Token::Literal(key), Token::Sign(ARROW)]) = tokens.get(at..at + 2) {
            path.push(key.clone());
            at += 2;
            at += value(&tokens[at..], path, found);
            path.pop();
        } else {
            at += 1;
        }
    }
    at + 1
}

fn put(path: &[String], literal: &str, found: &mut BTreeMap<String, String>) {
    let names = match path {
        [first, rest @ ..] if first == "settings" => rest,
        all => all,
    };
    if !names.is_empty() {
        found.insert(names.join("|"), literal.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments_are_read_and_comments_are_not() {
        let text = r#"<?php
            // $conf['settings']['default.timezone'] = 'Mars/Olympus';
            # $conf['settings']['a'] = 'b';
            /* $conf['settings']['b'] = 'c'; */
            $conf['settings']['default.timezone'] = 'Europe/Berlin';   // where we are
            $conf['settings']['api']['enabled'] = 'true';
            $conf['settings']["app.title"] = "Bob\'s \"rooms\"";
            $conf['settings']['credits']['enabled'] = false;
            $conf['settings']['reservation']['checkin.minutes.prior'] = 7;
            $conf['settings']['script.url'] = getenv('X');
        "#;
        let settings = Settings::parse(text).unwrap();
        assert_eq!(settings.get("default.timezone"), Some("Europe/Berlin"));
        assert_eq!(settings.flag("api|enabled"), Some(true));
        assert_eq!(settings.flag("credits|enabled"), Some(false));
        assert_eq!(settings.get("app.title"), Some(r#"Bob\'s "rooms""#));
        assert_eq!(
            settings.number("reservation|checkin.minutes.prior"),
            Some(7)
        );
        assert_eq!(settings.get("a").or(settings.get("b")), None);
        assert_eq!(settings.get("script.url"), None);
    }

    #[test]
    fn a_returned_array_is_read_as_well() {
        let text = "<?php return ['settings' => ['app.title' => 'X', 'api' => ['enabled' => true, 'list' => [1, 2]],
                    'old' => array('a' => 'b')]];";
        let settings = Settings::parse(text).unwrap();
        assert_eq!(settings.get("app.title"), Some("X"));
        assert_eq!(settings.flag("api|enabled"), Some(true));
        assert_eq!(settings.get("old|a"), Some("b"));
    }

    #[test]
    fn what_is_no_configuration_is_refused() {
        for text in [
            "",
            "<html>",
            "<?php echo 'x';",
            "$conf['settings'",
            "['",
            "return [[[[",
        ] {
            assert!(Settings::parse(text).is_err(), "{text}");
        }
    }
}

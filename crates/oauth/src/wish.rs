//! What a client asks a person for: the query with which it sends them here, judged.

use domain::people::{Door, is_redirect_uri};
use engine::{Asked, Engine, Registered};

use crate::{issuer, words};

/// The longest `state` that is carried through, in bytes.
pub const MAX_STATE: usize = 1024;

/// The parameters that are read; all others are ignored (RFC 6749, section 3.1).
const NAMES: [&str; 7] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

/// A question that can be put to a person.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Who asks.
    pub registered: Registered,
    /// What for.
    pub asked: Asked,
    state: Option<String>,
    issuer: String,
    /// The parameters as they came, each once.
    fields: Vec<(&'static str, String)>,
}

/// Why it can not be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Nobody is sent anywhere: it is not known who asks, or whether the address is theirs. The reason, for a page.
    Page(&'static str),
    /// The person is sent back to the client with the reason: the address.
    Back(String),
}

impl Wish {
    /// Reads the question out of the parameters of a request to a door. The client and its address are judged first: only an
    /// address that was registered for it, byte for byte, is ever sent anybody to.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn read(
        engine: &Engine,
        base_url: &str,
        door: Door,
        pairs: &[(String, String)],
    ) -> Result<Self, Stop> {
        let mut fields: Vec<(&'static str, String)> = Vec::new();
        let mut twice = Vec::new();
        for (name, value) in pairs {
            let Some(name) = NAMES.into_iter().find(|known| known == name) else {
                continue;
            };
            if fields.iter().any(|(known, _)| *known == name) {
                twice.push(name);
            } else if !value.is_empty() {
                fields.push((name, value.clone()));
            }
        }
        let get = |name: &str| {
            let found = fields.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.as_str())
        };
        let found = get("client_id").filter(|_| !twice.contains(&"client_id"));
        let found = found.and_then(|id| engine.client(id));
        let registered = found
            .filter(|found| found.client.door == door)
            .ok_or(Stop::Page(
                "No such program is registered here. Go back, and tell whoever made it.",
            ))?;
        let address =
            Stop::Page("The program did not say where to go on, or not as it is registered.");
        let known = &registered.client.redirect_uris;
        let redirect_uri = match get("redirect_uri") {
            _ if twice.contains(&"redirect_uri") => return Err(address),
            Some(told) => known.iter().find(|known| *known == told),
            None => known.first().filter(|_| known.len() == 1),
        };
        let redirect_uri = redirect_uri
            .filter(|uri| is_redirect_uri(uri))
            .ok_or(address)?
            .clone();
        let issuer = issuer(base_url, door);
        let state = get("state").filter(|state| state.len() <= MAX_STATE);
        let state = state.map(ToOwned::to_owned);
        let back = |error: &str, why: &str| {
            let fields = [("error", error), ("error_description", why)];
            Stop::Back(address_of(
                &redirect_uri,
                &fields,
                state.as_deref(),
                &issuer,
            ))
        };
        if !twice.is_empty() || (state.is_none() && get("state").is_some()) {
            let why = "a parameter comes twice, or the state is longer than 1024 bytes";
            return Err(back("invalid_request", why));
        }
        match get("response_type") {
            Some("code") => {}
            Some(_) => return Err(back("unsupported_response_type", "only code is supported")),
            None => return Err(back("invalid_request", "response_type is missing")),
        }
        let challenge = get("code_challenge");
        let method = get("code_challenge_method");
        if challenge.is_none() && registered.client.secret_hash.is_none() {
            let why = "a client without a secret needs a code_challenge";
            return Err(back("invalid_request", why));
        }
        let digest = |text: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            text.len() == 43 && text.bytes().all(plain)
        };
        let proved = match (challenge, method) {
            (None, None) => true,
            (Some(challenge), Some("S256")) => digest(challenge),
            _ => false,
        };
        if !proved {
            let why = "code_challenge is base64url of SHA-256, with the code_challenge_method S256";
            return Err(back("invalid_request", why));
        }
        let (scopes, words) = words::read(&registered.client, get("scope"))
            .ok_or_else(|| back("invalid_scope", "not what the client may ask for"))?;
        let asked = Asked {
            challenge: challenge.map(ToOwned::to_owned),
            redirect_uri,
            scopes,
            words,
        };
        Ok(Self {
            registered,
            asked,
            state,
            issuer,
            fields,
        })
    }

    /// The parameters, to be sent along with a form.
    pub fn fields(&self) -> &[(&'static str, String)] {
        &self.fields
    }

    /// The query that asks the same.
    pub fn query(&self) -> String {
        let pairs = self.fields.iter();
        let pairs = pairs.map(|(name, value)| format!("{name}={}", encode(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// Where the person is sent with a code.
    pub fn allowed(&self, code: &str) -> String {
        self.back(&[("code", code)])
    }

    /// Where the person is sent who said no.
    pub fn denied(&self) -> String {
        self.failed("access_denied", "the person did not allow it")
    }

    /// Where the person is sent if it comes to nothing.
    pub fn failed(&self, error: &str, why: &str) -> String {
        self.back(&[("error", error), ("error_description", why)])
    }

    fn back(&self, fields: &[(&str, &str)]) -> String {
        let state = self.state.as_deref();
        address_of(&self.asked.redirect_uri, fields, state, &self.issuer)
    }
}

/// The registered address with an answer; `iss` tells a client with several servers whose it is (RFC 9207).
fn address_of(uri: &str, fields: &[(&str, &str)], state: Option<&str>, issuer: &str) -> String {
    let state = state.map(|state| ("state", state));
    let all = fields.iter().copied().chain(state).chain([("iss", issuer)]);
    let mut address = uri.to_owned();
    for (name, value) in all {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(name);
        address.push('=');
        address.push_str(&encode(value));
    }
    address
}

fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
            text.push('%');
            text.push(digit(byte >> 4).to_ascii_uppercase());
            text.push(digit(byte & 15).to_ascii_uppercase());
        }
        text
    })
}

//! Which host a request is for, from sources that a client behind a proxy cannot mix.

use http::{Request, header, uri::Authority};

use crate::problem::Problem;

/// The host that the request names: without port, in lower case.
///
/// Only `Host` counts. `X-Forwarded-Host` and `Forwarded` are never looked at: anyone may send
/// them. None if there is no `Host`, as HTTP/1.0 allows. The name is what the client says: compare
/// it with the configured ones, never build a link from it.
///
/// # Errors
///
/// 400 for more than one `Host`, one that is not a host with an optional port, and an
/// absolute-form request target that names another host.
pub fn host<B>(request: &Request<B>) -> Result<Option<String>, Problem> {
    let mut values = request.headers().get_all(header::HOST).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Problem::bad_request("There is more than one Host header."));
    }
    let invalid = || Problem::bad_request("The Host header is not a host.");
    let authority: Authority = value
        .to_str()
        .map_err(|_| invalid())?
        .parse()
        .map_err(|_| invalid())?;
    let rest = &authority.as_str()[authority.host().len().min(authority.as_str().len())..];
    let port_ok = rest.is_empty() || (authority.port().is_some() && authority.port_u16().is_some());
    if authority.as_str().contains('@') || authority.host().is_empty() || !port_ok {
        return Err(invalid());
    }
    let name = authority.host().to_ascii_lowercase();
    match request.uri().host() {
        Some(target) if !target.eq_ignore_ascii_case(&name) => Err(Problem::bad_request(
            "The request target and the Host header differ.",
        )),
        _ => Ok(Some(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(uri: &str, hosts: &[&str]) -> Result<Option<String>, u16> {
        let mut request = Request::builder().uri(uri);
        for name in hosts {
            request = request.header("host", *name);
        }
        let request = request.header("x-forwarded-host", "evil.example").body(());
        host(&request.map_err(|_| 0_u16)?).map_err(|problem| problem.status().as_u16())
    }

    #[test]
    fn only_the_host_header_counts() {
        assert_eq!(
            of("/", &["Desk.Example:8080"]),
            Ok(Some("desk.example".to_owned()))
        );
        assert_eq!(of("/", &["[::1]:80"]), Ok(Some("[::1]".to_owned())));
        assert_eq!(of("/", &["127.0.0.1"]), Ok(Some("127.0.0.1".to_owned())));
        assert_eq!(of("/", &[]), Ok(None));
        assert_eq!(
            of("http://a.example/", &["a.example"]),
            Ok(Some("a.example".to_owned()))
        );
    }

    #[test]
    fn doubtful_hosts_are_refused() {
        assert_eq!(of("/", &["a", "a"]), Err(400));
        assert_eq!(of("/", &["user@a"]), Err(400));
        assert_eq!(of("/", &["a:99999"]), Err(400));
        assert_eq!(of("/", &["a/b"]), Err(400));
        assert_eq!(of("/", &[""]), Err(400));
        assert_eq!(of("http://b.example/", &["a.example"]), Err(400));
    }
}

//! Making HTTP clients: the only place that does.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use url::{Host, Url};

/// How long a server may keep us waiting. There is no limit to a whole request: a model takes hours on a slow line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection stands, TLS included.
    pub connect: Duration,
    /// Without a byte, before the answer or inside it.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            idle: Duration::from_secs(60),
        }
    }
}

/// This machine cannot make encrypted connections, or its proxy settings cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("no network client could be set up; see the system's certificates and the proxy variables of the environment")]
pub struct ClientError(#[source] reqwest::Error);

/// A client for one server. Proxies are those of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`,
/// or the system's settings), except that a server on this machine is asked directly: no proxy could reach it.
///
/// Redirects are not followed unless `shape` sets a policy: only the caller knows which hosts may be told what. reqwest
/// itself takes `Authorization` off a request that follows to another host.
#[expect(clippy::disallowed_methods, reason = "this is the place that makes clients")]
pub fn client(
    server: &Url,
    timeouts: Timeouts,
    shape: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<Client, ClientError> {
    let builder = Client::builder()
        .user_agent(concat!("polyclinic/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(timeouts.connect)
        .read_timeout(timeouts.idle)
        .redirect(Policy::none())
        .referer(false);
    let builder = match is_loopback(server) {
        true => builder.no_proxy(),
        false => builder,
    };
    shape(builder).build().map_err(ClientError)
}

/// Whether the address is this machine's own, so that nothing leaves it.
pub fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_told_from_its_look_alikes() {
        let is_loopback = |address: &str| is_loopback(&Url::parse(address).unwrap());
        for own in [
            "http://localhost:8080/v1",
            "http://LOCALHOST.",
            "http://127.0.0.1",
            "http://127.9.9.9",
            "http://[::1]:1234",
            "http://[::ffff:127.0.0.1]",
            "http://box.localhost",
        ] {
            assert!(is_loopback(own), "{own}");
        }
        for foreign in [
            "http://localhost.example.org",
            "http://127.0.0.1.example.org",
            "http://notlocalhost",
            "http://192.168.0.7",
            "http://0.0.0.0",
            "http://user:127.0.0.1@example.org",
            "http://[::2]",
        ] {
            assert!(!is_loopback(foreign), "{foreign}");
        }
    }
}

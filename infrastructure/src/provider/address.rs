//! Where a provider may be: out in the internet and over TLS, unless the server's settings allow more.
//!
//! A name is judged by the addresses that it resolves to, each time a connection is made, so that no later answer of a name
//! server leads inside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;
use url::{Host, Url};

/// What the server's settings allow beside the internet over TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub plain_http: bool,
    pub private_networks: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefusal {
    #[error("this is not an address of the web")]
    Unreadable,
    #[error("a provider is reached over https")]
    Insecure,
    #[error("a provider's address has no user, query or fragment")]
    Decorated,
    #[error("this address is not one of the internet")]
    Private,
}

/// The endpoint, if one may be there as far as its text tells.
pub fn admitted(endpoint: &str, reach: Reach) -> Result<Url, AddressRefusal> {
    let url = Url::parse(endpoint).map_err(|_| AddressRefusal::Unreadable)?;
    match url.scheme() {
        "https" => {}
        "http" if reach.plain_http => {}
        "http" => return Err(AddressRefusal::Insecure),
        _ => return Err(AddressRefusal::Unreadable),
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(AddressRefusal::Decorated);
    }
    let public = match url.host().ok_or(AddressRefusal::Unreadable)? {
        Host::Ipv4(address) => is_public(address.into()),
        Host::Ipv6(address) => is_public(address.into()),
        Host::Domain(name) => !is_local_name(name),
    };
    if public || reach.private_networks { Ok(url) } else { Err(AddressRefusal::Private) }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

/// Whether a host of the internet may have this address.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// By the registry of special-purpose addresses.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, ..)
    )
}

/// Global unicast, without the blocks that are for examples or carry an IPv4 address inside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let special = matches!((a, b), (0x2001, 0..=0x01ff | 0x0db8) | (0x2002 | 0x3ffe, _)) || (a == 0x3fff && b < 0x1000);
    (0x2000..=0x3fff).contains(&a) && !special
}

/// Resolves names, and refuses one as soon as any of its addresses is inside.
#[derive(Clone)]
pub(super) struct GuardedResolver(pub Reach);

impl Service<Name> for GuardedResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = std::io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), std::io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let reach = self.0;
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !reach.private_networks && !addresses.iter().all(|address| is_public(address.ip())) {
                return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, AddressRefusal::Private));
            }
            Ok(addresses.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERNET: Reach = Reach { plain_http: false, private_networks: false };

    #[test]
    fn a_provider_is_out_in_the_internet_over_tls() {
        for good in ["https://api.provider.example/v1", "https://93.184.216.34:8443", "https://[2606:2800:220:1::1]/x"] {
            assert!(admitted(good, INTERNET).is_ok(), "{good}");
        }
        let rows = [
            ("http://api.provider.example", AddressRefusal::Insecure),
            ("ftp://api.provider.example", AddressRefusal::Unreadable),
            ("file:///etc/passwd", AddressRefusal::Unreadable),
            ("api.provider.example", AddressRefusal::Unreadable),
            ("https://me:secret@api.provider.example", AddressRefusal::Decorated),
            ("https://api.provider.example/?to=x", AddressRefusal::Decorated),
            ("https://api.provider.example/#x", AddressRefusal::Decorated),
        ];
        for (endpoint, refusal) in rows {
            assert_eq!(admitted(endpoint, INTERNET), Err(refusal), "{endpoint}");
        }
    }

    /// Spellings of addresses inside, as attackers write them.
    #[test]
    fn no_spelling_of_an_inner_address_is_admitted() {
        let hosts = [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "127.0.0.1",
            "127.1",
            "0",
            "0.0.0.0",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "10.0.0.1",
            "10.255.255.255",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "192.0.0.8",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.2.1",
            "198.51.100.7",
            "203.0.113.9",
            "192.88.99.1",
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::1]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd12:3456::1]",
            "[ff02::1]",
            "[2001:db8::1]",
            "[2001::1]",
            "[2002:7f00:1::]",
            "[fec0::1]",
            "[100::1]",
            "①②⑦.⓪.⓪.①",
            "127。0。0。1",
            "%31%32%37.0.0.1",
        ];
        for host in hosts {
            let endpoint = format!("https://{host}/");
            assert_eq!(admitted(&endpoint, INTERNET), Err(AddressRefusal::Private), "{endpoint}");
            let allowed = Reach { private_networks: true, ..INTERNET };
            assert!(admitted(&endpoint, allowed).is_ok(), "{endpoint}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_when_it_is_resolved() {
        let name: Name = "localhost".parse().unwrap();
        let refused = GuardedResolver(INTERNET).call(name.clone()).await.unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::PermissionDenied);
        let inside = Reach { private_networks: true, ..INTERNET };
        assert!(GuardedResolver(inside).call(name).await.unwrap().count() > 0);
    }
}

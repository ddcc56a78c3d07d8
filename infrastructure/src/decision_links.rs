//! Decision links: a signed token says whose decision about which round it may carry, and until when. Nothing is stored
//! when one is made; that it works once is a unique fact which the decision takes.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use quittance_domain::ids::{ApprovalId, DecisionLinkId, InvoiceId, KeyId, TenantId, UserId};
use sha2::Sha256;
use uuid::Uuid;

/// Shorter keys can be guessed.
pub const SECRET_BYTES_MIN: usize = 32;
const VERSION: u8 = 2;
const PAYLOAD_BYTES: usize = 1 + 6 * 16 + 8;
const MAC_BYTES: usize = 32;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecisionLink {
    pub id: DecisionLinkId,
    pub tenant: TenantId,
    pub invoice: InvoiceId,
    /// The round: once the invoice is changed, the link decides nothing any more.
    pub approval: ApprovalId,
    /// In whose name it decides.
    pub user: UserId,
    /// With which it was made: it ends with that.
    pub key: KeyId,
    /// Before this second.
    pub expires_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkRefusal {
    /// Not signed by this key, cut, or changed: which of these is nobody's business.
    #[error("this is not a decision link")]
    Unknown,
    #[error("the link has expired")]
    Expired,
}

/// Signs and reads links with one secret.
#[derive(Clone)]
pub struct DecisionLinks {
    mac: Hmac<Sha256>,
}

impl DecisionLinks {
    pub fn with_secret(secret: &[u8]) -> anyhow::Result<Self> {
        anyhow::ensure!(secret.len() >= SECRET_BYTES_MIN, "the secret of decision links has at least {SECRET_BYTES_MIN} bytes");
        Ok(Self { mac: Hmac::<Sha256>::new_from_slice(secret)? })
    }

    pub fn sign(&self, link: &DecisionLink) -> String {
        let payload = payload(link);
        let mac = self.mac.clone().chain_update(&payload).finalize().into_bytes();
        BASE64_URL_SAFE_NO_PAD.encode([payload.as_slice(), mac.as_slice()].concat())
    }

    /// The link that `token` is, if this secret signed it and it is still in time.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Result<DecisionLink, LinkRefusal> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| LinkRefusal::Unknown)?;
        if bytes.len() != PAYLOAD_BYTES + MAC_BYTES {
            return Err(LinkRefusal::Unknown);
        }
        let (payload, mac) = bytes.split_at(PAYLOAD_BYTES);
        // Compares in constant time.
        self.mac.clone().chain_update(payload).verify_slice(mac).map_err(|_| LinkRefusal::Unknown)?;
        let link = link_in(payload).ok_or(LinkRefusal::Unknown)?;
        if now < link.expires_at { Ok(link) } else { Err(LinkRefusal::Expired) }
    }
}

fn payload(link: &DecisionLink) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(PAYLOAD_BYTES);
    bytes.push(VERSION);
    for id in [link.id.0, link.tenant.0, link.invoice.0, link.approval.0, link.user.0, link.key.0] {
        bytes.extend_from_slice(id.as_bytes());
    }
    bytes.extend_from_slice(&link.expires_at.timestamp().to_be_bytes());
    bytes
}

fn link_in(payload: &[u8]) -> Option<DecisionLink> {
    let (version, rest) = payload.split_first()?;
    let id = |n: usize| Uuid::from_slice(rest.get(n * 16..(n + 1) * 16)?).ok();
    let expires_at = DateTime::from_timestamp(i64::from_be_bytes(rest.get(96..104)?.try_into().ok()?), 0)?;
    (*version == VERSION).then_some(DecisionLink {
        id: id(0)?.into(),
        tenant: id(1)?.into(),
        invoice: id(2)?.into(),
        approval: id(3)?.into(),
        user: id(4)?.into(),
        key: id(5)?.into(),
        expires_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(secret: u8) -> DecisionLinks {
        DecisionLinks::with_secret(&[secret; 32]).unwrap()
    }

    fn link() -> DecisionLink {
        let id = Uuid::from_u128;
        DecisionLink {
            id: id(1).into(),
            tenant: id(2).into(),
            invoice: id(3).into(),
            approval: id(4).into(),
            user: id(5).into(),
            key: id(6).into(),
            expires_at: "2026-03-02T10:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_link_says_what_was_signed_until_it_expires() {
        let token = links(1).sign(&link());
        let at = |text: &str| text.parse().unwrap();
        assert_eq!(links(1).read(&token, at("2026-03-02T09:59:59.999Z")), Ok(link()));
        assert_eq!(links(1).read(&token, at("2026-03-02T10:00:00Z")), Err(LinkRefusal::Expired));
        assert_eq!(links(2).read(&token, at("2026-03-01T00:00:00Z")), Err(LinkRefusal::Unknown), "another secret");
    }

    #[test]
    fn no_bit_of_a_link_can_be_changed() {
        let now = "2026-03-01T00:00:00Z".parse().unwrap();
        let signed = BASE64_URL_SAFE_NO_PAD.decode(links(1).sign(&link())).unwrap();
        for bit in 0..signed.len() * 8 {
            let mut forged = signed.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(links(1).read(&BASE64_URL_SAFE_NO_PAD.encode(&forged), now), Err(LinkRefusal::Unknown), "bit {bit}");
        }
        for cut in 0..signed.len() {
            assert_eq!(links(1).read(&BASE64_URL_SAFE_NO_PAD.encode(&signed[..cut]), now), Err(LinkRefusal::Unknown), "{cut} bytes");
        }
        assert_eq!(links(1).read("not base64 at all!", now), Err(LinkRefusal::Unknown));
    }

    #[test]
    fn a_short_secret_is_no_secret() {
        assert!(DecisionLinks::with_secret(&[1; 31]).is_err());
    }
}

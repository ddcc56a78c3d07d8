//! The keys of signed documents: a PEM file whose first key signs, and whose others are published so that what they have signed stays
//! verifiable after a change of keys.

use anyhow::{Context, anyhow, bail, ensure};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::signature::{Ed25519KeyPair, KeyPair};
use rustls::pki_types::pem::{PemObject, SectionKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const SEED_BYTES: usize = 32;
const KEY_BYTES: usize = 32;
/// PKCS #8 of an Ed25519 seed (RFC 8410), up to the seed.
const PRIVATE_PREFIX: [u8; 16] = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
/// SubjectPublicKeyInfo of an Ed25519 key (RFC 8410), up to the key.
const PUBLIC_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// An Ed25519 public key, named by its thumbprint (RFC 7638).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; KEY_BYTES]);

/// A member of a JWKS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    kty: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    x: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    keys: Vec<Jwk>,
}

pub struct SigningKeys {
    pair: Ed25519KeyPair,
    signs: PublicKey,
    published: Vec<PublicKey>,
}

/// A fresh private key as PEM, as `openssl genpkey -algorithm ed25519` writes one.
pub fn new_key() -> anyhow::Result<String> {
    let mut seed = [0u8; SEED_BYTES];
    getrandom::fill(&mut seed).map_err(|e| anyhow!("the system gives no randomness: {e}"))?;
    let key = BASE64_STANDARD.encode([PRIVATE_PREFIX.as_slice(), &seed].concat());
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n"))
}

impl SigningKeys {
    /// The first section is the private key that signs; further ones, private or public, are keys that have signed.
    pub fn from_pem(pem: &[u8]) -> anyhow::Result<Self> {
        let mut sections = sections(pem)?.into_iter();
        let (kind, der) = sections.next().context("there is no key in it")?;
        ensure!(kind == SectionKind::PrivateKey, "the first key must be private: it signs");
        let pair = pair(&der)?;
        let signs = public_of(&pair)?;
        let mut published = vec![signs];
        for (kind, der) in sections {
            let key = key_of(kind, &der)?;
            if !published.contains(&key) {
                published.push(key);
            }
        }
        Ok(Self { pair, signs, published })
    }

    /// The name of the key that signs.
    pub fn kid(&self) -> String {
        self.signs.kid()
    }

    pub fn published(&self) -> JwkSet {
        JwkSet { keys: self.published.iter().map(PublicKey::jwk).collect() }
    }

    pub(super) fn signature(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

impl PublicKey {
    pub fn kid(&self) -> String {
        let members = format!("{{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"{}\"}}", self.x());
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(members))
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn x(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }

    fn jwk(&self) -> Jwk {
        let stated = |word: &str| Some(word.to_owned());
        let (kty, crv) = ("OKP".to_owned(), "Ed25519".to_owned());
        Jwk { kty, crv, x: self.x(), kid: Some(self.kid()), purpose: stated("sig"), alg: stated("EdDSA") }
    }

    /// Every key of a PEM file; of a private one its public half.
    pub fn all_in_pem(pem: &[u8]) -> anyhow::Result<Vec<Self>> {
        sections(pem)?.into_iter().map(|(kind, der)| key_of(kind, &der)).collect()
    }
}

impl JwkSet {
    /// Its Ed25519 keys; others are other people's business.
    pub fn ed25519(&self) -> anyhow::Result<Vec<PublicKey>> {
        let ours = self.keys.iter().filter(|key| key.kty == "OKP" && key.crv == "Ed25519");
        ours.map(|key| {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(&key.x).ok().and_then(|x| <[u8; KEY_BYTES]>::try_from(x).ok());
            bytes.map(PublicKey).context("an Ed25519 key of the set is not 32 bytes")
        })
        .collect()
    }
}

fn sections(pem: &[u8]) -> anyhow::Result<Vec<(SectionKind, Vec<u8>)>> {
    let found = <(SectionKind, Vec<u8>)>::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    // What is wrong in a file of keys is not repeated.
    found.map_err(|_| anyhow!("it is no PEM file"))
}

fn key_of(kind: SectionKind, der: &[u8]) -> anyhow::Result<PublicKey> {
    match kind {
        SectionKind::PrivateKey => public_of(&pair(der)?),
        SectionKind::PublicKey => {
            let key = der.strip_prefix(&PUBLIC_PREFIX).and_then(|key| <[u8; KEY_BYTES]>::try_from(key).ok());
            key.map(PublicKey).context("a public key in it is not of Ed25519")
        }
        _ => bail!("it has something else than keys in it"),
    }
}

fn pair(der: &[u8]) -> anyhow::Result<Ed25519KeyPair> {
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(|_| anyhow!("a private key in it is not of Ed25519"))
}

fn public_of(pair: &Ed25519KeyPair) -> anyhow::Result<PublicKey> {
    Ok(PublicKey(pair.public_key().as_ref().try_into().context("an Ed25519 key has 32 bytes")?))
}

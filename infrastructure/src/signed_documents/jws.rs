//! Signing and verifying. The header says algorithm, type and key and nothing else; each is compared before the signature is.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use super::keys::{JwkSet, PublicKey, SigningKeys};

const ALGORITHM: &str = "EdDSA";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// The keys that a verifier takes for the signer's.
pub struct TrustedKeys(Vec<PublicKey>);

/// What is left of a signed document once its signature has proved right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub kid: String,
    pub payload: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsRefusal {
    #[error("this is no signed document: {0}")]
    NotSigned(&'static str),
    #[error("it is signed by the algorithm {0:?}; only EdDSA is taken")]
    Algorithm(String),
    #[error("it is a {found:?}, not a {wanted:?}")]
    Type { found: String, wanted: &'static str },
    #[error("it is signed by the key {0:?}, which is none of those given")]
    KeyUnknown(String),
    #[error("the signature is not of this document: it was changed, or signed by another key")]
    Signature,
}

impl SigningKeys {
    /// `payload` in a compact JWS of type `typ`.
    pub fn sign(&self, typ: &str, payload: &[u8]) -> String {
        // A header of three texts is always JSON.
        let header = Header { alg: ALGORITHM.to_owned(), typ: typ.to_owned(), kid: self.kid() };
        let header = serde_json::to_vec(&header).unwrap_or_default();
        let message = format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(header), BASE64_URL_SAFE_NO_PAD.encode(payload));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.signature(message.as_bytes()));
        format!("{message}.{signature}")
    }
}

impl TrustedKeys {
    /// As a server publishes them.
    pub fn from_jwks(text: &[u8]) -> anyhow::Result<Self> {
        let set: JwkSet = serde_json::from_slice(text).map_err(|e| anyhow::anyhow!("it is no JWKS: {e}"))?;
        Self::of(set.ed25519()?)
    }

    pub fn from_pem(pem: &[u8]) -> anyhow::Result<Self> {
        Self::of(PublicKey::all_in_pem(pem)?)
    }

    fn of(keys: Vec<PublicKey>) -> anyhow::Result<Self> {
        anyhow::ensure!(!keys.is_empty(), "there is no Ed25519 key in it");
        Ok(Self(keys))
    }

    pub fn verify(&self, typ: &'static str, document: &str) -> Result<Verified, JwsRefusal> {
        let (message, signature) = document.rsplit_once('.').ok_or(JwsRefusal::NotSigned("it has not three parts"))?;
        let (header, payload) = message.split_once('.').ok_or(JwsRefusal::NotSigned("it has not three parts"))?;
        let Header { alg, typ: found, kid } = header_of(header)?;
        if alg != ALGORITHM {
            return Err(JwsRefusal::Algorithm(alg));
        }
        if found != typ {
            return Err(JwsRefusal::Type { found, wanted: typ });
        }
        let Some(key) = self.0.iter().find(|key| key.kid() == kid) else { return Err(JwsRefusal::KeyUnknown(kid)) };
        let signature = decoded(signature)?;
        UnparsedPublicKey::new(&ED25519, key.as_bytes()).verify(message.as_bytes(), &signature).map_err(|_| JwsRefusal::Signature)?;
        Ok(Verified { kid, payload: decoded(payload)? })
    }
}

fn header_of(text: &str) -> Result<Header, JwsRefusal> {
    // A header without key or type, and one with parts that we do not know, are refused alike; of `none` it is said.
    #[derive(Deserialize)]
    struct Stated {
        alg: String,
    }
    let bytes = decoded(text)?;
    let stated: Stated = serde_json::from_slice(&bytes).map_err(|_| JwsRefusal::NotSigned("its header names no algorithm"))?;
    if stated.alg != ALGORITHM {
        return Err(JwsRefusal::Algorithm(stated.alg));
    }
    serde_json::from_slice(&bytes).map_err(|_| JwsRefusal::NotSigned("its header is not algorithm, type and key"))
}

fn decoded(text: &str) -> Result<Vec<u8>, JwsRefusal> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| JwsRefusal::NotSigned("a part of it is no base64url"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::new_key;
    use super::*;

    const TYPE: &str = "test+jws";

    fn keys() -> SigningKeys {
        SigningKeys::from_pem(new_key().unwrap().as_bytes()).unwrap()
    }

    fn trusting(keys: &SigningKeys) -> TrustedKeys {
        TrustedKeys::from_jwks(&serde_json::to_vec(&keys.published()).unwrap()).unwrap()
    }

    fn with_header(header: serde_json::Value, document: &str) -> String {
        let (_, rest) = document.split_once('.').unwrap();
        format!("{}.{rest}", BASE64_URL_SAFE_NO_PAD.encode(header.to_string()))
    }

    #[test]
    fn what_was_signed_is_read_and_names_its_key() {
        let keys = keys();
        let document = keys.sign(TYPE, b"{\"paid\":true}");
        let verified = trusting(&keys).verify(TYPE, &document).unwrap();
        assert_eq!(verified, Verified { kid: keys.kid(), payload: b"{\"paid\":true}".to_vec() });
    }

    /// RFC 8037, appendix A: the key, its thumbprint, and the signature of a known text.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let seed = BASE64_URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let der = [&[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20][..], &seed].concat();
        let body = base64::prelude::BASE64_STANDARD.encode(der);
        let keys = SigningKeys::from_pem(format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n").as_bytes()).unwrap();
        assert_eq!(keys.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let x = serde_json::to_value(keys.published()).unwrap()["keys"][0]["x"].clone();
        assert_eq!(x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        let signature = keys.signature(b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
        let told = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(signature), told);
    }

    #[test]
    fn only_the_one_algorithm_type_and_known_keys_are_taken() {
        let (keys, others) = (keys(), keys());
        let document = keys.sign(TYPE, b"paid");
        let kid = keys.kid();
        let rows = [
            (with_header(json!({ "alg": "none", "typ": TYPE, "kid": kid }), &document), JwsRefusal::Algorithm("none".to_owned())),
            (with_header(json!({ "alg": "none" }), &document), JwsRefusal::Algorithm("none".to_owned())),
            (with_header(json!({ "alg": "HS256", "typ": TYPE, "kid": kid }), &document), JwsRefusal::Algorithm("HS256".to_owned())),
            (
                with_header(json!({ "alg": "EdDSA", "typ": "JWT", "kid": kid }), &document),
                JwsRefusal::Type { found: "JWT".to_owned(), wanted: TYPE },
            ),
            (
                with_header(json!({ "alg": "EdDSA", "typ": TYPE, "kid": kid, "crit": ["exp"] }), &document),
                JwsRefusal::NotSigned("its header is not algorithm, type and key"),
            ),
            (with_header(json!({ "alg": "EdDSA", "typ": TYPE, "kid": others.kid() }), &document), JwsRefusal::KeyUnknown(others.kid())),
            (others.sign(TYPE, b"paid"), JwsRefusal::KeyUnknown(others.kid())),
            (document.rsplit_once('.').unwrap().0.to_owned() + ".", JwsRefusal::Signature),
            ("paid".to_owned(), JwsRefusal::NotSigned("it has not three parts")),
        ];
        for (document, refusal) in rows {
            assert_eq!(trusting(&keys).verify(TYPE, &document), Err(refusal), "{document}");
        }
        // Another key under the name of the first.
        let forged = with_header(json!({ "alg": "EdDSA", "typ": TYPE, "kid": kid }), &others.sign(TYPE, b"paid"));
        assert_eq!(trusting(&keys).verify(TYPE, &forged), Err(JwsRefusal::Signature));
    }

    /// A key that signed before stays published; the first one signs.
    #[test]
    fn a_key_that_was_replaced_still_vouches_for_what_it_signed() {
        let (old, new) = (new_key().unwrap(), new_key().unwrap());
        let before = SigningKeys::from_pem(old.as_bytes()).unwrap();
        let after = SigningKeys::from_pem(format!("{new}{old}").as_bytes()).unwrap();
        assert_ne!(before.kid(), after.kid());
        for document in [before.sign(TYPE, b"then"), after.sign(TYPE, b"now")] {
            trusting(&after).verify(TYPE, &document).unwrap();
        }
        assert!(trusting(&before).verify(TYPE, &after.sign(TYPE, b"now")).is_err());
        TrustedKeys::from_pem(old.as_bytes()).unwrap().verify(TYPE, &before.sign(TYPE, b"then")).unwrap();
        assert!(SigningKeys::from_pem(b"no key").is_err());
        assert!(TrustedKeys::from_jwks(b"{\"keys\":[]}").is_err());
    }

    proptest! {
        #[test]
        fn not_one_character_of_it_can_be_another(payload in prop::collection::vec(any::<u8>(), 0..200), place: prop::sample::Index, other in "[ -~]") {
            let keys = keys();
            let document = keys.sign(TYPE, &payload);
            let at = place.index(document.len());
            prop_assume!(document[at..=at] != *other);
            let mut changed = document;
            changed.replace_range(at..=at, &other);
            prop_assert!(trusting(&keys).verify(TYPE, &changed).is_err(), "{}", changed);
        }
    }
}

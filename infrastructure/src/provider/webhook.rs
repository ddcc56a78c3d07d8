//! Messages that a provider signed, by the rules of Standard Webhooks: HMAC-SHA256 over id, time and body.
//!
//! Any of an account's secrets will do, so that one can replace another without a gap. What is older or newer than the
//! tolerance is refused; what comes twice within it is recognised by its id.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
const PREFIX: &str = "whsec_";
/// Shorter keys can be guessed; the standard asks for 24 to 64 bytes.
pub const SECRET_BYTES_MIN: usize = 24;
const ID_CHARS_MAX: usize = 128;
const SIGNATURES_MAX: usize = 8;

/// What `webhook-id`, `webhook-timestamp` and `webhook-signature` say.
#[derive(Clone, Copy, Debug)]
pub struct SignedHeaders<'h> {
    pub id: &'h str,
    pub timestamp: &'h str,
    pub signatures: &'h str,
}

#[derive(Clone)]
pub struct WebhookSecret(Hmac<Sha256>);

/// Which of the reasons it is, is for our log alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefusal {
    #[error("the message is not signed as it should be")]
    Unsigned,
    #[error("no secret of the account made this signature")]
    Forged,
    #[error("the message is too old, or from the future")]
    OutOfTime,
}

impl WebhookSecret {
    /// `whsec_` and base64 of at least 24 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        let key = BASE64_STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (key.len() >= SECRET_BYTES_MIN).then(|| Hmac::<Sha256>::new_from_slice(&key).ok().map(Self)).flatten()
    }

    /// What a provider would send.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mac = self.over(id, &timestamp.to_string(), body).finalize().into_bytes();
        format!("v1,{}", BASE64_STANDARD.encode(mac))
    }

    fn over(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        self.0.clone().chain_update(id).chain_update(".").chain_update(timestamp).chain_update(".").chain_update(body)
    }
}

/// Whether one of `secrets` signed this, in time. Every secret is tried on every signature, in constant time each.
pub fn verify(secrets: &[WebhookSecret], headers: SignedHeaders<'_>, body: &[u8], now: DateTime<Utc>) -> Result<(), SignatureRefusal> {
    let SignedHeaders { id, timestamp, signatures } = headers;
    let plausible = !id.is_empty() && id.len() <= ID_CHARS_MAX && id.bytes().all(|b| b.is_ascii_graphic());
    let sent_at = timestamp.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let (true, Some(sent_at)) = (plausible, sent_at) else { return Err(SignatureRefusal::Unsigned) };
    let given = signatures.split(' ').take(SIGNATURES_MAX).filter_map(|one| BASE64_STANDARD.decode(one.strip_prefix("v1,")?).ok());
    let mut genuine = false;
    for mac in given {
        for secret in secrets {
            genuine |= secret.over(id, timestamp, body).verify_slice(&mac).is_ok();
        }
    }
    match genuine {
        false => Err(SignatureRefusal::Forged),
        true if (now - sent_at).abs() > TOLERANCE => Err(SignatureRefusal::OutOfTime),
        true => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIME: i64 = 1_614_265_330;

    fn secret(text: &str) -> WebhookSecret {
        WebhookSecret::parse(text).unwrap()
    }

    fn genuine() -> WebhookSecret {
        secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    }

    fn other() -> WebhookSecret {
        secret("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn judged(secrets: &[WebhookSecret], id: &str, timestamp: &str, signatures: &str, body: &[u8]) -> Result<(), SignatureRefusal> {
        verify(secrets, SignedHeaders { id, timestamp, signatures }, body, at(TIME))
    }

    #[test]
    fn the_standards_own_example_is_genuine() {
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(genuine().sign(ID, TIME, BODY), signature);
        assert_eq!(judged(&[genuine()], ID, &TIME.to_string(), signature, BODY), Ok(()));
    }

    #[test]
    fn any_secret_of_the_account_will_do_and_any_of_several_signatures() {
        let signatures = format!("v1a,xyz v1,AAAA {} {}", other().sign(ID, TIME, BODY), genuine().sign(ID, TIME, BODY));
        for secrets in [vec![genuine()], vec![other()], vec![other(), genuine()]] {
            assert_eq!(judged(&secrets, ID, &TIME.to_string(), &signatures, BODY), Ok(()));
        }
        assert_eq!(judged(&[], ID, &TIME.to_string(), &signatures, BODY), Err(SignatureRefusal::Forged));
    }

    #[test]
    fn nothing_of_a_signed_message_can_be_changed() {
        let (secrets, time) = ([genuine()], TIME.to_string());
        let signature = genuine().sign(ID, TIME, BODY);
        for bit in 0..BODY.len() * 8 {
            let mut body = BODY.to_vec();
            body[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(judged(&secrets, ID, &time, &signature, &body), Err(SignatureRefusal::Forged), "bit {bit}");
        }
        let mac = BASE64_STANDARD.decode(&signature[3..]).unwrap();
        for bit in 0..mac.len() * 8 {
            let mut forged = mac.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            let forged = format!("v1,{}", BASE64_STANDARD.encode(&forged));
            assert_eq!(judged(&secrets, ID, &time, &forged, BODY), Err(SignatureRefusal::Forged), "bit {bit}");
        }
        assert_eq!(judged(&secrets, "msg_other", &time, &signature, BODY), Err(SignatureRefusal::Forged));
        assert_eq!(judged(&secrets, ID, &(TIME + 1).to_string(), &signature, BODY), Err(SignatureRefusal::Forged));
        assert_eq!(judged(&secrets, ID, &time, "", BODY), Err(SignatureRefusal::Forged));
        for id in ["", "with space", &"x".repeat(129)] {
            assert_eq!(judged(&secrets, id, &time, &signature, BODY), Err(SignatureRefusal::Unsigned), "{id}");
        }
        assert_eq!(judged(&secrets, ID, "soon", &signature, BODY), Err(SignatureRefusal::Unsigned));
    }

    #[test]
    fn a_message_is_good_for_five_minutes_on_either_side() {
        for (sent, verdict) in
            [(-300, Ok(())), (300, Ok(())), (-301, Err(SignatureRefusal::OutOfTime)), (301, Err(SignatureRefusal::OutOfTime))]
        {
            let time = TIME + sent;
            let signature = genuine().sign(ID, time, BODY);
            assert_eq!(judged(&[genuine()], ID, &time.to_string(), &signature, BODY), verdict, "{sent}");
        }
    }

    #[test]
    fn a_secret_that_can_be_guessed_is_none() {
        for text in ["whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", ""] {
            assert!(WebhookSecret::parse(text).is_none(), "{text}");
        }
    }
}

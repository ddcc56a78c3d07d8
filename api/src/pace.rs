//! How many requests a key may make: so many a second, and at most a second's worth at once. One that hurries is told when to
//! come back, and costs the others nothing. What counts is this node's.

use std::num::NonZeroU32;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use quittance_domain::ids::KeyId;

use crate::problem::Problem;

/// Keys that are remembered before those that rest are forgotten.
const KEYS_MAX: usize = 10_000;

static LIMIT: HeaderName = HeaderName::from_static("ratelimit");
static POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

pub struct Pace {
    limiter: RateLimiter<KeyId, DefaultKeyedStateStore<KeyId>, DefaultClock, StateInformationMiddleware>,
    per_second: NonZeroU32,
}

/// What a key has left, as an answer tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    per_second: u32,
    remaining: u32,
}

/// The key has used up what it has for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFast {
    per_second: u32,
    retry_after_s: u32,
}

impl Pace {
    /// None where every key may do what it can.
    pub fn of(per_second: u32) -> Option<Self> {
        let per_second = NonZeroU32::new(per_second)?;
        let limiter = RateLimiter::keyed(Quota::per_second(per_second)).with_middleware();
        Some(Self { limiter, per_second })
    }

    /// Counts a request of `key`.
    pub fn counts(&self, key: KeyId) -> Result<Left, TooFast> {
        if self.limiter.len() > KEYS_MAX {
            self.limiter.retain_recent();
        }
        let per_second = self.per_second.get();
        match self.limiter.check_key(&key) {
            Ok(state) => Ok(Left { per_second, remaining: state.remaining_burst_capacity() }),
            Err(not_until) => {
                let wait = not_until.wait_time_from(DefaultClock::default().now());
                Err(TooFast { per_second, retry_after_s: u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1) })
            }
        }
    }
}

impl Left {
    pub fn tell(self, headers: &mut HeaderMap) {
        tell(headers, self.per_second, self.remaining);
    }
}

impl TooFast {
    pub fn problem(self) -> Problem {
        metrics::counter!("quittance_requests_too_fast_total").increment(1);
        Problem::too_fast(self.per_second, self.retry_after_s)
    }

    pub fn tell(self, headers: &mut HeaderMap) {
        tell(headers, self.per_second, 0);
    }
}

/// As `draft-ietf-httpapi-ratelimit-headers` has it: the policy of a key, and what is left of it within a second.
fn tell(headers: &mut HeaderMap, per_second: u32, remaining: u32) {
    for (name, text) in [(&POLICY, format!("\"key\";q={per_second};w=1")), (&LIMIT, format!("\"key\";r={remaining};t=1"))] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name.clone(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use quittance_domain::ids::KeyId;
    use uuid::Uuid;

    use super::Pace;

    #[test]
    fn a_key_that_hurries_is_told_so_and_another_is_not() {
        let pace = Pace::of(2).unwrap();
        let (one, other) = (KeyId(Uuid::from_u128(1)), KeyId(Uuid::from_u128(2)));
        assert_eq!(pace.counts(one).map(|left| left.remaining), Ok(1));
        assert_eq!(pace.counts(one).map(|left| left.remaining), Ok(0));
        assert_eq!(pace.counts(one).map_err(|fast| fast.retry_after_s), Err(1));
        assert!(pace.counts(other).is_ok());
    }

    #[test]
    fn without_a_pace_nobody_is_counted() {
        assert!(Pace::of(0).is_none());
    }
}

//! How delegations follow one another: who may decide for whom at a moment, and whether a new one closes a circle.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Delegation, DelegationRefusal, Delegations, Matter, Scope};
use crate::ids::UserId;

/// Delegations that may follow one another.
pub const CHAIN_MAX: usize = 3;

/// The way from a person to one in whose place they may decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// In whose place.
    pub principal: UserId,
    /// Who passed it on in between, the one nearest to the person who decides first.
    pub through: Vec<UserId>,
}

/// A span of time: from its first moment on, before its second.
type Span = (DateTime<Utc>, DateTime<Utc>);

fn overlap(a: Span, b: Span) -> Option<Span> {
    let both = (a.0.max(b.0), a.1.min(b.1));
    (both.0 < both.1).then_some(both)
}

impl Delegation {
    fn span(&self) -> Span {
        (self.starts_at, self.ends_at)
    }

    fn covers(&self, at: DateTime<Utc>, matter: Matter<'_>) -> bool {
        let Scope { max_amount, categories, raises_limit: _ } = &self.scope;
        let within = max_amount.is_none_or(|most| matter.amounts.iter().any(|amount| amount.is_within(most)));
        let all_of_these = !matter.categories.is_empty() && matter.categories.iter().all(|category| categories.contains(category));
        self.starts_at <= at && at < self.ends_at && within && (categories.is_empty() || all_of_these)
    }
}

impl Delegations {
    /// In whose places `person` may decide this at `at`. `within_limit` tells whether the amount lies within the person's own limit:
    /// beyond it, only a delegation that raises the limit counts.
    pub fn paths(&self, person: UserId, at: DateTime<Utc>, matter: Matter<'_>, within_limit: bool) -> Vec<Path> {
        let standing: Vec<&Delegation> = self.standing.iter().filter(|d| d.covers(at, matter)).collect();
        let mut found: Vec<Path> = Vec::new();
        let mut ends: Vec<Path> = standing
            .iter()
            .filter(|d| d.delegate == person && (within_limit || d.scope.raises_limit))
            .map(|d| Path { principal: d.delegator, through: vec![] })
            .collect();
        while let Some(path) = ends.pop() {
            if found.iter().any(|known| known.principal == path.principal && known.through.len() <= path.through.len()) {
                continue;
            }
            if path.through.len() + 1 < CHAIN_MAX {
                ends.extend(standing.iter().filter(|d| d.delegate == path.principal).map(|d| path.after(d.delegator)));
            }
            found.push(path);
        }
        found.sort_by_key(|path| path.through.len());
        found
    }

    /// A new delegation neither comes back to who grants it, nor makes a chain that is too long, at any moment of its time.
    pub(super) fn check_chains(&self, new: &Delegation) -> Result<(), DelegationRefusal> {
        let mut longest = 1;
        for (before, span) in self.chains(new.delegator, new.span(), |d| (d.delegate, d.delegator)) {
            for (after, _) in self.chains(new.delegate, span, |d| (d.delegator, d.delegate)) {
                if after.iter().any(|person| *person == new.delegator || before.contains(person)) {
                    return Err(DelegationRefusal::DelegationCycle);
                }
                longest = longest.max(before.len() + 1 + after.len());
            }
        }
        if longest > CHAIN_MAX { Err(DelegationRefusal::DelegationChainTooLong) } else { Ok(()) }
    }

    /// Who is reached from `start` by delegations that hold at a common moment of `span`, with that time. `step` says
    /// which end of a delegation is known and which one is reached. As no standing chain is longer than allowed, this ends.
    fn chains(&self, start: UserId, span: Span, step: fn(&Delegation) -> (UserId, UserId)) -> Vec<(Vec<UserId>, Span)> {
        let mut found = vec![(vec![], span)];
        let mut at = 0;
        while let Some((people, span)) = found.get(at).cloned() {
            at += 1;
            let last = people.last().copied().unwrap_or(start);
            for delegation in self.standing.iter().filter(|d| step(d).0 == last) {
                if let Some(span) = overlap(span, delegation.span()) {
                    let reached = people.iter().copied().chain([step(delegation).1]).collect();
                    found.push((reached, span));
                }
            }
        }
        found
    }
}

impl Path {
    fn after(&self, principal: UserId) -> Self {
        let through = self.through.iter().copied().chain([self.principal]).collect();
        Self { principal, through }
    }
}

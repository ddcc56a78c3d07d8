//! Rules that others are held to, and who has adopted them alone.
//!
//! Who could make the rules alone could do alone what they guard. A version is in force at once for what it asks of others; its adopter
//! gains nothing by it until somebody else, or the operator, confirms it.

use serde::{Deserialize, Serialize};

use crate::ids::UserId;

/// Which versions of some rules nobody has confirmed, and by whom they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adoptions<T> {
    /// The newest version that is nobody's alone.
    settled: Option<Version<T>>,
    unconfirmed: Vec<Unconfirmed<T>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Version<T> {
    number: u32,
    rules: T,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Unconfirmed<T> {
    version: Version<T>,
    by: UserId,
}

impl<T> Default for Adoptions<T> {
    fn default() -> Self {
        Self { settled: None, unconfirmed: vec![] }
    }
}

impl<T: Clone + PartialEq> Adoptions<T> {
    /// As long as nobody has chosen other rules than a company begins with.
    pub fn beginning_with(number: u32, rules: T) -> Self {
        Self { settled: Some(Version { number, rules }), unconfirmed: vec![] }
    }

    /// Who has adopted this version, as long as nobody has confirmed it.
    pub fn adopter_of(&self, version: u32) -> Option<UserId> {
        self.unconfirmed.iter().find(|unconfirmed| unconfirmed.version.number == version).map(|unconfirmed| unconfirmed.by)
    }

    /// What is nobody's alone.
    pub fn settled(&self) -> Option<&T> {
        self.settled.as_ref().map(|settled| &settled.rules)
    }

    /// Everybody who has adopted a version that nobody has confirmed.
    pub fn adopters(&self) -> impl Iterator<Item = UserId> + '_ {
        self.unconfirmed.iter().map(|unconfirmed| unconfirmed.by)
    }

    /// Whether nobody needs to confirm these rules of this person's: they are what a company begins with, or what was settled before the
    /// person, and nobody else, put others in their place.
    pub fn is_settled(&self, rules: &T, by: UserId) -> bool {
        let Some(settled) = &self.settled else { return true };
        let mut since = self.unconfirmed.iter().filter(|unconfirmed| unconfirmed.version.number > settled.number);
        settled.rules == *rules && since.all(|unconfirmed| unconfirmed.by == by)
    }

    pub fn adopted(&mut self, number: u32, rules: T, by: UserId) {
        let is_settled = self.is_settled(&rules, by);
        let version = Version { number, rules };
        if is_settled { self.settled = Some(version) } else { self.unconfirmed.push(Unconfirmed { version, by }) }
    }

    pub fn confirmed(&mut self, version: u32) {
        let Some(index) = self.unconfirmed.iter().position(|unconfirmed| unconfirmed.version.number == version) else { return };
        let Unconfirmed { version, .. } = self.unconfirmed.remove(index);
        if self.settled.as_ref().is_none_or(|settled| settled.number < version.number) {
            self.settled = Some(version);
        }
    }
}

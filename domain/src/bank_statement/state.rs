//! The state of a statement and its decisions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::event::{BankStatementEvent, Import, MatchTarget, Matching, PaymentEffect, StatementLine};
use super::identity::{entry_key, payment_item_key};
use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root};
use crate::ids::{PaymentId, UserId};
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BankStatement {
    #[default]
    NotImported,
    Imported(Imported),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    pub import: Arc<Import>,
    /// By line.
    pub matched: BTreeMap<u32, Matching>,
    /// By line: payments of which a person said that it does not tell of them.
    #[serde(default)]
    pub dismissed: BTreeMap<u32, BTreeSet<PaymentId>>,
}

#[derive(Clone, Debug)]
pub enum BankStatementCommand {
    Import(Box<Import>),
    Match { line: u32, matching: Matching },
    Unmatch { line: u32, by: UserId, reason: String },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum BankStatementRefusal {
    #[error("there is no such bank statement")]
    BankStatementUnknown,
    #[error("the statement has no line {line}")]
    BankLineUnknown { line: u32 },
    #[error("line {line} is matched already")]
    BankLineMatched { line: u32 },
    #[error("line {line} is not matched")]
    BankLineNotMatched { line: u32 },
    #[error("line {line} tells of money that came back, or of a payment that has gone on since: what the bank did is not undone by a word")]
    MatchMovedPayment { line: u32 },
    #[error("an explanation says in words what the line is")]
    ExplanationMissing,
}

impl Refusal for BankStatementRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::BankStatementUnknown => RefusalKind::Unknown,
            Self::BankLineUnknown { .. } | Self::ExplanationMissing => RefusalKind::Invalid,
            Self::BankLineMatched { .. } | Self::BankLineNotMatched { .. } | Self::MatchMovedPayment { .. } => RefusalKind::State,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::BankLineUnknown { .. } => Some("/line".to_owned()),
            Self::ExplanationMissing => Some("/explanation".to_owned()),
            _ => None,
        }
    }
}

aggregate!(BankStatement, "bank_statement", "BankStatement", BankStatementCommand, BankStatementEvent, BankStatementRefusal, {
    Imported = 1, Matched = 1, Unmatched = 1,
});

impl Root for BankStatement {
    aggregate!(@names BankStatementEvent);

    fn decide(&self, command: BankStatementCommand) -> Result<Vec<BankStatementEvent>, BankStatementRefusal> {
        match (self, command) {
            (Self::NotImported, BankStatementCommand::Import(import)) => Ok(vec![BankStatementEvent::Imported(import)]),
            (Self::NotImported, _) => Err(BankStatementRefusal::BankStatementUnknown),
            // A statement's id follows from its file: the same file again is a repeat.
            (Self::Imported(_), BankStatementCommand::Import(_)) => Ok(vec![]),
            (Self::Imported(state), BankStatementCommand::Match { line, matching }) => state.match_line(line, matching),
            (Self::Imported(state), BankStatementCommand::Unmatch { line, by, reason }) => state.unmatch(line, by, reason),
        }
    }

    fn claims(&self, event: &BankStatementEvent) -> Vec<ClaimChange> {
        match event {
            BankStatementEvent::Imported(import) => {
                let mut identities: Vec<&str> = import.lines.iter().map(|line| line.identity.as_str()).collect();
                identities.dedup();
                let claim = |identity| ClaimChange::Take(Claim::of(entry_key(import.bank_account_id, identity), "bank_entry_known"));
                identities.into_iter().map(claim).collect()
            }
            BankStatementEvent::Matched { matching, .. } => matching.claims().into_iter().map(ClaimChange::Take).collect(),
            BankStatementEvent::Unmatched { line, .. } => {
                let matching = self.imported().ok().and_then(|state| state.matched.get(line));
                matching.into_iter().flat_map(Matching::claims).map(ClaimChange::Release).collect()
            }
        }
    }
}

impl BankStatement {
    pub fn imported(&self) -> Result<&Imported, BankStatementRefusal> {
        match self {
            Self::NotImported => Err(BankStatementRefusal::BankStatementUnknown),
            Self::Imported(imported) => Ok(imported),
        }
    }

    fn on(&mut self, event: BankStatementEvent) {
        match (&mut *self, event) {
            (_, BankStatementEvent::Imported(import)) => {
                *self = Self::Imported(Imported { import: Arc::new(*import), matched: BTreeMap::new(), dismissed: BTreeMap::new() })
            }
            (Self::Imported(state), BankStatementEvent::Matched { line, matching }) => {
                state.matched.insert(line, matching);
            }
            (Self::Imported(state), BankStatementEvent::Unmatched { line, .. }) => state.on_unmatched(line),
            (Self::NotImported, BankStatementEvent::Matched { .. } | BankStatementEvent::Unmatched { .. }) => {}
        }
    }
}

impl Imported {
    pub fn line(&self, line: u32) -> Result<&StatementLine, BankStatementRefusal> {
        self.import.lines.iter().find(|own| own.line == line).ok_or(BankStatementRefusal::BankLineUnknown { line })
    }

    pub fn unmatched(&self) -> impl Iterator<Item = &StatementLine> {
        self.import.lines.iter().filter(|line| !self.matched.contains_key(&line.line))
    }

    fn match_line(&self, line: u32, matching: Matching) -> Result<Vec<BankStatementEvent>, BankStatementRefusal> {
        self.line(line)?;
        match (self.matched.get(&line), &matching.target) {
            (Some(before), target) if before.target.is_the_same_as(target) => Ok(vec![]),
            (Some(_), _) => Err(BankStatementRefusal::BankLineMatched { line }),
            (None, MatchTarget::Explained { explanation }) if explanation.trim().is_empty() => {
                Err(BankStatementRefusal::ExplanationMissing)
            }
            (None, _) => Ok(vec![BankStatementEvent::Matched { line, matching }]),
        }
    }

    fn unmatch(&self, line: u32, by: UserId, reason: String) -> Result<Vec<BankStatementEvent>, BankStatementRefusal> {
        self.line(line)?;
        match self.matched.get(&line).map(|own| &own.target) {
            None => Err(BankStatementRefusal::BankLineNotMatched { line }),
            // The money came back: whether it may leave again is for the payment that comes after.
            Some(MatchTarget::Payment { effect: PaymentEffect::Returns { .. }, .. }) => {
                Err(BankStatementRefusal::MatchMovedPayment { line })
            }
            Some(_) => Ok(vec![BankStatementEvent::Unmatched { line, by, reason }]),
        }
    }

    fn on_unmatched(&mut self, line: u32) {
        if let Some(Matching { target: MatchTarget::Payment { payment_id, .. }, .. }) = self.matched.remove(&line) {
            self.dismissed.entry(line).or_default().insert(payment_id);
        }
    }

    /// What a person took back the engine does not match again by itself.
    pub fn is_dismissed(&self, line: u32, payment: PaymentId) -> bool {
        self.dismissed.get(&line).is_some_and(|payments| payments.contains(&payment))
    }
}

impl MatchTarget {
    /// The day on which it counts follows from the calendar: saying the same again after a closing is no other match.
    fn is_the_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Payment { payment_id, items, effect, .. },
                Self::Payment { payment_id: other_id, items: other_items, effect: other_effect, .. },
            ) => (payment_id, items, effect) == (other_id, other_items, other_effect),
            _ => self == other,
        }
    }
}

impl Matching {
    /// One line tells of an item's leaving, one of its coming back.
    pub fn keys(&self) -> Vec<String> {
        let MatchTarget::Payment { payment_id, items, effect, .. } = &self.target else { return vec![] };
        let effect = match effect {
            PaymentEffect::Settles => "settles",
            PaymentEffect::Returns { .. } => "returns",
        };
        items.iter().map(|item| payment_item_key(*payment_id, *item, effect)).collect()
    }

    pub fn claims(&self) -> Vec<Claim> {
        self.keys().into_iter().map(|key| Claim::of(key, "payment_item_matched")).collect()
    }
}

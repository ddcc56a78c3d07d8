//! What a report says of the transfers that we ordered. It counts only if it fits what was ordered: the kind of file, how many transfers of
//! what sum, and the amount; and if it says one thing.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::{Control, Outcome, Status, StatusReport, TransactionStatus};
use crate::pain001::OrderedTransfer;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Said<'r> {
    /// Of the transfer by name.
    OfIt(&'r Outcome),
    /// Of the block or the file that it is in.
    OfAll(&'r Outcome),
    /// It contradicts itself, or what we ordered.
    Doubtful,
}

/// A report beside the file that it is about; files have 100,000 transfers, so each is found without a search.
pub struct Answers<'r> {
    file: &'r HashMap<String, OrderedTransfer>,
    named: HashMap<&'r str, Vec<&'r TransactionStatus>>,
    of_blocks: HashMap<&'r str, OfBlock<'r>>,
    of_file: Option<&'r Outcome>,
    /// It is about a file of credit transfers, about as many as are in ours, and as much.
    fits: bool,
}

/// Some banks name the block once for each of its transfers.
struct OfBlock<'r> {
    outcome: Option<&'r Outcome>,
    fits: bool,
}

/// How many transfers, and their sum, where it can be told.
#[derive(Clone, Copy)]
struct Worth {
    transactions: u64,
    sum: Option<Decimal>,
}

impl StatusReport {
    pub fn held_against<'r>(&'r self, file: &'r HashMap<String, OrderedTransfer>) -> Answers<'r> {
        let mut named: HashMap<&str, Vec<&TransactionStatus>> = HashMap::new();
        for one in self.blocks.iter().flat_map(|block| &block.transactions) {
            named.entry(one.end_to_end_id.as_deref().unwrap_or_default()).or_default().push(one);
        }
        let mut worth: HashMap<&str, Worth> = HashMap::new();
        for ordered in file.values() {
            worth.entry(ordered.block.as_str()).or_default().add(ordered.amount);
        }
        let whole = worth.values().fold(Worth::default(), |whole, block| whole.with(*block));
        let mut of_blocks: HashMap<&str, OfBlock> = HashMap::new();
        for block in &self.blocks {
            let fits = worth.get(block.original_block_id.as_str()).is_none_or(|worth| block.control.is_of(*worth));
            let before = of_blocks.entry(block.original_block_id.as_str()).or_insert(OfBlock { outcome: None, fits: true });
            let contradicts = before.outcome.zip(block.outcome.as_ref()).is_some_and(|(one, other)| one.contradicts(other));
            before.outcome = before.outcome.or(block.outcome.as_ref());
            before.fits &= fits && !contradicts;
        }
        let fits = self.is_of_transfers() && (file.is_empty() || self.control.is_of(whole));
        Answers { file, named, of_blocks, of_file: self.outcome.as_ref(), fits }
    }

    /// Some banks do not write the name of a message of ISO 20022.
    fn is_of_transfers(&self) -> bool {
        let name = self.original_message_name.to_ascii_lowercase();
        !name.starts_with("pain.") || name.starts_with("pain.001")
    }
}

impl<'r> Answers<'r> {
    /// None if the report leaves open what became of the transfer.
    pub fn of(&self, end_to_end_id: &str) -> Option<Said<'r>> {
        let ordered = self.file.get(end_to_end_id);
        let named = self.named.get(end_to_end_id).map(Vec::as_slice).unwrap_or_default();
        let own: Vec<&'r Outcome> = named.iter().filter_map(|one| one.outcome.as_ref()).collect();
        let of_block = ordered.and_then(|ordered| self.of_blocks.get(ordered.block.as_str()));
        let said = match own.iter().copied().find(|outcome| outcome.status.is_an_end()).or(own.first().copied()) {
            Some(outcome) => Said::OfIt(outcome),
            None => Said::OfAll(of_block.and_then(|block| block.outcome).or(self.of_file).filter(|outcome| outcome.is_inherited())?),
        };
        let is_both = own.iter().any(|one| one.status.has_settled()) && own.iter().any(|one| one.status.has_failed());
        let fits = ordered.is_none_or(|ordered| named.iter().all(|one| one.is_of(ordered)));
        let is_certain = self.fits && fits && !is_both && of_block.is_none_or(|block| block.fits);
        Some(if is_certain { said } else { Said::Doubtful })
    }
}

impl Outcome {
    fn contradicts(&self, other: &Self) -> bool {
        let (one, other) = (&self.status, &other.status);
        one.has_settled() && other.has_failed() || one.has_failed() && other.has_settled()
    }

    /// A partial acceptance says nothing about a transfer that is not listed.
    fn is_inherited(&self) -> bool {
        !matches!(self.status, Status::PartiallyAccepted | Status::PartlySigned)
    }
}

impl Control {
    /// What the report does not state holds.
    fn is_of(&self, worth: Worth) -> bool {
        self.transactions.is_none_or(|stated| stated == worth.transactions) && self.sum.is_none_or(|stated| worth.sum == Some(stated))
    }
}

impl Default for Worth {
    fn default() -> Self {
        Self { transactions: 0, sum: Some(Decimal::ZERO) }
    }
}

impl Worth {
    fn add(&mut self, amount: Decimal) {
        *self = self.with(Self { transactions: 1, sum: Some(amount) });
    }

    fn with(self, other: Self) -> Self {
        let sum = self.sum.zip(other.sum).and_then(|(one, other)| one.checked_add(other));
        Self { transactions: self.transactions + other.transactions, sum }
    }
}

impl TransactionStatus {
    fn is_of(&self, ordered: &OrderedTransfer) -> bool {
        self.amount.as_ref().is_none_or(|(amount, currency)| (*amount, currency.as_str()) == (ordered.amount, ordered.currency.as_str()))
    }
}

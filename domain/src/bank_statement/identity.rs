//! What makes a statement's line the same line in another statement of the account: the bank's reference, or all that it says, and
//! the how-manieth it is of its day.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::code::TransactionCode;
use super::event::{BalanceProof, Import, StatementLine};
use super::format::retold_key;
use crate::aggregate::{Claim, derived_id};
use crate::bank_account::PaymentReference;
use crate::ids::{AllocationId, BankAccountId, CustomerRefundId, IncomingPaymentId, PaymentId};
use crate::money::Money;

/// Of a line that has none, as its content writes it.
const NO_IDS: &str = "None None";

/// A booked entry as the bank wrote it, before it is known whether it is new.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub booked_on: NaiveDate,
    pub value_date: Option<NaiveDate>,
    pub amount: Money,
    pub bank_reference: Option<String>,
    /// The entry's own words, for the identity of one without reference.
    pub text: Option<String>,
    /// One, or one for each transaction of a batch.
    pub lines: Vec<EntryLine>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct EntryLine {
    pub amount: Money,
    pub end_to_end_id: Option<String>,
    pub references: Vec<String>,
    pub counterparty_name: Option<String>,
    pub counterparty_account: Option<String>,
    pub text: Option<String>,
    pub is_return: bool,
    pub return_reason: Option<String>,
    pub transaction_codes: Vec<TransactionCode>,
    pub cheque_number: Option<String>,
}

/// What all lines of an entry have of it.
#[derive(Clone)]
pub(super) struct OfEntry {
    pub identity: String,
    pub booked_on: NaiveDate,
    pub value_date: Option<NaiveDate>,
    pub bank_reference: Option<String>,
}

impl EntryLine {
    /// As a line of a statement.
    pub(super) fn into_line(self, line: u32, of: &OfEntry) -> StatementLine {
        let OfEntry { identity, booked_on, value_date, bank_reference } = of.clone();
        StatementLine {
            line,
            identity,
            booked_on,
            value_date,
            amount: self.amount,
            bank_reference,
            end_to_end_id: self.end_to_end_id,
            references: self.references,
            counterparty_name: self.counterparty_name,
            counterparty_account: self.counterparty_account,
            text: self.text,
            is_return: self.is_return,
            return_reason: self.return_reason,
            transaction_codes: self.transaction_codes,
            cheque_number: self.cheque_number,
        }
    }

    /// The runs, or payments, whose file the line names, or a block of it: by their id alone, where a transfer has its number behind it.
    pub fn files_named(&self) -> impl Iterator<Item = Uuid> {
        let ids = self.end_to_end_id.iter().chain(&self.references);
        ids.filter(|id| !id.contains('-')).filter_map(|id| PaymentReference::parse(id).ok()?.payment())
    }
}

/// Counts equal entries of a day to tell them apart: the third coffee is the third in every statement.
#[derive(Default)]
pub struct Counted {
    /// What statements that are apart from this one have told: its own entries are none of those.
    told: HashSet<String>,
    /// The balances between which the statement before told.
    before: Option<Balances>,
}

/// Opening and closing, as far as they are stated.
pub type Balances = (Option<Decimal>, Option<Decimal>);

impl Counted {
    /// The next statement of a file. One that begins with the balance with which the one before it ended (a second page of the same day) tells
    /// of other entries and is counted on from there; any other begins anew.
    pub fn turn(&mut self, balances: Balances) {
        let goes_on = |before: &Balances| balances.0.is_some() && balances.0 == before.1 && balances != *before;
        if !self.before.replace(balances).is_some_and(|before| goes_on(&before)) {
            self.told.clear();
        }
    }

    /// These have been told elsewhere: equal entries from here on are others.
    pub fn pass_over(&mut self, identities: impl IntoIterator<Item = String>) {
        self.told.extend(identities);
    }

    /// One identity an entry, in order.
    pub fn identities(&self, entries: &[Entry]) -> Vec<String> {
        let mut seen: HashMap<String, u32> = HashMap::new();
        let next = |entry: &Entry| {
            let content = entry.content();
            let ordinal = seen.entry(content.clone()).or_insert(0);
            loop {
                *ordinal += 1;
                let identity = hex::encode(&Sha256::digest(format!("{content}\n{ordinal}"))[..16]);
                if !self.told.contains(&identity) {
                    return identity;
                }
            }
        };
        entries.iter().map(next).collect()
    }
}

impl Entry {
    /// Day, amount, and the reference; without one, everything else that the bank says.
    fn content(&self) -> String {
        let Self { booked_on, value_date, amount, bank_reference, text, lines } = self;
        let words = match bank_reference {
            Some(reference) => format!("ref {reference}"),
            None => {
                let ids = |line: &EntryLine| format!("{:?} {:?}", line.end_to_end_id, line.counterparty_account);
                // Whether the bank lists what a batch holds, or tells its sum alone, makes it no other batch.
                let is_batch = lines.iter().filter(|line| line.end_to_end_id.is_some()).count() > 1;
                let ids = if is_batch { NO_IDS.to_owned() } else { lines.iter().map(ids).collect::<Vec<_>>().join(" ") };
                format!("{value_date:?} {} {ids}", text.as_deref().map(bare).unwrap_or_default())
            }
        };
        format!("{booked_on} {} {} {words}", amount.amount().normalize(), amount.currency())
    }

    /// The lines of the entry, from `first` on.
    pub fn into_lines(self, identity: &str, first: u32) -> Vec<StatementLine> {
        let Self { booked_on, value_date, bank_reference, lines, .. } = self;
        let of = OfEntry { identity: identity.to_owned(), booked_on, value_date, bank_reference };
        (first..).zip(lines).map(|(line, own)| own.into_line(line, &of)).collect()
    }
}

/// Banks wrap and pad the same words differently from one file to the next.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A line by itself, whichever statement brought it.
pub fn line_id(statement: Uuid, line: u32) -> Uuid {
    derived_id(&[b"bank line", statement.as_bytes(), &line.to_be_bytes()])
}

/// The unique fact that one statement of the tenant brought this entry.
pub fn entry_key(account: BankAccountId, identity: &str) -> String {
    format!("bank_entry|{account}|{identity}")
}

/// The unique facts that one statement of the account told what moved between these balances of a day: as entries, and where it lists what
/// batches hold as that. Another format of the same day names its entries otherwise, or lists a batch that this one has as a sum, and would
/// tell all of them again. None where an overlap is known by its entries, or nothing is proven.
pub fn day_keys(import: &Import) -> Vec<String> {
    let Some((opening, closing)) = import.opening.zip(import.closing) else { return vec![] };
    if import.proof != BalanceProof::Proved || import.repeated > 0 || import.lines.is_empty() || opening.amount == closing.amount {
        return vec![];
    }
    let mut forms = vec![in_order(import.entry_amounts()), in_order(import.lines.iter().map(|line| line.amount.amount()))];
    forms.dedup();
    let key = |moved: Vec<Decimal>| {
        let told = format!("{:?} {} {} {moved:?}", closing.date.or(import.to), opening.amount.normalize(), closing.amount.normalize());
        format!("bank_day|{}|{}", import.bank_account_id, hex::encode(&Sha256::digest(told)[..16]))
    };
    forms.into_iter().map(key).collect()
}

impl Import {
    /// What each of its entries moved, in their order.
    pub(super) fn entry_amounts(&self) -> impl Iterator<Item = Decimal> {
        let entries = self.lines.chunk_by(|one, next| one.identity == next.identity);
        entries.map(|lines| lines.iter().map(|line| line.amount.amount()).fold(Decimal::ZERO, Decimal::saturating_add))
    }

    /// That it brought its entries, or told again what another format had, and what moved on the day.
    pub(super) fn claims(&self) -> impl Iterator<Item = Claim> {
        let mut identities: Vec<&str> = self.lines.iter().map(|line| line.identity.as_str()).collect();
        identities.dedup();
        identities.extend(self.retold.iter().filter_map(|own| own.told_as.as_deref()));
        let retold = self.retold.iter().map(|own| retold_key(self.bank_account_id, &own.brought_as, &self.format));
        let retold = retold.map(|key| Claim::of(key, "bank_entry_known"));
        let entries = identities.into_iter().map(|identity| Claim::of(entry_key(self.bank_account_id, identity), "bank_entry_known"));
        let days = if self.goes_round { vec![] } else { day_keys(self) };
        entries.chain(retold).chain(days.into_iter().map(|key| Claim::of(key, "bank_statement_known")))
    }
}

fn in_order(amounts: impl Iterator<Item = Decimal>) -> Vec<Decimal> {
    let mut moved: Vec<Decimal> = amounts.map(|amount| amount.normalize()).collect();
    moved.sort_unstable();
    moved
}

/// The unique fact that one line tells of this refund.
pub fn refund_key(refund: AllocationId) -> String {
    format!("bank_match|refund|{refund}")
}

/// The unique fact that one line tells of this payment of a customer.
pub fn incoming_key(payment: IncomingPaymentId) -> String {
    format!("bank_match|incoming|{payment}")
}

/// The same of a refund to a customer.
pub fn customer_refund_key(refund: CustomerRefundId) -> String {
    format!("bank_match|customer_refund|{refund}")
}

/// The unique fact that one line of the account tells of this item's leaving or coming back.
pub fn payment_item_key(payment: PaymentId, item: u32, effect: &str) -> String {
    format!("bank_match|{payment}|{item}|{effect}")
}

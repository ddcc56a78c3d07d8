//! Which payment a line tells of, with a score and what speaks for it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::{MatchTarget, Matching, PaymentEffect, StatementLine};
use super::incoming::IncomingProposal;
use super::refund::RefundProposal;
use crate::bank_account::{BankAccount, PaymentReference};
use crate::ids::PaymentId;
use crate::money::Money;
use crate::party::{folded, names_number};
use crate::payment::{CreditorItem, ItemState, Payment, PaymentPlan};

/// From this score on, and with no other payment as likely, the engine matches by itself.
pub const AUTOMATIC_FROM: u8 = 80;
/// A transfer is booked a few days around the day it was asked for.
const DAYS_NEAR: i64 = 5;
/// Shorter numbers stand in many texts by chance.
const NUMBER_LENGTH_MIN: usize = 4;

/// One thing that speaks for a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The id that we gave the transfer, or the file that it was in.
    EndToEndId,
    /// The number of the cheque that the payment left as, on its own account.
    ChequeNumber,
    Amount,
    InvoiceNumber,
    /// The number that we gave a receivable.
    OwnInvoiceNumber,
    CounterpartyAccount,
    CounterpartyName,
    Date,
}

impl Evidence {
    fn weight(self) -> u8 {
        match self {
            Self::ChequeNumber => 80,
            Self::EndToEndId => 70,
            Self::OwnInvoiceNumber => 60,
            Self::InvoiceNumber => 35,
            Self::Amount | Self::CounterpartyAccount => 20,
            Self::CounterpartyName | Self::Date => 10,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    pub payment_id: PaymentId,
    pub items: Vec<u32>,
    pub effect: PaymentEffect,
    pub evidence: Vec<Evidence>,
    pub score: u8,
}

impl Proposal {
    pub fn into_matching(self, value_date: NaiveDate) -> Matching {
        let Self { payment_id, items, effect, evidence, score } = self;
        Matching { target: MatchTarget::Payment { payment_id, items, effect, value_date }, score, evidence, by: None, posted: None }
    }
}

impl StatementLine {
    /// The payments that the line names by an id of ours.
    pub fn named_payments(&self) -> Vec<PaymentId> {
        let named = self.own_ids().filter_map(|id| PaymentReference::parse(id).ok()?.payment()).map(PaymentId);
        let mut named: Vec<PaymentId> = named.collect();
        named.dedup();
        named
    }

    fn own_ids(&self) -> impl Iterator<Item = &str> {
        self.end_to_end_id.iter().chain(&self.references).map(String::as_str)
    }

    /// The day on which the money moved; where its period is closed it counts later.
    pub fn value_date(&self) -> NaiveDate {
        self.value_date.unwrap_or(self.booked_on)
    }
}

/// How the line fits the payment; none if it cannot tell of it. The amount must be the item's, or the whole payment's for a batch, to the cent.
/// A line that names a cheque is of no other cheque.
pub fn propose(line: &StatementLine, payment_id: PaymentId, payment: &Payment) -> Option<Proposal> {
    let plan = payment.plan().ok()?;
    let paid = moved(line);
    if let (Some(number), Some(cheque)) = (line.cheque(), payment.cheque()) {
        let fits = number == cheque.number && paid == plan.total && plan.items.iter().all(|item| may(payment, line, item.line));
        let all = || plan.items.iter().map(|item| item.line).collect();
        return fits.then(|| proposal(line, payment_id, all(), vec![Evidence::ChequeNumber, Evidence::Amount]));
    }
    let items = plan.items.iter().filter(|item| item.amount == paid && may(payment, line, item.line));
    let single = items.map(|item| scored(line, payment_id, plan, item)).max_by_key(|proposal| proposal.score);
    single.into_iter().chain(whole(line, payment_id, payment, plan, paid)).max_by_key(|proposal| proposal.score)
}

/// The items that the line names by our id while another sum moved, as where a bank took its charges from it: for a person, who divides the
/// line first.
pub fn propose_part(line: &StatementLine, payment_id: PaymentId, payment: &Payment) -> Option<Proposal> {
    let plan = payment.plan().ok().filter(|plan| plan.currency == line.amount.currency())?;
    let is_whole = line.own_ids().any(|id| is_of_file(payment_id, id));
    let is_named = |item: &&CreditorItem| is_whole || line.own_ids().any(|id| id == item.end_to_end_id);
    let named: Vec<&CreditorItem> = plan.items.iter().filter(is_named).collect();
    let worth = named.iter().try_fold(Money::zero(plan.currency), |sum, item| sum.plus(item.amount)).ok()?;
    if named.is_empty() || worth == moved(line) || !named.iter().all(|item| may(payment, line, item.line)) {
        return None;
    }
    let best = named.iter().map(|item| scored(line, payment_id, plan, item)).max_by_key(|proposal| proposal.score)?;
    let items = named.iter().map(|item| item.line).collect();
    Some(Proposal { items, score: best.score.clamp(Evidence::EndToEndId.weight(), AUTOMATIC_FROM - 1), ..best })
}

/// What a line may tell of.
#[derive(Clone, Debug, PartialEq)]
pub enum Explanation {
    Payment(Proposal),
    Refund(RefundProposal),
    Receivable(IncomingProposal),
}

impl Explanation {
    pub fn score(&self) -> u8 {
        match self {
            Self::Payment(proposal) => proposal.score,
            Self::Refund(proposal) => proposal.score,
            Self::Receivable(proposal) => proposal.score,
        }
    }
}

/// The best of several for one line, and whether it stands out enough to be taken without asking.
pub fn best(explanations: Vec<Explanation>) -> Option<(Explanation, bool)> {
    let mut ordered = explanations;
    ordered.sort_by_key(|explanation| std::cmp::Reverse(explanation.score()));
    let rival = ordered.get(1).map(Explanation::score);
    let first = ordered.into_iter().next()?;
    let stands_out = first.score() >= AUTOMATIC_FROM && rival.is_none_or(|rival| rival < first.score());
    Some((first, stands_out))
}

/// A batch is booked as one sum under the id of its file or block.
fn whole(line: &StatementLine, payment_id: PaymentId, payment: &Payment, plan: &PaymentPlan, paid: Money) -> Option<Proposal> {
    let named = line.own_ids().any(|id| is_of_file(payment_id, id));
    let all = plan.items.iter().all(|item| may(payment, line, item.line));
    (named && all && plan.total == paid && plan.items.len() > 1).then(|| {
        let items = plan.items.iter().map(|item| item.line).collect();
        proposal(line, payment_id, items, vec![Evidence::EndToEndId, Evidence::Amount])
    })
}

fn is_of_file(payment_id: PaymentId, id: &str) -> bool {
    PaymentReference::parse(id).is_ok_and(|id| id.payment() == Some(payment_id.0) && !id.to_string().contains('-'))
}

fn scored(line: &StatementLine, payment_id: PaymentId, plan: &PaymentPlan, item: &CreditorItem) -> Proposal {
    let known = Known {
        end_to_end_id: Some(&item.end_to_end_id),
        amount: item.amount,
        number: &item.invoice_number,
        accounts: item.creditor_account.as_slice(),
        names: &[&item.creditor_name[..]],
        day: Some(plan.execution_date),
    };
    proposal(line, payment_id, vec![item.line], known.speaks_for(line))
}

/// What is known of money that a line may tell of.
pub(super) struct Known<'a> {
    pub end_to_end_id: Option<&'a str>,
    pub amount: Money,
    pub number: &'a str,
    pub accounts: &'a [BankAccount],
    pub names: &'a [&'a str],
    pub day: Option<NaiveDate>,
}

impl Known<'_> {
    pub fn speaks_for(&self, line: &StatementLine) -> Vec<Evidence> {
        let text = line.text.as_deref();
        let number = folded(self.number);
        let name = line.counterparty_name.as_deref().map(folded).unwrap_or_default();
        let other = line.counterparty_account.as_deref();
        let days = |day: NaiveDate| (line.value_date() - day).num_days().abs();
        let speaks = [
            (Evidence::EndToEndId, self.end_to_end_id.is_some_and(|known| line.own_ids().any(|id| id == known))),
            (Evidence::Amount, moved(line) == self.amount),
            (Evidence::InvoiceNumber, number.len() >= NUMBER_LENGTH_MIN && text.is_some_and(|text| names_number(text, &number))),
            (Evidence::CounterpartyAccount, other.is_some_and(|stated| self.accounts.iter().any(|account| account.is_numbered(stated)))),
            (Evidence::CounterpartyName, !name.is_empty() && self.names.iter().any(|known| name == folded(known))),
            (Evidence::Date, self.day.is_some_and(|day| days(day) <= DAYS_NEAR)),
        ];
        speaks.into_iter().filter(|(_, is_so)| *is_so).map(|(evidence, _)| evidence).collect()
    }
}

fn moved(line: &StatementLine) -> Money {
    if line.amount.amount().is_sign_negative() { line.amount.negated() } else { line.amount }
}

fn proposal(line: &StatementLine, payment_id: PaymentId, items: Vec<u32>, evidence: Vec<Evidence>) -> Proposal {
    Proposal { payment_id, items, effect: line.effect(), score: score_of(&evidence), evidence }
}

pub(super) fn score_of(evidence: &[Evidence]) -> u8 {
    evidence.iter().map(|own| own.weight()).fold(0, u8::saturating_add).min(100)
}

impl StatementLine {
    fn effect(&self) -> PaymentEffect {
        match self.amount.amount().is_sign_negative() {
            true => PaymentEffect::Settles,
            false => PaymentEffect::Returns { reason: self.return_reason.clone().unwrap_or_else(|| "returned by the bank".to_owned()) },
        }
    }
}

/// Money leaves what was sent, and comes back only of what the line names or the bank calls a return; also where that has been heard
/// otherwise, as by a file of returns. What failed by somebody's word it may have moved all the same, where the line names it.
fn may(payment: &Payment, line: &StatementLine, item: u32) -> bool {
    let names_it = !line.named_payments().is_empty();
    match (line.effect(), payment.item_state(item)) {
        (PaymentEffect::Settles, Some(ItemState::Sent | ItemState::Settled)) => true,
        (PaymentEffect::Settles, Some(ItemState::Returned)) => names_it,
        (PaymentEffect::Returns { .. }, Some(ItemState::Sent | ItemState::Settled | ItemState::Returned)) => line.is_return || names_it,
        _ => names_it && payment.may_be_late(item),
    }
}

//! What one order has on the account of goods that came in and are not invoiced: receipts and bills meet there, each worth what the rate of
//! its own day said.
//!
//! What is relieved in the order's currency is relieved in the books' in proportion to what is left of it (SEMANTICS 6), and what the other
//! side is worth beside that is gained or lost by exchange with the entry that meets it: once an order is billed as far as it came, nothing
//! is left in either currency. What is taken back gives back what it had gained or lost.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::books::Books;
use super::entry::{DocumentType, Entry, Line, Reason};
use crate::chart::PostingRole;
use crate::money::{Currency, Money};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Uninvoiced {
    /// Translated, as far as nothing has met it: a debit above zero.
    open: Sum,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    documents: Vec<Told>,
}

/// An amount of the order's currency and its worth in the books'.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Sum {
    amount: Decimal,
    base: Decimal,
}

/// What a receipt or an invoice has put there, and what was gained or lost with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Told {
    document: Uuid,
    amount: Decimal,
    left: Decimal,
}

impl Sum {
    fn plus(self, more: Self) -> Self {
        Self { amount: self.amount + more.amount, base: self.base + more.base }
    }

    fn minus(self, less: Self) -> Self {
        Self { amount: self.amount - less.amount, base: self.base - less.base }
    }

    /// So much of it as `part` of its amount; all of it leaves nothing to rounding.
    fn share(self, part: Decimal, base: Currency) -> Self {
        Self { amount: part, base: share(self.base, part, self.amount, base) }
    }
}

impl Uninvoiced {
    /// Whether an entry moves the account in another currency than the books'.
    pub fn is_moved_by(entry: &Entry, books: &Books) -> bool {
        let documents = matches!(entry.document.kind, DocumentType::Invoice | DocumentType::Stock);
        documents && lines(entry, books).next().is_some()
    }

    /// Takes part in an entry, which is given what is gained or lost by exchange.
    pub fn meet(&mut self, entry: &mut Entry, books: &Books) {
        let Some(base) = books.base else { return };
        // What is posted without a rate meets once it is posted with one.
        let translated = lines(entry, books).filter_map(|line| Some(Sum { amount: line.amount.amount(), base: line.base? }));
        let moved = translated.fold(Sum::default(), Sum::plus);
        let last = lines(entry, books).last().map(|line| (line.account.clone(), line.amount.currency()));
        let left = self.moved(document(entry), moved, base);
        if let Some((account, currency)) = last.filter(|_| !left.is_zero()) {
            let gone = Line { base: Some(-left), ..Line::on(account, Money::zero(currency)) };
            entry.lines.extend(std::iter::once(gone).chain(books.realised(left)));
        }
    }

    /// What is left over in the books' currency.
    fn moved(&mut self, document: Option<Uuid>, moved: Sum, base: Currency) -> Decimal {
        let back = self.taken_back(document, moved, base);
        let rest = moved.minus(back.0);
        self.open = self.open.plus(Sum { base: back.0.base - back.1, ..back.0 });
        let met = self.met(rest, base);
        let mut left = back.1 + met;
        if self.open.amount.is_zero() {
            left += std::mem::take(&mut self.open.base);
        }
        self.remember(document, moved.amount, left);
        left
    }

    /// What of it undoes what the same document had put there, and what that had gained or lost.
    fn taken_back(&self, document: Option<Uuid>, moved: Sum, base: Currency) -> (Sum, Decimal) {
        let Some(told) = self.documents.iter().find(|told| Some(told.document) == document) else { return Default::default() };
        let part = opposite(moved.amount, told.amount);
        if part.is_zero() {
            return Default::default();
        }
        (moved.share(part, base), -share(told.left, -part, told.amount, base))
    }

    /// What stands on the other side goes as far as it is met; the rest waits.
    fn met(&mut self, moved: Sum, base: Currency) -> Decimal {
        let part = opposite(moved.amount, self.open.amount);
        if part.is_zero() {
            self.open = self.open.plus(moved);
            return Decimal::ZERO;
        }
        let (relieved, relieving) = (self.open.share(-part, base), moved.share(part, base));
        self.open = self.open.minus(relieved).plus(moved.minus(relieving));
        relieved.base + relieving.base
    }

    fn remember(&mut self, document: Option<Uuid>, amount: Decimal, left: Decimal) {
        let Some(document) = document else { return };
        match self.documents.iter_mut().find(|told| told.document == document) {
            Some(told) => (told.amount, told.left) = (told.amount + amount, told.left + left),
            None => self.documents.push(Told { document, amount, left }),
        }
        self.documents.retain(|told| !told.amount.is_zero());
    }
}

/// So much of `moved` as goes against `standing`.
fn opposite(moved: Decimal, standing: Decimal) -> Decimal {
    if moved.is_sign_negative() == standing.is_sign_negative() {
        return Decimal::ZERO;
    }
    if moved.abs() <= standing.abs() { moved } else { -standing }
}

fn share(whole: Decimal, part: Decimal, of: Decimal, base: Currency) -> Decimal {
    if part == of {
        return whole;
    }
    let exact = whole.checked_mul(part).and_then(|product| product.checked_div(of));
    Money::rounded(exact.unwrap_or_default(), base).amount()
}

fn lines<'a>(entry: &'a Entry, books: &'a Books) -> impl Iterator<Item = &'a Line> {
    let role = PostingRole::GoodsReceivedNotInvoiced;
    let account = books.account(role);
    let holds = move |line: &&Line| line.account == account || books.chart.former_accounts(role).any(|former| *former == line.account);
    entry.lines.iter().filter(holds).filter(|line| Some(line.amount.currency()) != books.base && !line.amount.is_zero())
}

/// The receipt or the invoice; none of what a receipt's goods cost since, which takes nothing back.
fn document(entry: &Entry) -> Option<Uuid> {
    match entry.document.kind {
        DocumentType::Stock if entry.reason == Reason::StockRevalued => None,
        DocumentType::Stock => entry.document.related,
        _ => Some(entry.document.id),
    }
}

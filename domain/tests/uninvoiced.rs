//! Goods in another currency and their bills, each at the rate of its own day: nothing of what the rates differ by stays between them.

mod fixtures;

use std::collections::BTreeMap;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::chart::PostingRole;
use quittance_domain::ledger::{Books, Document, DocumentType, Entry, Line, Reason, Uninvoiced};
use quittance_domain::tenant::TenantEvent;
use quittance_domain::{Currency, Money};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

struct Account {
    books: Books,
    order: Uninvoiced,
    /// By account: in dollars, and in euros.
    balances: BTreeMap<String, (Decimal, Decimal)>,
}

impl Account {
    fn new() -> Self {
        let mut books = Books::default();
        books.learn_company(&TenantEvent::Created { name: "Acme".to_owned(), base_currency: Currency::EUR, address: address() });
        Self { books, order: Uninvoiced::default(), balances: BTreeMap::new() }
    }

    /// A debit above zero, in dollars and in euros where their rate is known; the other side stands elsewhere.
    fn posts(&mut self, kind: DocumentType, reason: Reason, document: u128, lines: &[(Decimal, Option<Decimal>)]) -> Entry {
        let (document, account) = (Uuid::from_u128(document), self.books.account(PostingRole::GoodsReceivedNotInvoiced));
        let (id, related) = if kind == DocumentType::Stock { (ITEM.0, Some(document)) } else { (document, Some(ORDER.0)) };
        let line = |account, amount, base| Line { base, ..Line::on(account, money(amount, "USD")) };
        let both = |(amount, base): &(Decimal, Option<Decimal>)| {
            [line(account.clone(), *amount, *base), line(code("9999"), -amount, base.map(|base| -base))]
        };
        let lines = lines.iter().flat_map(both).collect();
        let mut entry = Entry { effective_date: day("2026-03-02"), reason, document: Document { kind, id, related }, party: None, lines };
        assert!(Uninvoiced::is_moved_by(&entry, &self.books));
        self.order.meet(&mut entry, &self.books);
        let entry = entry.balanced().expect("it balances");
        for line in &entry.lines {
            let sum = self.balances.entry(line.account.to_string()).or_default();
            *sum = (sum.0 + line.amount.amount(), sum.1 + line.base.unwrap_or_default());
        }
        entry
    }

    fn receives(&mut self, receipt: u128, dollars: Decimal, euros: Decimal) {
        self.posts(DocumentType::Stock, Reason::GoodsReceived, receipt, &[(-dollars, Some(-euros))]);
    }

    fn bills(&mut self, invoice: u128, dollars: Decimal, euros: Decimal) {
        self.posts(DocumentType::Invoice, Reason::InvoiceReceived, invoice, &[(dollars, Some(euros))]);
    }

    fn voids(&mut self, invoice: u128, dollars: Decimal, euros: Decimal) {
        self.posts(DocumentType::Invoice, Reason::InvoiceVoided, invoice, &[(-dollars, Some(-euros))]);
    }

    fn open(&self) -> (Decimal, Decimal) {
        let account = self.books.account(PostingRole::GoodsReceivedNotInvoiced);
        self.balances.get(account.as_str()).copied().unwrap_or_default()
    }

    /// Lost above zero.
    fn lost(&self) -> Decimal {
        let roles = [PostingRole::RealisedFxLoss, PostingRole::RealisedFxGain];
        let accounts = roles.map(|role| self.books.account(role).to_string());
        accounts.iter().filter_map(|account| self.balances.get(account)).map(|(_, euros)| *euros).sum()
    }
}

/// 100.00 USD came in at 2.0 and is billed at 1.6, in so many bills.
#[test]
fn a_bill_relieves_goods_at_what_they_came_in_at() {
    let mut whole = Account::new();
    whole.receives(1, dec!(100), dec!(50));
    whole.bills(2, dec!(100), dec!(62.50));
    assert_eq!((whole.open(), whole.lost()), ((dec!(0), dec!(0)), dec!(12.50)));

    let mut parts = Account::new();
    parts.receives(1, dec!(100), dec!(50));
    parts.bills(2, dec!(40), dec!(25));
    assert_eq!((parts.open(), parts.lost()), ((dec!(-60), dec!(-30)), dec!(5)));
    parts.bills(3, dec!(60), dec!(24));
    assert_eq!((parts.open(), parts.lost()), ((dec!(0), dec!(0)), dec!(-1)));
}

#[test]
fn goods_that_come_after_their_bill_relieve_it() {
    let mut account = Account::new();
    account.bills(2, dec!(100), dec!(62.50));
    account.receives(1, dec!(60), dec!(30));
    assert_eq!((account.open(), account.lost()), ((dec!(40), dec!(25)), dec!(7.50)));
    account.receives(3, dec!(60), dec!(36));
    assert_eq!((account.open(), account.lost()), ((dec!(-20), dec!(-12)), dec!(8.50)));
}

#[test]
fn what_is_taken_back_gives_back_what_it_lost() {
    let mut account = Account::new();
    account.receives(1, dec!(100), dec!(50));
    account.bills(2, dec!(100), dec!(62.50));
    account.voids(2, dec!(100), dec!(62.50));
    assert_eq!((account.open(), account.lost()), ((dec!(-100), dec!(-50)), dec!(0)));
    account.bills(2, dec!(100), dec!(40));
    assert_eq!((account.open(), account.lost()), ((dec!(0), dec!(0)), dec!(-10)));
    account.posts(DocumentType::Stock, Reason::GoodsReturned, 1, &[(dec!(20), Some(dec!(10)))]);
    account.bills(4, dec!(-20), dec!(-9));
    assert_eq!((account.open(), account.lost()), ((dec!(0), dec!(0)), dec!(-9)), "the credit note is for what went back");
}

/// What was posted without a rate meets once it is posted with one.
#[test]
fn rates_that_come_late_are_met_when_they_come() {
    let mut account = Account::new();
    account.posts(DocumentType::Stock, Reason::GoodsReceived, 1, &[(dec!(-100), None)]);
    account.bills(2, dec!(100), dec!(62.50));
    assert_eq!((account.open(), account.lost()), ((dec!(0), dec!(62.50)), dec!(0)));
    account.posts(DocumentType::Stock, Reason::Translated, 1, &[(dec!(100), None), (dec!(-100), Some(dec!(-50)))]);
    assert_eq!((account.open(), account.lost()), ((dec!(0), dec!(0)), dec!(12.50)));
}

proptest! {
    /// Receipts, bills, what is taken back, in any turn and at any rates: once as much is billed as came, nothing is left.
    #[test]
    fn nothing_is_left_in_either_currency(steps in prop::collection::vec((0u8..4, 1i64..20_000, 300i64..3_000), 1..30)) {
        let mut account = Account::new();
        let mut posted: Vec<(u128, Decimal, Decimal, bool)> = vec![];
        for (id, (kind, cents, rate)) in (1u128..).zip(steps) {
            let dollars = Decimal::new(cents, 2);
            let euros = Money::rounded(dollars * Decimal::new(rate, 3), Currency::EUR).amount();
            match kind {
                0 | 1 => account.receives(id, dollars, euros),
                2 => account.bills(id, dollars, euros),
                _ => {
                    let Some((id, dollars, euros, bill)) = posted.pop() else { continue };
                    if bill { account.voids(id, dollars, euros) } else {
                        account.posts(DocumentType::Stock, Reason::GoodsReturned, id, &[(dollars, Some(euros))]);
                    }
                    continue;
                }
            }
            posted.push((id, dollars, euros, kind == 2));
        }
        let (dollars, _) = account.open();
        match dollars {
            owed if owed < Decimal::ZERO => account.bills(99, -owed, dec!(1)),
            billed if billed > Decimal::ZERO => account.receives(98, billed, dec!(1)),
            _ => {}
        }
        prop_assert_eq!(account.open(), (dec!(0), dec!(0)));
    }
}

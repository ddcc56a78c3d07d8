//! What one payment, or one allocation, has on the clearing account: what the books put there and what takes it away meet there.
//!
//! Both sides are worth what the rates said when they were posted, and a rate may have been corrected in between. Once nothing is left
//! in their own currency, what is left in the books' is gained or lost by exchange with the entry that ends it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::books::Books;
use super::entry::{DocumentType, Entry, Line, Reason};
use crate::chart::{Code, PostingRole};
use crate::money::{Currency, Money};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Clearing(Vec<Standing>);

/// One account in one currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Standing {
    account: Code,
    amount: Money,
    /// The part of it that no exchange rate is known for.
    untranslated: Decimal,
    base: Decimal,
}

impl Clearing {
    /// By which payment or allocation an entry moves the clearing account in another currency than the books'.
    pub fn moved_by(entry: &Entry, books: &Books) -> Option<uuid::Uuid> {
        use Reason::{
            CreditApplied, CreditReversed, CustomerRefundTakenBack, CustomerRefunded, PaidOnAccount, PaymentReturned, PaymentSettled,
            PrepaymentApplied, PrepaymentTakenBack, ReceivablePaid, ReceivablePaymentTakenBack, RefundReversed, StatementMatched,
            StatementUnmatched, Translated, VendorRefunded,
        };
        let by = match (entry.document.kind, entry.reason) {
            (DocumentType::Payment, CreditApplied | CreditReversed) => entry.document.related?,
            (DocumentType::Payment, PaidOnAccount | PaymentReturned | Translated) => entry.document.related.unwrap_or(entry.document.id),
            (DocumentType::Invoice, PaymentSettled | PaymentReturned | CreditApplied | CreditReversed | Translated) => {
                entry.document.related?
            }
            (DocumentType::Invoice, PrepaymentApplied | PrepaymentTakenBack | VendorRefunded | RefundReversed) => entry.document.related?,
            (
                DocumentType::Receivable,
                ReceivablePaid | ReceivablePaymentTakenBack | CustomerRefunded | CustomerRefundTakenBack | Translated,
            ) => entry.document.related?,
            (DocumentType::BankLine, StatementMatched | StatementUnmatched | Translated) => entry.document.related?,
            _ => return None,
        };
        let foreign = entry.lines.iter().any(|line| Some(line.amount.currency()) != books.base && !line.amount.is_zero());
        let clearing = books.account(PostingRole::BankClearing);
        (foreign && entry.lines.iter().any(|line| line.account == clearing)).then_some(by)
    }

    /// Takes part in an entry, which is given what is left over once nothing else is.
    pub fn meet(&mut self, entry: &mut Entry, books: &Books) {
        let clearing = books.account(PostingRole::BankClearing);
        for line in entry.lines.iter().filter(|line| line.account == clearing && Some(line.amount.currency()) != books.base) {
            self.standing(line.account.clone(), line.amount.currency()).add(line);
        }
        for left in self.0.iter_mut().filter(|standing| standing.is_over()) {
            let gone = Line { base: Some(-left.base), ..Line::on(left.account.clone(), left.amount) };
            entry.lines.extend(std::iter::once(gone).chain(books.realised(left.base)));
            left.base = Decimal::ZERO;
        }
    }

    fn standing(&mut self, account: Code, currency: Currency) -> &mut Standing {
        let found = self.0.iter().position(|own| own.account == account && own.amount.currency() == currency);
        let index = found.unwrap_or_else(|| {
            self.0.push(Standing { account, amount: Money::zero(currency), untranslated: Decimal::ZERO, base: Decimal::ZERO });
            self.0.len() - 1
        });
        &mut self.0[index]
    }
}

impl Standing {
    fn add(&mut self, line: &Line) {
        self.amount = Money::rounded(self.amount.amount() + line.amount.amount(), self.amount.currency());
        match line.base {
            Some(base) => self.base += base,
            None => self.untranslated += line.amount.amount(),
        }
    }

    fn is_over(&self) -> bool {
        self.amount.is_zero() && self.untranslated.is_zero() && !self.base.is_zero()
    }
}

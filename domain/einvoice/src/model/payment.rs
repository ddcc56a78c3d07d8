//! How and when to pay: payment instructions (BG-16 to BG-19), terms (BT-20), third party payments (BG-DEX-09).

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::outline::Element;
use crate::term::Terms;
use crate::value::Text;

/// What the payment instructions say together, whichever element carries it in a syntax.
#[derive(Clone, Debug, Default)]
pub struct Payment<'d> {
    /// BT-83.
    pub reference: Terms<'d, Text>,
    /// BT-89.
    pub mandate: Terms<'d, Text>,
    /// BT-90.
    pub creditor_identifier: Terms<'d, Text>,
    /// BG-16, once for each way to pay.
    pub means: Vec<PaymentMeans<'d>>,
    /// BT-20 with what Factur-X EXTENDED adds, once for each statement.
    pub terms: Vec<PaymentTerms<'d>>,
    /// BG-DEX-09.
    pub third_party: Vec<ThirdPartyPayment<'d>>,
    /// Factur-X EXTENDED: what was paid in advance, one by one.
    pub prepaid: Vec<PrepaidPayment<'d>>,
}

/// BG-16.
#[derive(Clone, Debug)]
pub struct PaymentMeans<'d> {
    pub at: Element<'d>,
    /// BT-81; in UBL its `name` attribute is BT-82.
    pub code: Terms<'d, Text>,
    /// BT-82 in CII.
    pub text: Terms<'d, Text>,
    /// BG-17.
    pub accounts: Vec<Account<'d>>,
    /// BG-18.
    pub card: Option<Card<'d>>,
    /// BT-91.
    pub debited_account: Terms<'d, Text>,
    /// BT-9 of a UBL credit note.
    pub due_date: Terms<'d, NaiveDate>,
}

/// BG-17: where the money goes.
#[derive(Clone, Debug, Default)]
pub struct Account<'d> {
    pub at: Option<Element<'d>>,
    /// BT-84.
    pub id: Terms<'d, Text>,
    /// BT-84 where CII does not call it an IBAN.
    pub proprietary_id: Terms<'d, Text>,
    /// BT-85.
    pub name: Terms<'d, Text>,
    /// BT-86.
    pub institution: Terms<'d, Text>,
}

/// BG-18.
#[derive(Clone, Debug)]
pub struct Card<'d> {
    pub at: Element<'d>,
    /// BT-87.
    pub number: Terms<'d, Text>,
    /// BT-88.
    pub holder: Terms<'d, Text>,
    /// The network, which UBL demands and the standard has no term for.
    pub network: Terms<'d, Text>,
}

/// BT-20 and, in Factur-X EXTENDED, instalments.
#[derive(Clone, Debug)]
pub struct PaymentTerms<'d> {
    pub at: Element<'d>,
    /// BT-20.
    pub note: Terms<'d, Text>,
    /// BT-9 in CII.
    pub due_date: Terms<'d, NaiveDate>,
    /// The instalment's amount (BT-X-275).
    pub amount: Terms<'d, Decimal>,
    /// The instalment as a share of what is due.
    pub percent: Terms<'d, Decimal>,
    pub discounts: Vec<DiscountTerms<'d>>,
}

/// Factur-X EXTENDED: what paying early is worth.
#[derive(Clone, Debug)]
pub struct DiscountTerms<'d> {
    /// The day from which its period counts; the invoice's where there is none.
    pub from: Terms<'d, NaiveDate>,
    /// With the unit in its `unitCode`.
    pub period: Terms<'d, Decimal>,
    /// What it is of.
    pub base: Terms<'d, Decimal>,
    pub percent: Terms<'d, Decimal>,
    /// The discount itself.
    pub amount: Terms<'d, Decimal>,
}

impl DiscountTerms<'_> {
    pub fn empty() -> Self {
        Self { from: Terms::Absent, period: Terms::Absent, base: Terms::Absent, percent: Terms::Absent, amount: Terms::Absent }
    }
}

/// BG-DEX-09: money that the seller collects for somebody else.
#[derive(Clone, Debug)]
pub struct ThirdPartyPayment<'d> {
    pub at: Element<'d>,
    /// BT-DEX-001.
    pub kind: Terms<'d, Text>,
    /// BT-DEX-002.
    pub amount: Terms<'d, Decimal>,
    /// BT-DEX-003.
    pub description: Terms<'d, Text>,
}

/// One payment received before the invoice.
#[derive(Clone, Debug)]
pub struct PrepaidPayment<'d> {
    pub at: Element<'d>,
    pub amount: Terms<'d, Decimal>,
    pub received: Terms<'d, NaiveDate>,
}

impl<'d> PaymentMeans<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self {
            at,
            code: Terms::Absent,
            text: Terms::Absent,
            accounts: Vec::new(),
            card: None,
            debited_account: Terms::Absent,
            due_date: Terms::Absent,
        }
    }

    /// The only or last account; some syntaxes spread one account over several elements.
    pub fn account(&mut self) -> &mut Account<'d> {
        if self.accounts.is_empty() {
            self.accounts.push(Account::default());
        }
        let last = self.accounts.len() - 1;
        &mut self.accounts[last]
    }
}

impl<'d> Card<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self { at, number: Terms::Absent, holder: Terms::Absent, network: Terms::Absent }
    }
}

impl<'d> PaymentTerms<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self { at, note: Terms::Absent, due_date: Terms::Absent, amount: Terms::Absent, percent: Terms::Absent, discounts: Vec::new() }
    }
}

impl<'d> ThirdPartyPayment<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self { at, kind: Terms::Absent, amount: Terms::Absent, description: Terms::Absent }
    }
}

impl<'d> PrepaidPayment<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self { at, amount: Terms::Absent, received: Terms::Absent }
    }
}

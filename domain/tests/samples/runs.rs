//! Samples of payment runs and their pages.

use quittance_domain::Currency;
use quittance_domain::ids::PaymentRunId;
use quittance_domain::payment::{ChargeBearer, Method, TransferInstructions};
use quittance_domain::payment_run::{
    Criteria, Dropped, Excluded, Exclusion, Instalment, KeptBack, PageItem, Payee, PaymentRunEvent, PaymentRunPageEvent, RunProposal,
    SetOff, Sums,
};
use quittance_domain::vendor::LegalGround;
use rust_decimal::dec;
use uuid::Uuid;

use super::Sample;
use crate::fixtures::*;

const RUN: PaymentRunId = PaymentRunId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_2001));

pub fn payment_runs() -> Vec<Sample<PaymentRunEvent>> {
    let removed = PaymentRunEvent::ItemRemoved {
        page: 1,
        line: 2,
        invoice_id: OTHER_INVOICE,
        amount: eur(dec!(90)),
        withheld: None,
        last_of_payment: false,
        by: DORA,
        reason: "the vendor asked us to wait".to_owned(),
    };
    let removed_less_tax = PaymentRunEvent::ItemRemoved {
        page: 1,
        line: 1,
        invoice_id: INVOICE,
        amount: eur(dec!(1062.54)),
        withheld: Some(eur(dec!(100))),
        last_of_payment: true,
        by: DORA,
        reason: "the vendor asked us to wait".to_owned(),
    };
    let taxed = Sums { withheld: vec![eur(dec!(100))], ..sums() };
    vec![
        ("", PaymentRunEvent::Proposed(Box::new(proposal(criteria())))),
        (
            "international",
            PaymentRunEvent::Proposed(Box::new(RunProposal {
                method: Method::InternationalCreditTransfer,
                instructions: Some(TransferInstructions { charges: ChargeBearer::Creditor, ..TransferInstructions::default() }),
                ..proposal(criteria())
            })),
        ),
        ("less_credits", PaymentRunEvent::Proposed(Box::new(RunProposal { credits: vec![instalment(7)], ..proposal(criteria()) }))),
        ("bare", PaymentRunEvent::Proposed(Box::new(bare()))),
        ("", removed),
        ("less_tax", removed_less_tax),
        ("", PaymentRunEvent::Authorised { by: ERIN }),
        ("", PaymentRunEvent::Started { by: DORA, at: at("2026-03-29T10:00:00.123456Z") }),
        ("", PaymentRunEvent::Planned { sums: sums() }),
        ("less_tax", PaymentRunEvent::Planned { sums: taxed }),
        ("", PaymentRunEvent::FileWritten { by: DORA, at: at("2026-03-29T10:05:00Z"), file: sent_file() }),
        ("", PaymentRunEvent::Cancelled { by: DORA, reason: "the wrong account".to_owned() }),
    ]
}

fn criteria() -> Criteria {
    Criteria {
        run_date: day("2026-03-30"),
        next_run_date: day("2026-04-06"),
        due_until: day("2026-04-05"),
        hurdle_rate: dec!(0.1),
        account_rest_days: 5,
        currencies: vec![Currency::EUR],
        vendors: vec![VENDOR],
        closed_currencies: vec![Currency::USD],
        cash_limits: vec![eur(dec!(10000))],
    }
}

fn proposal(criteria: Criteria) -> RunProposal {
    RunProposal {
        criteria,
        method: Method::SepaCreditTransfer,
        debtor_account_id: Some(ACCOUNT),
        as_of: 4711,
        pages: 1,
        exclusion_pages: 1,
        excluded: 2,
        sums: sums(),
        proposed_by: DORA,
        credits: vec![],
        instructions: None,
    }
}

fn bare() -> RunProposal {
    let all = Criteria { currencies: vec![], vendors: vec![], closed_currencies: vec![], cash_limits: vec![], ..criteria() };
    RunProposal { method: Method::Manual, debtor_account_id: None, ..proposal(all) }
}

fn sums() -> Sums {
    Sums { payments: 1, items: 2, totals: vec![eur(dec!(1252.54))], withheld: vec![] }
}

pub fn payment_run_pages() -> Vec<Sample<PaymentRunPageEvent>> {
    let kept_back = vec![KeptBack { line: 1, tax: eur(dec!(100.00)) }];
    let dropped = vec![Dropped { line: 2, code: "vendor_blocked".to_owned(), detail: "the vendor is blocked: bankrupt".to_owned() }];
    let excluded = vec![
        Excluded { instalment: instalment(1), reason: Exclusion::Held { hold: "price".to_owned() } },
        Excluded { instalment: instalment(2), reason: Exclusion::NotDue },
    ];
    let no_account = vec![Payee { bank_account_id: None, ..payee() }];
    vec![
        ("", PaymentRunPageEvent::Selected { run_id: RUN, page: 1, payees: vec![payee()] }),
        ("less_credits", PaymentRunPageEvent::Selected { run_id: RUN, page: 1, payees: vec![less_credits()] }),
        ("less_on_account", PaymentRunPageEvent::Selected { run_id: RUN, page: 1, payees: vec![less_on_account()] }),
        ("less_tax", PaymentRunPageEvent::Selected { run_id: RUN, page: 1, payees: vec![less_tax()] }),
        ("legal_priority", PaymentRunPageEvent::Selected { run_id: RUN, page: 1, payees: vec![wanted_by_law()] }),
        ("at_once", PaymentRunPageEvent::Selected { run_id: RUN, page: 1, payees: vec![at_once()] }),
        ("no_account", PaymentRunPageEvent::Selected { run_id: RUN, page: 1, payees: no_account }),
        ("", PaymentRunPageEvent::Excluded { run_id: RUN, page: 2, excluded }),
        ("", PaymentRunPageEvent::ItemRemoved { line: 2, by: DORA, reason: "the vendor asked us to wait".to_owned() }),
        ("", PaymentRunPageEvent::Planned { payments: vec![PAYMENT], dropped, so_far: sums(), withheld: vec![] }),
        ("withheld", PaymentRunPageEvent::Planned { payments: vec![PAYMENT], dropped: vec![], so_far: sums(), withheld: kept_back }),
        ("", PaymentRunPageEvent::FileRecorded {}),
        ("", PaymentRunPageEvent::Released {}),
    ]
}

fn instalment(number: u32) -> Instalment {
    Instalment { invoice_id: INVOICE, number }
}

/// The second invoice is covered whole, the first in part.
fn less_credits() -> Payee {
    let off = |amount| SetOff { credit: instalment(7), amount: eur(amount), on_account: false };
    let mut payee = payee();
    payee.items[0].set_off = vec![off(dec!(10))];
    payee.items[1] = PageItem { amount: eur(dec!(0)), set_off: vec![off(dec!(90))], ..payee.items[1].clone() };
    payee
}

/// What a payment left on account is set off as well.
fn less_on_account() -> Payee {
    let mut payee = payee();
    payee.items[0].set_off = vec![SetOff { credit: instalment(1), amount: eur(dec!(10)), on_account: true }];
    payee
}

fn wanted_by_law() -> Payee {
    let mut payee = payee();
    payee.items[0].legal_priority = Some(LegalGround::SocialSecurity);
    payee
}

/// All instalments of the first invoice in one payment.
fn at_once() -> Payee {
    let mut payee = payee();
    payee.items[0].with_instalments = vec![2, 3];
    payee
}

/// What will leave of the first is 1,062.54.
fn less_tax() -> Payee {
    let mut payee = payee();
    payee.items[0].withheld = Some(eur(dec!(100)));
    payee
}

fn payee() -> Payee {
    let item = |line, instalment, amount, discount| {
        let (amount, discount) = (eur(amount), eur(discount));
        PageItem { line, instalment, amount, discount, withheld: None, set_off: vec![], legal_priority: None, with_instalments: vec![] }
    };
    let other = Instalment { invoice_id: OTHER_INVOICE, number: 1 };
    let items = vec![item(1, instalment(1), dec!(1162.54), dec!(23.72)), item(2, other, dec!(90), dec!(0))];
    Payee { payment_id: PAYMENT, vendor_id: VENDOR, bank_account_id: Some(ACCOUNT), items }
}

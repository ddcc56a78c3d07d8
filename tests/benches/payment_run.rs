//! A run over 100,000 open instalments: chosen and laid out in pages, then written as one pain.001.
//! `cargo bench -p quittance-tests --bench payment_run`; ends with an error beyond 3 s for either.

use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate};
use quittance_application::ports::{BankFiles, FileMoment};
use quittance_domain::bank_account::{BankAccount, PaymentReference};
use quittance_domain::ids::{BankAccountId, InvoiceId, PaymentRunId, UserId, VendorId};
use quittance_domain::party::Address;
use quittance_domain::payment::{CreditorItem, Method, PaymentPlan};
use quittance_domain::payment_run::{
    AccountStanding, Approval, Candidate, CandidateKind, Criteria, Discount, Instalment, PageItem, Payee, pages, propose_with_set_offs,
};
use quittance_domain::time_zone::TimeZone;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::bank_files::Pain001Files;
use rust_decimal::{Decimal, dec};
use serde_json::json;
use uuid::Uuid;

const INSTALMENTS: u32 = 100_000;
const VENDORS: u128 = 5_000;
const LIMIT: Duration = Duration::from_secs(3);
const RUN: PaymentRunId = PaymentRunId(Uuid::from_u128(7));

fn main() {
    let candidates: Vec<Candidate> = (0..INSTALMENTS).map(candidate).collect();
    let start = Instant::now();
    let proposal = propose_with_set_offs(&criteria(), &candidates);
    let (listed, sums) = pages(RUN, &proposal.included, |_| Some(BankAccountId(Uuid::from_u128(1))));
    let proposed = start.elapsed();
    assert_eq!(sums.items, INSTALMENTS, "everything is due and in order");

    let plans: Vec<PaymentPlan> = listed.iter().flatten().map(plan).collect();
    let plans: Vec<&PaymentPlan> = plans.iter().collect();
    let moment = FileMoment { at: DateTime::UNIX_EPOCH, zone: TimeZone::default() };
    let start = Instant::now();
    let file = Pain001Files.write(RUN.0, &plans, moment, "pain.001.001.09").expect("a file");
    let written = start.elapsed();
    assert_eq!(file.facts.transactions, INSTALMENTS);
    println!(
        "{INSTALMENTS} instalments of {VENDORS} vendors: proposed in {proposed:?} ({} pages, {} payments), written in {written:?} ({} MB)",
        listed.len(),
        sums.payments,
        file.bytes.len() / 1_000_000
    );
    assert!(proposed <= LIMIT && written <= LIMIT, "more than {LIMIT:?}");
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn eur(amount: Decimal) -> Money {
    Money::exact(amount, Currency::EUR).expect("whole cents")
}

fn criteria() -> Criteria {
    Criteria {
        run_date: day("2026-03-10"),
        next_run_date: day("2026-03-17"),
        due_until: day("2026-03-16"),
        hurdle_rate: dec!(0.1),
        account_rest_days: 5,
        currencies: vec![],
        vendors: vec![],
        closed_currencies: vec![],
        cash_limits: vec![eur(dec!(100000000))],
    }
}

fn candidate(number: u32) -> Candidate {
    Candidate {
        instalment: Instalment { invoice_id: InvoiceId(Uuid::from_u128(u128::from(number) + 1_000_000)), number: 1 },
        kind: CandidateKind::Payable,
        vendor_id: VendorId(Uuid::from_u128(u128::from(number) % VENDORS)),
        vendor_blocked: false,
        vendor_unconfirmed: false,
        account: AccountStanding::Verified { changed_on: None },
        open: eur(Decimal::new(10_000 + i64::from(number % 9_973), 2)),
        counts_from: day("2026-02-01"),
        due_date: day("2026-03-01") + chrono::Days::new(u64::from(number % 15)),
        discount: number.is_multiple_of(10).then(|| Discount { amount: eur(dec!(1)), until: day("2026-03-12") }),
        closing: None,
        with_instalments: vec![],
        approval: Approval::Given,
        holds: vec![],
        duplicate_suspect: false,
        paid_otherwise: false,
        in_another_run: false,
        legal_priority: None,
        keeps_back: None,
    }
}

fn plan(payee: &Payee) -> PaymentPlan {
    let account: BankAccount = serde_json::from_value(json!({ "kind": "iban", "iban": "DE02120300000000202051" })).expect("an account");
    let items: Vec<CreditorItem> = payee.items.iter().map(|item| creditor(payee, item)).collect();
    PaymentPlan {
        method: Method::SepaCreditTransfer,
        currency: Currency::EUR,
        total: eur(items.iter().map(|item| item.amount.amount()).sum()),
        execution_date: day("2026-03-10"),
        debtor_name: "Acme".to_owned(),
        debtor_account_id: Some(BankAccountId(Uuid::from_u128(2))),
        debtor_account: Some(account),
        provider_account_id: None,
        items,
        planned_by: UserId(Uuid::from_u128(3)),
        payment_run_id: Some(RUN),
        set_off: vec![],
        international: None,
    }
}

fn creditor(payee: &Payee, item: &PageItem) -> CreditorItem {
    let account: BankAccount = serde_json::from_value(json!({ "kind": "iban", "iban": "DE89370400440532013000" })).expect("an account");
    CreditorItem {
        line: item.line,
        invoice_id: item.instalment.invoice_id,
        invoice_number: format!("2026-{}", item.line),
        vendor_id: payee.vendor_id,
        creditor_name: "Müller & Söhne".to_owned(),
        creditor_address: Address { city: Some("Köln".to_owned()), country: Some("DE".to_owned()), ..Address::default() },
        creditor_account: Some(account),
        amount: item.amount,
        end_to_end_id: PaymentReference::end_to_end_id(payee.payment_id.0, item.line).expect("a short line").to_string(),
        remittance: format!("2026-{}", item.line),
        version_hash: String::new(),
        creditor_is_person: false,
        withheld: None,
    }
}

//! Invoices, their approvals and their payments.

use quittance_domain::approval::{ApprovalEvent, Deadlines, Eligible, EscalationCause, Excluded, OpenStage, OpenStep, Request, StuckCause};
use quittance_domain::bank_account::{Bank, BankAccount};
use quittance_domain::exception::ExceptionOf;
use quittance_domain::ids::{RemittanceAdviceId, UserId};
use quittance_domain::incoming::{IncomingChannel, IncomingRecord};
use quittance_domain::invoice::{
    Adjustment, Against, Allocation, Amendment, Assignment, CodedLine, CodedPart, Coding, Dispute, DisputeOutcome, DocumentKind,
    ExceptionAssignment, ExceptionKind, HoldKind, InvoiceDocument, InvoiceEvent, InvoiceLine, Likeness, Lookalike, MaterialChange,
    MissedCause, Namesake, OfferedDiscount, PaymentInstructions, PlacedHold, Rebooking, Reception, References, ReleaseCause, RuleFinding,
    RuleSetRelease, RuleSeverity, Source, StatedInstalment, TaxSubtotal, Verdict,
};
use quittance_domain::ledger::{MissingRate, Translation};
use quittance_domain::party::{Address, Party};
use quittance_domain::payment::{
    AdviceRequest, BankStatusReport, ChargeBearer, CreditSetOff, CreditorItem, FoundOutcome, International, Method, PaymentEvent,
    PaymentPlan, ReportedStatus, Transfer, TransferInstructions,
};
use quittance_domain::policy::Facts;
use quittance_domain::terms::{AgreedTerms, BaseDate, TermsRule};
use quittance_domain::vendor::RiskClass;
use quittance_domain::{Currency, Money};
use rust_decimal::dec;

use super::Sample;
use crate::fixtures::*;

const HASH: &str = "f43e7d98e0653531586380c2dfb646a055c474cda2320bbe6a61c3e78ba52948";

fn full_party(name: &str) -> Party {
    let address = Address { subdivision: Some("HH".to_owned()), ..address() };
    Party { tax_registration: Some("22/815/0815/4".to_owned()), address, ..party(name) }
}

fn freight(reason: Option<&str>) -> Adjustment {
    Adjustment { is_charge: true, amount: dec!(5.00), reason: reason.map(str::to_owned), tax: Some(standard_rate()) }
}

fn full_line() -> InvoiceLine {
    let rebate = Adjustment { is_charge: false, amount: dec!(1.25), reason: None, tax: None };
    InvoiceLine {
        base_quantity: Some(dec!(100)),
        adjustments: vec![rebate],
        order_line: Some("10".to_owned()),
        ..line("1", dec!(1000.5), dec!(12.3456), dec!(122.27))
    }
}

/// Every field that a document can have.
fn full_document() -> InvoiceDocument {
    InvoiceDocument {
        seller: full_party("Nordlicht GmbH"),
        buyer: Some(full_party("Acme SE")),
        payee: None,
        references: References {
            buyer: Some("04011000-1234512345-06".to_owned()),
            purchase_order: Some("PO-7".to_owned()),
            contract: Some("C-1".to_owned()),
            preceding_invoices: vec!["2025-999".to_owned()],
        },
        payment: PaymentInstructions {
            means_code: Some("58".to_owned()),
            account: Some("DE89370400440532013000".to_owned()),
            bic: Some("DEUTDEFF".to_owned()),
            remittance: Some("2026-001".to_owned()),
            terms: Some("30 days net".to_owned()),
            discounts: vec![],
            instalments: vec![],
        },
        lines: vec![full_line()],
        adjustments: vec![freight(Some("freight"))],
        accounted_tax: None,
        notes: vec!["Thank you".to_owned()],
        ..document()
    }
}

fn imported() -> Reception {
    Reception {
        document: full_document(),
        source: Source::Document {
            format: "ubl_invoice".to_owned(),
            specification: Some("urn:cen.eu:en16931:2017".to_owned()),
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
            size_bytes: 8192,
            media_type: "application/xml".to_owned(),
            file_name: Some("2026-001.xml".to_owned()),
        },
        ..reception()
    }
}

/// The tax is stated in another currency as well (BT-111), and somebody else is paid (BG-10).
fn accounted_elsewhere() -> Reception {
    let accounted_tax = Some(money(dec!(205.43), "CHF"));
    let document = InvoiceDocument { accounted_tax, payee: Some(party("Factor Bank AG")), ..document() };
    Reception { document, ..reception() }
}

/// As Factur-X EXTENDED states it.
fn in_instalments() -> Reception {
    let mut reception = reception();
    let part = |on: &str, amount| StatedInstalment { due_date: day(on), amount };
    let payment = &mut reception.document.payment;
    payment.discounts = vec![OfferedDiscount { days: 14, percent: dec!(2), base: Some(dec!(100)), amount: Some(dec!(2)) }];
    payment.instalments = vec![part("2026-02-01", dec!(59.50)), part("2026-03-01", dec!(59.50))];
    reception
}

fn typed_in() -> Reception {
    Reception { document: InvoiceDocument { kind: DocumentKind::CreditNote, due_date: None, ..document() }, pay_to: None, ..reception() }
}

/// By percentage and by amount, with everything that a part can have.
fn coding() -> Coding {
    let project = Assignment { project: Some(code("P-7")), tax_code: Some(code("S")), ..assignment("6100", "") };
    let parts = vec![
        CodedPart { to: assignment("6000", "100"), percent: Some(dec!(60)), amount: dec!(600.00) },
        CodedPart { to: project, percent: None, amount: dec!(400.00) },
    ];
    Coding { lines: vec![CodedLine { line: "1".to_owned(), tax: standard_rate(), parts, default_of: None }] }
}

/// It bears the number of an invoice of a year before.
fn beside() -> Reception {
    let vendor_keys = vec!["vat:DE123456789".to_owned()];
    let namesake = Namesake { invoice_id: OTHER_INVOICE, vendor_keys, claimed_on: day("2026-03-03") };
    Reception { namesake: Some(namesake), ..reception() }
}

fn overridden() -> InvoiceEvent {
    let reason = "the landlord numbers each year from 1".to_owned();
    InvoiceEvent::DuplicateOverridden { rule: Likeness::SameNumber, other: OTHER_INVOICE, by: BOB, reason }
}

fn after_close() -> Amendment {
    let first_open = day("2026-04-01");
    Amendment { effective_date: first_open, rebooking: Rebooking::From(first_open), ..amendment() }
}

fn allocated(against: Against, reason: Option<&str>) -> InvoiceEvent {
    InvoiceEvent::Allocated { allocation: allocation(against), by: ERIN, reason: reason.map(str::to_owned), tax_breakdown: vec![] }
}

/// The discount of what it leaves corrects the tax.
fn taxed_credit() -> InvoiceEvent {
    let tax_breakdown = vec![TaxSubtotal { category: standard_rate(), taxable: dec!(75.63), tax: dec!(14.37) }];
    InvoiceEvent::Allocated { allocation: allocation(Against::CreditNote(OTHER_INVOICE)), by: ERIN, reason: None, tax_breakdown }
}

fn allocation(against: Against) -> Allocation {
    Allocation { allocation_id: ALLOCATION, against, amount: eur(dec!(90.00)), effective_date: day("2026-03-20") }
}

pub fn invoices() -> Vec<Sample<InvoiceEvent>> {
    let (round, approval_id, version_hash) = (1, ROUND_1, HASH.to_owned());
    let recurring = Source::Recurring { recurring_invoice_id: SERIES, occurrence: 2 };
    let (payment_id, amount, value_date) = (PAYMENT, eur(dec!(1190.00)), day("2026-03-30"));
    let because = vec![
        MaterialChange::Amount,
        MaterialChange::Vendor,
        MaterialChange::BankAccount,
        MaterialChange::Currency,
        MaterialChange::Lines,
        MaterialChange::Number,
        MaterialChange::DocumentKind,
        MaterialChange::Exceptions,
    ];
    let raised = |kind| InvoiceEvent::ExceptionRaised { exception: exception(kind) };
    let reversed = InvoiceEvent::AllocationReversed {
        allocation_id: ALLOCATION,
        amount: eur(dec!(90.00)),
        effective_date: day("2026-03-21"),
        by: ERIN,
        reason: "the wrong invoice".to_owned(),
    };
    let refund_reversed = InvoiceEvent::RefundReversed {
        allocation_id: ALLOCATION,
        amount: eur(dec!(90.00)),
        effective_date: day("2026-03-21"),
        by: ERIN,
        reason: "another vendor's cheque".to_owned(),
    };
    let cheque = IncomingRecord { method: "cheque".to_owned(), reference: "CHQ-4711".to_owned(), account_code: None };
    let cash = IncomingRecord { method: "cash".to_owned(), reference: "receipt 12".to_owned(), account_code: Some(code("1000")) };
    let refunded = |channel, record: Option<IncomingRecord>| InvoiceEvent::Refunded {
        allocation: allocation(Against::Refund(channel)),
        record: record.map(Box::new),
        by: Some(ERIN),
    };
    let by_line = IncomingChannel::BankLine(PAYMENT.0);
    let taken_back = InvoiceEvent::PrepaymentTakenBack {
        allocation_id: ALLOCATION,
        amount: eur(dec!(90.00)),
        effective_date: day("2026-03-21"),
        by: ERIN,
        reason: "the wrong invoice".to_owned(),
    };
    let released = |because| InvoiceEvent::ClaimReleased { payment_id, amount, because };
    vec![
        ("", InvoiceEvent::Received(Box::new(imported()))),
        ("recurring", InvoiceEvent::Received(Box::new(Reception { source: recurring, ..reception() }))),
        ("accounted_elsewhere", InvoiceEvent::Received(Box::new(accounted_elsewhere()))),
        ("in_instalments", InvoiceEvent::Received(Box::new(in_instalments()))),
        ("typed_in", InvoiceEvent::Received(Box::new(typed_in()))),
        ("", InvoiceEvent::Amended(Box::new(amendment()))),
        ("stands", InvoiceEvent::Amended(Box::new(Amendment { rebooking: Rebooking::Stands, ..amendment() }))),
        ("after_close", InvoiceEvent::Amended(Box::new(after_close()))),
        ("", raised(ExceptionKind::Totals)),
        ("bank_account", raised(ExceptionKind::BankAccount)),
        ("payee", raised(ExceptionKind::Payee)),
        ("payment_terms", raised(ExceptionKind::PaymentTerms)),
        ("vendor_blocked", raised(ExceptionKind::VendorBlocked)),
        ("rule", raised(ExceptionKind::Rule)),
        ("", InvoiceEvent::ExceptionResolved { kind: ExceptionKind::Totals, by: BOB, reason: "the vendor confirmed".to_owned() }),
        ("", InvoiceEvent::Coded { coding: Box::new(coding()), by: BOB, effective_date: None }),
        ("after_close", InvoiceEvent::Coded { coding: Box::new(coding()), by: BOB, effective_date: Some(day("2026-04-01")) }),
        ("", allocated(Against::CreditNote(OTHER_INVOICE), None)),
        ("of_taxed_credit", taxed_credit()),
        ("of_credit_note", allocated(Against::Invoice(OTHER_INVOICE), None)),
        ("retained", allocated(Against::Retention { release_on: day("2027-03-20") }, Some("until it has stood a year"))),
        ("on_account", allocated(Against::OnAccount { payment_id: PAYMENT, item: Some(1) }, None)),
        ("of_prepayment", allocated(Against::Prepayment(OTHER_INVOICE), None)),
        ("", InvoiceEvent::PrepaymentApplied { allocation: allocation(Against::Invoice(OTHER_INVOICE)), by: ERIN }),
        ("", taken_back),
        ("", refunded(IncomingChannel::Recorded, Some(cheque))),
        ("kept_elsewhere", refunded(IncomingChannel::KeptElsewhere, Some(cash))),
        ("by_bank_line", InvoiceEvent::Refunded { allocation: allocation(Against::Refund(by_line)), record: None, by: None }),
        ("", refund_reversed),
        ("written_off", allocated(Against::SmallDifference, Some("a cent of the bank's"))),
        ("", reversed),
        ("", InvoiceEvent::Submitted { round, approval_id, by: ANNA, version_hash: version_hash.clone() }),
        ("", InvoiceEvent::ApprovalReset { round, approval_id, because }),
        ("", InvoiceEvent::ApprovalKept { round, approval_id, version_hash: HASH.to_owned() }),
        ("expired", InvoiceEvent::ApprovalReset { round, approval_id, because: vec![MaterialChange::Expired] }),
        ("policy", InvoiceEvent::ApprovalReset { round, approval_id, because: vec![MaterialChange::Policy] }),
        ("", InvoiceEvent::Approved { round, approval_id, version_hash }),
        ("", InvoiceEvent::Rejected { round, approval_id, by: BOB, reason: "never ordered".to_owned() }),
        ("", InvoiceEvent::Validated { verdict: Box::new(verdict()) }),
        ("", InvoiceEvent::MatchEvaluated { evaluation: Box::new(evaluation()) }),
        ("without_order", InvoiceEvent::MatchEvaluated { evaluation: Box::default() }),
        ("", InvoiceEvent::HoldReleased { finding: Box::new(match_finding()), by: BOB, reason: "agreed by mail".to_owned() }),
        ("", InvoiceEvent::PutOnHold { hold: placed_hold(Some(day("2026-04-15"))) }),
        ("open_ended", InvoiceEvent::PutOnHold { hold: PlacedHold { kind: HoldKind::Other, ..placed_hold(None) } }),
        ("", InvoiceEvent::TakenOffHold { hold_id: HOLD, by: DORA, reason: "the crates were found".to_owned() }),
        ("", InvoiceEvent::ExceptionAssigned { assignment: given_to_carl(ExceptionOf::from(&placed_hold(None)), None) }),
        (
            "of_finding",
            InvoiceEvent::ExceptionAssigned { assignment: given_to_carl((&match_finding()).into(), Some(at("2026-03-20T12:00:00Z"))) },
        ),
        ("", InvoiceEvent::DisputeOpened { dispute: dispute() }),
        (
            "",
            InvoiceEvent::DisputeResolved {
                dispute_id: DISPUTE,
                outcome: DisputeOutcome::Compromise,
                by: DORA,
                reason: "half of it".to_owned(),
            },
        ),
        ("of_dispute", InvoiceEvent::ExceptionAssigned { assignment: given_to_carl((&dispute()).into(), None) }),
        ("", InvoiceEvent::DuplicatesSuspected { lookalikes: vec![lookalike()] }),
        ("", overridden()),
        ("beside", InvoiceEvent::Received(Box::new(beside()))),
        ("", InvoiceEvent::DuplicateDismissed { other: OTHER_INVOICE, by: BOB, reason: "two deliveries of one day".to_owned() }),
        ("", InvoiceEvent::PaymentClaimed { payment_id, amount }),
        ("yen", InvoiceEvent::PaymentClaimed { payment_id, amount: money(dec!(1190), "JPY") }),
        ("dinar", InvoiceEvent::PaymentClaimed { payment_id, amount: money(dec!(1190.5), "KWD") }),
        ("", released(ReleaseCause::PaymentFailed)),
        ("voided", released(ReleaseCause::PaymentVoided)),
        ("", InvoiceEvent::PaymentSettled { payment_id, amount, value_date }),
        ("", InvoiceEvent::TermsAgreed { terms: agreed_terms() }),
        ("correcting", InvoiceEvent::TermsAgreed { terms: AgreedTerms { discounted_tax: document().tax_breakdown, ..agreed_terms() } }),
        (
            "awaiting_goods",
            InvoiceEvent::TermsAgreed { terms: AgreedTerms { awaiting_goods: Some(Box::new(of_goods())), ..agreed_terms() } },
        ),
        ("", InvoiceEvent::DiscountClaimed { payment_id, amount: eur(dec!(23.80)), until: day("2026-03-13") }),
        ("", InvoiceEvent::DiscountTaken { payment_id, amount: eur(dec!(23.80)), value_date, tax_breakdown: vec![] }),
        ("correcting", InvoiceEvent::DiscountTaken { payment_id, amount: eur(dec!(23.80)), value_date, tax_breakdown: discount_tax() }),
        ("", InvoiceEvent::DiscountMissed { last_day: day("2026-03-13"), amount: eur(dec!(23.80)), cause: MissedCause::ApprovalLate }),
        ("", InvoiceEvent::DiscountReversed { payment_id, amount: eur(dec!(23.80)), value_date }),
        ("", InvoiceEvent::WithholdingClaimed { payment_id, withholding: Box::new(withholding()) }),
        ("", InvoiceEvent::TaxWithheld { payment_id, withholding: Box::new(withholding()), value_date }),
        ("", InvoiceEvent::WithholdingReversed { payment_id, withholding: Box::new(withholding()), value_date }),
        ("", InvoiceEvent::PaymentReturned { payment_id, amount, value_date, reason: "AC04".to_owned() }),
        ("", InvoiceEvent::Voided { by: ANNA, reason: "wrong company".to_owned(), effective_date: day("2026-03-05") }),
    ]
}

fn placed_hold(until: Option<chrono::NaiveDate>) -> PlacedHold {
    PlacedHold { hold_id: HOLD, kind: HoldKind::Delivery, reason: "two crates are missing".to_owned(), until, by: ANNA }
}

fn of_goods() -> TermsRule {
    TermsRule { base_date: BaseDate::GoodsReceipt, ..TermsRule::net(30) }
}

fn discount_tax() -> Vec<TaxSubtotal> {
    vec![TaxSubtotal { category: standard_rate(), taxable: dec!(20.00), tax: dec!(3.80) }]
}

fn dispute() -> Dispute {
    Dispute { dispute_id: DISPUTE, amount: eur(dec!(190.00)), reason: "delivered broken".to_owned(), by: ANNA }
}

fn given_to_carl(exception: ExceptionOf, due_at: Option<chrono::DateTime<chrono::Utc>>) -> ExceptionAssignment {
    ExceptionAssignment { exception, owner: CARL, due_at, by: DORA }
}

fn lookalike() -> Lookalike {
    let likenesses = vec![Likeness::SameAmountAndDate, Likeness::NearNumber];
    Lookalike { invoice_id: OTHER_INVOICE, number: "R-2026-0119".to_owned(), likenesses, score: 90 }
}

fn verdict() -> Verdict {
    let rule_sets = vec![RuleSetRelease { name: "en16931_ubl".to_owned(), version: "1.3.16".to_owned() }];
    let broken = |rule: &str, severity, difference| RuleFinding {
        rule_set: "en16931_ubl".to_owned(),
        rule: rule.to_owned(),
        severity,
        location: "/Invoice/LegalMonetaryTotal".to_owned(),
        message: "the invoice total is not the sum of its parts".to_owned(),
        difference,
    };
    let findings = vec![broken("UBL-CR-001", RuleSeverity::Warning, None), broken("BR-CO-15", RuleSeverity::Fatal, Some(dec!(0.01)))];
    Verdict::of(rule_sets, findings)
}

pub fn approvals() -> Vec<Sample<ApprovalEvent>> {
    let request = Request {
        invoice_id: INVOICE,
        round: 1,
        version_hash: HASH.to_owned(),
        amount: eur(dec!(1190.00)),
        policy_version: 3,
        requested_by: ANNA,
        excluded: vec![Excluded::editor_of_invoice(ANNA), Excluded::editor_of_bank_account(ERIN)],
        stages: vec![1, 2],
        same_person_in_stages: false,
        facts: None,
    };
    let looked_at = Request { same_person_in_stages: true, facts: Some(facts(eur(dec!(1190.00)))), ..request.clone() };
    let eligible = [(BOB, "role:approver"), (CARL, "user")];
    let eligible = eligible.map(|(user_id, because)| Eligible { user_id, because: because.to_owned() }).to_vec();
    let open =
        |approved_by| OpenStage { stage: 1, steps: vec![OpenStep { quorum: 2, eligible: eligible.clone(), approved_by }], deadlines: None };
    let timed = OpenStage { deadlines: Some(deadlines()), ..open(vec![]) };
    let (invoice_id, round, due_at) = (INVOICE, 1, at("2026-03-02T10:00:00Z"));
    let given = |on_behalf_of: Option<UserId>, comment: Option<&str>| ApprovalEvent::Given {
        stage: 1,
        by: BOB,
        on_behalf_of,
        comment: comment.map(str::to_owned),
        link: on_behalf_of.map(|_| LINK),
    };
    let denied = |on_behalf_of, link| {
        let reason = "never ordered".to_owned();
        ApprovalEvent::Denied { invoice_id, round, by: BOB, on_behalf_of, reason, link }
    };
    vec![
        ("", ApprovalEvent::Requested { request: request.into() }),
        ("looked_at", ApprovalEvent::Requested { request: looked_at.into() }),
        ("", ApprovalEvent::Appraised { facts: Box::new(converted_facts()), stages: vec![1, 2] }),
        ("by_one_word", ApprovalEvent::Appraised { facts: Box::new(facts_by_one_word()), stages: vec![1] }),
        ("categorised", ApprovalEvent::Appraised { facts: Box::new(categorised_facts()), stages: vec![1] }),
        ("", ApprovalEvent::StageOpened { stage: open(vec![]) }),
        ("timed", ApprovalEvent::StageOpened { stage: timed.clone() }),
        ("", given(None, Some("checked"))),
        ("silent", given(None, None)),
        ("in_place", given(Some(ERIN), None)),
        (
            "",
            ApprovalEvent::Stuck {
                stage: 2,
                cause: StuckCause::QuorumOutOfReach,
                because: "fewer people may decide than the quorum needs".to_owned(),
            },
        ),
        ("unrated", ApprovalEvent::Stuck { stage: 0, cause: StuckCause::RateMissing, because: missing_rate().to_string() }),
        ("", ApprovalEvent::Reresolved { by: DORA, stage: open(vec![BOB]), excluded: None }),
        (
            "confirmed",
            ApprovalEvent::Reresolved { by: DORA, stage: open(vec![BOB]), excluded: Some(vec![Excluded::editor_of_invoice(ANNA)]) },
        ),
        ("", ApprovalEvent::Granted { invoice_id, round, version_hash: HASH.to_owned() }),
        ("", denied(None, None)),
        ("in_place", denied(Some(ERIN), Some(LINK))),
        ("", ApprovalEvent::Withdrawn { invoice_id, because: "amended".to_owned() }),
        (
            "",
            ApprovalEvent::Rebound {
                invoice_id,
                round,
                version_hash: HASH.to_owned(),
                amount: eur(dec!(1200.00)),
                facts: Box::new(facts(eur(dec!(1200.00)))),
            },
        ),
        ("", ApprovalEvent::Reassigned { stage: 1, from: BOB, to: ERIN, by: DORA, reason: "on leave".to_owned() }),
        ("", ApprovalEvent::Reminded { stage: 1, due_at, people: vec![BOB, CARL] }),
        ("", ApprovalEvent::Escalated { stage: timed, because: EscalationCause::Overdue, due_at: Some(due_at) }),
        ("stuck", ApprovalEvent::Escalated { stage: open(vec![]), because: EscalationCause::Stuck, due_at: None }),
        ("", ApprovalEvent::Expired { invoice_id, round, stage: 1, due_at }),
        ("", ApprovalEvent::Commented { by: BOB, text: "looks right".to_owned() }),
        ("", ApprovalEvent::InformationAsked { by: BOB, of: ANNA, text: "who ordered this?".to_owned() }),
        ("", ApprovalEvent::InformationGiven { by: ANNA, text: "the workshop".to_owned() }),
    ]
}

fn missing_rate() -> MissingRate {
    MissingRate { from: Currency::USD, to: Currency::EUR, on: day("2026-03-01") }
}

fn categorised_facts() -> Facts {
    let categories = vec!["metal".to_owned(), "paper".to_owned()];
    Facts { categories, uncategorised: true, vendor_risk: Some(RiskClass::High), ..facts(eur(dec!(1190.00))) }
}

fn converted_facts() -> Facts {
    let rate = Translation { numerator: dec!(1), denominator: dec!(1.25), quoted_on: day("2026-02-27") };
    let euros = Some(eur(dec!(952.00)));
    let gross = Money::rounded(dec!(1190.00), Currency::USD);
    Facts { amount: euros, with_recent: None, rate: Some(rate), rate_missing: Some(missing_rate()), ..facts(gross) }
}

fn facts_by_one_word() -> Facts {
    Facts { rate_missing: None, rate_stated_by: vec![ERIN], ..converted_facts() }
}

fn deadlines() -> Deadlines {
    Deadlines {
        remind_at: Some(at("2026-03-02T10:00:00Z")),
        escalate_at: Some(at("2026-03-03T10:00:00Z")),
        expire_at: Some(at("2026-03-08T10:00:00Z")),
    }
}

fn set_off() -> CreditSetOff {
    CreditSetOff {
        credit_note_id: Some(OTHER_INVOICE),
        payment_id: None,
        credit_note_number: "CN-7".to_owned(),
        credit_note_date: day("2026-03-01"),
        invoice_id: INVOICE,
        invoice_number: "2026-001".to_owned(),
        amount: eur(dec!(30.00)),
    }
}

fn left_on_account() -> CreditSetOff {
    CreditSetOff { credit_note_id: None, payment_id: Some(OTHER_PAYMENT), credit_note_number: "E2E-1".to_owned(), ..set_off() }
}

fn abroad() -> PaymentPlan {
    let account = BankAccount::Other {
        account: "000 123 456".parse().expect("a number"),
        bic: "ABAAKHPP".parse().ok(),
        clearing: None,
        bank: Some(Bank {
            name: "Advanced Bank of Asia".to_owned(),
            town: Some("Phnom Penh".to_owned()),
            country: "KH".parse().expect("a country"),
        }),
    };
    let instructions = TransferInstructions {
        charges: ChargeBearer::Debtor,
        urgent: true,
        purpose: "SUPP".parse().ok(),
        category_purpose: "SUPP".parse().ok(),
    };
    PaymentPlan {
        method: Method::InternationalCreditTransfer,
        items: plan().items.into_iter().map(|item| CreditorItem { creditor_account: Some(account.clone()), ..item }).collect(),
        international: Some(Box::new(International { debtor_address: address(), debtor_currency: Currency::EUR, instructions })),
        ..plan()
    }
}

fn credited(item: Option<u32>) -> PaymentEvent {
    PaymentEvent::CreditedOnAccount { vendor_id: VENDOR, amount: eur(dec!(119.00)), value_date: day("2026-03-30"), item }
}

fn credit_returned(item: Option<u32>) -> PaymentEvent {
    let (amount, value_date, reason) = (eur(dec!(119.00)), day("2026-03-30"), "AC04".to_owned());
    PaymentEvent::CreditReturned { vendor_id: VENDOR, amount, value_date, reason, item }
}

fn advice_request() -> AdviceRequest {
    let id = RemittanceAdviceId(uuid::uuid!("01936f5e-8a00-7000-8000-0000000000ad"));
    AdviceRequest { id, vendor_id: VENDOR, to: "accounts@muster.example".to_owned(), by: ERIN }
}

/// One transfer is accepted, the other is not.
fn bank_report() -> BankStatusReport {
    let accepted = ReportedStatus { line: 1, status: "ACSP".to_owned(), reason_code: None, reason_text: None, bank_reference: None };
    let rejected = ReportedStatus {
        line: 2,
        status: "RJCT".to_owned(),
        reason_code: Some("AC04".to_owned()),
        reason_text: Some("closed account".to_owned()),
        bank_reference: Some("B-77".to_owned()),
    };
    BankStatusReport { message_id: "R-2026-1".to_owned(), sha256: "ab".repeat(32), items: vec![accepted, rejected] }
}

fn credit_applied(item: Option<u32>) -> PaymentEvent {
    let allocation = allocation(Against::Invoice(INVOICE));
    PaymentEvent::CreditApplied { vendor_id: VENDOR, item, credited_on: day("2026-03-18"), allocation, by: ERIN }
}

fn credit_taken_back(by: Option<UserId>) -> PaymentEvent {
    let Allocation { allocation_id, against, amount, effective_date } = allocation(Against::Invoice(INVOICE));
    let (vendor_id, item, credited_on, reason) = (VENDOR, Some(1), day("2026-03-18"), "the wrong invoice".to_owned());
    PaymentEvent::CreditTakenBack { vendor_id, item, credited_on, allocation_id, against, amount, effective_date, by, reason }
}

pub fn payments() -> Vec<Sample<PaymentEvent>> {
    let by_hand = PaymentPlan {
        method: Method::Manual,
        debtor_account_id: None,
        debtor_account: None,
        items: plan().items.into_iter().map(|item| CreditorItem { creditor_account: None, ..item }).collect(),
        ..plan()
    };
    let (items, value_date) = (vec![1, 2], day("2026-03-30"));
    vec![
        ("", PaymentEvent::Planned(Box::new(plan()))),
        ("by_hand", PaymentEvent::Planned(Box::new(by_hand))),
        ("by_provider", PaymentEvent::Planned(Box::new(transfer_plan()))),
        ("", PaymentEvent::Authorised { by: DORA }),
        ("", PaymentEvent::Started { by: ERIN, at: at("2026-03-29T10:00:00.123456Z") }),
        ("", PaymentEvent::FileSent { file: sent_file() }),
        ("less_on_account", PaymentEvent::Planned(Box::new(PaymentPlan { set_off: vec![left_on_account()], ..plan() }))),
        ("less_credits", PaymentEvent::Planned(Box::new(PaymentPlan { set_off: vec![set_off()], ..plan() }))),
        ("international", PaymentEvent::Planned(Box::new(abroad()))),
        ("by_ach", PaymentEvent::Planned(Box::new(ach_plan()))),
        ("of_ach", PaymentEvent::FileSent { file: sent_ach_file() }),
        ("", PaymentEvent::RecordedManually { record: manual_record() }),
        ("by_cheque", PaymentEvent::Planned(Box::new(PaymentPlan { method: Method::Cheque, ..plan() }))),
        ("", PaymentEvent::ChequeWritten { cheque: cheque() }),
        ("", PaymentEvent::TransferSent { transfer: Transfer { provider_reference: "tr_1".to_owned() } }),
        ("", PaymentEvent::BankStatusReported { report: bank_report() }),
        ("", PaymentEvent::OutcomeFound { finding: finding(FoundOutcome::NeverLeft) }),
        ("left", PaymentEvent::OutcomeFound { finding: finding(left()) }),
        ("", PaymentEvent::OutcomeConfirmed { by: DORA }),
        ("", credited(None)),
        ("of_item", credited(Some(1))),
        ("", credit_returned(None)),
        ("of_item", credit_returned(Some(1))),
        ("", credit_applied(None)),
        ("of_item", credit_applied(Some(1))),
        ("", credit_taken_back(Some(ERIN))),
        ("returned", credit_taken_back(None)),
        ("", PaymentEvent::Settled { items: items.clone(), value_date }),
        (
            "",
            PaymentEvent::SettlementWithdrawn {
                items: items.clone(),
                effective_date: value_date,
                by: ERIN,
                reason: "another payment's line".to_owned(),
            },
        ),
        ("", PaymentEvent::Failed { items: items.clone(), reason: "AC01".to_owned() }),
        ("", PaymentEvent::Returned { items, value_date, reason: "AC04".to_owned() }),
        ("", PaymentEvent::Voided { by: ERIN, reason: "wrong date".to_owned() }),
        ("", PaymentEvent::RemittanceAdviceRequested(advice_request())),
        (
            "",
            PaymentEvent::RemittanceAdviceSent {
                id: advice_request().id,
                message_id: "<remittance-advice.01936f5e-8a00-7000-8000-0000000000ad@acme.example>".to_owned(),
            },
        ),
        ("", PaymentEvent::RemittanceAdviceFailed { id: advice_request().id, reason: "550 no such user".to_owned() }),
    ]
}

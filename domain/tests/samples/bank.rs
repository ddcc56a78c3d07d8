//! Bank statements.

use quittance_domain::Currency;
use quittance_domain::bank_rules::{BankRule, BankRuleSet, BankRulesEvent, LineDirection, LineWhen, RulePart, TextWhen};
use quittance_domain::bank_statement::{
    AppliedRule, BalanceProof, BankStatementEvent, BookedPart, Booking, ChequeException, ChequeFinding, Cleared, CodeScheme,
    DivisionSource, Evidence, Import, LinePosting, MatchTarget, Matching, PaymentEffect, Retold, StatedBalance, StatementKind,
    StatementLine, TransactionCode, Withheld,
};
use quittance_domain::ids::{CustomerRefundId, IncomingPaymentId};
use rust_decimal::dec;
use uuid::Uuid;

use super::Sample;
use crate::fixtures::*;

pub fn bank_statements() -> Vec<Sample<BankStatementEvent>> {
    let full = StatementLine {
        line: 1,
        identity: "00112233445566778899aabbccddeeff".to_owned(),
        booked_on: day("2026-03-30"),
        value_date: Some(day("2026-03-31")),
        amount: eur(dec!(-119.00)),
        bank_reference: Some("BR-1".to_owned()),
        end_to_end_id: Some("E2E-1".to_owned()),
        references: vec!["MSG-1".to_owned()],
        counterparty_name: Some("Muster GmbH".to_owned()),
        counterparty_account: Some("DE02120300000000202051".to_owned()),
        text: Some("Invoice 7".to_owned()),
        is_return: true,
        return_reason: Some("AC04".to_owned()),
        transaction_codes: vec![],
        cheque_number: None,
    };
    let import = Import {
        bank_account_id: ACCOUNT,
        format: "camt.053".to_owned(),
        kind: StatementKind::EndOfPeriod,
        statement_id: Some("S-1".to_owned()),
        sequence: Some("7".to_owned()),
        page: None,
        currency: Currency::EUR,
        from: Some(day("2026-03-30")),
        to: Some(day("2026-03-31")),
        opening: Some(StatedBalance { amount: dec!(1000.00), date: Some(day("2026-03-30")) }),
        closing: Some(StatedBalance { amount: dec!(881.00), date: None }),
        proof: BalanceProof::Proved,
        lines: vec![full],
        repeated: 2,
        retold: vec![],
        pending: 1,
        goes_round: false,
        sha256: "f43e7d98e0653531586380c2dfb646a055c474cda2320bbe6a61c3e78ba52948".to_owned(),
        imported_by: ERIN,
    };
    let bare = Import {
        statement_id: None,
        sequence: None,
        from: None,
        to: None,
        opening: None,
        closing: None,
        proof: BalanceProof::NotProvable("opening_balance_missing".to_owned()),
        lines: vec![],
        ..import.clone()
    };
    let coded = StatementLine {
        transaction_codes: codes(),
        cheque_number: Some("0001001".to_owned()),
        references: vec![],
        is_return: false,
        return_reason: None,
        end_to_end_id: None,
        ..import.lines[0].clone()
    };
    let coded = Import { lines: vec![coded], ..import.clone() };
    let retold = vec![
        Retold { brought_as: "0123456789abcdef0123456789abcdef".to_owned(), told_as: Some("fedcba9876543210fedcba9876543210".to_owned()) },
        Retold { brought_as: "00112233445566778899aabbccddeeff".to_owned(), told_as: None },
    ];
    let retold = Import { lines: vec![], retold, ..import.clone() };
    let paged = Import { page: Some("2".to_owned()), lines: vec![], ..import.clone() };
    let off = Import { proof: BalanceProof::DiffersBy(dec!(-0.05)), kind: StatementKind::Intraday, lines: vec![], ..import.clone() };
    let of_payment = |effect| MatchTarget::Payment { payment_id: PAYMENT, items: vec![1, 2], effect, value_date: day("2026-03-31") };
    let evidence = vec![
        Evidence::EndToEndId,
        Evidence::Amount,
        Evidence::InvoiceNumber,
        Evidence::CounterpartyAccount,
        Evidence::CounterpartyName,
        Evidence::Date,
    ];
    let matched = |target, score, evidence, by| {
        let matching = Matching { target, score, evidence, by, posted: None };
        BankStatementEvent::Matched { line: 1, matching }
    };
    let posted = |clears| LinePosting { account_code: code("1000"), effective_date: day("2026-03-31"), clears };
    let cleared = vec![Cleared { amount: eur(dec!(119.00)), on: day("2026-03-30") }];
    let in_books = Matching {
        target: of_payment(PaymentEffect::Settles),
        score: 100,
        evidence: vec![],
        by: Some(ERIN),
        posted: Some(posted(cleared)),
    };
    let excepted = |payment_id, finding| {
        let exception = ChequeException { number: 1001, payment_id, finding };
        BankStatementEvent::ChequeExceptionFound { line: 1, exception }
    };
    let part = |to, amount| BookedPart { to, amount: eur(amount) };
    let parts = vec![part(assignment("6850", "NORTH"), dec!(100.00)), part(assignment("1400", "NORTH"), dec!(19.00))];
    let booking = Box::new(Booking { parts, reason: "bank charges".to_owned(), posted: posted(vec![]), by: Some(ERIN), rule: None });
    let rule = AppliedRule { version: 3, rule: 2, name: "Monthly charges".to_owned() };
    let by_rule = Box::new(Booking { by: None, rule: Some(rule.clone()), ..(*booking).clone() });
    let detail = "2026-03 is closed".to_owned();
    let withheld = Withheld { rule, code: "period_closed".to_owned(), detail };
    let (effective_date, reason) = (day("2026-04-01"), "another month's".to_owned());
    let paid = MatchTarget::Receivable {
        receivable_id: RECEIVABLE,
        incoming_payment_id: IncomingPaymentId(Uuid::from_u128(2)),
        value_date: day("2026-03-31"),
    };
    let refund = MatchTarget::Refund { invoice_id: OTHER_INVOICE, allocation_id: ALLOCATION, value_date: day("2026-03-31") };
    let paid_back = MatchTarget::CustomerRefund {
        receivable_id: RECEIVABLE,
        refund_id: CustomerRefundId(Uuid::from_u128(3)),
        value_date: day("2026-03-31"),
    };
    let went_back = MatchTarget::IncomingReturned {
        receivable_id: RECEIVABLE,
        incoming_payment_id: IncomingPaymentId(Uuid::from_u128(2)),
        paid_on: day("2026-03-31"),
        value_date: day("2026-04-02"),
    };
    let returns = PaymentEffect::Returns { reason: "AC04".to_owned() };
    let part = |line, amount| StatementLine { line, amount: eur(amount), ..import.lines[0].clone() };
    let parts_of_it = vec![part(1, dec!(-100.00)), part(2, dec!(-19.00))];
    vec![
        ("", BankStatementEvent::Imported(Box::new(import))),
        ("bare", BankStatementEvent::Imported(Box::new(bare))),
        ("off", BankStatementEvent::Imported(Box::new(off))),
        ("coded", BankStatementEvent::Imported(Box::new(coded))),
        ("retold", BankStatementEvent::Imported(Box::new(retold))),
        ("paged", BankStatementEvent::Imported(Box::new(paged))),
        ("", matched(of_payment(PaymentEffect::Settles), 90, evidence, None)),
        ("returned", matched(of_payment(returns), 100, vec![], Some(ERIN))),
        ("customer_refund", matched(paid_back, 100, vec![], Some(ERIN))),
        ("incoming_returned", matched(went_back, 100, vec![], Some(ERIN))),
        ("receivable", matched(paid, 90, vec![Evidence::Amount, Evidence::OwnInvoiceNumber, Evidence::CounterpartyName], None)),
        ("explained", matched(MatchTarget::Explained { explanation: "bank fees".to_owned() }, 100, vec![], Some(ERIN))),
        ("refund", matched(refund, 85, vec![Evidence::Amount, Evidence::InvoiceNumber], None)),
        ("in_books", BankStatementEvent::Matched { line: 1, matching: in_books }),
        ("", BankStatementEvent::Withdrawn { lines: vec![1, 2], by: ERIN, reason: "of another account".to_owned() }),
        ("", BankStatementEvent::Unmatched { line: 1, by: ERIN, reason: "interest".to_owned(), effective_date: None }),
        (
            "in_books",
            BankStatementEvent::Unmatched { line: 1, by: ERIN, reason: "interest".to_owned(), effective_date: Some(effective_date) },
        ),
        (
            "",
            BankStatementEvent::Divided {
                line: 1,
                parts: parts_of_it.clone(),
                told: DivisionSource::File { sha256: "ab".repeat(32) },
                by: ERIN,
            },
        ),
        (
            "by_person",
            BankStatementEvent::Divided {
                line: 1,
                parts: parts_of_it,
                told: DivisionSource::Person { reason: "the bank's list".to_owned() },
                by: ERIN,
            },
        ),
        ("", BankStatementEvent::Booked { line: 1, booking }),
        ("by_rule", BankStatementEvent::Booked { line: 1, booking: by_rule }),
        ("", BankStatementEvent::BookingWithheld { line: 1, withheld }),
        ("", excepted(Some(PAYMENT), ChequeFinding::AmountDiffers { written: eur(dec!(91.00)) })),
        ("voided", excepted(None, ChequeFinding::Voided)),
        ("presented_before", excepted(Some(PAYMENT), ChequeFinding::PresentedBefore)),
        ("cheque", matched(of_payment(PaymentEffect::Settles), 100, vec![Evidence::ChequeNumber, Evidence::Amount], None)),
        ("", BankStatementEvent::BookingTakenBack { line: 1, effective_date, by: ERIN, reason }),
    ]
}

/// One of each scheme.
fn codes() -> Vec<TransactionCode> {
    let code = |scheme, code: &str| TransactionCode { scheme, code: code.to_owned() };
    vec![
        code(CodeScheme::Iso20022, "PMNT/CCRD/POSD"),
        code(CodeScheme::Swift, "NCHG"),
        code(CodeScheme::Gvc, "808"),
        code(CodeScheme::Bai2, "698"),
        code(CodeScheme::Ofx, "SRVCHG"),
        code(CodeScheme::Proprietary, "FEE/1"),
    ]
}

pub fn bank_rules() -> Vec<Sample<BankRulesEvent>> {
    let part = |account: &str, percent| RulePart {
        account_code: code(account),
        cost_centre: Some(code("NORTH")),
        project: None,
        tax_code: None,
        percent,
    };
    let full = LineWhen {
        direction: LineDirection::Paid,
        amount_max: eur(dec!(50.00)),
        bank_account_id: Some(ACCOUNT),
        transaction_code: codes().pop(),
        counterparty_name: Some(TextWhen::Contains("Muster".to_owned())),
        counterparty_account: Some("DE02120300000000202051".to_owned()),
        text_contains: Some("fees".to_owned()),
    };
    let by_name = LineWhen {
        direction: LineDirection::Received,
        bank_account_id: None,
        transaction_code: None,
        counterparty_name: Some(TextWhen::Equals("Muster GmbH".to_owned())),
        counterparty_account: None,
        text_contains: None,
        ..full.clone()
    };
    let rule = |name: &str, when, parts| BankRule { name: name.to_owned(), when, parts, reason: "bank charges".to_owned() };
    let rules = vec![
        rule("Charges with tax", full, vec![part("1400", Some(dec!(15.9664))), part("6850", None)]),
        rule("Interest", by_name, vec![part("4900", None)]),
    ];
    vec![
        ("", BankRulesEvent::Adopted { version: 1, set: BankRuleSet { rules }, by: DORA }),
        ("none", BankRulesEvent::Adopted { version: 2, set: BankRuleSet::default(), by: DORA }),
    ]
}

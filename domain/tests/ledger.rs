//! What the ledger posts: every fact in balance, at the rates that were known, and the reverse of it when it is undone.

mod fixtures;

use std::collections::BTreeMap;

use fixtures::*;

use quittance_domain::chart::{ChartEvent, TaxCode, TaxRate};
use quittance_domain::ids::PaymentId;
use quittance_domain::invoice::{
    Against, Allocation, Amendment, Assignment, CodedLine, CodedPart, Coding, DocumentKind, InvoiceDocument, InvoiceEvent, Reception,
    TaxCategory, TaxSubtotal, Totals,
};
use quittance_domain::ledger::{Books, Entry, Line, PayableAccount, Posting, Quote, RateTable};
use quittance_domain::matching::{Check, Evaluation, MatchFinding};
use quittance_domain::withholding::Withholding;
use quittance_domain::{Currency, Money};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(7);

/// On a day one euro cost so many dollars.
fn dollars(quotes: &[(&str, Decimal)]) -> RateTable {
    let mut rates = RateTable::default();
    for (on, rate) in quotes {
        rates.quote(Quote { unit: Currency::EUR, currency: Currency::USD, on: day(on), rate: *rate });
    }
    rates
}

fn at<'a>(books: &'a Books, rates: &'a RateTable) -> Posting<'a> {
    Posting { books, rates, invoice: ID, recorded_on: day("2026-03-10"), order: None, deducted: nothing_deducted() }
}

/// `account amount currency base`, a line each.
fn shown(entry: &Entry) -> Vec<String> {
    let base = |line: &Line| line.base.map_or("?".to_owned(), |b| b.normalize().to_string());
    let shown = |l: &Line| format!("{} {} {}", l.account, l.amount, base(l));
    entry.lines.iter().map(shown).collect()
}

fn checked(entries: Vec<Entry>) -> Vec<Entry> {
    entries.into_iter().map(|entry| entry.balanced().expect("it balances")).collect()
}

fn in_dollars(net: Decimal) -> Reception {
    let document = InvoiceDocument { currency: Currency::USD, issue_date: day("2026-03-02"), ..plain(net) };
    Reception { document, payable: money(net, "USD"), effective_date: day("2026-03-02"), ..reception() }
}

/// 1,000 and 19 % of it in dollars; the tax as the document states it elsewhere.
fn taxed_in_dollars(kind: DocumentKind, accounted_tax: Option<Money>) -> Reception {
    let document = InvoiceDocument { kind, currency: Currency::USD, issue_date: day("2026-03-02"), accounted_tax, ..document() };
    Reception { document, payable: money(dec!(1190), "USD"), ..reception() }
}

/// Article 230 of the VAT Directive: tax that is stated in our currency is what we deduct, whatever rate the rest is posted at; what is owed stays
/// at ours, and what was bought has the difference.
#[test]
fn tax_that_is_stated_in_our_currency_is_posted_as_stated() {
    let (books, rates) = (books(), dollars(&[("2026-03-01", dec!(1.25))]));
    let posted = |kind, stated| {
        let (account, entries) = PayableAccount::received(&taxed_in_dollars(kind, stated), at(&books, &rates));
        (account, shown(&checked(entries)[0]))
    };
    let invoice = |stated| posted(DocumentKind::Invoice, stated).1;
    let ours = ["2000 -1190.00 USD -952", "6000 1000.00 USD 800", "1400 190.00 USD 152"];
    assert_eq!(invoice(None), ours);
    assert_eq!(invoice(Some(eur(dec!(150.01)))), ["2000 -1190.00 USD -952", "6000 1000.00 USD 801.99", "1400 190.00 USD 150.01"]);
    let credit = posted(DocumentKind::CreditNote, Some(eur(dec!(150.01)))).1;
    assert_eq!(credit, ["2000 1190.00 USD 952", "6000 -1000.00 USD -801.99", "1400 -190.00 USD -150.01"]);
    // The last that is near enough, and the first that is not.
    assert_eq!(invoice(Some(eur(dec!(190)))), ["2000 -1190.00 USD -952", "6000 1000.00 USD 762", "1400 190.00 USD 190"]);
    // Another authority's currency, the document's own, what is no tax, and slips of the point say nothing of ours.
    let slips = [eur(dec!(190.01)), eur(dec!(113.99)), eur(dec!(1500.10)), eur(dec!(15))];
    let others = [money(dec!(140), "CHF"), money(dec!(190), "USD"), eur(dec!(0)), eur(dec!(-150.01))];
    for stated in others.into_iter().chain(slips) {
        assert_eq!(invoice(Some(stated)), ours, "{stated}");
    }
    // Its rate comes later.
    let none = RateTable::default();
    let (mut late, entries) =
        PayableAccount::received(&taxed_in_dollars(DocumentKind::Invoice, Some(eur(dec!(150.01)))), at(&books, &none));
    assert_eq!(shown(&checked(entries)[0])[2], "1400 190.00 USD ?");
    let translated = checked(late.translate(at(&books, &rates)));
    assert_eq!(shown(&translated[0])[3..], ["2000 -1190.00 USD -952", "6000 1000.00 USD 801.99", "1400 190.00 USD 150.01"]);
    // And what is spent goes elsewhere.
    let (mut account, _) = posted(DocumentKind::Invoice, Some(eur(dec!(150.01))));
    let recoded = account.on(&coded(vec![part("6100", "", dec!(1000))]), at(&books, &rates));
    let recoded = shown(&checked(recoded)[0]);
    assert_eq!(recoded[2..], ["6100 1000.00 USD 801.99", "1400 190.00 USD 150.01"], "{recoded:?}");
}

/// One line outside the scope of tax.
fn plain(net: Decimal) -> InvoiceDocument {
    let outside = TaxCategory { code: "O".to_owned(), rate: Decimal::ZERO };
    let line = quittance_domain::invoice::InvoiceLine { tax: outside, ..line("1", dec!(1), net, net) };
    let totals = Totals { lines: net, net, gross: net, payable: net, ..Totals::default() };
    InvoiceDocument { lines: vec![line], tax_breakdown: vec![], totals, ..document() }
}

fn settled(payment: u128, amount: Decimal, currency: &str, on: &str) -> InvoiceEvent {
    InvoiceEvent::PaymentSettled { payment_id: PaymentId(Uuid::from_u128(payment)), amount: money(amount, currency), value_date: day(on) }
}

fn returned(payment: u128, amount: Decimal, on: &str) -> InvoiceEvent {
    let payment_id = PaymentId(Uuid::from_u128(payment));
    InvoiceEvent::PaymentReturned { payment_id, amount: money(amount, "USD"), value_date: day(on), reason: "AC04".to_owned() }
}

#[test]
fn an_invoice_posts_what_it_cost_its_tax_and_what_is_owed() {
    let (books, rates) = (books(), RateTable::default());
    let (_, entries) = PayableAccount::received(&reception(), at(&books, &rates));
    let entries = checked(entries);
    assert_eq!(shown(&entries[0]), ["2000 -1190.00 EUR -1190", "6000 1000.00 EUR 1000", "1400 190.00 EUR 190"]);
    assert_eq!(entries[0].lines[1].tax_code.as_ref().map(|c| c.as_str()), Some("S"));
}

#[test]
fn a_credit_note_posts_the_other_way_round() {
    let (books, rates) = (books(), RateTable::default());
    let credit = Reception { document: InvoiceDocument { kind: DocumentKind::CreditNote, ..document() }, ..reception() };
    let (_, entries) = PayableAccount::received(&credit, at(&books, &rates));
    assert_eq!(shown(&checked(entries)[0]), ["2000 1190.00 EUR 1190", "6000 -1000.00 EUR -1000", "1400 -190.00 EUR -190"]);
}

#[test]
fn what_names_an_order_of_ours_clears_what_receipts_posted() {
    let (books, rates) = (books(), RateTable::default());
    let (_, entries) = PayableAccount::received(&reception(), Posting { order: Some(ORDER), ..at(&books, &rates) });
    let entries = checked(entries);
    assert_eq!(shown(&entries[0])[1], "2100 1000.00 EUR 1000");
    assert_eq!(entries[0].document.related, Some(ORDER.0));
}

/// What the document names may be none of its own: then it cost something else.
#[test]
fn what_bills_no_line_of_the_order_is_spent_like_anything_else() {
    let (books, rates) = (books(), RateTable::default());
    let ordered = || PayableAccount::received(&reception(), Posting { order: Some(ORDER), ..at(&books, &rates) }).0;
    let found = |check: Check, line: Option<&str>| {
        let findings = vec![MatchFinding::mismatch(check, line, "this", "that")];
        let evaluation = Evaluation { purchase_order_id: Some(ORDER), findings, ..Evaluation::default() };
        InvoiceEvent::MatchEvaluated { evaluation: Box::new(evaluation) }
    };
    let moved = ["2100 -1000.00 EUR -1000", "1400 -190.00 EUR -190", "6000 1000.00 EUR 1000", "1400 190.00 EUR 190"];
    for (check, line) in [(Check::Vendor, None), (Check::Currency, None), (Check::OrderLine, Some("1")), (Check::Unit, Some("1"))] {
        let mut account = ordered();
        let entries = checked(account.on(&found(check, line), at(&books, &rates)));
        assert_eq!(shown(&entries[0]), moved, "{check}");
        assert_eq!(account.on(&found(check, line), at(&books, &rates)), vec![], "once");
    }
    for (check, line) in [(Check::Price, Some("1")), (Check::OrderLine, Some("2")), (Check::OrderState, None)] {
        assert_eq!(ordered().on(&found(check, line), at(&books, &rates)), vec![], "{check}");
    }
    let amended = InvoiceEvent::Amended(Box::new(amendment()));
    let mut account = ordered();
    account.on(&found(Check::Vendor, None), at(&books, &rates));
    let again = checked(account.on(&amended, Posting { order: Some(ORDER), ..at(&books, &rates) }));
    assert!(again.iter().flat_map(shown).all(|line| !line.starts_with("2100")), "the same finding is not told twice");
}

fn coded(parts: Vec<CodedPart>) -> InvoiceEvent {
    let lines = vec![CodedLine { line: "1".to_owned(), tax: standard_rate(), parts, default_of: None }];
    InvoiceEvent::Coded { coding: Box::new(Coding { lines }), by: CARL, effective_date: None }
}

fn part(account: &str, tax_code: &str, amount: Decimal) -> CodedPart {
    CodedPart { to: Assignment { tax_code: tax_code.parse().ok(), ..assignment(account, "100") }, percent: None, amount }
}

#[test]
fn coding_moves_what_was_spent_and_not_what_is_owed() {
    let (books, rates) = (books(), RateTable::default());
    let (mut account, _) = PayableAccount::received(&reception(), at(&books, &rates));
    let entries = checked(account.on(&coded(vec![part("6100", "", dec!(600)), part("6200", "", dec!(400))]), at(&books, &rates)));
    let moved = ["6000 -1000.00 EUR -1000", "1400 -190.00 EUR -190", "6100 600.00 EUR 600", "6200 400.00 EUR 400", "1400 190.00 EUR 190"];
    assert_eq!(shown(&entries[0]), moved);
    assert_eq!(entries[0].lines[2].cost_centre.as_ref().map(|c| c.as_str()), Some("100"));
    assert_eq!(entries[0].effective_date, reception().effective_date);
    // Coded to nothing, it is as it was.
    let entries = checked(account.on(&coded(vec![]), at(&books, &rates)));
    assert!(shown(&entries[0]).contains(&"6000 1000.00 EUR 1000".to_owned()));
}

#[test]
fn a_part_with_a_tax_code_of_its_own_takes_its_share_of_the_tax_there() {
    let mut books = books();
    let not_deductible = TaxCode {
        code: code("ND"),
        name: "Not deductible".to_owned(),
        category: "S".to_owned(),
        rates: vec![TaxRate { from: day("2007-01-01"), percent: dec!(19) }],
        input_account: code("6000"),
        output_account: None,
        active: true,
    };
    books.learn_chart(&ChartEvent::TaxCodeDefined { tax_code: not_deductible, by: DORA });
    let rates = RateTable::default();
    let (mut account, _) = PayableAccount::received(&reception(), at(&books, &rates));
    let entries = checked(account.on(&coded(vec![part("6100", "S", dec!(333.33)), part("6200", "ND", dec!(666.67))]), at(&books, &rates)));
    let lines = shown(&entries[0]);
    // 190.00 by 333.33 to 666.67: 63.33 and 126.67.
    assert!(lines.contains(&"1400 63.33 EUR 63.33".to_owned()) && lines.contains(&"6000 126.67 EUR 126.67".to_owned()), "{lines:?}");
}

#[test]
fn a_credit_note_is_coded_the_other_way_round_and_dollars_at_their_rate() {
    let (books, rates) = (books(), dollars(&[("2026-03-02", dec!(1.25))]));
    let (mut account, _) = PayableAccount::received(&in_dollars(dec!(100)), at(&books, &rates));
    let outside = TaxCategory { code: "O".to_owned(), rate: Decimal::ZERO };
    let lines = vec![CodedLine { line: "1".to_owned(), tax: outside, parts: vec![part("6100", "", dec!(100))], default_of: None }];
    let event = InvoiceEvent::Coded { coding: Box::new(Coding { lines }), by: CARL, effective_date: None };
    let entries = checked(account.on(&event, at(&books, &rates)));
    assert_eq!(shown(&entries[0]), ["6000 -100.00 USD -80", "6100 100.00 USD 80"]);
    let credit = Reception { document: InvoiceDocument { kind: DocumentKind::CreditNote, ..document() }, ..reception() };
    let (mut account, _) = PayableAccount::received(&credit, at(&books, &rates));
    let entries = checked(account.on(&coded(vec![part("6100", "", dec!(1000))]), at(&books, &rates)));
    assert!(shown(&entries[0]).contains(&"6100 -1000.00 EUR -1000".to_owned()));
}

fn set_off(against: Against, amount: Decimal, on: &str) -> InvoiceEvent {
    let allocation = Allocation { allocation_id: ALLOCATION, against, amount: money(amount, "USD"), effective_date: day(on) };
    InvoiceEvent::Allocated { allocation, by: ERIN, reason: None, tax_breakdown: vec![] }
}

/// An invoice at 1.25 dollars a euro, a credit note at 1.00: what the credit was worth more is lost, and nothing stays on
/// the account where both meet.
#[test]
fn a_credit_note_relieves_its_invoice_and_what_their_rates_differ_by_is_realised() {
    let (books, rates) = (books(), dollars(&[("2026-03-02", dec!(1.25)), ("2026-03-05", dec!(1)), ("2026-03-20", dec!(2))]));
    let (mut invoice, _) = PayableAccount::received(&in_dollars(dec!(100)), at(&books, &rates));
    let bill = in_dollars(dec!(50));
    let document = InvoiceDocument { kind: DocumentKind::CreditNote, issue_date: day("2026-03-05"), ..bill.document.clone() };
    let (mut credit, _) = PayableAccount::received(&Reception { document, ..bill }, at(&books, &rates));
    let on_invoice = checked(invoice.on(&set_off(Against::CreditNote(OTHER_INVOICE), dec!(50), "2026-03-20"), at(&books, &rates)));
    let on_credit = checked(credit.on(&set_off(Against::Invoice(INVOICE), dec!(50), "2026-03-20"), at(&books, &rates)));
    assert_eq!(shown(&on_invoice[0]), ["2000 50.00 USD 40", "1090 -50.00 USD -25", "4800 0.00 EUR -15"]);
    assert_eq!(shown(&on_credit[0]), ["2000 -50.00 USD -50", "1090 50.00 USD 25", "6800 0.00 EUR 25"]);
    // Taken back, everything is as it was, whatever the rate is by then.
    let reversed = InvoiceEvent::AllocationReversed {
        allocation_id: ALLOCATION,
        amount: money(dec!(50), "USD"),
        effective_date: day("2026-03-25"),
        by: ERIN,
        reason: "wrong".to_owned(),
    };
    let back = checked(credit.on(&reversed, at(&books, &rates)));
    assert_eq!(shown(&back[0]), ["2000 50.00 USD 50", "1090 -50.00 USD -25", "6800 0.00 EUR -25"]);
}

#[test]
fn what_is_written_off_is_an_expense_at_the_invoices_rate() {
    let (books, rates) = (books(), dollars(&[("2026-03-02", dec!(1.25)), ("2026-03-20", dec!(2))]));
    let (mut invoice, _) = PayableAccount::received(&in_dollars(dec!(100)), at(&books, &rates));
    let entries = checked(invoice.on(&set_off(Against::SmallDifference, dec!(0.50), "2026-03-20"), at(&books, &rates)));
    assert_eq!(shown(&entries[0]), ["2000 0.50 USD 0.4", "6900 -0.50 USD -0.4"]);
}

/// Prepaid and rounding as stated, and the payable amount; what the entry shows beside owed, spent and taxed.
#[test]
fn what_a_document_states_is_what_is_owed() {
    let table = [
        (dec!(0), dec!(0), dec!(1190), vec![]),
        (dec!(190), dec!(0), dec!(1000), vec!["1300 -190.00 EUR -190"]),
        (dec!(0), dec!(0.01), dec!(1190.01), vec!["6910 0.01 EUR 0.01"]),
        (dec!(0), dec!(0), dec!(1200), vec!["6900 10.00 EUR 10"]),
        (dec!(0), dec!(0), dec!(0), vec!["6900 -1190.00 EUR -1190"]),
    ];
    let (books, rates) = (books(), RateTable::default());
    for (prepaid, rounding, payable, expected) in table {
        let document = InvoiceDocument { totals: Totals { prepaid, rounding, payable, ..document().totals }, ..document() };
        let stated = Reception { document, payable: eur(payable), ..reception() };
        let (_, entries) = PayableAccount::received(&stated, at(&books, &rates));
        assert_eq!(shown(&checked(entries)[0])[3..], expected, "{prepaid} {rounding} {payable}");
    }
}

#[test]
fn numbers_too_large_to_add_are_still_owed_as_stated() {
    let (books, rates) = (books(), RateTable::default());
    let huge = Decimal::MAX;
    let subtotal = |tax| TaxSubtotal { category: standard_rate(), taxable: huge, tax };
    let lines = vec![line("1", dec!(1), huge, huge), line("2", dec!(1), huge, huge)];
    let document = InvoiceDocument { lines, tax_breakdown: vec![subtotal(huge)], ..document() };
    let (_, entries) = PayableAccount::received(&Reception { document, ..reception() }, at(&books, &rates));
    assert_eq!(shown(&checked(entries)[0]), ["2000 -1190.00 EUR -1190", "6000 1190.00 EUR 1190"]);
}

#[test]
fn tax_that_the_vendor_does_not_bill_is_owed_and_deducted() {
    let (mut books, rates) = (books(), RateTable::default());
    let tax_code = TaxCode {
        code: "RC".parse().expect("a code"),
        name: "Reverse charge".to_owned(),
        category: "AE".to_owned(),
        rates: vec![TaxRate { from: day("2021-01-01"), percent: dec!(19) }],
        input_account: "1400".parse().expect("a code"),
        output_account: Some("2200".parse().expect("a code")),
        active: true,
    };
    let retired = TaxCode { active: false, ..books.chart.tax_codes[&"AE".parse().expect("a code")].clone() };
    books.learn_chart(&ChartEvent::TaxCodeDefined { tax_code: retired, by: DORA });
    books.learn_chart(&ChartEvent::TaxCodeDefined { tax_code, by: DORA });
    let mut document = plain(dec!(99.99));
    document.lines[0].tax = TaxCategory { code: "AE".to_owned(), rate: Decimal::ZERO };
    let (_, entries) = PayableAccount::received(&Reception { document, payable: eur(dec!(99.99)), ..reception() }, at(&books, &rates));
    let expected = ["2000 -99.99 EUR -99.99", "6000 99.99 EUR 99.99", "1400 19.00 EUR 19", "2200 -19.00 EUR -19"];
    assert_eq!(shown(&checked(entries)[0]), expected);
}

#[test]
fn an_amendment_takes_everything_back_and_posts_anew() {
    let (books, rates) = (books(), RateTable::default());
    let (mut account, first) = PayableAccount::received(&reception(), at(&books, &rates));
    let amended = InvoiceEvent::Amended(Box::new(Amendment { document: plain(dec!(10)), payable: eur(dec!(10)), ..amendment() }));
    let entries = checked(account.on(&amended, at(&books, &rates)));
    assert_eq!(entries[0].lines, Entry::reversed(&first[0].lines));
    assert_eq!(entries[0].effective_date, first[0].effective_date);
    assert_eq!(shown(&entries[1]), ["2000 -10.00 EUR -10", "6000 10.00 EUR 10"]);
}

#[test]
fn a_rejected_invoice_counts_no_longer_and_a_resubmitted_one_again() {
    let (books, rates) = (books(), RateTable::default());
    let (mut account, first) = PayableAccount::received(&reception(), at(&books, &rates));
    let rejected = InvoiceEvent::Rejected { round: 1, approval_id: ROUND_1, by: BOB, reason: "not ours".to_owned() };
    let submitted = InvoiceEvent::Submitted { round: 2, approval_id: ROUND_2, by: ANNA, version_hash: String::new() };
    let voided = InvoiceEvent::Voided { by: ANNA, reason: "mistake".to_owned(), effective_date: day("2026-03-05") };
    assert!(account.on(&submitted, at(&books, &rates)).is_empty(), "it counts already");
    let out = checked(account.on(&rejected, at(&books, &rates)));
    assert_eq!((&out[0].lines, out[0].effective_date), (&Entry::reversed(&first[0].lines), day("2026-03-10")));
    assert!(account.clone().on(&voided, at(&books, &rates)).is_empty(), "it does not count");
    let back = checked(account.on(&submitted, at(&books, &rates)));
    assert_eq!(back[0].lines, first[0].lines);
    assert_eq!(checked(account.on(&voided, at(&books, &rates)))[0].effective_date, day("2026-03-05"));
}

/// SEMANTICS 6: what is relieved is in proportion to what is left, the last settlement takes the rest exactly.
#[test]
fn what_the_rate_has_changed_is_gained_or_lost_when_it_is_paid() {
    let (books, rates) = (books(), dollars(&[("2026-03-02", dec!(1.25)), ("2026-03-20", dec!(1.20)), ("2026-03-27", dec!(1.30))]));
    let (mut account, first) = PayableAccount::received(&in_dollars(dec!(100)), at(&books, &rates));
    assert_eq!(shown(&first[0]), ["2000 -100.00 USD -80", "6000 100.00 USD 80"]);
    let table = [
        (settled(1, dec!(33.33), "USD", "2026-03-22"), vec!["2000 33.33 USD 26.66", "1090 -33.33 USD -27.78", "6800 0.00 EUR 1.12"]),
        (settled(2, dec!(33.33), "USD", "2026-03-30"), vec!["2000 33.33 USD 26.67", "1090 -33.33 USD -25.64", "4800 0.00 EUR -1.03"]),
        (settled(3, dec!(33.34), "USD", "2026-03-02"), vec!["2000 33.34 USD 26.67", "1090 -33.34 USD -26.67"]),
    ];
    for (event, expected) in table {
        assert_eq!(shown(&checked(account.on(&event, at(&books, &rates)))[0]), expected);
    }
}

/// The tax is owed from the day of the payment on, at the rate of that day; transfer and tax relieve the whole liability.
#[test]
fn tax_that_is_kept_back_is_owed_to_the_authority() {
    let (books, rates) = (books(), dollars(&[("2026-03-02", dec!(1.25)), ("2026-03-20", dec!(1.20))]));
    let (mut account, _) = PayableAccount::received(&in_dollars(dec!(100)), at(&books, &rates));
    let in_dollars = |amount| money(amount, "USD");
    let kept = Withholding { settled: in_dollars(dec!(100)), base: in_dollars(dec!(100)), tax: in_dollars(dec!(10)), ..withholding() };
    let (payment_id, withholding) = (PaymentId(Uuid::from_u128(1)), Box::new(kept));
    account.on(&settled(1, dec!(90), "USD", "2026-03-22"), at(&books, &rates));
    let withheld = InvoiceEvent::TaxWithheld { payment_id, withholding: withholding.clone(), value_date: day("2026-03-22") };
    let posted = checked(account.on(&withheld, at(&books, &rates)));
    assert_eq!(shown(&posted[0]), ["2000 10.00 USD 8", "2200 -10.00 USD -8.33", "6800 0.00 EUR 0.33"]);
    let reversed = InvoiceEvent::WithholdingReversed { payment_id, withholding, value_date: day("2026-03-25") };
    let back = checked(account.on(&reversed, at(&books, &rates)));
    assert_eq!((&back[0].lines, back[0].effective_date), (&Entry::reversed(&posted[0].lines), day("2026-03-25")));
    let again = checked(account.on(&returned(1, dec!(90), "2026-03-25"), at(&books, &rates)));
    assert_eq!(shown(&again[0])[0], "2000 -90.00 USD -72", "the money comes back on its own");
}

#[test]
fn a_returned_payment_gives_the_stored_numbers_back() {
    let (books, mut rates) = (books(), dollars(&[("2026-03-02", dec!(1.25)), ("2026-03-20", dec!(1.20))]));
    let (mut account, _) = PayableAccount::received(&in_dollars(dec!(100)), at(&books, &rates));
    let paid = account.on(&settled(1, dec!(40), "USD", "2026-03-22"), at(&books, &rates));
    rates.quote(Quote { unit: Currency::EUR, currency: Currency::USD, on: day("2026-03-21"), rate: dec!(1.10) });
    let back = checked(account.on(&returned(1, dec!(40), "2026-03-25"), at(&books, &rates)));
    assert_eq!(back[0].lines, Entry::reversed(&paid[0].lines));
    let again = checked(account.on(&settled(2, dec!(100), "USD", "2026-03-02"), at(&books, &rates)));
    assert_eq!(shown(&again[0])[0], "2000 100.00 USD 80", "all of it is open again");
}

#[test]
fn without_a_rate_lines_wait_and_are_posted_again_with_it() {
    let (books, none) = (books(), RateTable::default());
    let (mut account, first) = PayableAccount::received(&in_dollars(dec!(100)), at(&books, &none));
    let paid = account.on(&settled(1, dec!(40), "USD", "2026-03-22"), at(&books, &none));
    assert_eq!(shown(&first[0]), ["2000 -100.00 USD ?", "6000 100.00 USD ?"]);
    assert_eq!(account.untranslated(), Some(Currency::USD));
    assert!(account.translate(at(&books, &dollars(&[("2026-03-03", dec!(2))]))).is_empty(), "a rate of a later day is none");
    let rates = dollars(&[("2026-03-01", dec!(1.25)), ("2026-03-20", dec!(1.20))]);
    let translated = checked(account.translate(at(&books, &rates)));
    assert_eq!(account.untranslated(), None);
    let all: Vec<&Line> = first.iter().chain(&paid).chain(&translated).flat_map(|e| &e.lines).collect();
    let mut sums: BTreeMap<String, (Decimal, Decimal, Decimal)> = BTreeMap::new();
    for line in all {
        let sum = sums.entry(line.account.to_string()).or_default();
        let waiting = if line.base.is_none() { line.amount.amount() } else { Decimal::ZERO };
        *sum = (sum.0 + line.amount.amount(), sum.1 + line.base.unwrap_or_default(), sum.2 + waiting);
    }
    let expected =
        [("1090", dec!(-40), dec!(-33.33)), ("2000", dec!(-60), dec!(-48)), ("6000", dec!(100), dec!(80)), ("6800", dec!(0), dec!(1.33))];
    for (account, amount, base) in expected {
        assert_eq!(sums[account], (amount, base, Decimal::ZERO), "{account}");
    }
    assert_eq!(translated.iter().map(|e| e.effective_date).collect::<Vec<_>>(), [day("2026-03-02"), day("2026-03-22")]);
}

/// From, to, day, and what 100.00 becomes.
#[test]
fn a_rate_is_the_last_one_not_after_the_day() {
    let mut rates = dollars(&[("2026-03-02", dec!(1.25)), ("2026-03-06", dec!(1.20))]);
    let (gbp, jpy) = ("GBP".parse().expect("pounds"), "JPY".parse().expect("yen"));
    rates.quote(Quote { unit: Currency::EUR, currency: gbp, on: day("2026-03-03"), rate: dec!(0.8) });
    rates.quote(Quote { unit: Currency::USD, currency: jpy, on: day("2026-03-03"), rate: dec!(150) });
    let table = [
        (Currency::USD, Currency::EUR, "2026-03-01", None),
        (Currency::USD, Currency::EUR, "2026-03-05", Some(dec!(80.00))),
        (Currency::USD, Currency::EUR, "2026-03-06", Some(dec!(83.33))),
        (Currency::EUR, Currency::USD, "2026-03-06", Some(dec!(120.00))),
        (Currency::USD, gbp, "2026-03-06", Some(dec!(66.67))),
        (Currency::USD, gbp, "2026-03-02", None),
        (Currency::USD, jpy, "2026-03-06", Some(dec!(15000))),
        (jpy, Currency::EUR, "2026-03-06", None),
    ];
    for (from, to, on, expected) in table {
        let became = rates.translation(from, to, day(on)).and_then(|t| t.of(dec!(100), to));
        assert_eq!(became, expected, "{from} to {to} on {on}");
    }
}

#[test]
fn an_entry_that_does_not_balance_is_an_error() {
    let (books, rates) = (books(), RateTable::default());
    let (_, mut entries) = PayableAccount::received(&reception(), at(&books, &rates));
    let mut wrong = entries.remove(0);
    wrong.lines[0].base = Some(dec!(-1189));
    assert_eq!(wrong.clone().balanced().expect_err("base differs").currency, "base");
    wrong.lines.pop();
    assert!(wrong.balanced().is_err());
}

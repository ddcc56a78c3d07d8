//! A discount that is taken reduces the tax that is deducted (SEMANTICS 4): by the worked cases, in parts, undone, and in the books.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::chart::{ChartEvent, TaxCode, TaxRate};
use quittance_domain::ids::PaymentId;
use quittance_domain::invoice::{
    Against, Allocation, Assignment, CodedLine, CodedPart, Coding, Invoice, InvoiceCommand, InvoiceDocument, InvoiceEvent, InvoiceLine,
    Reception, TaxCategory, TaxSubtotal, totals,
};
use quittance_domain::ledger::{Books, Entry, PayableAccount, Posting, Quote, RateTable};
use quittance_domain::party::Address;
use quittance_domain::tenant::DiscountTax;
use quittance_domain::terms::{AgreedTerms, Dates, DiscountBase, DiscountTier, TermsRule};
use quittance_domain::{Currency, Money, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

const PAID: &str = "2026-03-10";

fn category(code: &str, rate: Decimal) -> TaxCategory {
    TaxCategory { code: code.to_owned(), rate }
}

/// An invoice of one line for each net amount.
fn bill(parts: &[(TaxCategory, Decimal)], currency: Currency) -> InvoiceDocument {
    let numbered = (1..).zip(parts);
    let lines: Vec<InvoiceLine> =
        numbered.map(|(n, (tax, net))| InvoiceLine { tax: tax.clone(), ..line(&format!("{n}"), dec!(1), *net, *net) }).collect();
    let (tax_breakdown, totals) = totals::totals(&lines, &[], dec!(0), dec!(0), currency).expect("small numbers");
    InvoiceDocument { lines, tax_breakdown, totals, currency, issue_date: day("2026-03-01"), ..document() }
}

fn two_percent() -> TermsRule {
    TermsRule { discounts: vec![DiscountTier { percent: dec!(2), days: 10 }], ..TermsRule::net(30) }
}

fn terms(rule: &TermsRule, document: &InvoiceDocument) -> AgreedTerms {
    let payable = Money::rounded(document.totals.payable, document.currency);
    let dates = Dates { invoice: document.issue_date, received: document.issue_date, of_order: false };
    AgreedTerms::of("T", 1, rule, dates, &document.totals, payable).expect("terms").correcting_tax(rule, document)
}

fn sum(parts: &[TaxSubtotal]) -> Decimal {
    parts.iter().map(|part| part.taxable + part.tax).sum()
}

fn shown(parts: &[TaxSubtotal]) -> Vec<String> {
    parts.iter().map(|p| format!("{} {} {} {}", p.category.code, p.category.rate, p.taxable, p.tax)).collect()
}

/// The document, the rule, the discount, and what of it is net and tax by rate.
#[test]
fn a_discount_is_part_net_and_part_tax_of_each_rate() {
    let (standard, reduced, none) = (category("S", dec!(20)), category("S", dec!(5.5)), category("AE", dec!(0)));
    let on = |base| TermsRule { discount_base: base, ..two_percent() };
    let single = bill(&[(standard.clone(), dec!(1000))], Currency::EUR);
    let mixed = bill(&[(standard.clone(), dec!(100.10)), (reduced.clone(), dec!(99.90))], Currency::EUR);
    let cut = InvoiceDocument {
        tax_breakdown: vec![TaxSubtotal { category: standard.clone(), taxable: dec!(980), tax: dec!(196) }],
        ..single.clone()
    };
    let table: [(&InvoiceDocument, TermsRule, Decimal, &[&str]); 7] = [
        // 1,000 + 200 at 2 % on gross: 24.00, of it 4.00 tax.
        (&single, on(DiscountBase::Gross), dec!(24.00), &["S 20 20.00 4.00"]),
        (&single, on(DiscountBase::Net), dec!(20.00), &["S 20 16.67 3.33"]),
        (&single, on(DiscountBase::Goods), dec!(20.00), &["S 20 16.67 3.33"]),
        // The tax was cut on the invoice already: the discount is all net.
        (&cut, TermsRule { tax_already_cut: true, ..on(DiscountBase::Net) }, dec!(20.00), &[]),
        // 225.51 at 2 % is 4.51: by exact shares 2.002 and 1.998 net, 0.4004 and 0.1099 tax.
        (&mixed, two_percent(), dec!(4.51), &["S 20 2.00 0.40", "S 5.5 2.00 0.11"]),
        (&bill(&[(none, dec!(500))], Currency::EUR), two_percent(), dec!(10.00), &["AE 0 10.00 0"]),
        (&bill(&[(standard, dec!(1000))], "JPY".parse().expect("yen")), two_percent(), dec!(24), &["S 20 20 4"]),
    ];
    for (row, (document, rule, amount, expected)) in table.into_iter().enumerate() {
        let parts = terms(&rule, document).tax_in(Money::rounded(amount, document.currency), &[]);
        assert_eq!(shown(&parts), expected, "row {row}");
    }
}

/// Freight of another rate on the document earns no discount on the goods, and is corrected by none.
#[test]
fn a_discount_on_goods_corrects_the_tax_of_goods() {
    let document = InvoiceDocument {
        tax_breakdown: vec![
            TaxSubtotal { category: category("S", dec!(7)), taxable: dec!(100), tax: dec!(7) },
            TaxSubtotal { category: category("S", dec!(19)), taxable: dec!(50), tax: dec!(9.50) },
        ],
        ..bill(&[(category("S", dec!(7)), dec!(100))], Currency::EUR)
    };
    let rule = TermsRule { discount_base: DiscountBase::Goods, ..two_percent() };
    assert_eq!(shown(&terms(&rule, &document).tax_in(eur(dec!(2.14)), &[])), ["S 7 2.00 0.14"]);
    assert_eq!(terms(&two_percent(), &document).discounted_tax.len(), 2);
}

#[test]
fn who_pays_early_deducts_less_where_the_law_says_so() {
    let usual = |country: Option<&str>| {
        DiscountTax::usual_in(&Address { country: country.map(str::to_owned), ..Address::default() }).reduces_input_tax
    };
    let countries = [Some("DE"), Some("gb"), Some("CH"), Some("US"), Some("KH"), None];
    assert_eq!(countries.map(usual), [true, true, true, false, false, false]);
}

fn correcting(document: &InvoiceDocument, rule: &TermsRule) -> Vec<InvoiceEvent> {
    let payable = Money::rounded(document.totals.payable, document.currency);
    let reception = Reception { document: document.clone(), payable, ..reception() };
    vec![InvoiceEvent::Received(Box::new(reception)), InvoiceEvent::TermsAgreed { terms: terms(rule, document) }]
}

fn payment(number: u128) -> PaymentId {
    PaymentId(Uuid::from_u128(number))
}

/// The invoice after a payment has claimed and settled so much, with such a discount.
fn pays(mut events: Vec<InvoiceEvent>, number: u128, cash: Money, discount: Money) -> Vec<InvoiceEvent> {
    events.push(InvoiceEvent::PaymentClaimed { payment_id: payment(number), amount: cash });
    events.push(InvoiceEvent::DiscountClaimed { payment_id: payment(number), amount: discount, until: day(PAID) });
    let settle = InvoiceCommand::Settle { payment_id: payment(number), value_date: day(PAID) };
    let settled = Invoice::replay(events.clone()).decide(settle).expect("it settles");
    [events, settled].concat()
}

fn taken(events: &[InvoiceEvent]) -> Vec<(Money, Vec<TaxSubtotal>)> {
    let taken = |event: &InvoiceEvent| match event {
        InvoiceEvent::DiscountTaken { amount, tax_breakdown, .. } => Some((*amount, tax_breakdown.clone())),
        _ => None,
    };
    events.iter().filter_map(taken).collect()
}

/// 119.00 at 2 %: three parts of the 2.38, whose tax is 0.38 together and not three times 0.13.
#[test]
fn parts_of_a_discount_come_to_the_tax_of_the_whole() {
    let document = bill(&[(category("S", dec!(19)), dec!(100))], Currency::EUR);
    let rule = TermsRule { discount_on_partials: true, ..two_percent() };
    let parts = [dec!(0.80), dec!(0.80), dec!(0.78)];
    let events = (1..).zip(parts).fold(correcting(&document, &rule), |events, (n, part)| pays(events, n, eur(dec!(38)), eur(part)));
    let taxes: Vec<Decimal> = taken(&events).iter().map(|(_, parts)| parts.iter().map(|p| p.tax).sum()).collect();
    assert_eq!((taxes.iter().sum::<Decimal>(), taxes), (dec!(0.38), vec![dec!(0.13), dec!(0.13), dec!(0.12)]));

    // The second comes back: what is taken later makes up for exactly what went.
    let back = InvoiceCommand::Return { payment_id: payment(2), value_date: day(PAID), reason: "AC04".to_owned() };
    let returned = Invoice::replay(events.clone()).decide(back).expect("it comes back");
    let again = pays([events, returned].concat(), 4, eur(dec!(38)), eur(dec!(0.80)));
    assert_eq!(shown(&taken(&again)[3].1), ["S 19 0.67 0.13"]);
}

/// Without the company's word, or under terms agreed before it, a discount corrects nothing.
#[test]
fn terms_that_do_not_say_so_correct_nothing() {
    let document = bill(&[(category("S", dec!(19)), dec!(100))], Currency::EUR);
    let silent = AgreedTerms { discounted_tax: vec![], ..terms(&two_percent(), &document) };
    let events = vec![correcting(&document, &two_percent())[0].clone(), InvoiceEvent::TermsAgreed { terms: silent }];
    assert_eq!(taken(&pays(events, 1, eur(dec!(116.62)), eur(dec!(2.38)))), [(eur(dec!(2.38)), vec![])]);
}

/// 100.00 at 20 % and 100.00 at 5.5 % are 225.50, and 2 % of them 4.51. Of what a credit note takes away no discount is taken any more: all of
/// the lower rate leaves 2.40 of the higher one alone, half of it 3.46 of 172.75.
#[test]
fn a_credit_note_of_one_rate_leaves_the_discount_to_correct_what_is_left() {
    let document = bill(&[(category("S", dec!(20)), dec!(100)), (category("S", dec!(5.5)), dec!(100))], Currency::EUR);
    let mut events = correcting(&document, &two_percent());
    let version_hash = Invoice::replay(events.clone()).received().expect("received").version_hash();
    events.push(InvoiceEvent::Submitted { round: 1, approval_id: ROUND_1, by: ANNA, version_hash: version_hash.clone() });
    events.push(InvoiceEvent::Approved { round: 1, approval_id: ROUND_1, version_hash });
    let note = vec![TaxSubtotal { category: category("S", dec!(5.5)), taxable: dec!(100), tax: dec!(5.50) }];
    let credited = |amount| {
        let against = Against::CreditNote(CREDIT_NOTE);
        let allocation = Allocation { allocation_id: ALLOCATION, against, amount: eur(amount), effective_date: day("2026-03-05") };
        let allocate = InvoiceCommand::Allocate { allocation, by: ERIN, reason: None, tax_breakdown: note.clone() };
        [events.clone(), Invoice::replay(events.clone()).decide(allocate).expect("it is set off")].concat()
    };
    let back = InvoiceEvent::AllocationReversed {
        allocation_id: ALLOCATION,
        amount: eur(dec!(105.50)),
        effective_date: day("2026-03-06"),
        by: ERIN,
        reason: "wrong".to_owned(),
    };
    let table: [(Vec<InvoiceEvent>, Decimal, Decimal, &[&str]); 3] = [
        (credited(dec!(105.50)), dec!(117.60), dec!(2.40), &["S 20 2.00 0.40"]),
        (credited(dec!(52.75)), dec!(169.29), dec!(3.46), &["S 20 2.00 0.40", "S 5.5 1.00 0.06"]),
        ([credited(dec!(105.50)), vec![back]].concat(), dec!(220.99), dec!(4.51), &["S 20 2.00 0.40", "S 5.5 2.00 0.11"]),
    ];
    for (row, (events, cash, discount, expected)) in table.into_iter().enumerate() {
        let left = Invoice::replay(events.clone()).received().expect("received").settlement(None, day(PAID));
        assert_eq!((left.cash, left.discount), (eur(cash), eur(discount)), "row {row}");
        assert_eq!(shown(&taken(&pays(events, 1, eur(cash), eur(discount)))[0].1), expected, "row {row}");
    }
}

fn dollars() -> RateTable {
    let mut rates = RateTable::default();
    for (on, rate) in [("2026-03-01", dec!(1.10)), (PAID, dec!(1.25))] {
        rates.quote(Quote { unit: Currency::EUR, currency: Currency::USD, on: day(on), rate });
    }
    rates
}

/// Every entry in balance, in the order in which they were posted.
fn posted(events: &[InvoiceEvent], books: &Books, rates: &RateTable) -> Vec<Entry> {
    let at = Posting { books, rates, invoice: Uuid::from_u128(7), recorded_on: day(PAID), order: None, deducted: nothing_deducted() };
    let mut account = None;
    let mut entries = Vec::new();
    for event in events {
        match (event, &mut account) {
            (InvoiceEvent::Received(reception), _) => {
                let (received, first) = PayableAccount::received(reception, at);
                account = Some(received);
                entries.extend(first);
            }
            (event, Some(account)) => entries.extend(account.on(event, at)),
            (_, None) => panic!("nothing was received"),
        }
    }
    entries.into_iter().map(|entry| entry.balanced().expect("it balances")).collect()
}

fn lines(entry: &Entry) -> Vec<String> {
    let code = |code: &Option<quittance_domain::chart::Code>| code.as_ref().map_or("-".to_owned(), ToString::to_string);
    let base = |base: Option<Decimal>| base.map_or("?".to_owned(), |base| base.normalize().to_string());
    entry.lines.iter().map(|l| format!("{} {} {} {}", l.account, code(&l.tax_code), l.amount, base(l.base))).collect()
}

#[test]
fn the_books_take_back_the_tax_on_the_day_of_the_payment_and_give_it_back_with_it() {
    let document = bill(&[(category("S", dec!(19)), dec!(1000)), (category("S", dec!(7)), dec!(500))], Currency::EUR);
    let paid = pays(correcting(&document, &two_percent()), 1, eur(dec!(1690.50)), eur(dec!(34.50)));
    let back = InvoiceCommand::Return { payment_id: payment(1), value_date: day("2026-03-20"), reason: "AC04".to_owned() };
    let returned = Invoice::replay(paid.clone()).decide(back).expect("it comes back");
    let entries = posted(&[paid, returned].concat(), &books(), &RateTable::default());
    let discount = entries.iter().find(|e| e.reason.to_string() == "discount_taken").expect("a discount");
    // Both rates have the code S in the standard chart.
    let expected =
        ["2000 - 34.50 EUR 34.5", "4700 S -20.00 EUR -20", "1400 S -3.80 EUR -3.8", "4700 S -10.00 EUR -10", "1400 S -0.70 EUR -0.7"];
    assert_eq!((lines(discount), discount.effective_date), (expected.map(str::to_owned).to_vec(), day(PAID)));
    let reversed = entries.iter().find(|e| e.reason.to_string() == "discount_reversed").expect("taken back");
    assert_eq!(reversed.lines, Entry::reversed(&discount.lines));
}

fn discounts_account() -> String {
    books().account(quittance_domain::chart::PostingRole::DiscountsReceived).to_string()
}

/// The discount relieves the liability at the invoice's rate, whatever the dollar costs on the day of the payment.
#[test]
fn in_another_currency_the_correction_is_at_the_invoices_rate() {
    let document = bill(&[(category("S", dec!(19)), dec!(1000))], Currency::USD);
    let paid = pays(correcting(&document, &two_percent()), 1, money(dec!(1166.20), "USD"), money(dec!(23.80), "USD"));
    let entries = posted(&paid, &books(), &dollars());
    let discount = entries.iter().find(|e| e.reason.to_string() == "discount_taken").expect("a discount");
    let base: Vec<Decimal> = discount.lines.iter().map(|line| line.base.expect("a rate").normalize()).collect();
    // 23.80 at 1.10 dollars each is 21.64, and its parts are shares of that.
    assert_eq!(base, [dec!(21.64), dec!(-18.18), dec!(-3.46)]);
}

/// A code of reverse charge owes less and deducts less; one that is not deductible gives back where the tax went.
#[test]
fn the_correction_goes_where_the_tax_code_went() {
    let mut books = books();
    let lost = TaxCode {
        code: code("ND"),
        name: "Not deductible".to_owned(),
        category: "S".to_owned(),
        rates: vec![TaxRate { from: day("2007-01-01"), percent: dec!(19) }],
        input_account: code("6000"),
        output_account: None,
        active: true,
    };
    let abroad = TaxCode {
        code: code("AE"),
        category: "AE".to_owned(),
        input_account: code("1400"),
        output_account: Some(code("2200")),
        ..lost.clone()
    };
    books.learn_chart(&ChartEvent::TaxCodeDefined { tax_code: lost, by: DORA });
    books.learn_chart(&ChartEvent::TaxCodeDefined { tax_code: abroad, by: DORA });
    let document = bill(&[(category("S", dec!(19)), dec!(1000)), (category("AE", dec!(0)), dec!(810))], Currency::EUR);
    let to = |tax: &str| Assignment { tax_code: tax.parse().ok(), ..assignment("6100", "100") };
    let part = |tax: &str, amount| CodedPart { to: to(tax), percent: None, amount };
    let coded = CodedLine {
        line: "1".to_owned(),
        tax: category("S", dec!(19)),
        parts: vec![part("S", dec!(500)), part("ND", dec!(500))],
        default_of: None,
    };
    let coded = InvoiceEvent::Coded { coding: Box::new(Coding { lines: vec![coded] }), by: CARL, effective_date: None };
    let paid = pays([correcting(&document, &two_percent()), vec![coded]].concat(), 1, eur(dec!(1960.00)), eur(dec!(40.00)));
    let entries = posted(&paid, &books, &RateTable::default());
    let discount = entries.iter().find(|e| e.reason.to_string() == "discount_taken").expect("a discount");
    let received = discounts_account();
    let on = |account: &str, code: &str| -> Decimal {
        let of =
            discount.lines.iter().filter(|l| l.account.to_string() == account && l.tax_code.as_ref().is_some_and(|c| c.as_str() == code));
        of.map(|l| l.amount.amount()).sum()
    };
    assert_eq!((on(&received, "S"), on("1400", "S")), (dec!(-10.00), dec!(-1.90)));
    assert_eq!((on(&received, "ND"), on("6000", "ND")), (dec!(-10.00), dec!(-1.90)));
    assert_eq!((on(&received, "AE"), on("1400", "AE"), on("2200", "AE")), (dec!(-16.20), dec!(-3.08), dec!(3.08)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever is billed at which rates, and however a discount is parted and comes back: the parts are the discount, and the books
    /// balance in both currencies.
    #[test]
    fn the_parts_are_the_discount_and_debits_are_credits(
        nets in prop::collection::vec((0usize..4, 1i64..500_000), 1..6),
        shares in prop::collection::vec(1i64..9_999, 1..5),
        returned in any::<bool>(),
        in_dollars in any::<bool>(),
    ) {
        let categories = [category("S", dec!(19)), category("S", dec!(7)), category("AE", dec!(0)), category("E", dec!(0))];
        let nets: Vec<_> = nets.into_iter().map(|(index, cents)| (categories[index].clone(), Decimal::new(cents, 2))).collect();
        let currency = if in_dollars { Currency::USD } else { Currency::EUR };
        let document = bill(&nets, currency);
        let rule = TermsRule { discount_on_partials: true, ..two_percent() };
        let agreed = terms(&rule, &document);
        let weights: Vec<Decimal> = shares.iter().map(|share| Decimal::from(*share)).collect();
        let whole = agreed.discounts[0].amount;
        let (discounts, cash) = (whole.allocate(&weights), Money::rounded(document.totals.payable, currency).minus(whole).unwrap().allocate(&weights));
        let (Some(discounts), Some(cash)) = (discounts, cash) else { return Ok(()) };
        let paid = (1..).zip(cash.into_iter().zip(discounts)).filter(|(_, (_, discount))| discount.is_positive());
        let mut events = paid.fold(correcting(&document, &rule), |events, (n, (cash, discount))| pays(events, n, cash, discount));
        for (amount, parts) in taken(&events) {
            prop_assert_eq!(sum(&parts), amount.amount());
        }
        let all: Vec<TaxSubtotal> = taken(&events).into_iter().flat_map(|(_, parts)| parts).collect();
        let once = agreed.tax_in(Money::rounded(sum(&all), currency), &[]);
        for part in &once {
            let of: Vec<&TaxSubtotal> = all.iter().filter(|p| p.category == part.category).collect();
            prop_assert_eq!(of.iter().map(|p| p.tax).sum::<Decimal>(), part.tax);
        }
        if returned {
            let back = InvoiceCommand::Return { payment_id: payment(1), value_date: day(PAID), reason: "AC04".to_owned() };
            events.extend(Invoice::replay(events.clone()).decide(back).expect("it comes back"));
        }
        let entries = posted(&events, &books(), &dollars());
        let (gone, discounts) = (taken(&events).len(), entries.iter().filter(|e| e.reason.to_string() == "discount_taken").count());
        prop_assert_eq!(gone, discounts);
    }
}

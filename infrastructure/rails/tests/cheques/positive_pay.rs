//! Lists of cheques for the bank: the usual layout, a fixed one, and what is refused.

use quittance_domain::bank_account::{AbaRoutingNumber, AccountNumber};
use quittance_domain::chequebook::{ChequeColumn, ChequeFact, DatePattern, ListColumn, ListFact, ListShape, PositivePayLayout};
use quittance_domain::money::{Currency, Money};
use quittance_rails::positive_pay::{Cheque, ChequeState, PositivePayFile, PositivePayRefusal, write_positive_pay};
use rust_decimal::{Decimal, dec};

fn usd(amount: Decimal) -> Money {
    Money::exact(amount, Currency::USD).expect("dollars")
}

fn cheque(number: u64, amount: Decimal, payee: &str) -> Cheque {
    Cheque {
        number,
        routing_number: AbaRoutingNumber::parse("121042882").expect("a routing number"),
        account: AccountNumber::parse("0001-234 567").expect("an account"),
        amount: usd(amount),
        issued_on: "2026-03-09".parse().expect("a day"),
        payee: payee.to_owned(),
        state: ChequeState::Issued,
    }
}

fn fixed(columns: Vec<(ChequeFact, u8)>) -> PositivePayLayout {
    let columns = columns.into_iter().map(|(fact, width)| ChequeColumn { fact, width: Some(width) }).collect();
    PositivePayLayout { shape: ListShape::Fixed {}, with_names: false, header: vec![], columns, trailer: vec![] }
}

fn written(cheques: &[Cheque], layout: &PositivePayLayout) -> Result<PositivePayFile, PositivePayRefusal> {
    write_positive_pay(cheques, layout, "2026-03-31".parse().expect("a day"))
}

#[test]
fn the_usual_list() {
    let void = Cheque { state: ChequeState::Void, ..cheque(102, dec!(3), "Nobody") };
    let cheques = [cheque(101, dec!(1234.50), "Müller, \"Söhne\" & Co"), void];
    let file = written(&cheques, &PositivePayLayout::usual()).expect("a list");
    let expected = "account,cheque_number,issue_date,amount,payee,state\r\n\
        0001234567,101,03/09/2026,1234.50,\"Muller, \"\"Sohne\"\" & Co\",I\r\n\
        0001234567,102,03/09/2026,3.00,Nobody,V\r\n";
    assert_eq!(String::from_utf8_lossy(&file.bytes), expected);
    assert_eq!((file.cheques, file.issued), (2, usd(dec!(1234.50))), "a void cheque pays nothing");
    assert_eq!(written(&cheques, &PositivePayLayout::usual()).as_ref(), Ok(&file));
}

#[test]
fn a_form_that_was_spoiled_has_no_amount() {
    let spoiled = Cheque { state: ChequeState::Void, ..cheque(103, dec!(0), "VOID") };
    let file = written(std::slice::from_ref(&spoiled), &PositivePayLayout::usual()).expect("a list");
    assert!(String::from_utf8_lossy(&file.bytes).ends_with("103,03/09/2026,0.00,VOID,V\r\n"));
    let issued = Cheque { state: ChequeState::Issued, ..spoiled };
    assert_eq!(written(&[issued], &PositivePayLayout::usual()), Err(PositivePayRefusal::AmountNotPositive { number: 103 }));
}

#[test]
fn fixed_columns_fill_numbers_with_zeros_and_cut_the_payee_only() {
    let state = ChequeFact::State { issued: "I".to_owned(), void: "V".to_owned() };
    let layout = fixed(vec![
        (ChequeFact::Constant { text: "D".to_owned() }, 2),
        (ChequeFact::RoutingNumber {}, 9),
        (ChequeFact::Account {}, 12),
        (ChequeFact::ChequeNumber {}, 8),
        (ChequeFact::AmountInMinorUnits {}, 10),
        (ChequeFact::IssuedOn { pattern: DatePattern::YearMonthDay }, 8),
        (state, 1),
        (ChequeFact::Payee {}, 6),
    ]);
    let file = written(&[cheque(7, dec!(0.09), "Ludlow Paper")], &layout).expect("a list");
    let expected = ["D ", "121042882", "000001234567", "00000007", "0000000009", "20260309", "I", "Ludlow", "\r\n"];
    assert_eq!(String::from_utf8_lossy(&file.bytes), expected.concat());
}

#[test]
fn what_a_bank_could_not_use_is_refused() {
    let one = |cheque: Cheque| written(&[cheque], &PositivePayLayout::usual());
    assert_eq!(written(&[], &PositivePayLayout::usual()), Err(PositivePayRefusal::NoCheques));
    assert_eq!(one(cheque(1, dec!(0), "A")), Err(PositivePayRefusal::AmountNotPositive { number: 1 }));
    assert_eq!(one(cheque(1, dec!(1), " \u{2003} ")), Err(PositivePayRefusal::PayeeIllegible { number: 1 }));
    let twice = [cheque(1, dec!(1), "A"), cheque(1, dec!(2), "B")];
    assert_eq!(written(&twice, &PositivePayLayout::usual()), Err(PositivePayRefusal::ChequeRepeated { number: 1 }));
    let euros = Cheque { amount: Money::exact(dec!(1), Currency::EUR).expect("euros"), ..cheque(2, dec!(1), "B") };
    assert_eq!(written(&[cheque(1, dec!(1), "A"), euros], &PositivePayLayout::usual()), Err(PositivePayRefusal::Sum));
    let narrow = fixed(vec![(ChequeFact::ChequeNumber {}, 2)]);
    let refused = written(&[cheque(100, dec!(1), "A")], &narrow);
    assert_eq!(refused, Err(PositivePayRefusal::TooWide { number: 100, column: "cheque_number" }));
    let short = PositivePayLayout { trailer: vec![ListColumn { fact: ListFact::Total {}, width: Some(3) }], ..PositivePayLayout::usual() };
    assert_eq!(written(&[cheque(1, dec!(1), "A")], &short), Err(PositivePayRefusal::TotalTooWide));
}

#[test]
fn the_first_and_the_last_line_tell_of_all_cheques() {
    let (column, text) = (|fact, width| ListColumn { fact, width: Some(width) }, |text: &str| ListFact::Constant { text: text.to_owned() });
    let header = vec![
        column(text("H"), 1),
        column(ListFact::RoutingNumber {}, 9),
        column(ListFact::Account {}, 12),
        column(ListFact::LastDay { pattern: DatePattern::MonthDayShortYear }, 6),
        column(text(""), 3),
    ];
    let totals = vec![
        column(text("T"), 1),
        column(ListFact::Cheques {}, 4),
        column(ListFact::TotalInMinorUnits {}, 12),
        column(ListFact::Total {}, 9),
    ];
    let facts = vec![
        (ChequeFact::ChequeNumber {}, 6),
        (ChequeFact::Amount {}, 8),
        (ChequeFact::IssuedOn { pattern: DatePattern::ShortYearMonthDay }, 6),
    ];
    let layout = PositivePayLayout { header, trailer: totals, ..fixed(facts) };
    let void = Cheque { state: ChequeState::Void, ..cheque(102, dec!(3), "Nobody") };
    let file = written(&[cheque(101, dec!(1234.50), "A"), void], &layout).expect("a list");
    let expected = ["H121042882000001234567033126   ", "00010101234.50260309", "00010200003.00260309", "T0002000000123450001234.50", ""];
    assert_eq!(String::from_utf8_lossy(&file.bytes), expected.join("\r\n"));

    let bars = PositivePayLayout { shape: ListShape::Separated { by: '|' }, with_names: false, ..PositivePayLayout::usual() };
    let file = written(&[cheque(7, dec!(1), "A|B, C")], &bars).expect("a list");
    assert_eq!(String::from_utf8_lossy(&file.bytes), "0001234567|7|03/09/2026|1.00|\"A|B, C\"|I\r\n");
}

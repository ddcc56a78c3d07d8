//! Lists of cheques for the bank: the usual layout, a fixed one, and what is refused.

use quittance_domain::bank_account::{AbaRoutingNumber, AccountNumber};
use quittance_domain::money::{Currency, Money};
use quittance_rails::positive_pay::{
    Cheque, ChequeState, Column, DatePattern, Fact, Layout, PositivePayRefusal, Shape, write_positive_pay,
};
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

fn fixed(columns: Vec<(Fact, usize)>) -> Layout {
    let columns = columns.into_iter().map(|(fact, width)| Column { fact, width: Some(width) }).collect();
    Layout { shape: Shape::Fixed, with_names: false, columns }
}

#[test]
fn the_usual_list() {
    let void = Cheque { state: ChequeState::Void, ..cheque(102, dec!(3), "Nobody") };
    let cheques = [cheque(101, dec!(1234.50), "Müller, \"Söhne\" & Co"), void];
    let file = write_positive_pay(&cheques, &Layout::usual()).expect("a list");
    let expected = "account,cheque_number,issue_date,amount,payee,state\r\n\
        0001234567,101,03/09/2026,1234.50,\"Muller, \"\"Sohne\"\" & Co\",I\r\n\
        0001234567,102,03/09/2026,3.00,Nobody,V\r\n";
    assert_eq!(String::from_utf8_lossy(&file.bytes), expected);
    assert_eq!((file.cheques, file.issued), (2, usd(dec!(1234.50))), "a void cheque pays nothing");
    assert_eq!(write_positive_pay(&cheques, &Layout::usual()).as_ref(), Ok(&file));
}

#[test]
fn a_form_that_was_spoiled_has_no_amount() {
    let spoiled = Cheque { state: ChequeState::Void, ..cheque(103, dec!(0), "VOID") };
    let file = write_positive_pay(std::slice::from_ref(&spoiled), &Layout::usual()).expect("a list");
    assert!(String::from_utf8_lossy(&file.bytes).ends_with("103,03/09/2026,0.00,VOID,V\r\n"));
    let issued = Cheque { state: ChequeState::Issued, ..spoiled };
    assert_eq!(write_positive_pay(&[issued], &Layout::usual()), Err(PositivePayRefusal::AmountNotPositive { number: 103 }));
}

#[test]
fn fixed_columns_fill_numbers_with_zeros_and_cut_the_payee_only() {
    let state = Fact::State { issued: "I".to_owned(), void: "V".to_owned() };
    let layout = fixed(vec![
        (Fact::Constant("D".to_owned()), 2),
        (Fact::RoutingNumber, 9),
        (Fact::Account, 12),
        (Fact::ChequeNumber, 8),
        (Fact::AmountInMinorUnits, 10),
        (Fact::IssuedOn { pattern: DatePattern::YearMonthDay }, 8),
        (state, 1),
        (Fact::Payee, 6),
    ]);
    let file = write_positive_pay(&[cheque(7, dec!(0.09), "Ludlow Paper")], &layout).expect("a list");
    let expected = ["D ", "121042882", "000001234567", "00000007", "0000000009", "20260309", "I", "Ludlow", "\r\n"];
    assert_eq!(String::from_utf8_lossy(&file.bytes), expected.concat());
}

#[test]
fn what_a_bank_could_not_use_is_refused() {
    let one = |cheque: Cheque| write_positive_pay(&[cheque], &Layout::usual());
    assert_eq!(write_positive_pay(&[], &Layout::usual()), Err(PositivePayRefusal::NoCheques));
    assert_eq!(one(cheque(1, dec!(0), "A")), Err(PositivePayRefusal::AmountNotPositive { number: 1 }));
    assert_eq!(one(cheque(1, dec!(1), " \u{2003} ")), Err(PositivePayRefusal::PayeeIllegible { number: 1 }));
    let twice = [cheque(1, dec!(1), "A"), cheque(1, dec!(2), "B")];
    assert_eq!(write_positive_pay(&twice, &Layout::usual()), Err(PositivePayRefusal::ChequeRepeated { number: 1 }));
    let euros = Cheque { amount: Money::exact(dec!(1), Currency::EUR).expect("euros"), ..cheque(2, dec!(1), "B") };
    assert_eq!(write_positive_pay(&[cheque(1, dec!(1), "A"), euros], &Layout::usual()), Err(PositivePayRefusal::Sum));
    let narrow = fixed(vec![(Fact::ChequeNumber, 2)]);
    let refused = write_positive_pay(&[cheque(100, dec!(1), "A")], &narrow);
    assert_eq!(refused, Err(PositivePayRefusal::TooWide { number: 100, column: 0 }));
    let widthless = Layout { shape: Shape::Fixed, ..Layout::usual() };
    assert_eq!(write_positive_pay(&[cheque(1, dec!(1), "A")], &widthless), Err(PositivePayRefusal::Layout));
    assert_eq!(write_positive_pay(&[cheque(1, dec!(1), "A")], &fixed(vec![])), Err(PositivePayRefusal::Layout));
}

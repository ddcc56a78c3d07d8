//! Addenda are segments of X12: counted, ended, and never broken by what an invoice's number holds.

use chrono::NaiveDate;
use quittance_domain::money::{Currency, Money};
use quittance_rails::nacha::{Paid, RemittanceOrder, note, payment_order};
use rust_decimal::Decimal;

fn usd(cents: i64) -> Money {
    Money::exact(Decimal::new(cents, 2), Currency::USD).expect("dollars")
}

#[test]
fn one_invoice_is_one_segment_of_at_most_eighty_characters() {
    assert_eq!(note(&Paid { invoice: "INV*7\\x", amount: usd(10_050) }), "RMR*IV*INV 7 x**100.50\\");
    let long = "№ 12345678901234567890".repeat(5);
    let cut = note(&Paid { invoice: &long, amount: usd(9_999_999_999) });
    assert!(cut.len() <= 80 && cut.ends_with("**99999999.99\\"), "{cut}");
}

#[test]
fn several_invoices_are_a_whole_payment_order() {
    let day = NaiveDate::from_ymd_opt(2026, 3, 9).expect("a day");
    let paid = [Paid { invoice: "A-1", amount: usd(100) }, Paid { invoice: "B>2", amount: usd(250) }];
    let order = RemittanceOrder {
        payer: "Ludlow Paper Company",
        payer_id: "1234567890",
        payee: "Ångström & Söhne",
        identification: "0ABCDEFGHIJKLMN",
        created_at: day.and_hms_opt(14, 5, 0).expect("a time"),
        effective_date: day,
        total: usd(350),
        paid: &paid,
    };
    let text = payment_order(&order);
    let segments: Vec<&str> = text.split_terminator('\\').collect();
    assert_eq!(segments[0].len(), 105, "an interchange header has 106 characters with its end");
    assert_eq!(
        segments[1..],
        [
            "GS*RA*1234567890*0ABCDEFGHIJKLMN*20260309*1405*1*X*005010",
            "ST*820*0001",
            "BPR*C*3.50*C*ACH*CTX***********20260309",
            "TRN*1*0ABCDEFGHIJKLMN",
            "N1*PR*Ludlow Paper Company",
            "N1*PE*Angstrom & Sohne",
            "ENT*1",
            "RMR*IV*A-1**1.00",
            "RMR*IV*B 2**2.50",
            "SE*9*0001",
            "GE*1*1",
            "IEA*1*000000001"
        ]
    );
}

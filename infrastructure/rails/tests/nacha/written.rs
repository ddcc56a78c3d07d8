//! Credits that we write are read back without a finding, add up, and are the same bytes each time.

use chrono::NaiveDate;
use proptest::prelude::*;
use quittance_domain::bank_account::{AbaRoutingNumber, AccountNumber};
use quittance_domain::money::{Currency, Money};
use quittance_rails::nacha::records::{batch_control, entry, file_control, file_header};
use quittance_rails::nacha::{AccountKind, Credit, CreditBatch, CreditClass, CreditRefusal, Offset, Originator, read, write_credits};
use rust_decimal::Decimal;

pub fn originator() -> Originator {
    Originator {
        destination: AbaRoutingNumber::parse("011000015").expect("a routing number"),
        destination_name: "First Bank of Boston".to_owned(),
        bank: AbaRoutingNumber::parse("011000015").expect("a routing number"),
        origin: "1234567890".to_owned(),
        origin_name: "Ludlow Paper Company".to_owned(),
        created_at: NaiveDate::from_ymd_opt(2026, 3, 9).and_then(|day| day.and_hms_opt(14, 5, 0)).expect("a time"),
        modifier: 'A',
        reference: String::new(),
    }
}

pub fn batch(class: CreditClass, entries: Vec<Credit>) -> CreditBatch {
    CreditBatch {
        class,
        company_name: "Ludlow Paper Company".to_owned(),
        company_id: "1234567890".to_owned(),
        description: "VENDOR PMT".to_owned(),
        effective_date: NaiveDate::from_ymd_opt(2026, 3, 11).expect("a day"),
        entries,
        offset: None,
    }
}

pub fn credit(cents: i64, remittance: &str) -> Credit {
    Credit {
        bank: AbaRoutingNumber::parse("121042882").expect("a routing number"),
        account: AccountNumber::parse("000 123 456").expect("an account"),
        account_kind: AccountKind::Checking,
        amount: usd(cents),
        identification: "INV-1".to_owned(),
        name: "Ångström & Söhne".to_owned(),
        remittance: remittance.to_owned(),
    }
}

fn usd(cents: i64) -> Money {
    Money::exact(Decimal::new(cents, 2), Currency::USD).expect("dollars")
}

#[test]
fn the_bytes_are_what_the_format_says() {
    let file = write_credits(&originator(), &[batch(CreditClass::Ccd, vec![credit(12_345, "Invoice 1")])]).expect("a file");
    let text = String::from_utf8(file.bytes()).expect("ASCII");
    let expected = [
        "101 01100001512345678902603091405A094101First Bank of Boston   Ludlow Paper Company           ",
        "5220Ludlow Paper Com                    1234567890CCDVENDOR PMT      260311   1011000010000001",
        "622121042882000123456        0000012345INV-1          Angstrom & Sohne        1011000010000001",
        "705Invoice 1                                                                       00010000001",
        "82200000020012104288000000000000000000012345",
        "9000001000001000000020012104288000000000000000000012345",
    ];
    for (line, expected) in text.lines().zip(expected) {
        assert_eq!(line.len(), 94);
        assert!(line.starts_with(expected.trim_end()), "{line}\n{expected}");
    }
    assert_eq!(text.lines().count(), 10);
    assert!(text.lines().skip(6).all(|line| line == "9".repeat(94)));
}

#[test]
fn a_long_remittance_is_a_ctx_entry_with_counted_addenda() {
    let long = "invoice ".repeat(40);
    let file = write_credits(&originator(), &[batch(CreditClass::Ctx, vec![credit(1, &long), credit(2, "")])]).expect("a file");
    assert_eq!(file.batches[0].entries[0].addenda.len(), 4);
    assert_eq!(read(&file.bytes()).findings, []);
    let refused = write_credits(&originator(), &[batch(CreditClass::Ccd, vec![credit(1, "paid"), credit(1, &long)])]);
    assert_eq!(refused, Err(CreditRefusal::Remittance { batch: 0, entry: 1 }));
}

#[test]
fn a_balanced_batch_debits_the_sender_for_the_sum() {
    for (class, kind, code) in [(CreditClass::Ctx, AccountKind::Savings, 37), (CreditClass::Ccd, AccountKind::Checking, 27)] {
        let offset = Offset { account: AccountNumber::parse("99 88").expect("an account"), account_kind: kind };
        let batch = CreditBatch { offset: Some(offset), ..batch(class, vec![credit(150, "Invoice 1"), credit(50, "")]) };
        let file = write_credits(&originator(), &[batch]).expect("a file");
        assert_eq!(read(&file.bytes()).findings, []);
        let last = &file.batches[0].entries[2];
        assert_eq!((last.cents(), last.detail.number(entry::CODE), last.detail.text(entry::ACCOUNT)), (200, code, "9988"));
        assert_eq!((file.control.number(file_control::DEBITS), file.control.number(file_control::CREDITS)), (200, 200));
    }
}

#[test]
fn what_the_format_cannot_hold_is_refused() {
    let one = |credit: Credit| write_credits(&originator(), &[batch(CreditClass::Ppd, vec![credit])]).expect_err("refused").code();
    let euros = Money::exact(Decimal::ONE, Currency::EUR).expect("euros");
    let long_account = AccountNumber::parse("123456789012345678").expect("an account");
    let refused = [
        (Credit { amount: euros, ..credit(1, "") }, "not_dollars"),
        (credit(0, ""), "amount"),
        (credit(-1, ""), "amount"),
        (credit(10_000_000_000, ""), "amount"),
        (Credit { account: long_account, ..credit(1, "") }, "account"),
        (Credit { identification: "1234567890123456".to_owned(), ..credit(1, "") }, "too_long"),
        (Credit { name: "\u{2003}".to_owned(), ..credit(1, "") }, "name"),
        (Credit { name: "000".to_owned(), ..credit(1, "") }, "name"),
    ];
    for (credit, code) in refused {
        assert_eq!(one(credit), code);
    }
    assert_eq!(write_credits(&originator(), &[]), Err(CreditRefusal::NothingToPay));
    assert_eq!(write_credits(&originator(), &[batch(CreditClass::Ppd, vec![])]), Err(CreditRefusal::NothingToPay));
    let modifier = Originator { modifier: 'a', ..originator() };
    assert_eq!(write_credits(&modifier, &[batch(CreditClass::Ppd, vec![credit(1, "")])]), Err(CreditRefusal::Modifier));
    let origin = Originator { origin: "12345678901".to_owned(), ..originator() };
    assert!(matches!(write_credits(&origin, &[batch(CreditClass::Ppd, vec![credit(1, "")])]), Err(CreditRefusal::TooLong { .. })));
}

fn credits() -> impl Strategy<Value = Vec<(i64, String, bool)>> {
    prop::collection::vec((1..9_999_999_999i64, "\\PC{0,60}", any::<bool>()), 1..30)
}

proptest! {
    #[test]
    fn any_credits_are_read_back_and_add_up(first in credits(), second in credits()) {
        let made = |parts: &[(i64, String, bool)]| -> Vec<Credit> {
            let kind = |savings: bool| if savings { AccountKind::Savings } else { AccountKind::Checking };
            parts.iter().map(|(cents, text, savings)| Credit { account_kind: kind(*savings), name: format!("V{text}"), ..credit(*cents, text) }).collect()
        };
        let batches = [batch(CreditClass::Ctx, made(&first)), batch(CreditClass::Ctx, made(&second))];
        let file = write_credits(&originator(), &batches).expect("a file");
        let bytes = file.bytes();
        prop_assert_eq!(&write_credits(&originator(), &batches).expect("a file").bytes(), &bytes);
        let reading = read(&bytes);
        prop_assert_eq!(&reading.findings, &vec![]);
        let back = reading.accepted().expect("no faults");
        prop_assert_eq!(back.bytes(), bytes);
        let cents: i64 = first.iter().chain(&second).map(|(cents, ..)| cents).sum();
        prop_assert_eq!(back.control.number(file_control::CREDITS), u64::try_from(cents).expect("positive"));
        prop_assert_eq!(back.control.number(file_control::BATCHES), 2);
        for (read, paid) in back.batches.iter().zip([&first, &second]) {
            prop_assert_eq!(read.entries.len(), paid.len());
            prop_assert_eq!(read.control.number(batch_control::DEBITS), 0);
            for (one, (cents, ..)) in read.entries.iter().zip(paid) {
                prop_assert_eq!(one.cents(), u64::try_from(*cents).expect("positive"));
                prop_assert_eq!(one.detail.text(entry::ACCOUNT), "000123456");
            }
        }
        prop_assert_eq!(back.header.text(file_header::ORIGIN), "1234567890");
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), at in 0..900usize, byte in any::<u8>()) {
        let _ = read(&bytes);
        let mut file = write_credits(&originator(), &[batch(CreditClass::Ctx, vec![credit(5, "a remittance")])]).expect("a file").bytes();
        file[at] = byte;
        let _ = read(&file);
    }
}

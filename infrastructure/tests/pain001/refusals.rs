//! What a bank would refuse is refused before, with a code and the place.

use chrono::NaiveDate;
use quittance_domain::bank_account::{BankAccount, ClearingMember};
use quittance_infrastructure::pain001::{
    Address, CreditTransferFile, InstructedAmount, Overlong, Pain001Error, Refusal, Remittance, Version, write,
};
use rust_decimal::{Decimal, dec};

use crate::example::{INTERNATIONAL, amount_of, file, iban, other, party};

/// `code pointer`, or how many transactions were written.
fn verdict(file: &CreditTransferFile, version: Version) -> String {
    match write(file, version) {
        Ok(written) => written.control.transactions.to_string(),
        Err(Pain001Error::Refused { pointer, reason }) => format!("{} {pointer}", reason.code()),
        Err(Pain001Error::Unwritable(error)) => error.to_string(),
    }
}

type Change = fn(&mut CreditTransferFile);

fn assert_verdicts(table: &[(Change, Version, &str)]) {
    for (row, (change, version, expected)) in table.iter().enumerate() {
        let mut file = file();
        change(&mut file);
        assert_eq!(verdict(&file, *version), *expected, "row {row}");
    }
}

#[test]
fn the_example_is_written_in_every_version_that_its_accounts_allow() {
    for version in Version::ALL {
        let expected = if version == Version::GermanV002 { "creditor_bank_missing /blocks/0/transactions/0" } else { "2" };
        assert_eq!(verdict(&file(), version), expected, "{version:?}");
    }
}

#[test]
fn files_and_blocks() {
    assert_verdicts(&[
        (|f| f.blocks.clear(), Version::V09, "no_blocks "),
        (|f| f.blocks[0].transactions.clear(), Version::V09, "no_transactions /blocks/0"),
        (|f| f.blocks.push(f.blocks[0].clone()), Version::V09, "block_id_repeated /blocks/1"),
        (
            |f| {
                let repeated = f.blocks[0].transactions[1].clone();
                f.blocks[0].transactions.push(repeated);
            },
            Version::V09,
            "end_to_end_id_repeated /blocks/0/transactions/2",
        ),
        (|f| f.blocks[0].execution_date = NaiveDate::MAX, Version::V09, "date_out_of_range /blocks/0"),
        (|f| f.blocks[0].service = INTERNATIONAL, Version::GermanV003, "version_is_sepa_only /blocks/0"),
        (|f| f.blocks[0].service = INTERNATIONAL, Version::V03, "2"),
        (|f| f.blocks[0].debtor.name = "—".to_owned(), Version::V09, "name_illegible /blocks/0"),
        (|f| f.initiating_party.name = "   ".to_owned(), Version::V09, "name_illegible "),
    ]);
}

#[test]
fn banks_and_accounts() {
    assert_verdicts(&[
        (|f| f.blocks[0].debtor_account = iban("DE89370400440532013000", None), Version::V03, "2"),
        (|f| f.blocks[0].debtor_account = iban("DE89370400440532013000", None), Version::SwissV09, "debtor_bank_missing /blocks/0"),
        (|f| f.blocks[0].debtor_account = other("1234", Some("ABAAKHPP")), Version::V09, "sepa_needs_iban /blocks/0"),
        (
            |f| f.blocks[0].transactions[1].creditor_account = iban("SA0380000000608010167519", None),
            Version::V09,
            "iban_outside_sepa /blocks/0/transactions/1",
        ),
        (
            |f| f.blocks[0].transactions[1].creditor_account = mobile_money(),
            Version::V09,
            "account_not_payable_by_file /blocks/0/transactions/1",
        ),
        (
            |f| {
                f.blocks[0].service = INTERNATIONAL;
                f.blocks[0].transactions[0].creditor_account = other("1234", None);
            },
            Version::V09,
            "creditor_bank_missing /blocks/0/transactions/0",
        ),
        (
            |f| f.blocks[0].transactions[0].creditor_account = iban("FR1420041010050500013M02606", Some("BN1AFRPP")),
            Version::V03,
            "bic_not_in_version /blocks/0/transactions/0",
        ),
        (|f| f.blocks[0].transactions[0].creditor_account = iban("FR1420041010050500013M02606", Some("BN1AFRPP")), Version::V09, "2"),
    ]);
}

#[test]
fn money() {
    assert_verdicts(&[
        (|f| f.blocks[0].transactions[0].amount = amount_of("1", "USD"), Version::V09, "sepa_needs_euro /blocks/0/transactions/0"),
        (|f| f.blocks[0].transactions[0].amount = amount_of("999999999.99", "EUR"), Version::V09, "2"),
        (
            |f| f.blocks[0].transactions[0].amount = amount_of("1000000000", "EUR"),
            Version::V09,
            "amount_too_large /blocks/0/transactions/0",
        ),
        (
            |f| {
                f.blocks[0].service = INTERNATIONAL;
                f.blocks[0].transactions[0].amount = amount_of("999999999999999999", "JPY");
            },
            Version::V09,
            "control_sum_too_large ",
        ),
    ]);
    let amount = |amount, currency| InstructedAmount::new(amount, currency).map(|amount| amount.amount().to_string());
    assert_eq!(amount(dec!(1.5), "EUR"), Ok("1.50".to_owned()));
    assert_eq!(amount(dec!(1.5000), "EUR"), Ok("1.50".to_owned()));
    assert_eq!(amount(dec!(7.00), "JPY"), Ok("7".to_owned()));
    assert_eq!(amount(dec!(1.234), "BHD"), Ok("1.234".to_owned()));
    assert_eq!(amount(dec!(1.001), "EUR"), Err(Refusal::AmountPrecision));
    assert_eq!(amount(dec!(0.5), "JPY"), Err(Refusal::AmountPrecision));
    assert_eq!(amount(dec!(0), "EUR"), Err(Refusal::AmountNotPositive));
    assert_eq!(amount(dec!(-1), "EUR"), Err(Refusal::AmountNotPositive));
    assert_eq!(amount(Decimal::MAX, "EUR"), Err(Refusal::AmountTooLarge));
    assert_eq!(amount(Decimal::MAX, "JPY"), Err(Refusal::AmountTooLarge));
    assert_eq!(amount(dec!(1), "XAU"), Err(Refusal::CurrencyNotPayable));
    assert_eq!(amount(dec!(1), "ZZZ"), Err(Refusal::CurrencyNotPayable));
}

#[test]
fn texts_are_cut_only_when_told() {
    let long: Change = |f| f.blocks[0].transactions[0].remittance = Remittance::Unstructured("ß".repeat(71));
    let cut: Change = |f| {
        f.blocks[0].transactions[0].remittance = Remittance::Unstructured("ß".repeat(71));
        f.overlong = Overlong::Truncate;
    };
    assert_verdicts(&[
        (|f| f.blocks[0].transactions[0].remittance = Remittance::Unstructured("ß".repeat(70)), Version::V09, "2"),
        (long, Version::V09, "remittance_too_long /blocks/0/transactions/0"),
        (cut, Version::V09, "2"),
        (
            |f| f.blocks[0].transactions[0].remittance = Remittance::Unstructured(String::new()),
            Version::V09,
            "remittance_illegible /blocks/0/transactions/0",
        ),
        (|f| f.blocks[0].transactions[0].creditor = party(&"A".repeat(71)), Version::V09, "name_too_long /blocks/0/transactions/0"),
        (
            |f| {
                f.blocks[0].service = INTERNATIONAL;
                f.blocks[0].transactions[0].creditor = party(&"A".repeat(140));
            },
            Version::V09,
            "2",
        ),
    ]);
}

#[test]
fn addresses() {
    let vague: Change = |f| {
        let address = Address { lines: vec!["Somewhere".to_owned()], ..Address::default() };
        f.blocks[0].transactions[0].creditor.address = Some(address);
    };
    let vague_abroad: Change = |f| {
        let address = Address { lines: vec!["Somewhere".to_owned()], ..Address::default() };
        f.blocks[0].transactions[0].creditor.address = Some(address);
        f.blocks[0].service = INTERNATIONAL;
    };
    let long: Change = |f| {
        let address = Address { lines: vec!["x".repeat(71)], ..Address::default() };
        f.blocks[0].transactions[0].creditor.address = Some(address);
    };
    assert_verdicts(&[
        (vague, Version::V03, "2"),
        (vague, Version::V09, "2"),
        (vague_abroad, Version::V03, "2"),
        (vague_abroad, Version::V09, "address_incomplete /blocks/0/transactions/0"),
        (long, Version::V03, "address_too_long /blocks/0/transactions/0"),
    ]);
}

fn mobile_money() -> BankAccount {
    BankAccount::MobileMoney { provider: "wing".parse().expect("a provider"), handle: "012345678".parse().expect("a handle") }
}

#[test]
fn a_us_account_is_found_by_its_routing_number() {
    let mut file = file();
    file.blocks[0].service = INTERNATIONAL;
    let routing_number = "011000015".parse().expect("a routing number");
    assert_eq!(ClearingMember::from(&routing_number).system.as_str(), "USABA");
    file.blocks[0].transactions[0].creditor_account =
        BankAccount::Us { routing_number, account: "000123456789".parse().expect("an account number"), account_type: None };
    let written = write(&file, Version::V03).expect("a file");
    let text: String = String::from_utf8_lossy(&written.bytes).split_whitespace().collect();
    assert!(text.contains("<CdtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>USABA</Cd></ClrSysId><MmbId>011000015</MmbId></ClrSysMmbId>"));
    assert!(text.contains("<CdtrAcct><Id><Othr><Id>000123456789</Id></Othr></Id></CdtrAcct>"));
}

//! Bank accounts and their identifiers: what is accepted, what is refused and as what, and that nothing leaks into a log.

use proptest::prelude::*;
use quittance_domain::bank_account::{
    AbaRoutingNumber, AccountNumber, BankAccount, Bic, ClearingMember, ClearingSystem, Country, CreditorReference, Iban, IdentifierRefusal,
    MobileMoneyProvider, PaymentReference,
};
use serde_json::json;
use uuid::Uuid;

fn verdict<T: ToString>(parsed: Result<T, IdentifierRefusal>) -> String {
    match parsed {
        Ok(value) => value.to_string(),
        Err(refusal) => refusal.code().to_owned(),
    }
}

#[test]
fn ibans() {
    let table = [
        ("DE89370400440532013000", "DE89370400440532013000"),
        (" de89 3704 0044 0532 0130 00 ", "DE89370400440532013000"),
        ("NO93\u{a0}8601.11-17947", "NO9386011117947"),
        ("MC11 1273 9000 7000 1111 1000 h79", "MC1112739000700011111000H79"),
        ("GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"),
        ("DE89370400440532013001", "iban_checksum"),
        ("DE8937040044053201300", "iban_length"),
        ("DE893704004405320130000", "iban_length"),
        ("DE8937040044053201300A", "iban_structure"),
        ("DEA9370400440532013000", "iban_structure"),
        ("GB29123460161331926819", "iban_structure"),
        ("US64SVBKUS6S3300958879", "iban_country"),
        ("ZZ89370400440532013000", "iban_country"),
        ("", "iban_length"),
        ("D", "iban_length"),
        ("DE", "iban_length"),
        ("DE8", "iban_length"),
        ("DE89_370400440532013000", "iban_characters"),
        ("ДE89370400440532013000", "iban_characters"),
    ];
    for (text, expected) in table {
        assert_eq!(verdict(Iban::parse(text)), expected, "{text}");
    }
}

/// Check digits 00, 01 and 99 satisfy the remainder but cannot have been computed.
#[test]
fn check_digits_that_cannot_be_issued_are_refused() {
    for body in ["370400440532013000", "100100100000000012", "500105175407324931"] {
        let passing = (0..100).map(|check| format!("DE{check:02}{body}")).filter(|text| Iban::parse(text).is_ok()).count();
        assert_eq!(passing, 1, "{body}");
    }
    let references = (0..100_000).map(|n| format!("RF{:02}{:03}", n / 1000, n % 1000));
    assert_eq!(references.filter(|text| CreditorReference::parse(text).is_ok()).count(), 1000);
}

#[test]
fn bics() {
    let table = [
        ("DEUTDEFF", "DEUTDEFF"),
        ("deut de ff 500", "DEUTDEFF500"),
        ("NCBVXKPR", "NCBVXKPR"),
        ("DEUTDEF", "bic_length"),
        ("DEUTDEFF50", "bic_length"),
        ("DEUT1EFF", "bic_structure"),
        ("DEUTDE-F", "bic_structure"),
        ("DEUTXXFF", "bic_country"),
        ("", "bic_length"),
    ];
    for (text, expected) in table {
        assert_eq!(verdict(Bic::parse(text)), expected, "{text}");
    }
}

#[test]
fn some_bics_do_not_fit_messages_before_2019() {
    let fits = |text| Bic::parse(text).expect("a BIC").fits_before_2019();
    assert!(fits("DEUTDEFF500"));
    assert!(!fits("D3UTDEFF"));
    assert!(!fits("DEUTDE1F"));
    assert!(!fits("DEUTDEFO"));
}

#[test]
fn us_routing_numbers() {
    let table = [
        ("011000015", "011000015"),
        ("0210-0002-1", "021000021"),
        ("121 000 358", "121000358"),
        ("011000016", "aba_checksum"),
        ("110000150", "aba_checksum"),
        ("990000005", "aba_range"),
        ("01100001", "aba_length"),
        ("0110000150", "aba_length"),
        ("01100001X", "aba_characters"),
        ("٠١١٠٠٠٠١٥", "aba_characters"),
    ];
    for (text, expected) in table {
        assert_eq!(verdict(AbaRoutingNumber::parse(text)), expected, "{text}");
    }
}

#[test]
fn creditor_references() {
    let table = [
        ("RF18 5390 0754 7034", "RF18539007547034"),
        ("rf712348231", "RF712348231"),
        ("RF19539007547034", "creditor_reference_checksum"),
        ("RX18539007547034", "creditor_reference_structure"),
        ("RFA8539007547034", "creditor_reference_structure"),
        ("RF18", "creditor_reference_length"),
        ("RF18539007547034539007547034", "creditor_reference_length"),
        ("RF18/5390", "creditor_reference_structure"),
        ("", "creditor_reference_structure"),
    ];
    for (text, expected) in table {
        assert_eq!(verdict(CreditorReference::parse(text)), expected, "{text}");
    }
}

#[test]
fn other_parts() {
    assert_eq!(verdict(AccountNumber::parse("  01-39139-1 ")), "01-39139-1");
    assert_eq!(verdict(AccountNumber::parse("+855 12  345 678")), "+855 12 345 678");
    assert_eq!(verdict(AccountNumber::parse("   ")), "account_number_length");
    assert_eq!(verdict(AccountNumber::parse(&"1".repeat(35))), "account_number_length");
    assert_eq!(verdict(AccountNumber::parse("12\u{1f600}34")), "account_number_characters");
    assert_eq!(verdict(AccountNumber::parse("---")), "account_number_characters");
    assert_eq!(verdict(ClearingSystem::parse("gbdsc")), "GBDSC");
    assert_eq!(verdict(ClearingSystem::parse("GB")), "clearing_system_code");
    assert_eq!(verdict(Country::parse("kh")), "KH");
    assert_eq!(verdict(Country::parse("XX")), "country_code");
    assert_eq!(verdict(MobileMoneyProvider::parse("")), "mobile_money_provider_length");
}

#[test]
fn payment_references() {
    let table = [
        ("E2E-2026/0001 (A)", "E2E-2026/0001 (A)"),
        ("", "payment_reference_length"),
        ("012345678901234567890123456789012345", "payment_reference_length"),
        ("/1", "payment_reference_characters"),
        ("1/", "payment_reference_characters"),
        ("1//2", "payment_reference_characters"),
        (" 1", "payment_reference_characters"),
        ("é", "payment_reference_characters"),
        ("a&b", "payment_reference_characters"),
    ];
    for (text, expected) in table {
        assert_eq!(verdict(PaymentReference::parse(text)), expected, "{text}");
    }
}

#[test]
fn derived_references_are_fixed_for_ever() {
    let payment = Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_0001);
    assert_eq!(PaymentReference::message_id(payment).as_str(), "03EIAVU4LBB43LM79VBLCYI2P");
    assert_eq!(verdict(PaymentReference::block_id(payment, 1)), "03EIAVU4LBB43LM79VBLCYI2P/1");
    assert_eq!(verdict(PaymentReference::end_to_end_id(payment, 17)), "03EIAVU4LBB43LM79VBLCYI2P-17");
    assert_eq!(verdict(PaymentReference::end_to_end_id(payment, u32::MAX)), "payment_reference_length");
    assert_eq!(PaymentReference::message_id(Uuid::nil()).as_str(), "0".repeat(25));
}

#[test]
fn one_account_has_one_canonical_form() {
    let canonical = |value| serde_json::from_value::<BankAccount>(value).expect("an account").canonical();
    let table = [
        (json!({"kind": "iban", "iban": "de89 3704 0044 0532 0130 00", "bic": "DEUTDEFF"}), "iban:DE89370400440532013000"),
        (json!({"kind": "us", "routing_number": "0110-0001-5", "account": "12-34 a"}), "USABA:011000015:1234A"),
        (
            json!({"kind": "other", "account": "1", "bic": "BARCGB22", "clearing": {"system": "GBDSC", "member": "20-04-15"}}),
            "GBDSC:200415:1",
        ),
        (json!({"kind": "other", "account": "000-1", "bic": "ABAAKHPP"}), "bic:ABAAKHPP:0001"),
        (json!({"kind": "mobile_money", "provider": "Wing", "handle": "012 345"}), "mobile:wing:012345"),
    ];
    for (account, expected) in table {
        assert_eq!(canonical(account), expected);
    }
}

fn accounts() -> [(BankAccount, serde_json::Value); 4] {
    let iban = Iban::parse("DE89370400440532013000").expect("an IBAN");
    let bic = Bic::parse("DEUTDEFF").expect("a BIC");
    let number = AccountNumber::parse("000123456789").expect("an account number");
    let routing_number = AbaRoutingNumber::parse("011000015").expect("a routing number");
    let clearing = ClearingMember {
        system: ClearingSystem::parse("GBDSC").expect("a clearing system"),
        member: "20-04-15".parse().expect("a sort code"),
    };
    let handle = AccountNumber::parse("012345678").expect("a handle");
    let provider = MobileMoneyProvider::parse("wing").expect("a provider");
    [
        (BankAccount::Iban { iban, bic: Some(bic) }, json!({"kind": "iban", "iban": "DE89370400440532013000", "bic": "DEUTDEFF"})),
        (
            BankAccount::Us { routing_number, account: number.clone(), account_type: None },
            json!({"kind": "us", "routing_number": "011000015", "account": "000123456789"}),
        ),
        (
            BankAccount::Other { account: number, bic: None, clearing: Some(clearing), bank: None },
            json!({"kind": "other", "account": "000123456789", "clearing": {"system": "GBDSC", "member": "200415"}}),
        ),
        (BankAccount::MobileMoney { provider, handle }, json!({"kind": "mobile_money", "provider": "wing", "handle": "012345678"})),
    ]
}

/// As banks name the account on a statement: whole, without what makes it readable, or by the national number within the IBAN.
#[test]
fn a_bank_s_number_means_one_account() {
    let [iban, us, other, _] = accounts().map(|(account, _)| account);
    let french = BankAccount::Iban { iban: Iban::parse("FR1420041010050500013M02606").expect("an IBAN"), bic: None };
    for (account, stated, means) in [
        (&iban, "DE89 3704 0044 0532 0130 00", true),
        (&iban, "0532013000", true),
        (&iban, "37040044/0532013000", true),
        (&iban, "013000", false),
        (&iban, "37040044", false),
        (&iban, "", false),
        (&french, "0500013M026", true),
        (&us, "000123456789", true),
        (&us, "123-456-789", true),
        (&us, "011000015", false),
        (&us, "9", false),
        (&us, "", false),
        (&other, "000123456789", true),
        (&other, "456789", false),
    ] {
        assert_eq!(account.is_numbered(stated), means, "{stated:?}");
    }
}

#[test]
fn accounts_survive_json() {
    for (account, written) in accounts() {
        assert_eq!(serde_json::to_value(&account).expect("JSON"), written);
        assert_eq!(serde_json::from_value::<BankAccount>(written).expect("an account"), account);
    }
}

#[test]
fn json_is_validated_when_read() {
    let wrong_check = json!({"kind": "iban", "iban": "DE88370400440532013000"});
    let error = serde_json::from_value::<BankAccount>(wrong_check).expect_err("a wrong check digit").to_string();
    assert_eq!(error, IdentifierRefusal::IbanChecksum.to_string());
    let surplus = json!({"kind": "iban", "iban": "DE89370400440532013000", "bank": "x"});
    assert!(serde_json::from_value::<BankAccount>(surplus).is_err());
}

#[test]
fn a_log_never_shows_an_account() {
    for (account, written) in accounts() {
        for shown in [format!("{account:?}"), format!("{account:#?}"), account.masked()] {
            assert!(shown.contains("****"), "{shown}");
            for secret in ["iban", "account", "handle"] {
                let secret = written.get(secret).and_then(serde_json::Value::as_str).unwrap_or("none");
                assert!(!shown.contains(secret), "{shown}");
            }
        }
    }
    assert_eq!(accounts()[0].0.masked(), "DE****3000");
    assert_eq!(AccountNumber::parse("1234567").expect("an account number").masked(), "****");
}

#[test]
fn sepa_reaches_some_countries_only() {
    let in_sepa = |text| Iban::parse(text).expect("an IBAN").in_sepa();
    assert!(in_sepa("DE89370400440532013000"));
    assert!(in_sepa("CH9300762011623852957"));
    assert!(!in_sepa("SA0380000000608010167519"));
}

/// Computes the check digits, so that any body makes a valid number.
fn with_check_digits(prefix: &str, body: &str) -> String {
    let digits: String = format!("{body}{prefix}00").chars().map(|c| c.to_digit(36).expect("alphanumeric").to_string()).collect();
    let remainder = digits.bytes().fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("{prefix}{:02}{body}", 98 - remainder)
}

fn with_digit_changed(text: &str, at: usize, by: u8) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let digits: Vec<usize> = (0..bytes.len()).filter(|i| bytes[*i].is_ascii_digit()).collect();
    let place = *digits.get(at % digits.len().max(1))?;
    bytes[place] = b'0' + (bytes[place] - b'0' + by) % 10;
    String::from_utf8(bytes).ok()
}

fn with_neighbours_swapped(text: &str, at: usize) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let at = 4 + at % (bytes.len() - 5);
    (bytes[at] != bytes[at + 1]).then(|| bytes.swap(at, at + 1))?;
    String::from_utf8(bytes).ok()
}

proptest! {
    #[test]
    fn an_iban_with_one_digit_changed_is_refused(bank in "[A-Z]{4}", rest in "[0-9]{14}", at in 0..99usize, by in 1..10u8) {
        let iban = with_check_digits("GB", &format!("{bank}{rest}"));
        prop_assert!(Iban::parse(&iban).is_ok());
        let changed = with_digit_changed(&iban, at, by).expect("an IBAN has digits");
        prop_assert_eq!(Iban::parse(&changed), Err(IdentifierRefusal::IbanChecksum));
    }

    #[test]
    fn an_iban_with_two_neighbours_swapped_is_refused(body in "[0-9]{18}", at in 0..99usize) {
        let iban = with_check_digits("DE", &body);
        if let Some(swapped) = with_neighbours_swapped(&iban, at) {
            prop_assert_eq!(Iban::parse(&swapped), Err(IdentifierRefusal::IbanChecksum));
        }
    }

    #[test]
    fn a_creditor_reference_with_one_digit_changed_is_refused(body in "[A-Z0-9]{1,21}", at in 0..99usize, by in 1..10u8) {
        let reference = with_check_digits("RF", &body);
        prop_assert!(CreditorReference::parse(&reference).is_ok());
        let changed = with_digit_changed(&reference, at, by).expect("check digits are digits");
        prop_assert_eq!(CreditorReference::parse(&changed), Err(IdentifierRefusal::CreditorReferenceChecksum));
    }

    #[test]
    fn a_routing_number_with_one_digit_changed_is_refused(body in "0[0-9]{7}", at in 0..99usize, by in 1..10u8) {
        let valid = (0..10).map(|check| format!("{body}{check}")).filter(|text| AbaRoutingNumber::parse(text).is_ok());
        let valid: Vec<String> = valid.collect();
        prop_assert_eq!(valid.len(), 1);
        let changed = with_digit_changed(&valid[0], at, by).expect("digits");
        prop_assert!(AbaRoutingNumber::parse(&changed).is_err());
    }

    #[test]
    fn hostile_text_is_refused_without_panic(text in "\\PC{0,40}|[A-Z]{2}[0-9]{2}\\PC{0,30}|RF[0-9]{2}.{0,25}") {
        let kept = [
            Iban::parse(&text).map(String::from),
            Bic::parse(&text).map(String::from),
            AbaRoutingNumber::parse(&text).map(String::from),
            CreditorReference::parse(&text).map(String::from),
            AccountNumber::parse(&text).map(String::from),
        ];
        prop_assert!(kept.into_iter().flatten().all(|kept| kept.is_ascii() && kept.len() <= 34));
    }

    #[test]
    fn a_derived_reference_leads_back_to_its_payment(payment: u128, line in 0..1_000_000_000u32) {
        let payment = Uuid::from_u128(payment);
        let id = PaymentReference::end_to_end_id(payment, line).expect("a short line number");
        prop_assert_eq!(PaymentReference::parse(id.as_str()), Ok(id.clone()));
        prop_assert_eq!(id.payment(), Some(payment));
        prop_assert_eq!(PaymentReference::message_id(payment).payment(), Some(payment));
    }

    #[test]
    fn a_printed_iban_reads_back(body in "[0-9]{18}") {
        let iban = Iban::parse(&with_check_digits("DE", &body)).expect("an IBAN");
        let grouped: Vec<String> = iban.as_str().as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).to_lowercase()).collect();
        prop_assert_eq!(Iban::parse(&grouped.join(" ")), Ok(iban));
    }
}

//! A planned payment in every form that a treasurer can ask for, judged by that form's own schema.

use quittance_application::ports::{BankFileRefusal, BankFiles, FileMoment};
use quittance_domain::bank_account::{BankAccount, Bic, Iban};
use quittance_domain::ids::{InvoiceId, UserId, VendorId};
use quittance_domain::money::{Currency, Money};
use quittance_domain::party::Address;
use quittance_domain::payment::{CreditorItem, Method, PaymentPlan};
use quittance_domain::time_zone::TimeZone;
use quittance_infrastructure::bank_files::Pain001Files;
use rust_decimal::dec;
use uuid::Uuid;

use crate::data;
use crate::schema::xmllint;

const PAYMENT: Uuid = Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001);

/// Each form and the schema that its bank holds it against.
const FORMATS: [(&str, &str); 6] = [
    ("pain.001.001.09", "pain.001/pain.001.001.09.xsd"),
    ("pain.001.001.03", "pain.001/pain.001.001.03.xsd"),
    ("pain.001.001.09.ch.03", "regional/pain.001.001.09.ch.03.xsd"),
    ("pain.001.001.03.ch.02", "regional/pain.001.001.03.ch.02.xsd"),
    ("pain.001.003.03", "regional/pain.001.003.03.xsd"),
    ("pain.001.002.03", "regional/pain.001.002.03.xsd"),
];

fn account(iban: &str, bic: &str) -> BankAccount {
    BankAccount::Iban { iban: Iban::parse(iban).expect("an IBAN"), bic: Some(Bic::parse(bic).expect("a BIC")) }
}

fn plan() -> PaymentPlan {
    let amount = Money::exact(dec!(1200.10), Currency::EUR).expect("euros");
    let town = Address { city: Some("Köln".to_owned()), country: Some("DE".to_owned()), ..Address::default() };
    let item = CreditorItem {
        line: 1,
        invoice_id: InvoiceId(PAYMENT),
        invoice_number: "R/1".to_owned(),
        vendor_id: VendorId(PAYMENT),
        // Longer than any bank takes, in two scripts and with a character that XML must escape.
        creditor_name: format!("Müller & Söhne {}", "Ελληνική ".repeat(20)),
        creditor_address: town,
        creditor_account: Some(account("DE89370400440532013000", "COBADEFFXXX")),
        amount,
        end_to_end_id: "Q1".to_owned(),
        remittance: "Rechnung Nº 7 – ".repeat(30),
        version_hash: String::new(),
        creditor_is_person: false,
        withheld: None,
    };
    PaymentPlan {
        method: Method::SepaCreditTransfer,
        currency: Currency::EUR,
        total: amount,
        execution_date: "2026-03-30".parse().expect("a day"),
        debtor_name: "Quittungs-Gesellschaft".to_owned(),
        debtor_account_id: None,
        debtor_account: Some(account("CH9300762011623852957", "UBSWCHZH80A")),
        provider_account_id: None,
        items: vec![item],
        planned_by: UserId(PAYMENT),
        payment_run_id: None,
        set_off: vec![],
    }
}

fn started_at() -> FileMoment {
    FileMoment { at: "2026-03-29T08:15:30Z".parse().expect("a time"), zone: TimeZone::default() }
}

#[test]
fn every_form_validates_and_is_the_same_bytes_again() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (format, schema) in FORMATS {
        let file = Pain001Files.write(PAYMENT, &[&plan()], started_at(), format).unwrap_or_else(|refusal| panic!("{format}: {refusal}"));
        assert_eq!(file.facts.format, format);
        assert_eq!((file.facts.transactions, file.facts.control_sum), (1, dec!(1200.10)));
        let again = Pain001Files.write(PAYMENT, &[&plan()], started_at(), format).expect("the same file");
        assert_eq!((again.bytes, again.facts), (file.bytes.clone(), file.facts));
        let path = directory.path().join(format!("{format}.xml"));
        std::fs::write(&path, file.bytes).expect("room for a file");
        xmllint(&data("iso20022-xsd").join(schema), &[path]).unwrap_or_else(|complaints| panic!("{format}: {complaints}"));
    }
}

#[test]
fn a_form_that_nobody_knows_is_refused() {
    for unknown in ["", "pain.001.001.04", "pain.001.001.09.CH.03"] {
        let refused = Pain001Files.write(PAYMENT, &[&plan()], started_at(), unknown);
        assert!(matches!(refused, Err(BankFileRefusal::UnknownFormat(_))), "{unknown}");
    }
}

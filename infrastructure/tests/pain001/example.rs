//! One small file by hand, to vary in single facts.

use chrono::{DateTime, NaiveDate};
use quittance_domain::bank_account::{BankAccount, Bic, Country, CreditorReference, PaymentReference};
use quittance_infrastructure::pain001::{
    Address, Charges, CreditTransfer, CreditTransferFile, InitiatingParty, InstructedAmount, Overlong, Party, PaymentBlock, Remittance,
    Service, Urgency,
};
use uuid::Uuid;

pub const INTERNATIONAL: Service = Service::International { urgency: Urgency::Normal, charges: Charges::Shared };

pub fn file() -> CreditTransferFile {
    let run = Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_0001);
    CreditTransferFile {
        message_id: PaymentReference::message_id(run),
        created_at: DateTime::from_timestamp(1_795_000_000, 0).expect("a time"),
        initiating_party: InitiatingParty { name: "Acme Trading GmbH".to_owned(), identification: None },
        blocks: vec![block(run)],
        overlong: Overlong::Refuse,
    }
}

fn block(run: Uuid) -> PaymentBlock {
    PaymentBlock {
        id: PaymentReference::block_id(run, 1).expect("a reference"),
        debtor: party("Acme Trading GmbH"),
        debtor_account: iban("DE89370400440532013000", Some("COBADEFF")),
        debtor_account_currency: None,
        execution_date: NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date"),
        batch_booking: Some(false),
        service: Service::Sepa,
        category_purpose: None,
        transactions: vec![
            transfer(run, 1, "1200.5", Remittance::Unstructured("Invoice 2026-001".to_owned())),
            transfer(run, 2, "0.01", Remittance::Structured(CreditorReference::parse("RF18539007547034").expect("a reference"))),
        ],
    }
}

fn transfer(run: Uuid, line: u32, amount: &str, remittance: Remittance) -> CreditTransfer {
    CreditTransfer {
        instruction_id: None,
        end_to_end_id: PaymentReference::end_to_end_id(run, line).expect("a reference"),
        amount: amount_of(amount, "EUR"),
        creditor: party("Société Générale de Thé"),
        creditor_account: iban("FR1420041010050500013M02606", None),
        purpose: None,
        remittance,
    }
}

pub fn party(name: &str) -> Party {
    let address = Address {
        street: Some("Rue de l'Église".to_owned()),
        building_number: Some("24 bis".to_owned()),
        lines: vec!["Bâtiment C".to_owned()],
        postal_code: Some("75001".to_owned()),
        town: Some("Paris".to_owned()),
        subdivision: None,
        country: Some(Country::parse("FR").expect("a country")),
    };
    Party { name: name.to_owned(), address: Some(address) }
}

pub fn iban(iban: &str, bic: Option<&str>) -> BankAccount {
    BankAccount::Iban { iban: iban.parse().expect("an IBAN"), bic: bic.map(|bic| Bic::parse(bic).expect("a BIC")) }
}

pub fn other(account: &str, bic: Option<&str>) -> BankAccount {
    BankAccount::Other {
        account: account.parse().expect("an account number"),
        bic: bic.map(|bic| Bic::parse(bic).expect("a BIC")),
        clearing: None,
        bank: None,
    }
}

pub fn amount_of(amount: &str, currency: &str) -> InstructedAmount {
    InstructedAmount::new(amount.parse().expect("a decimal"), currency).expect("an amount that can be paid")
}

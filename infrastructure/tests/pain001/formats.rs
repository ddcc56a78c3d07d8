//! A planned payment in every form that a treasurer can ask for, judged by that form's own schema.

use quittance_application::ports::{BankFileRefusal, BankFiles, FileMoment};
use quittance_domain::bank_account::{Bank, BankAccount, Bic, ClearingMember, Iban};
use quittance_domain::ids::{InvoiceId, UserId, VendorId};
use quittance_domain::money::{Currency, Money};
use quittance_domain::party::Address;
use quittance_domain::payment::{ChargeBearer, CreditorItem, International, Method, PaymentPlan, TransferInstructions};
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
        international: None,
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

/// A Swiss bank takes a transfer to a QR-IBAN by its QR reference alone; to another account that is a text like any other.
#[test]
fn a_qr_iban_is_paid_by_its_qr_reference() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let reference = "21 00000 00003 13947 14300 09017";
    let digits = reference.replace(' ', "");
    let structured = format!("<RmtInf> <Strd> <CdtrRefInf> <Tp> <CdOrPrtry> <Prtry>QRR</Prtry> </CdOrPrtry> </Tp> <Ref>{digits}</Ref>");
    for (iban, stated, is_structured) in [
        ("CH4431999123000889012", reference, true),
        ("CH4431999123000889012", "21 00000 00003 13947 14300 09018", false),
        ("CH4431999123000889012", "R/1", false),
        ("CH9300762011623852957", reference, false),
    ] {
        let mut plan = plan();
        plan.items[0].creditor_account = Some(account(iban, "UBSWCHZH80A"));
        plan.items[0].remittance = stated.to_owned();
        for (index, (format, schema)) in FORMATS.into_iter().enumerate() {
            let file = Pain001Files.write(PAYMENT, &[&plan], started_at(), format).unwrap_or_else(|refusal| panic!("{format}: {refusal}"));
            let path = directory.path().join(format!("{format}.xml"));
            std::fs::write(&path, &file.bytes).expect("room for a file");
            xmllint(&data("iso20022-xsd").join(schema), &[path]).unwrap_or_else(|complaints| panic!("{format}: {complaints}"));
            let xml = String::from_utf8(file.bytes).expect("text").split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(xml.contains(&structured), is_structured && index < 4, "{format} {iban} {stated}: {xml}");
            assert!(xml.contains("<Ustrd>") != xml.contains("QRR"), "{format}: {xml}");
        }
    }
}

#[test]
fn a_form_that_nobody_knows_is_refused() {
    for unknown in ["", "pain.001.001.04", "pain.001.001.09.CH.03"] {
        let refused = Pain001Files.write(PAYMENT, &[&plan()], started_at(), unknown);
        assert!(matches!(refused, Err(BankFileRefusal::UnknownFormat(_))), "{unknown}");
    }
}

const FORMATS_ABROAD: [usize; 4] = [0, 1, 2, 3];

/// Yen to an account in Cambodia, by BIC and name, and to one in Britain by sort code: in every form that goes beyond the SEPA.
#[test]
fn a_transfer_abroad_validates_in_every_form_that_takes_it() {
    let abroad = abroad();
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (format, schema) in FORMATS_ABROAD.map(|index| FORMATS[index]) {
        let file = Pain001Files.write(PAYMENT, &[&abroad], started_at(), format).unwrap_or_else(|refusal| panic!("{format}: {refusal}"));
        let again = Pain001Files.write(PAYMENT, &[&abroad], started_at(), format).expect("the same file");
        assert_eq!(again.bytes, file.bytes);
        let path = directory.path().join(format!("{format}.xml"));
        std::fs::write(&path, &file.bytes).expect("room for a file");
        xmllint(&data("iso20022-xsd").join(schema), &[path]).unwrap_or_else(|complaints| panic!("{format}: {complaints}"));
        let xml = String::from_utf8(file.bytes).expect("text").split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "<PmtTpInf> <InstrPrty>HIGH</InstrPrty> <SvcLvl> <Cd>URGP</Cd> </SvcLvl> <CtgyPurp> <Cd>SUPP</Cd> </CtgyPurp> </PmtTpInf>",
            "<ChrgBr>DEBT</ChrgBr>",
            "<Ccy>EUR</Ccy> </DbtrAcct>",
            "<InstdAmt Ccy=\"JPY\">120000</InstdAmt>",
            "<Nm>Advanced Bank of Asia</Nm> <PstlAdr> <TwnNm>Phnom Penh</TwnNm> <Ctry>KH</Ctry> </PstlAdr>",
            "<ClrSysMmbId> <ClrSysId> <Cd>GBDSC</Cd> </ClrSysId> <MmbId>200415</MmbId> </ClrSysMmbId>",
            "<Othr> <Id>000 123 456</Id> </Othr>",
            "<TwnNm>Phnom Penh</TwnNm> <Ctry>KH</Ctry> <AdrLine>Street 51</AdrLine>",
            "<Purp> <Cd>GDDS</Cd> </Purp>",
        ] {
            assert!(xml.contains(part), "{format} has no {part}: {xml}");
        }
        assert!(!xml.contains("SEPA") && !xml.contains("SLEV"), "{format}: {xml}");
    }
}

/// What is wrong, and what is said of it.
#[test]
fn what_a_bank_would_turn_away_is_refused_by_its_name() {
    let no_town = |plan: &mut PaymentPlan| plan.items[1].creditor_address.city = None;
    let no_bank = |plan: &mut PaymentPlan| plan.items[0].creditor_account = other("1", None, None);
    let half_yen = |plan: &mut PaymentPlan| plan.items[0].creditor_name = "??".to_owned();
    type Spoil<'s> = &'s dyn Fn(&mut PaymentPlan);
    let table: [(Spoil, &str, &str); 4] = [
        (&no_town, FORMATS[0].0, "Mekong Trading, Q2: an address needs a town and a country"),
        (&no_bank, FORMATS[0].0, "Q1: the creditor's bank is named by no BIC or clearing number"),
        (&half_yen, FORMATS[1].0, "??, Q1: the name has no letter or digit"),
        (&|_| {}, FORMATS[4].0, "/blocks/0: this version of the message carries SEPA transfers only"),
    ];
    for (spoil, format, expected) in table {
        let mut plan = abroad();
        spoil(&mut plan);
        let refused = Pain001Files.write(PAYMENT, &[&plan], started_at(), format).expect_err("it is refused").to_string();
        assert!(refused.contains(expected), "{refused}");
    }
}

fn other(account: &str, bic: Option<&str>, clearing: Option<(&str, &str)>) -> Option<BankAccount> {
    let clearing = clearing
        .map(|(system, member)| ClearingMember { system: system.parse().expect("a system"), member: member.parse().expect("a number") });
    let bank = bic.map(|_| Bank {
        name: "Advanced Bank of Asia".to_owned(),
        town: Some("Phnom Penh".to_owned()),
        country: "KH".parse().expect("a country"),
    });
    let (account, bic) = (account.parse().expect("a number"), bic.map(|bic| Bic::parse(bic).expect("a BIC")));
    Some(BankAccount::Other { account, bic, clearing, bank })
}

fn abroad() -> PaymentPlan {
    let yen: Currency = "JPY".parse().expect("yen");
    let (plan, amount) = (plan(), Money::exact(dec!(120000), yen).expect("whole yen"));
    let town = Address {
        lines: vec!["Street 51".to_owned()],
        city: Some("Phnom Penh".to_owned()),
        country: Some("KH".to_owned()),
        ..Address::default()
    };
    let item = |line, creditor_account| CreditorItem {
        line,
        amount,
        creditor_name: "Mekong Trading".to_owned(),
        creditor_address: town.clone(),
        creditor_account,
        end_to_end_id: format!("Q{line}"),
        ..plan.items[0].clone()
    };
    let items = vec![item(1, other("000 123 456", Some("ABAAKHPP"), None)), item(2, other("55779911", None, Some(("GBDSC", "20-04-15"))))];
    let instructions = TransferInstructions {
        charges: ChargeBearer::Debtor,
        urgent: true,
        purpose: "GDDS".parse().ok(),
        category_purpose: "SUPP".parse().ok(),
    };
    let debtor_address = Address { city: Some("Zürich".to_owned()), country: Some("CH".to_owned()), ..Address::default() };
    let international = International { debtor_address, debtor_currency: Currency::EUR, instructions };
    PaymentPlan {
        method: Method::InternationalCreditTransfer,
        currency: yen,
        items,
        international: Some(Box::new(international)),
        ..plan.clone()
    }
}

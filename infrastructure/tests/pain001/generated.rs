//! Files of every shape that a version can carry: many currencies, accounts, scripts, addresses, blocks and transactions.

use chrono::{DateTime, NaiveDate};
use iso_currency::{Currency, IntoEnumIterator};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use quittance_domain::bank_account::{
    Bank, BankAccount, Bic, ClearingMember, Country, CreditorReference, Iban, PaymentReference, PurposeCode, bban_structure,
};
use quittance_infrastructure::pain001::{
    Address, Charges, CreditTransfer, CreditTransferFile, InitiatingParty, InstructedAmount, Overlong, Party, PaymentBlock, Remittance,
    Service, Urgency, Version,
};
use rust_decimal::Decimal;
use uuid::Uuid;

const NAMES: [&str; 12] = [
    "Müller & Söhne GmbH",
    "ក្រុមហ៊ុន អង្គរ",
    "中国银行股份有限公司",
    "ООО «Ромашка»",
    "Ελληνική Τράπεζα",
    "شركة النفط",
    "삼성전자",
    "株式会社トヨタ",
    "हिन्दी कंपनी",
    "<script>&amp;\"O'Neil\"</script>",
    "Łódź Ś.A. ŠKODA Đorđe",
    "The Honourable Company of Extraordinarily Long Names Trading as Something Even Longer Than That & Partners LLP, Successors",
];
const BICS: [&str; 6] = ["DEUTDEFF", "COBADEFFXXX", "BNPAFRPP", "ABAAKHPP", "UBSWCHZH80A", "CITIUS33"];
const SEPA: &str = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO CH GB GI MC SM AD VA";
const ELSEWHERE: &str = "AE BR SA TR KZ PK QA GE XK TN SC MU";

/// Only what `version` can carry, so that a refusal is a fault.
pub fn file(version: Version, transactions_max: usize) -> impl Strategy<Value = CreditTransferFile> {
    let party = (name(), option::of(reference())).prop_map(|(name, identification)| InitiatingParty { name, identification });
    let blocks = vec(service(version).prop_flat_map(move |service| block(version, service, transactions_max)), 1..=3);
    (any::<u128>(), 0..4_000_000_000i64, party, blocks).prop_map(|(run, seconds, initiating_party, blocks)| {
        numbered(CreditTransferFile {
            message_id: PaymentReference::message_id(Uuid::from_u128(run)),
            created_at: DateTime::from_timestamp(seconds, 0).expect("a time of this age"),
            initiating_party,
            blocks,
            overlong: Overlong::Truncate,
        })
    })
}

/// Ids are unique in a file, as a payment run makes them.
fn numbered(mut file: CreditTransferFile) -> CreditTransferFile {
    let run = file.message_id.payment().expect("a derived id");
    let mut line = 0;
    for (number, block) in (1..).zip(&mut file.blocks) {
        block.id = PaymentReference::block_id(run, number).expect("a short number");
        for transaction in &mut block.transactions {
            line += 1;
            transaction.end_to_end_id = PaymentReference::end_to_end_id(run, line).expect("a short number");
        }
    }
    file
}

fn block(version: Version, service: Service, transactions_max: usize) -> impl Strategy<Value = PaymentBlock> {
    // Mostly few transactions, sometimes as many as asked for.
    let count = prop_oneof![4 => 1..=5usize, 1 => 1..=transactions_max];
    let transactions = count.prop_flat_map(move |count| vec(transaction(version, service), count));
    let debtor_account = account(service, bank_needed(version));
    let day = (0..30_000i32).prop_map(|days| NaiveDate::from_num_days_from_ce_opt(730_000 + days).expect("a date"));
    let purpose = option::of(purpose());
    (reference(), party(service), debtor_account, option::of(currency()), day, any::<Option<bool>>(), purpose, transactions).prop_map(
        move |(id, debtor, debtor_account, debtor_account_currency, execution_date, batch_booking, category_purpose, transactions)| {
            PaymentBlock {
                id,
                debtor,
                debtor_account,
                debtor_account_currency,
                execution_date,
                batch_booking,
                service,
                category_purpose,
                transactions,
            }
        },
    )
}

fn transaction(version: Version, service: Service) -> impl Strategy<Value = CreditTransfer> {
    let account = account(service, version == Version::GermanV002);
    (option::of(reference()), reference(), amount(service), party(service), account, option::of(purpose()), remittance()).prop_map(
        |(instruction_id, end_to_end_id, amount, creditor, creditor_account, purpose, remittance)| CreditTransfer {
            instruction_id,
            end_to_end_id,
            amount,
            creditor,
            creditor_account,
            purpose,
            remittance,
        },
    )
}

fn bank_needed(version: Version) -> bool {
    matches!(version, Version::SwissV03 | Version::SwissV09 | Version::GermanV002)
}

fn service(version: Version) -> BoxedStrategy<Service> {
    let urgency = select(vec![Urgency::Normal, Urgency::Urgent]);
    let charges = select(vec![Charges::Shared, Charges::Debtor, Charges::Creditor]);
    let international = (urgency, charges).prop_map(|(urgency, charges)| Service::International { urgency, charges });
    match version {
        Version::GermanV002 | Version::GermanV003 => Just(Service::Sepa).boxed(),
        _ => prop_oneof![Just(Service::Sepa), international].boxed(),
    }
}

fn purpose() -> impl Strategy<Value = PurposeCode> {
    "[A-Z0-9]{4}".prop_map(|text| text.parse().expect("a code"))
}

/// With its name and place, or without.
fn bank() -> impl Strategy<Value = Option<Bank>> {
    let bank = ("\\PC{0,60}", option::of("\\PC{0,60}"), select(vec!["KH", "US", "JP"]));
    option::of(bank.prop_map(|(name, town, country)| Bank {
        name: format!("B {name}"),
        town,
        country: country.parse().expect("a country"),
    }))
}

fn reference() -> impl Strategy<Value = PaymentReference> {
    "[A-Z0-9]{1,2}([A-Za-z0-9?:().,'+-]|[A-Z]/[A-Z]|[a-z] [0-9]){0,10}[A-Z0-9]".prop_map(|text| text.parse().expect("a reference"))
}

fn name() -> impl Strategy<Value = String> {
    (select(&NAMES[..]), "\\PC{0,60}").prop_map(|(name, rest)| format!("{name} {rest}"))
}

/// International transfers of the newer version need a town and a country; whatever else is there is chance.
fn party(service: Service) -> impl Strategy<Value = Party> {
    let text = || option::of(prop_oneof![name(), "[0-9]{1,6} ?[a-z]?", Just("Phnom Penh".to_owned())]);
    let town = if service == Service::Sepa { text().boxed() } else { name().prop_map(Some).boxed() };
    let country = if service == Service::Sepa { option::of(country()).boxed() } else { country().prop_map(Some).boxed() };
    let address = (text(), text(), vec(name(), 0..4), text(), town, text(), country).prop_map(
        |(street, building_number, lines, postal_code, town, subdivision, country)| Address {
            street,
            building_number,
            lines,
            postal_code,
            town,
            subdivision,
            country,
        },
    );
    (name(), option::of(address)).prop_map(|(name, address)| Party { name, address })
}

fn country() -> impl Strategy<Value = Country> {
    select(vec!["DE", "KH", "US", "FR", "JP", "CH"]).prop_map(|code| code.parse().expect("a country"))
}

fn currency() -> impl Strategy<Value = Currency> {
    select(Currency::iter().filter(|currency| currency.exponent().is_some()).collect::<Vec<_>>())
}

fn amount(service: Service) -> BoxedStrategy<InstructedAmount> {
    let units = 1..100_000_000_000i64;
    let currency = if service == Service::Sepa { Just(Currency::EUR).boxed() } else { currency().boxed() };
    (units, currency)
        .prop_map(|(units, currency)| {
            let exponent = currency.exponent().map_or(0, u32::from);
            InstructedAmount::new(Decimal::new(units, exponent), currency.code()).expect("whole minor units")
        })
        .boxed()
}

fn remittance() -> impl Strategy<Value = Remittance> {
    prop_oneof![
        Just(Remittance::None),
        (name(), "\\PC{0,200}").prop_map(|(name, rest)| Remittance::Unstructured(format!("{name} {rest}"))),
        "[A-Z0-9]{1,21}".prop_map(|body| Remittance::Structured(
            CreditorReference::parse(&with_check_digits("RF", &body)).expect("computed check digits")
        )),
    ]
}

fn account(service: Service, bank_needed: bool) -> BoxedStrategy<BankAccount> {
    let bic = || select(&BICS[..]).prop_map(|bic| Bic::parse(bic).expect("a BIC"));
    let optional_bic = move || if bank_needed { bic().prop_map(Some).boxed() } else { option::of(bic()).boxed() };
    let iban_of = move |codes: &'static str| (iban(codes), optional_bic()).prop_map(|(iban, bic)| BankAccount::Iban { iban, bic });
    if service == Service::Sepa {
        return iban_of(SEPA).boxed();
    }
    let number = || "[0-9A-Z][0-9A-Z -]{0,30}[0-9]".prop_map(|text| text.parse().expect("an account number"));
    let us = number().prop_map(|account| BankAccount::Us {
        routing_number: "011000015".parse().expect("a routing number"),
        account,
        account_type: None,
    });
    let clearing = || {
        ("[A-Z]{5}", "[0-9]{3,12}").prop_map(|(system, member)| ClearingMember {
            system: system.parse().expect("a code"),
            member: member.parse().expect("a number"),
        })
    };
    let bank = prop_oneof![
        bic().prop_map(|bic| (Some(bic), None)),
        clearing().prop_map(|clearing| (None, Some(clearing))),
        (bic(), clearing()).prop_map(|(bic, clearing)| (Some(bic), Some(clearing))),
    ];
    let other =
        (number(), bank, self::bank()).prop_map(|(account, (bic, clearing), bank)| BankAccount::Other { account, bic, clearing, bank });
    prop_oneof![iban_of(SEPA), iban_of(ELSEWHERE), us, other].boxed()
}

fn iban(codes: &'static str) -> impl Strategy<Value = Iban> {
    select(codes.split(' ').collect::<Vec<_>>()).prop_flat_map(|code| {
        let structure = bban_structure(code).expect("a country with IBANs").as_str();
        let bban = proptest::string::string_regex(&regex_of(structure)).expect("a pattern");
        bban.prop_map(move |bban| Iban::parse(&with_check_digits(code, &bban)).expect("computed check digits"))
    })
}

/// `4a14n` as `[A-Z]{4}[0-9]{14}`.
fn regex_of(structure: &str) -> String {
    structure.split_inclusive(char::is_alphabetic).fold(String::new(), |regex, part| {
        let (length, class) = part.split_at(part.len() - 1);
        let class = match class {
            "n" => "[0-9]",
            "a" => "[A-Z]",
            _ => "[A-Z0-9]",
        };
        format!("{regex}{class}{{{length}}}")
    })
}

fn with_check_digits(prefix: &str, body: &str) -> String {
    let digits: String = format!("{body}{prefix}00").chars().map(|c| c.to_digit(36).expect("alphanumeric").to_string()).collect();
    let remainder = digits.bytes().fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("{prefix}{:02}{body}", 98 - remainder)
}

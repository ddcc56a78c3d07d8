//! Files that other programs wrote, taken apart into facts and written by us, have the same elements with the same texts in the same order.

use std::fs;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::bank_account::{BankAccount, Bic, CreditorReference, Iban, PaymentReference};
use quittance_infrastructure::pain001::{
    Address, CreditTransfer, CreditTransferFile, InitiatingParty, InstructedAmount, Overlong, Party, PaymentBlock, Remittance, Service,
    Version, write,
};
use roxmltree::{Document, Node};

use crate::data;

/// The samples carry placeholders where real files have check digits.
const REFERENCE: &str = "RF18539007547034";

#[test]
fn a_later_version_of_one_program() {
    // Between its version and ours of 2019 the date got an element of its own.
    let dated = |path: String| if path.ends_with("ReqdExctnDt") { format!("{path}/Dt") } else { path };
    assert_same("php-sepa-xml/pain.001.001.07.xml", Version::V09, dated);
    assert_same("php-sepa-xml/pain.001.001.04.xml", Version::V09, dated);
}

#[test]
fn the_german_form_of_two_programs() {
    assert_same("php-sepa-xml/pain.001.002.03.xml", Version::GermanV002, |path| path);
    assert_same("sepa_king/pain.001.002.03.xml", Version::GermanV002, |path| path);
}

fn assert_same(sample: &str, version: Version, as_ours: impl Fn(String) -> String) {
    let text = fs::read_to_string(data("iso20022-samples").join(sample)).expect("a readable sample");
    let theirs = Document::parse(&text).expect("well-formed XML");
    let written = write(&facts(&theirs), version).expect("a file");
    let ours = String::from_utf8(written.bytes).expect("UTF-8");
    let ours = leaves(&Document::parse(&ours).expect("well-formed XML"));
    let theirs: Vec<_> = leaves(&theirs).into_iter().map(|(path, text)| (as_ours(path), text)).collect();
    assert!(theirs.len() > 20, "{sample} has too little in it to compare");
    // The sum of the whole file is optional and always written by us.
    let stated = theirs.iter().any(|(path, _)| path.ends_with("GrpHdr/CtrlSum"));
    let ours: Vec<_> = ours.into_iter().filter(|(path, _)| stated || !path.ends_with("GrpHdr/CtrlSum")).collect();
    assert_eq!(ours, theirs, "{sample}");
}

/// Every element with a text: its path and the text, placeholders made valid, without the issuer of a reference, which we do not state.
fn leaves(document: &Document) -> Vec<(String, String)> {
    let elements = document.descendants().filter(|node| node.is_element() && !node.children().any(|child| child.is_element()));
    let leaves = elements.map(|node| (path(node), made_valid(node)));
    leaves.filter(|(path, _)| !path.ends_with("CdtrRefInf/Tp/Issr")).collect()
}

fn path(node: Node) -> String {
    let mut names: Vec<&str> = node.ancestors().filter(Node::is_element).map(|node| node.tag_name().name()).collect();
    names.reverse();
    names.join("/")
}

fn made_valid(node: Node) -> String {
    let text = node.text().unwrap_or_default().trim();
    match node.tag_name().name() {
        "IBAN" => iban(text).to_string(),
        "CreDtTm" => time(text).to_rfc3339(),
        "Ref" => REFERENCE.to_owned(),
        _ => text.to_owned(),
    }
}

fn iban(text: &str) -> Iban {
    let candidates = (2..=98).map(|check| format!("{}{check:02}{}", &text[..2], &text[4..]));
    candidates.filter_map(|text| Iban::parse(&text).ok()).next().unwrap_or_else(|| german_iban(text))
}

/// For a number that is not even of its country's form: the same digits as a German one.
fn german_iban(text: &str) -> Iban {
    iban(&format!("DE00{}", &text[4..22]))
}

/// To the second, as we write it.
fn time(text: &str) -> DateTime<Utc> {
    let time = DateTime::parse_from_rfc3339(text).expect("a time");
    DateTime::from_timestamp(time.timestamp(), 0).expect("a time")
}

fn at<'a>(node: Node<'a, '_>, path: &str) -> Option<&'a str> {
    let found = path.split('/').try_fold(node, |node, name| node.children().find(|child| child.tag_name().name() == name));
    found.and_then(|node| node.text())
}

fn text(node: Node, path: &str) -> String {
    at(node, path).unwrap_or_else(|| panic!("no {path}")).to_owned()
}

fn reference(node: Node, path: &str) -> PaymentReference {
    text(node, path).parse().expect("a reference")
}

fn all<'a, 'b>(node: Node<'a, 'b>, name: &'static str) -> impl Iterator<Item = Node<'a, 'b>> {
    node.children().filter(move |child| child.tag_name().name() == name)
}

fn facts(document: &Document) -> CreditTransferFile {
    let message = document.root_element().first_element_child().expect("a message");
    CreditTransferFile {
        message_id: reference(message, "GrpHdr/MsgId"),
        created_at: time(&text(message, "GrpHdr/CreDtTm")),
        initiating_party: InitiatingParty { name: text(message, "GrpHdr/InitgPty/Nm"), identification: None },
        blocks: all(message, "PmtInf").map(block).collect(),
        overlong: Overlong::Refuse,
    }
}

fn block(node: Node) -> PaymentBlock {
    PaymentBlock {
        id: reference(node, "PmtInfId"),
        debtor: party(node, "Dbtr"),
        debtor_account: account(node, "Dbtr"),
        debtor_account_currency: at(node, "DbtrAcct/Ccy").map(|code| code.parse().expect("a currency")),
        execution_date: text(node, "ReqdExctnDt").parse::<NaiveDate>().expect("a date"),
        batch_booking: at(node, "BtchBookg").map(|text| text == "true"),
        service: Service::Sepa,
        category_purpose: None,
        transactions: all(node, "CdtTrfTxInf").map(transfer).collect(),
    }
}

fn transfer(node: Node) -> CreditTransfer {
    let unstructured = at(node, "RmtInf/Ustrd").map(|text| Remittance::Unstructured(text.to_owned()));
    let structured = at(node, "RmtInf/Strd/CdtrRefInf/Ref").map(|_| CreditorReference::parse(REFERENCE).expect("a reference"));
    CreditTransfer {
        instruction_id: at(node, "PmtId/InstrId").map(|text| text.parse().expect("a reference")),
        end_to_end_id: reference(node, "PmtId/EndToEndId"),
        amount: InstructedAmount::new(text(node, "Amt/InstdAmt").parse().expect("a decimal"), "EUR").expect("an amount"),
        creditor: party(node, "Cdtr"),
        creditor_account: account(node, "Cdtr"),
        purpose: None,
        remittance: unstructured.or(structured.map(Remittance::Structured)).unwrap_or(Remittance::None),
    }
}

fn party(node: Node, role: &str) -> Party {
    let part = |name: &str| at(node, &format!("{role}/PstlAdr/{name}")).map(str::to_owned);
    let address = part("Ctry").map(|country| Address {
        street: part("StrtNm"),
        building_number: part("BldgNb"),
        lines: Vec::new(),
        postal_code: part("PstCd"),
        town: part("TwnNm"),
        subdivision: part("CtrySubDvsn"),
        country: Some(country.parse().expect("a country")),
    });
    Party { name: text(node, &format!("{role}/Nm")), address }
}

fn account(node: Node, role: &str) -> BankAccount {
    let agent = |name: &str| at(node, &format!("{role}Agt/FinInstnId/{name}"));
    let bic = agent("BIC").or_else(|| agent("BICFI")).map(|bic| Bic::parse(bic).expect("a BIC"));
    BankAccount::Iban { iban: iban(&text(node, &format!("{role}Acct/Id/IBAN"))), bic }
}

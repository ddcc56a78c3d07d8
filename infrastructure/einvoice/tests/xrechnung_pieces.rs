//! The rules of XRechnung, and Germany's of Peppol, that no official invoice breaks, each on a piece of an invoice made for it.

#[allow(dead_code, reason = "each program uses what it needs")]
mod pieces;

use pieces::{Case, GAP, account, buyer, judge, line, means, seller, tax_number};
use quittance_einvoice::rules::{RuleSet, later_rule_sets_of};
use quittance_einvoice_formats::{examine, examine_by};

const PEPPOL: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
const XRECHNUNG: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0";
const EXTENSION: &str =
    "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0";
const IBAN: &str = "DE75512108001245126199";
const CARD: &str = "<cac:CardAccount><cbc:PrimaryAccountNumberID>1234</cbc:PrimaryAccountNumberID></cac:CardAccount>";
const MANDATE: &str = "<cac:PaymentMandate><cbc:ID>1</cbc:ID></cac:PaymentMandate>";
const ACCOUNT: &str = "<cac:PayeeFinancialAccount><cbc:ID>DE75512108001245126199</cbc:ID></cac:PayeeFinancialAccount>";

/// Names in XRechnung and in Peppol, with the case that both share.
fn german() -> Vec<([&'static str; 2], String, &'static str, &'static str)> {
    let seller_in = |address: &str| {
        format!(
            "<cac:AccountingSupplierParty><cac:Party><cac:PostalAddress>{address}<cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress></cac:Party></cac:AccountingSupplierParty>{}",
            buyer("DE", "")
        )
    };
    let germans = |contact: &str, more: &str| format!("{}{}{more}", seller("DE", contact), buyer("DE", ""));
    let contact = |terms: &str| germans(&format!("<cac:Contact>{terms}</cac:Contact>"), "");
    let paid = |code: &str, groups: &str| germans("", &means(code, groups));
    let city = "<cbc:CityName>1</cbc:CityName>";
    let delivery = "<cac:Delivery><cac:DeliveryLocation><cac:Address>§</cac:Address></cac:DeliveryLocation></cac:Delivery>";
    let taxed = line("<cac:Item><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID></cac:ClassifiedTaxCategory></cac:Item>");
    let attached = |name: &str| {
        format!(
            "<cac:AdditionalDocumentReference><cac:Attachment><cbc:EmbeddedDocumentBinaryObject filename='{name}'>QQ==</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
        )
    };
    vec![
        (
            ["BR-DE-1", "DE-R-001"],
            germans("", GAP),
            "<cac:PaymentMeans><cbc:PaymentMeansCode>1</cbc:PaymentMeansCode></cac:PaymentMeans>",
            "",
        ),
        (["BR-DE-2", "DE-R-002"], germans(GAP, ""), "<cac:Contact/>", ""),
        (["BR-DE-3", "DE-R-003"], seller_in(GAP), city, ""),
        (["BR-DE-5", "DE-R-005"], contact("<cbc:Name>§</cbc:Name>"), "Anna", " "),
        (["BR-DE-6", "DE-R-006"], contact(GAP), "<cbc:Telephone>123</cbc:Telephone>", ""),
        (["BR-DE-7", "DE-R-007"], contact(GAP), "<cbc:ElectronicMail>a@b.de</cbc:ElectronicMail>", ""),
        (["BR-DE-10", "DE-R-010"], germans("", delivery), city, ""),
        (
            ["BR-DE-16", "DE-R-016"],
            format!("{}{}{taxed}", seller("DE", GAP), buyer("DE", "")),
            "<cac:PartyTaxScheme><cbc:CompanyID>1</cbc:CompanyID></cac:PartyTaxScheme>",
            "",
        ),
        (["BR-DE-22", "DE-R-022"], germans("", &format!("{}{}", attached("a"), attached(GAP))), "b", "a"),
        (["BR-DE-19", "DE-R-019"], paid("58", &account(GAP, "1")), IBAN, "DE75512108001245126198"),
        (["BR-DE-23-a", "DE-R-023-1"], paid("30", GAP), ACCOUNT, ""),
        (["BR-DE-23-b", "DE-R-023-2"], paid("58", GAP), ACCOUNT, MANDATE),
        (["BR-DE-24-a", "DE-R-024-1"], paid("54", GAP), CARD, ACCOUNT),
        (["BR-DE-24-b", "DE-R-024-2"], paid("48", GAP), CARD, ACCOUNT),
        (["BR-DE-25-a", "DE-R-025-1"], paid("59", GAP), MANDATE, CARD),
        (["BR-DE-27", "DE-R-027"], contact("<cbc:Telephone>§</cbc:Telephone>"), "+1 23", "12"),
        (["BR-DE-28", "DE-R-028"], contact("<cbc:ElectronicMail>§</cbc:ElectronicMail>"), "a@b.de", "a@b"),
        (
            ["BR-DE-30", "DE-R-030"],
            format!(
                "{}{}{}",
                seller("DE", "<cac:PartyIdentification><cbc:ID schemeID='§'>DE98ZZZ09999999999</cbc:ID></cac:PartyIdentification>"),
                buyer("DE", ""),
                means("59", MANDATE)
            ),
            "SEPA",
            "0088",
        ),
        (
            ["BR-DE-31", "DE-R-031"],
            paid("59", "<cac:PaymentMandate>§</cac:PaymentMandate>"),
            "<cac:PayerFinancialAccount><cbc:ID>1</cbc:ID></cac:PayerFinancialAccount>",
            "",
        ),
    ]
}

#[test]
fn germany_demands_the_same_of_xrechnung_and_of_peppol() {
    let of =
        |name: usize| german().into_iter().map(|(names, piece, right, wrong)| (names[name], piece, right, wrong)).collect::<Vec<Case>>();
    judge(&of(0), "Invoice", XRECHNUNG, RuleSet::XrechnungUbl);
    judge(&of(1), "Invoice", PEPPOL, RuleSet::PeppolUbl);
    judge(&of(0), "CreditNote", XRECHNUNG, RuleSet::XrechnungUbl);
}

#[test]
fn peppols_rules_for_germans_are_not_for_others() {
    let case = |country: &'static str| ("DE-R-001", format!("{}{}{GAP}", seller("DE", &tax_number("VAT", "DE1")), buyer(country, "")));
    let (rule, piece) = case("FR");
    assert!(!pieces::breaks(rule, &pieces::document("Invoice", PEPPOL, &piece.replace(GAP, "")), RuleSet::PeppolUbl));
}

#[test]
fn the_extension_has_rules_of_its_own() {
    let item = "<cac:Item><cac:ClassifiedTaxCategory/></cac:Item>";
    let nested = |amounts: [&str; 2]| {
        let below = amounts.map(|amount| {
            format!("<cac:SubInvoiceLine><cbc:LineExtensionAmount>{amount}</cbc:LineExtensionAmount>{item}</cac:SubInvoiceLine>")
        });
        line(&format!("<cbc:LineExtensionAmount>3.00</cbc:LineExtensionAmount>{}", below.concat()))
    };
    let identified =
        |scheme: &str| seller("DE", &format!("<cac:PartyIdentification><cbc:ID schemeID='{scheme}'>1</cbc:ID></cac:PartyIdentification>"));
    let place = "<cac:Delivery><cac:DeliveryLocation><cbc:ID schemeID='§'>1</cbc:ID></cac:DeliveryLocation></cac:Delivery>";
    let paid = |term: &str| format!("<cac:PrepaidPayment>{term}</cac:PrepaidPayment>");
    let cases: Vec<Case> = vec![
        ("BR-DEX-02", nested(["1.00", GAP]), "2", "2.01"),
        (
            "BR-DEX-03",
            line("<cac:SubInvoiceLine><cac:Item>§</cac:Item></cac:SubInvoiceLine>"),
            "<cac:ClassifiedTaxCategory/>",
            "<cbc:Name>1</cbc:Name>",
        ),
        ("BR-DEX-04", identified(GAP), "XR01", "XR04"),
        ("BR-DEX-04", identified(GAP), "SEPA", "SEPB"),
        ("BR-DEX-08", place.into(), "XR03", "XR1"),
        ("BR-DEX-10", paid("<cbc:ID>§</cbc:ID>"), "1", " "),
        ("BR-DEX-13", paid("<cbc:PaidAmount currencyID='EUR'>§</cbc:PaidAmount>"), "1.99", "1.999"),
        ("BR-DEX-14", paid("<cbc:PaidAmount currencyID='§'>1</cbc:PaidAmount>"), "EUR", "USD"),
    ];
    judge(&cases, "Invoice", EXTENSION, RuleSet::XrechnungUbl);
    for (rule, piece, _, wrong) in cases {
        let core = pieces::document("Invoice", XRECHNUNG, &piece.replace(GAP, wrong));
        assert!(!pieces::breaks(rule, &core, RuleSet::XrechnungUbl), "{rule} outside the extension");
    }
}

#[test]
fn common_rules_are_held_for_xrechnung_too() {
    let discount = |indicator: &str| {
        line(&format!(
            "<cac:Price><cac:AllowanceCharge><cbc:ChargeIndicator>{indicator}</cbc:ChargeIndicator></cac:AllowanceCharge></cac:Price>"
        ))
    };
    let cases: Vec<Case> = vec![
        (
            "PEPPOL-EN16931-R042",
            format!("<cac:AllowanceCharge>{GAP}<cbc:BaseAmount>1</cbc:BaseAmount></cac:AllowanceCharge>"),
            "<cbc:MultiplierFactorNumeric>5</cbc:MultiplierFactorNumeric>",
            "",
        ),
        ("PEPPOL-EN16931-R044", discount(GAP), "false", "true"),
        (
            "PEPPOL-EN16931-R101",
            line("<cac:DocumentReference><cbc:DocumentTypeCode>§</cbc:DocumentTypeCode></cac:DocumentReference>"),
            "130",
            "50",
        ),
    ];
    judge(&cases, "Invoice", XRECHNUNG, RuleSet::XrechnungUbl);
    let forint = "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:MultiplierFactorNumeric>5</cbc:MultiplierFactorNumeric><cbc:Amount>§</cbc:Amount><cbc:BaseAmount>20</cbc:BaseAmount></cac:AllowanceCharge>";
    let in_forint = |amount: &str| pieces::document("Invoice", XRECHNUNG, &forint.replace(GAP, amount)).replace(">EUR<", ">HUF<");
    assert!(!pieces::breaks("PEPPOL-EN16931-R040", &in_forint("1.5"), RuleSet::XrechnungUbl));
    assert!(pieces::breaks("PEPPOL-EN16931-R040", &in_forint("1.51"), RuleSet::XrechnungUbl));
}

#[test]
fn identifiers_of_unknown_releases_are_noticed() {
    for (specification, expected) in [(XRECHNUNG.to_string(), false), (EXTENSION.to_string(), false), (format!("{XRECHNUNG}.1"), true)] {
        let document = pieces::document("Invoice", &specification, "");
        assert_eq!(pieces::breaks("BR-DE-21", &document, RuleSet::XrechnungUbl), expected, "{specification}");
    }
}

/// What the later release of the same name added, and what it reads otherwise.
#[test]
fn the_later_release_is_asked_for_by_name() {
    let located = "<cac:AdditionalDocumentReference><cac:Attachment><cac:ExternalReference><cbc:URI>§</cbc:URI></cac:ExternalReference></cac:Attachment></cac:AdditionalDocumentReference>";
    let mail = seller("DE", "<cac:Contact><cbc:ElectronicMail>§</cbc:ElectronicMail></cac:Contact>");
    let period = line("<cac:InvoicePeriod><cbc:StartDate>2026-01-01</cbc:StartDate></cac:InvoicePeriod>");
    let cases: Vec<Case> = vec![
        ("BR-TMP-2", located.into(), "https://example.org/1", "www.example.org"),
        ("BR-TMP-6", format!("<cbc:IssueDate>{GAP}</cbc:IssueDate>"), "2026-01-31", "2026-01-31Z"),
        ("BR-DE-TMP-32", format!("{period}{GAP}"), "", "<cac:InvoiceLine><cbc:ID>2</cbc:ID></cac:InvoiceLine>"),
        ("BR-DE-28", mail, "jörg@müller.de", "jörg@müller"),
    ];
    judge(&cases, "Invoice", XRECHNUNG, RuleSet::Xrechnung302Ubl);
    for (rule, piece, right, wrong) in cases {
        let [right, wrong] = [right, wrong].map(|fill| pieces::document("Invoice", XRECHNUNG, &piece.replace(GAP, fill)));
        let [before, after] = [&right, &wrong].map(|document| pieces::breaks(rule, document, RuleSet::XrechnungUbl));
        assert!(before == after, "{rule}: 3.0.1 tells the two apart");
    }
}

#[test]
fn vehicles_answer_to_the_only_release_that_knows_them() {
    let vehicles = format!("{XRECHNUNG}#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9");
    let item = |degree: &str| {
        line(&format!(
            "<cac:Item><cac:CommodityClassification><cbc:ItemClassificationCode listID='CVD'>M1</cbc:ItemClassificationCode></cac:CommodityClassification>\
             <cac:AdditionalItemProperty><cbc:Name>cva</cbc:Name><cbc:Value>{degree}</cbc:Value></cac:AdditionalItemProperty></cac:Item>"
        ))
    };
    judge(&[("BR-DE-CVD-05", item(GAP), "clean", "dirty")], "Invoice", &vehicles, RuleSet::Xrechnung302Ubl);
    let document = pieces::document("Invoice", &vehicles, &item("clean"));
    let examined = examine(document.as_bytes()).expect("an invoice");
    let names: Vec<_> = examined.report.sets.iter().map(|applied| applied.version.as_str()).collect();
    assert!(names.contains(&"XRechnung-UBL 3.0.2"), "{names:?}");
    assert!(examined.report.names("BR-DE-CVD-01") && !examined.report.names("BR-CL-13") && !examined.report.names("BR-DE-21"));
    let asked = examine_by(pieces::document("Invoice", XRECHNUNG, "").as_bytes(), later_rule_sets_of).expect("an invoice");
    assert!(asked.report.sets.iter().any(|applied| applied.version == "XRechnung-UBL 3.0.2"));
}

//! The rules of Peppol that no official test breaks, each on a piece of an invoice made for it.

#[allow(dead_code, reason = "each program uses what it needs")]
mod pieces;

use pieces::{Case, GAP, account, buyer, judge, line, means, registration, seller, supporting, tax_number};
use quittance_einvoice::rules::RuleSet;

const SPECIFICATION: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";

#[test]
fn common_rules() {
    let endpoint = |scheme: &str| seller("GB", &format!("<cbc:EndpointID schemeID='{scheme}'>{GAP}</cbc:EndpointID>"));
    let category = |code: &str| {
        format!(
            "<cac:AllowanceCharge><cac:TaxCategory><cbc:ID>{GAP}</cbc:ID><cbc:TaxExemptionReasonCode>{code}</cbc:TaxExemptionReasonCode></cac:TaxCategory></cac:AllowanceCharge>"
        )
    };
    let period = |own: &str| {
        format!(
            "<cac:InvoicePeriod><cbc:StartDate>2024-02-01</cbc:StartDate><cbc:EndDate>2024-02-29</cbc:EndDate></cac:InvoicePeriod>{}",
            line(own)
        )
    };
    let germans = |country: &str| format!("{}{}<cbc:InvoiceTypeCode>384</cbc:InvoiceTypeCode>", seller("DE", ""), buyer(country, ""));
    let object = "<cac:DocumentReference><cbc:ID>1</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:DocumentReference>";
    let cases: Vec<Case> = vec![
        ("PEPPOL-COMMON-R041", endpoint("0192"), "974760673", "974760674"),
        ("PEPPOL-COMMON-R042", endpoint("0184"), "DK13585628", "DK1358562X"),
        ("PEPPOL-COMMON-R044", endpoint("0201"), "UFBM9X", "UFBM-X"),
        ("PEPPOL-COMMON-R050", endpoint("0151"), "51824753556", "51824753557"),
        ("PEPPOL-COMMON-R052", endpoint("0096"), "1003403794", "100340379"),
        ("PEPPOL-COMMON-R053", endpoint("0198"), "DK13585628", "13585628"),
        ("PEPPOL-EN16931-CL002", reason("false"), "95", "AA"),
        ("PEPPOL-EN16931-CL003", reason("true"), "AA", "95"),
        (
            "PEPPOL-EN16931-CL006",
            format!("<cac:InvoicePeriod><cbc:DescriptionCode>{GAP}</cbc:DescriptionCode></cac:InvoicePeriod>"),
            "35",
            "36",
        ),
        ("PEPPOL-EN16931-F001", format!("<cbc:IssueDate>{GAP}</cbc:IssueDate>"), "2024-02-29", "2023-02-29"),
        ("PEPPOL-EN16931-F001", format!("<cbc:DueDate>{GAP}</cbc:DueDate>"), "2024-02-29", "2024-02-29Z"),
        ("PEPPOL-EN16931-P0105", category("VATEX-EU-O"), "O", "E"),
        ("PEPPOL-EN16931-P0106", category("VATEX-EU-IC"), "K", "E"),
        ("PEPPOL-EN16931-P0107", category("vatex-eu-ae"), "AE", "E"),
        ("PEPPOL-EN16931-P0110", category("VATEX-EU-I"), "E", "S"),
        ("PEPPOL-EN16931-P0111", category("VATEX-EU-J"), "E", "S"),
        ("PEPPOL-EN16931-P0112", germans(GAP), "DE", "FR"),
        (
            "PEPPOL-EN16931-R042",
            format!("<cac:AllowanceCharge>{GAP}<cbc:BaseAmount>10</cbc:BaseAmount></cac:AllowanceCharge>"),
            "<cbc:MultiplierFactorNumeric>5</cbc:MultiplierFactorNumeric>",
            "",
        ),
        ("PEPPOL-EN16931-R040", percentage(GAP), "1.02", "1.03"),
        ("PEPPOL-EN16931-R040", percentage(GAP), "0.98", "0.97"),
        ("PEPPOL-EN16931-R100", line(&format!("{object}{GAP}")), "", object),
        ("PEPPOL-EN16931-R101", line(&object.replace("130", GAP)), "130", "916"),
        (
            "PEPPOL-EN16931-R110",
            period("<cac:InvoicePeriod><cbc:StartDate>§</cbc:StartDate></cac:InvoicePeriod>"),
            "2024-02-01",
            "2024-01-31",
        ),
        ("PEPPOL-EN16931-R111", period("<cac:InvoicePeriod><cbc:EndDate>§</cbc:EndDate></cac:InvoicePeriod>"), "2024-02-29", "2024-03-01"),
        ("PEPPOL-EN16931-R120", priced_line(GAP), "16.68", "16.71"),
        ("PEPPOL-EN16931-R002", format!("<cbc:Note>1</cbc:Note>{GAP}"), "", "<cbc:Note>2</cbc:Note>"),
    ];
    judge(&cases, "Invoice", SPECIFICATION, RuleSet::PeppolUbl);
}

fn reason(is_charge: &str) -> String {
    format!(
        "<cac:AllowanceCharge><cbc:ChargeIndicator>{is_charge}</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>{GAP}</cbc:AllowanceChargeReasonCode></cac:AllowanceCharge>"
    )
}

/// 5 % of 20.
fn percentage(amount: &str) -> String {
    format!(
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:MultiplierFactorNumeric>5</cbc:MultiplierFactorNumeric>\
         <cbc:Amount currencyID='EUR'>{amount}</cbc:Amount><cbc:BaseAmount currencyID='EUR'>20</cbc:BaseAmount></cac:AllowanceCharge>"
    )
}

/// 5 × 10 / 3 and a charge of 1 and an allowance of 1.
fn priced_line(amount: &str) -> String {
    let adjustment = |is_charge: bool| {
        format!(
            "<cac:AllowanceCharge><cbc:ChargeIndicator>{is_charge}</cbc:ChargeIndicator><cbc:Amount currencyID='EUR'>1</cbc:Amount></cac:AllowanceCharge>"
        )
    };
    line(&format!(
        "<cbc:InvoicedQuantity>5</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID='EUR'>{amount}</cbc:LineExtensionAmount>{}{}\
         <cac:Price><cbc:PriceAmount currencyID='EUR'>10</cbc:PriceAmount><cbc:BaseQuantity>3</cbc:BaseQuantity></cac:Price>",
        adjustment(true),
        adjustment(false),
    ))
}

#[test]
fn danish_rules() {
    let danes = |more: &str| format!("{}{}{more}", seller("DK", ""), buyer("DK", ""));
    let giro = |id: &str, number: &str| danes(&means("50", &format!("<cbc:PaymentID>{id}</cbc:PaymentID>{}", account(number, "1"))));
    let class = "<cac:Item><cac:CommodityClassification><cbc:ItemClassificationCode listID='TST' listVersionID='§'>1</cbc:ItemClassificationCode></cac:CommodityClassification></cac:Item>";
    let tax = "<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>ZZZ</cbc:AllowanceChargeReasonCode><cbc:AllowanceChargeReason>§</cbc:AllowanceChargeReason></cac:AllowanceCharge>";
    let identified =
        |attribute: &str| seller("DK", &format!("<cac:PartyIdentification><cbc:ID{attribute}>1</cbc:ID></cac:PartyIdentification>"));
    let registered_buyer = |scheme: &str| format!("{}{}", seller("DK", ""), buyer("DK", &registration(scheme, "DK13585628")));
    let cases: Vec<Case> = vec![
        ("DK-R-003", danes(&line(class)), "26.08.01", "18.00"),
        ("DK-R-004", danes(tax), "2004", "20045"),
        ("DK-R-004", danes(tax), "Afgift#2", "#Afgift"),
        ("DK-R-008", giro("04#1234567890123456", GAP), "12345678", "123456"),
        ("DK-R-008", giro(GAP, "1234567"), "01#", "71#1"),
        ("DK-R-002", seller(GAP, ""), "dk", "DK"),
        ("DK-R-009", giro(GAP, "1234567"), "04#1234567890123456", "04#123456789012345"),
        ("DK-R-013", format!("{}{}", identified(GAP), buyer("DK", "")), " schemeID='0184'", ""),
        ("DK-R-017", registered_buyer(GAP), "0184", "0088"),
    ];
    judge(&cases, "Invoice", SPECIFICATION, RuleSet::PeppolUbl);
    let payable = danes("<cac:LegalMonetaryTotal><cbc:PayableAmount>§</cbc:PayableAmount></cac:LegalMonetaryTotal>");
    judge(&[("DK-R-016", payable, "1", "-1")], "CreditNote", SPECIFICATION, RuleSet::PeppolUbl);
}

#[test]
fn greek_rules() {
    let greek = |more: &str| seller("GR", &format!("{}{more}", tax_number("VAT", "EL094259216")));
    let number = |segments: &str| format!("<cbc:ID>{segments}</cbc:ID><cbc:IssueDate>2024-02-29</cbc:IssueDate>{}", greek(""));
    let located =
        |uri: &str| format!("<cac:Attachment><cac:ExternalReference><cbc:URI>{uri}</cbc:URI></cac:ExternalReference></cac:Attachment>");
    let vat = "<cac:PartyTaxScheme>§<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>";
    let url = "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cbc:DocumentDescription>##INVOICE|URL##</cbc:DocumentDescription></cac:AdditionalDocumentReference>";
    let cases: Vec<Case> = vec![
        ("GR-R-001-1", number("094259216|29/02/2024|1|1.1|A§"), "|1", ""),
        ("GR-R-001-2", number("§|29/02/2024|1|1.1|A|1"), "094259216", "094259217"),
        ("GR-R-001-2", number("§|29/02/2024|1|1.1|A|1"), "094259216", "099999999"),
        ("GR-R-001-3", number("094259216|§|1|1.1|A|1"), "29/02/2024", "28/02/2024"),
        ("GR-R-001-4", number("094259216|29/02/2024|§|1.1|A|1"), "0", "-1"),
        ("GR-R-001-5", number("094259216|29/02/2024|1|§|A|1"), "5.2", "1.2"),
        ("GR-R-001-6", number("094259216|29/02/2024|1|1.1|§|1"), "A", ""),
        ("GR-R-001-7", number("094259216|29/02/2024|1|1.1|A|§"), "1", ""),
        (
            "GR-R-004-1",
            format!("{}§{}", greek(""), supporting("400001", "##M.AR.K##", "")),
            "",
            "<cac:AdditionalDocumentReference><cbc:DocumentDescription>##M.AR.K##</cbc:DocumentDescription></cac:AdditionalDocumentReference>",
        ),
        ("GR-R-004-2", format!("{}{}", greek(""), supporting(GAP, "##M.AR.K##", "")), "400001", "0400001"),
        ("GR-R-008-2", format!("{}{url}{GAP}", greek("")), "", url),
        ("GR-R-008-3", format!("{}{}", greek(""), supporting("1", "##INVOICE|URL##", &located(GAP))), "https://example.org/1", " "),
        ("GR-R-003", seller("GR", &tax_number("VAT", GAP)), "EL094259216", "EL094259217"),
        ("GR-R-003", seller("GR", vat), "", "<cbc:CompanyID>EL1</cbc:CompanyID>"),
        ("GR-R-009", greek("<cbc:EndpointID schemeID='§'>094259216</cbc:EndpointID>"), "9933", "0088"),
    ];
    judge(&cases, "Invoice", SPECIFICATION, RuleSet::PeppolUbl);
}

#[test]
fn icelandic_rules() {
    let registered = |scheme: &str| registration(scheme, "5501691269");
    let pair = |own: &str, other: &str| format!("{}{}", seller("IS", own), buyer("IS", other));
    let last_day = |day: &str, due: &str| format!("{}{}{due}", seller("IS", ""), supporting(day, "EINDAGI", ""));
    let due = "<cbc:DueDate>2024-02-29</cbc:DueDate>";
    let street = |role: &str| {
        format!(
            "<cac:{role}><cac:Party><cac:PostalAddress>{GAP}<cbc:PostalZone>101</cbc:PostalZone><cac:Country><cbc:IdentificationCode>IS</cbc:IdentificationCode></cac:Country></cac:PostalAddress></cac:Party></cac:{role}>"
        )
    };
    let named = "<cbc:StreetName>1</cbc:StreetName>";
    let cases: Vec<Case> = vec![
        ("IS-R-001", format!("{}<cbc:InvoiceTypeCode>{GAP}</cbc:InvoiceTypeCode>", seller("IS", "")), "380", "386"),
        ("IS-R-002", seller("IS", &registered(GAP)), "0196", "0088"),
        ("IS-R-003", street("AccountingSupplierParty"), named, ""),
        ("IS-R-004", pair("", &registered(GAP)), "0196", "0088"),
        ("IS-R-005", format!("{}{}", seller("IS", ""), street("AccountingCustomerParty")), named, ""),
        ("IS-R-006", format!("{}{}", seller("IS", ""), means("9", &account(GAP, "1"))), "015426010101", "1542601010"),
        ("IS-R-007", format!("{}{}", seller("IS", ""), means("42", &account(GAP, "1"))), "015426010101", "1542601010"),
        ("IS-R-008", last_day(GAP, due), "2024-03-01", "01.03.2024"),
        ("IS-R-009", last_day("2024-03-01", GAP), due, ""),
        ("IS-R-010", last_day(GAP, due), "2024-02-29", "2024-02-28"),
        ("IS-R-010", last_day(GAP, due), "2024-03", "2024-02"),
    ];
    judge(&cases, "Invoice", SPECIFICATION, RuleSet::PeppolUbl);
}

#[test]
fn italian_dutch_norwegian_and_swedish_rules() {
    let without_scheme = |id: &str| format!("<cac:PartyTaxScheme><cbc:CompanyID>{id}</cbc:CompanyID></cac:PartyTaxScheme>");
    let swede = |vat: &str| seller("SE", &tax_number("VAT", vat));
    let representative = "<cac:TaxRepresentativeParty><cac:PostalAddress>§<cbc:CityName>1</cbc:CityName><cbc:PostalZone>1</cbc:PostalZone><cac:Country><cbc:IdentificationCode>NL</cbc:IdentificationCode></cac:Country></cac:PostalAddress></cac:TaxRepresentativeParty>";
    let dutch_buyer = "<cac:AccountingCustomerParty><cac:Party><cac:PostalAddress>§<cbc:CityName>1</cbc:CityName><cbc:PostalZone>1</cbc:PostalZone><cac:Country><cbc:IdentificationCode>NL</cbc:IdentificationCode></cac:Country></cac:PostalAddress></cac:Party></cac:AccountingCustomerParty>";
    let rated = "<cac:TaxTotal><cac:TaxSubtotal><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>§</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>";
    let street = "<cbc:StreetName>1</cbc:StreetName>";
    let payable = "<cac:LegalMonetaryTotal><cbc:PayableAmount>1</cbc:PayableAmount></cac:LegalMonetaryTotal>";
    let cases: Vec<Case> = vec![
        ("IT-R-001", seller("IT", &tax_number("LOC", GAP)), "RSSMRA85T10A562S", "RSSMRA85T1"),
        ("IT-R-001", seller("IT", &without_scheme(GAP)), "RSSMRA85T10A562S", "RSSMRA85T1"),
        ("NO-R-001", seller("NO", &tax_number("VAT", GAP)), "NO974760673MVA", "NO974760674MVA"),
        ("NO-R-002", seller("NO", &tax_number("TAX", GAP)), "Foretaksregisteret", "Registeret"),
        ("NO-R-002", seller("NO", &tax_number(GAP, "Foretaksregisteret")), "TAX", "FC"),
        ("NL-R-004", format!("{}{dutch_buyer}", seller("NL", "")), street, ""),
        ("NL-R-006", format!("{}{representative}", seller("NL", "")), street, ""),
        (
            "NL-R-007",
            format!("{}{payable}{GAP}", seller("NL", "")),
            "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode></cac:PaymentMeans>",
            "",
        ),
        ("SE-R-001", swede(GAP), "SE556677889901", "SE5566778899012"),
        ("SE-R-002", swede(GAP), "SE556677889901", "SE55667788990A"),
        ("SE-R-003", seller("SE", &registration("0007", GAP)), "5566778899", "55667788-9"),
        ("SE-R-013", seller("SE", &registration("0007", GAP)), "5566778899", "5566778898"),
        ("SE-R-013", seller("SE", &registration("0007", GAP)), "556677889901", "556677889801"),
        ("SE-R-005", seller("SE", &format!("{}{}", registration("0007", "5566778899"), without_scheme(GAP))), "Godkänd  för F-skatt", "Ja"),
        ("SE-R-006", format!("{}{rated}", swede("SE556677889901")), "12.00", "19"),
        ("SE-R-007", format!("{}{}", seller("SE", ""), means("30", &account(GAP, "SE:PLUSGIRO"))), "1234567", "12-34567"),
    ];
    judge(&cases, "Invoice", SPECIFICATION, RuleSet::PeppolUbl);
    let refers = format!("{}<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>{GAP}", seller("NL", ""));
    let invoice =
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>1</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>";
    judge(&[("NL-R-001", refers, invoice, "")], "CreditNote", SPECIFICATION, RuleSet::PeppolUbl);
}

/// What stands around the name of a process is not looked at.
#[test]
fn the_process_is_named() {
    let named = |name: &str| {
        let invoice = pieces::document("Invoice", SPECIFICATION, "");
        invoice.replace("urn:fdc:peppol.eu:2017:poacc:billing:01:1.0", name)
    };
    for (name, is_broken) in [("billing:01:1.0", false), ("billing:99:1.0.1", false), ("billing:1:1.0", true), ("billing:0A:1.0", true)] {
        let document = named(&format!("urn:fdc:peppol.eu:2017:poacc:{name}"));
        assert_eq!(pieces::breaks("PEPPOL-EN16931-R007", &document, RuleSet::PeppolUbl), is_broken, "{name}");
    }
}

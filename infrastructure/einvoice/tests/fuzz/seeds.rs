//! What is broken: documents of our own in every format, and real ones.

use std::path::PathBuf;

use quittance_einvoice::capture;
use quittance_einvoice_formats::{read, write_cii, write_facturx};

use crate::data;

pub struct Seed {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Large documents have no faults of their own, only fewer rounds in the same time.
const BYTES_MAX: u64 = 120_000;
/// So many of each folder and ending, spread over its files.
const OF_EACH: usize = 6;
const FOLDERS: &[(&str, &str)] = &[
    ("en16931/examples-ubl", ".xml"),
    ("en16931/examples-cii", ".xml"),
    ("peppol-bis3/examples", ".xml"),
    ("xrechnung-testsuite", ".xml"),
    ("facturx-2.4-examples", ".xml"),
    ("zugferd-corpus", ".xml"),
    ("zugferd-corpus", ".pdf"),
    ("peppol-poacc", ".xml"),
    ("orderx-1.0-examples", ".xml"),
    ("orderx-1.0-examples", ".pdf"),
    ("oca-edi", ".xml"),
];

pub fn all() -> Vec<Seed> {
    let mut seeds = own();
    seeds.extend(FOLDERS.iter().flat_map(|(folder, ending)| some(data::files(folder, ending))).map(real));
    seeds
}

fn some(files: Vec<PathBuf>) -> impl Iterator<Item = PathBuf> {
    let small: Vec<_> = files.into_iter().filter(|path| path.metadata().is_ok_and(|file| file.len() <= BYTES_MAX)).collect();
    let step = small.len().div_ceil(OF_EACH).max(1);
    small.into_iter().step_by(step)
}

fn real(path: PathBuf) -> Seed {
    Seed { name: data::name(&path), bytes: data::bytes(&path) }
}

pub fn own() -> Vec<Seed> {
    let invoice = ubl("Invoice", INVOICE);
    let canonical = capture(&read(invoice.as_bytes()).expect("an invoice").invoice()).expect("complete");
    let cii = write_cii(&canonical);
    let zugferd1 = as_zugferd1(&cii);
    let pdf = write_facturx(&canonical).expect("a PDF");
    let documents = [
        ("our invoice", invoice.clone().into_bytes()),
        ("our credit note", as_credit_note(&invoice).into_bytes()),
        ("our CII", cii.into_bytes()),
        ("our ZUGFeRD 1", zugferd1.into_bytes()),
        ("our Factur-X", pdf),
        ("our PDF", plain_pdf(invoice.as_bytes())),
        ("our order", ubl("Order", ORDER).into_bytes()),
        ("our Order-X", ORDER_X.as_bytes().to_vec()),
        ("our despatch advice", ubl("DespatchAdvice", ADVICE).into_bytes()),
    ];
    documents.into_iter().map(|(name, bytes)| Seed { name: name.to_owned(), bytes }).collect()
}

fn ubl(root: &str, content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:{root}-2\" \
         xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\" \
         xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\">{content}</{root}>"
    )
    .replace("{PARTIES}", PARTIES)
}

fn as_credit_note(invoice: &str) -> String {
    [("InvoiceTypeCode>380", "CreditNoteTypeCode>381"), ("InvoiceTypeCode", "CreditNoteTypeCode"), ("InvoicedQuantity", "CreditedQuantity")]
        .iter()
        .fold(invoice.to_owned(), |text, (from, to)| text.replace(from, to))
        .replace("InvoiceLine", "CreditNoteLine")
        .replace("<Invoice ", "<CreditNote ")
        .replace("</Invoice>", "</CreditNote>")
        .replace("xsd:Invoice-2", "xsd:CreditNote-2")
}

/// The same tree under its older names.
fn as_zugferd1(cii: &str) -> String {
    [
        ("CrossIndustryInvoice:100", "CrossIndustryInvoice:100-of-before"),
        ("urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100-of-before", "urn:ferd:CrossIndustryDocument:invoice:1p0"),
        ("ReusableAggregateBusinessInformationEntity:100", "ReusableAggregateBusinessInformationEntity:12"),
        ("UnqualifiedDataType:100", "UnqualifiedDataType:15"),
        ("CrossIndustryInvoice>", "CrossIndustryDocument>"),
        ("rsm:CrossIndustryInvoice ", "rsm:CrossIndustryDocument "),
        ("rsm:ExchangedDocumentContext>", "rsm:SpecifiedExchangedDocumentContext>"),
        ("rsm:ExchangedDocument>", "rsm:HeaderExchangedDocument>"),
        ("rsm:SupplyChainTradeTransaction>", "rsm:SpecifiedSupplyChainTradeTransaction>"),
        ("ApplicableHeaderTrade", "ApplicableSupplyChainTrade"),
        ("SpecifiedLineTrade", "SpecifiedSupplyChainTrade"),
    ]
    .iter()
    .fold(cii.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// An invoice inside a PDF that packs nothing, so that its objects and its XML break alike.
fn plain_pdf(invoice: &[u8]) -> Vec<u8> {
    let head = format!("%PDF-1.7\n1 0 obj\n<< /Type /EmbeddedFile /Length {} >>\nstream\n", invoice.len());
    let tail = "\nendstream\nendobj\n2 0 obj\n<< /Type /Filespec /F (factur-x.xml) /EF << /F 1 0 R >> >>\nendobj\n\
                3 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Length 12 >>\nstream\n4 0 << /A 1 >>\nendstream\nendobj\ntrailer << /Root 3 0 R >>\n%%EOF";
    [head.as_bytes(), invoice, tail.as_bytes()].concat()
}

const PARTIES: &str = "<cac:PartyIdentification><cbc:ID schemeID=\"0088\">4000001000005</cbc:ID></cac:PartyIdentification>\
<cac:PostalAddress><cbc:StreetName>Weg 1</cbc:StreetName><cbc:CityName>Hafen</cbc:CityName><cbc:PostalZone>20095</cbc:PostalZone>\
<cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>\
<cac:PartyTaxScheme><cbc:CompanyID>DE123456789</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>\
<cac:PartyLegalEntity><cbc:RegistrationName>Kontor GmbH</cbc:RegistrationName></cac:PartyLegalEntity>\
<cac:Contact><cbc:Name>Frau Ö</cbc:Name><cbc:Telephone>+49 40 1</cbc:Telephone><cbc:ElectronicMail>o@kontor.example</cbc:ElectronicMail></cac:Contact>";

const INVOICE: &str = "<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0</cbc:CustomizationID>\
<cbc:ID>R-1</cbc:ID><cbc:IssueDate>2026-01-31</cbc:IssueDate><cbc:DueDate>2026-02-28</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>\
<cbc:Note>#AAI#Danke</cbc:Note><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cbc:BuyerReference>04011000-12345-34</cbc:BuyerReference>\
<cac:OrderReference><cbc:ID>B-1</cbc:ID></cac:OrderReference>\
<cac:AdditionalDocumentReference><cbc:ID>A</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode=\"text/csv\" filename=\"a.csv\">\
YTtiCg==</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>\
<cac:AccountingSupplierParty><cac:Party>{PARTIES}</cac:Party></cac:AccountingSupplierParty>\
<cac:AccountingCustomerParty><cac:Party>{PARTIES}</cac:Party></cac:AccountingCustomerParty>\
<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cac:PayeeFinancialAccount><cbc:ID>DE02120300000000202051</cbc:ID>\
</cac:PayeeFinancialAccount></cac:PaymentMeans><cac:PaymentTerms><cbc:Note>#SKONTO#TAGE=14#PROZENT=2.00#\n</cbc:Note></cac:PaymentTerms>\
<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReason>Rabatt</cbc:AllowanceChargeReason>\
<cbc:MultiplierFactorNumeric>10</cbc:MultiplierFactorNumeric><cbc:Amount currencyID=\"EUR\">10.00</cbc:Amount><cbc:BaseAmount currencyID=\"EUR\">100.00\
</cbc:BaseAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>\
</cac:AllowanceCharge><cac:TaxTotal><cbc:TaxAmount currencyID=\"EUR\">17.10</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID=\"EUR\">90.00\
</cbc:TaxableAmount><cbc:TaxAmount currencyID=\"EUR\">17.10</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent>\
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>\
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID=\"EUR\">100.00</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount currencyID=\"EUR\">90.00\
</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID=\"EUR\">107.10</cbc:TaxInclusiveAmount><cbc:AllowanceTotalAmount currencyID=\"EUR\">10.00\
</cbc:AllowanceTotalAmount><cbc:PayableAmount currencyID=\"EUR\">107.10</cbc:PayableAmount></cac:LegalMonetaryTotal>\
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode=\"C62\">4</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID=\"EUR\">100.00\
</cbc:LineExtensionAmount><cac:Item><cbc:Name>Stift</cbc:Name><cac:SellersItemIdentification><cbc:ID>S-1</cbc:ID></cac:SellersItemIdentification>\
<cac:CommodityClassification><cbc:ItemClassificationCode listID=\"STI\">44121706</cbc:ItemClassificationCode></cac:CommodityClassification>\
<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory>\
<cac:AdditionalItemProperty><cbc:Name>Farbe</cbc:Name><cbc:Value>blau</cbc:Value></cac:AdditionalItemProperty></cac:Item>\
<cac:Price><cbc:PriceAmount currencyID=\"EUR\">25.00</cbc:PriceAmount><cbc:BaseQuantity unitCode=\"C62\">1</cbc:BaseQuantity><cac:AllowanceCharge>\
<cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount currencyID=\"EUR\">5.00</cbc:Amount><cbc:BaseAmount currencyID=\"EUR\">30.00</cbc:BaseAmount>\
</cac:AllowanceCharge></cac:Price></cac:InvoiceLine>";

const ORDER: &str = "<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID><cbc:ID>B-1</cbc:ID>\
<cbc:IssueDate>2026-01-05</cbc:IssueDate><cbc:OrderTypeCode>220</cbc:OrderTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>\
<cac:ValidityPeriod><cbc:EndDate>2026-02-01</cbc:EndDate></cac:ValidityPeriod>\
<cac:BuyerCustomerParty><cac:Party>{PARTIES}</cac:Party></cac:BuyerCustomerParty>\
<cac:SellerSupplierParty><cac:Party>{PARTIES}</cac:Party></cac:SellerSupplierParty>\
<cac:Delivery><cac:DeliveryLocation><cbc:ID>L</cbc:ID></cac:DeliveryLocation><cac:RequestedDeliveryPeriod><cbc:StartDate>2026-01-20</cbc:StartDate>\
<cbc:EndDate>2026-01-25</cbc:EndDate></cac:RequestedDeliveryPeriod></cac:Delivery>\
<cac:AnticipatedMonetaryTotal><cbc:PayableAmount currencyID=\"EUR\">100.00</cbc:PayableAmount></cac:AnticipatedMonetaryTotal>\
<cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID><cbc:Quantity unitCode=\"C62\">4</cbc:Quantity><cbc:LineExtensionAmount currencyID=\"EUR\">100.00\
</cbc:LineExtensionAmount><cac:Price><cbc:PriceAmount currencyID=\"EUR\">25.00</cbc:PriceAmount></cac:Price><cac:Item><cbc:Name>Stift</cbc:Name>\
<cac:BuyersItemIdentification><cbc:ID>P-1</cbc:ID></cac:BuyersItemIdentification></cac:Item></cac:LineItem></cac:OrderLine>";

const ADVICE: &str = "<cbc:ID>L-1</cbc:ID><cbc:IssueDate>2026-01-19</cbc:IssueDate><cac:OrderReference><cbc:ID>B-1</cbc:ID></cac:OrderReference>\
<cac:DespatchSupplierParty><cac:Party>{PARTIES}</cac:Party></cac:DespatchSupplierParty>\
<cac:DeliveryCustomerParty><cac:Party>{PARTIES}</cac:Party></cac:DeliveryCustomerParty>\
<cac:Shipment><cbc:ID>1</cbc:ID><cac:Delivery><cac:Despatch><cbc:ActualDespatchDate>2026-01-19</cbc:ActualDespatchDate></cac:Despatch></cac:Delivery>\
</cac:Shipment><cac:DespatchLine><cbc:ID>1</cbc:ID><cbc:DeliveredQuantity unitCode=\"C62\">3</cbc:DeliveredQuantity>\
<cbc:OutstandingQuantity unitCode=\"C62\">1</cbc:OutstandingQuantity><cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference>\
<cac:Item><cbc:Name>Stift</cbc:Name></cac:Item></cac:DespatchLine>";

const ORDER_X: &str = "<rsm:SCRDMCCBDACIOMessageStructure xmlns:rsm=\"urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100\" \
xmlns:ram=\"urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128\" \
xmlns:udt=\"urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128\">\
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:order-x.eu:1p0:basic</ram:ID>\
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>\
<rsm:ExchangedDocument><ram:ID>B-1</ram:ID><ram:TypeCode>220</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format=\"102\">20260105\
</udt:DateTimeString></ram:IssueDateTime><ram:PurposeCode>9</ram:PurposeCode></rsm:ExchangedDocument>\
<rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID>\
</ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:SellerAssignedID>S-1</ram:SellerAssignedID><ram:Name>Stift</ram:Name>\
</ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>25.00</ram:ChargeAmount>\
<ram:BasisQuantity unitCode=\"C62\">1</ram:BasisQuantity></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>\
<ram:SpecifiedLineTradeDelivery><ram:PartialDeliveryAllowedIndicator><udt:Indicator>true</udt:Indicator></ram:PartialDeliveryAllowedIndicator>\
<ram:RequestedQuantity unitCode=\"C62\">4</ram:RequestedQuantity></ram:SpecifiedLineTradeDelivery></ram:IncludedSupplyChainTradeLineItem>\
<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Kontor GmbH</ram:Name><ram:SpecifiedTaxRegistration>\
<ram:ID schemeID=\"VA\">DE123456789</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty><ram:BuyerTradeParty><ram:Name>Werk AG</ram:Name>\
</ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery><ram:RequestedDeliverySupplyChainEvent>\
<ram:OccurrenceDateTime><udt:DateTimeString format=\"102\">20260120</udt:DateTimeString></ram:OccurrenceDateTime>\
</ram:RequestedDeliverySupplyChainEvent></ram:ApplicableHeaderTradeDelivery><ram:ApplicableHeaderTradeSettlement><ram:OrderCurrencyCode>EUR\
</ram:OrderCurrencyCode><ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>100.00</ram:LineTotalAmount>\
</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction>\
</rsm:SCRDMCCBDACIOMessageStructure>";

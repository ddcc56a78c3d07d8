//! Memory grows with a document and no faster: twice the lines cost at most about twice the bytes, in every format.
//! One test alone in its binary, because the allocator counts for all threads.

use std::fmt::Write as _;

use peak_alloc::PeakAlloc;
use quittance_einvoice::rules::{rule_sets_of, validate};
use quittance_einvoice::{capture, capture_despatch_advice, capture_order, check_totals};
use quittance_einvoice_formats::{ReadDocument, read_document};

#[global_allocator]
static COUNTED: PeakAlloc = PeakAlloc;

/// Vectors double, so one step may cost half as much again; a square would cost four times as much.
const DOUBLED_MAX: f64 = 2.6;
/// Over two steps the doubling of vectors evens out.
const FOURFOLD_MAX: f64 = 4.6;
const LINES: usize = 1_000;

type Format = (&'static str, fn(usize) -> String);

const FORMATS: &[Format] = &[
    ("UBL invoice", ubl_invoice),
    ("CII invoice", cii_invoice),
    ("UBL order", ubl_order),
    ("Order-X", order_x),
    ("despatch advice", despatch_advice),
    ("invoice in a PDF", |lines| in_pdf(&ubl_invoice(lines))),
];

#[test]
fn memory_grows_in_proportion() {
    for (name, document) in FORMATS {
        // What is made once for the whole process counts for nobody.
        peak_of(&document(10));
        let [once, twice, four_times] = [1, 2, 4].map(|times| peak_of(&document(times * LINES)) as f64);
        assert!(twice / once < DOUBLED_MAX, "{name}: {once} bytes for {LINES} lines, {twice} for twice as many");
        assert!(four_times / once < FOURFOLD_MAX, "{name}: {once} bytes for {LINES} lines, {four_times} for four times as many");
    }
}

/// The most that reading, judging and capturing hold at once, beside the file itself.
fn peak_of(document: &str) -> usize {
    COUNTED.reset_peak_usage();
    let before = COUNTED.current_usage();
    match read_document(document.as_bytes()).expect("readable") {
        ReadDocument::Invoice(read) => {
            let invoice = read.invoice();
            assert!(!validate(&invoice, &rule_sets_of(&invoice)).sets.is_empty());
            let _ = check_totals(&invoice).holds();
            assert!(capture(&invoice).is_ok());
        }
        ReadDocument::Order(read) => assert!(capture_order(&read.order()).is_ok()),
        ReadDocument::DespatchAdvice(read) => assert!(capture_despatch_advice(&read.advice()).is_ok()),
    }
    COUNTED.peak_usage() - before
}

fn repeated(lines: usize, line: fn(usize) -> String) -> String {
    (1..=lines).fold(String::new(), |mut text, number| {
        let _ = write!(text, "{}", line(number));
        text
    })
}

fn ubl(root: &str, content: &str) -> String {
    let space = "urn:oasis:names:specification:ubl:schema:xsd";
    format!(
        "<{root} xmlns='{space}:{root}-2' xmlns:cbc='{space}:CommonBasicComponents-2' xmlns:cac='{space}:CommonAggregateComponents-2'>\
         <cbc:ID>1</cbc:ID><cbc:IssueDate>2026-01-31</cbc:IssueDate>{content}</{root}>"
    )
}

const CURRENCY: &str = "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>";

fn party(group: &str) -> String {
    format!("<cac:{group}><cac:Party><cac:PartyName><cbc:Name>Kontor</cbc:Name></cac:PartyName></cac:Party></cac:{group}>")
}

fn ubl_invoice(lines: usize) -> String {
    let lines = repeated(lines, |number| {
        format!(
            "<cac:InvoiceLine><cbc:ID>{number}</cbc:ID><cbc:InvoicedQuantity unitCode='C62'>1</cbc:InvoicedQuantity>\
             <cbc:LineExtensionAmount currencyID='EUR'>1.00</cbc:LineExtensionAmount>{ITEM}\
             <cac:Price><cbc:PriceAmount currencyID='EUR'>1.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine>"
        )
    });
    let total = |name: &str| format!("<cbc:{name} currencyID='EUR'>1.00</cbc:{name}>");
    let totals = ["LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount"].map(total).concat();
    let content = format!(
        "<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>\
         <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>{CURRENCY}{}{}<cac:LegalMonetaryTotal>{totals}</cac:LegalMonetaryTotal>{lines}",
        party("AccountingSupplierParty"),
        party("AccountingCustomerParty"),
    );
    ubl("Invoice", &content)
}

const ITEM: &str = "<cac:Item><cbc:Name>Stift</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent>\
    <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>";

fn ubl_order(lines: usize) -> String {
    let lines = repeated(lines, |number| {
        format!(
            "<cac:OrderLine><cac:LineItem><cbc:ID>{number}</cbc:ID><cbc:Quantity unitCode='C62'>1</cbc:Quantity>\
             <cac:Price><cbc:PriceAmount currencyID='EUR'>1.00</cbc:PriceAmount></cac:Price>{ITEM}</cac:LineItem></cac:OrderLine>"
        )
    });
    ubl("Order", &format!("{CURRENCY}{}{}{lines}", party("BuyerCustomerParty"), party("SellerSupplierParty")))
}

fn despatch_advice(lines: usize) -> String {
    let lines = repeated(lines, |number| {
        format!(
            "<cac:DespatchLine><cbc:ID>{number}</cbc:ID><cbc:DeliveredQuantity unitCode='C62'>1</cbc:DeliveredQuantity>\
             <cac:OrderLineReference><cbc:LineID>{number}</cbc:LineID></cac:OrderLineReference>{ITEM}</cac:DespatchLine>"
        )
    });
    ubl("DespatchAdvice", &lines)
}

fn cefact(root: &str, document: &str, release: u8, header: &str, lines: &str, settlement: &str) -> String {
    let types = "urn:un:unece:uncefact:data:standard";
    format!(
        "<rsm:{root} xmlns:rsm='{document}' xmlns:ram='{types}:ReusableAggregateBusinessInformationEntity:{release}' \
         xmlns:udt='{types}:UnqualifiedDataType:{release}'><rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>\
         <ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>\
         <rsm:ExchangedDocument><ram:ID>1</ram:ID>{header}<ram:IssueDateTime><udt:DateTimeString format='102'>20260131</udt:DateTimeString>\
         </ram:IssueDateTime></rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>{lines}<ram:ApplicableHeaderTradeAgreement>\
         <ram:SellerTradeParty><ram:Name>Kontor</ram:Name></ram:SellerTradeParty><ram:BuyerTradeParty><ram:Name>Werk</ram:Name></ram:BuyerTradeParty>\
         </ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement>{settlement}</ram:ApplicableHeaderTradeSettlement>\
         </rsm:SupplyChainTradeTransaction></rsm:{root}>"
    )
}

fn trade_line(number: usize, delivery: &str) -> String {
    format!(
        "<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>{number}</ram:LineID>\
         </ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:Name>Stift</ram:Name></ram:SpecifiedTradeProduct>\
         <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>1.00</ram:ChargeAmount></ram:NetPriceProductTradePrice>\
         </ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery>{delivery}</ram:SpecifiedLineTradeDelivery>\
         <ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>\
         <ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation>\
         <ram:LineTotalAmount>1.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>\
         </ram:IncludedSupplyChainTradeLineItem>"
    )
}

fn cii_invoice(lines: usize) -> String {
    let lines = repeated(lines, |number| trade_line(number, "<ram:BilledQuantity unitCode='C62'>1</ram:BilledQuantity>"));
    let total = |name: &str| format!("<ram:{name}>1.00</ram:{name}>");
    let totals = ["LineTotalAmount", "TaxBasisTotalAmount", "GrandTotalAmount", "DuePayableAmount"].map(total).concat();
    let settlement = format!(
        "<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:SpecifiedTradeSettlementHeaderMonetarySummation>{totals}\
         </ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
    );
    let document = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100";
    cefact("CrossIndustryInvoice", document, 100, "<ram:TypeCode>380</ram:TypeCode>", &lines, &settlement)
}

fn order_x(lines: usize) -> String {
    let lines = repeated(lines, |number| trade_line(number, "<ram:RequestedQuantity unitCode='C62'>1</ram:RequestedQuantity>"));
    let document = "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100";
    let settlement = "<ram:OrderCurrencyCode>EUR</ram:OrderCurrencyCode>";
    cefact("SCRDMCCBDACIOMessageStructure", document, 128, "<ram:TypeCode>220</ram:TypeCode>", &lines, settlement)
}

fn in_pdf(invoice: &str) -> String {
    format!(
        "%PDF-1.7\n1 0 obj\n<< /Type /EmbeddedFile /Length {} >>\nstream\n{invoice}\nendstream\nendobj\n\
         2 0 obj\n<< /Type /Filespec /F (factur-x.xml) /EF << /F 1 0 R >> >>\nendobj\n",
        invoice.len()
    )
}

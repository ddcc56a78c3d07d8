//! CII: every rule of EN 16931, as CEN publishes them.

use quittance_einvoice::rules::RuleSet;

use crate::compare::{Case, Comparison, mutants_of};
use crate::{data, insertions, pieces, rule_tests};

const CII: Comparison = Comparison { ours: &[RuleSet::En16931Cii], official: "cii", in_scope: |_| true, known: KNOWN };

/// Of two totals, which another rule forbids, the official one takes whichever agrees.
const KNOWN: &[(&str, &str)] = &[("CII-SR-392 ", "BR-CO-12")];

pub fn whole_documents() -> Vec<Case> {
    let folders = ["en16931/examples-cii", "xrechnung-testsuite/business-cases/standard", "facturx-2.4-examples/3. EN16931"];
    let files = folders.iter().flat_map(|folder| data::files(folder, ".xml"));
    let documents = files.map(|path| Case { name: data::name(&path), document: String::from_utf8(data::bytes(&path)).expect("UTF-8") });
    documents.filter(|case| case.document.contains("CrossIndustryInvoice:100")).collect()
}

/// Of the examples whose names end so, and of the one that all pieces were put into.
pub fn mutants(bases: &[&str]) -> Vec<Case> {
    let cases = whole_documents();
    let chosen = cases.iter().filter(|case| bases.iter().any(|base| case.name.ends_with(base)));
    let rich = insertions::enriched(&data::text("en16931/examples-cii/CII_example7.xml"), pieces::CII);
    let pieces = mutants_of("rich", &rich).filter(|mutant| pieces::CII.iter().any(|(_, piece)| piece.contains(mutant.leaf())));
    chosen.flat_map(|case| mutants_of(&case.name, &case.document)).chain(pieces).collect()
}

#[test]
fn the_official_tests_give_the_same_verdicts() {
    let tests = rule_tests::all().into_iter().filter(|test| test.name.starts_with("en16931/unit-cii"));
    CII.agrees_on(&tests.map(|test| Case { name: test.name, document: test.document }).collect::<Vec<_>>());
}

#[test]
fn whole_documents_give_the_same_verdicts() {
    CII.agrees_on(&whole_documents());
}

#[test]
fn mutants_give_the_same_verdicts() {
    CII.agrees_on(&mutants(&["CII_example7.xml", "CII_business_example_02.xml", "huf_example_cii.xml", "01.15a-INVOICE_uncefact.xml"]));
}

/// Groups that may stand in many places, where they usually stand.
fn place(path: &str) -> String {
    let settlement = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement";
    let line = "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem";
    let (group, rest) = path.split_once('/').unwrap_or((path, ""));
    match group {
        "*ReferencedDocument" => format!("{settlement}/ram:InvoiceReferencedDocument/{rest}"),
        "*TradeTax" => format!("{settlement}/ram:ApplicableTradeTax/{rest}"),
        "*DocumentContextParameter" => format!("rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/{rest}"),
        "*Quantity" => format!("{line}/ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"),
        "ram:TypeCode" => "rsm:ExchangedDocument/ram:TypeCode".into(),
        "ram:GrossPriceProductTradePrice" => format!("{line}/ram:SpecifiedLineTradeAgreement/{path}"),
        "ram:PostalTradeAddress" => {
            format!("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/{path}")
        }
        "" | "rsm:ExchangedDocument" | "rsm:ExchangedDocumentContext" => path.into(),
        name if name.contains("Header") || name.starts_with("ram:Included") => format!("rsm:SupplyChainTradeTransaction/{path}"),
        name if name.starts_with("ram:Specified") || name.starts_with("ram:Billing") => format!("{settlement}/{path}"),
        _ => path.into(),
    }
}

fn adjustment(category: &str, is_charge: &str) -> String {
    format!(
        "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>{is_charge}</udt:Indicator></ram:ChargeIndicator>\
         <ram:ActualAmount>1</ram:ActualAmount><ram:CategoryTradeTax><ram:TypeCode>VAT</ram:TypeCode>\
         <ram:CategoryCode>{category}</ram:CategoryCode><ram:RateApplicablePercent>-1</ram:RateApplicablePercent>\
         </ram:CategoryTradeTax></ram:SpecifiedTradeAllowanceCharge>"
    )
}

/// Small documents for what no change to the examples brings about.
pub fn fragments() -> Vec<Case> {
    let settlement = |content: &str| {
        format!(
            "<rsm:CrossIndustryInvoice xmlns:rsm='urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100' \
             xmlns:ram='urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100' \
             xmlns:udt='urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100' languageID='en' \
             languageLocaleID='en'><rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeSettlement>{content}\
             </ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"
        )
    };
    let pieces = [
        "<ram:BasisQuantity unitCode='C62'>1</ram:BasisQuantity>",
        "<ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>K</ram:CategoryCode></ram:ApplicableTradeTax>",
        "<ram:TaxCurrencyCode>SEK</ram:TaxCurrencyCode><ram:SpecifiedTradeSettlementHeaderMonetarySummation>\
         <ram:TaxTotalAmount currencyID='SEK'>1.125</ram:TaxTotalAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>",
    ];
    let categories =
        ["S", "Z", "E", "AE", "K", "G", "O", "L", "M"].into_iter().flat_map(|code| ["true", "false"].map(|is| adjustment(code, is)));
    pieces.into_iter().map(String::from).chain(categories).map(|piece| Case { document: settlement(&piece), name: piece }).collect()
}

#[test]
fn fragments_give_the_same_verdicts() {
    CII.agrees_on(&fragments());
}

pub fn insertions() -> Vec<(Case, Vec<String>)> {
    let base = data::text("en16931/examples-cii/CII_example7.xml");
    insertions::of(&base, include_str!("../../../../domain/einvoice/src/rules/en16931/syntax/cii.tsv"), place)
}

#[test]
fn every_row_of_the_table_is_the_official_rule() {
    CII.agrees_on_breaking(insertions());
}

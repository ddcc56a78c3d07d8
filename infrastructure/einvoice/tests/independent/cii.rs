//! CII: no package ships the official rules themselves, but two derivatives together keep nearly all of them.

use quittance_einvoice::rules::RuleSet;

use crate::compare::{Case, Comparison, mutants_of};
use crate::{data, insertions, pieces};

/// The French extension keeps most rules as they are, and changes the name of each that it changes.
const MOST: Comparison = Comparison { ours: RuleSet::En16931Cii, official: "cii-french", in_scope: is_french, known: &[] };

/// Factur-X has the semantic rules that the French extension changes.
const REST: Comparison = Comparison {
    ours: RuleSet::En16931Cii,
    official: "cii-facturx",
    in_scope: |rule| IN_FACTURX_ONLY.contains(&rule),
    known: &[
        // Factur-X does not ask for the kind of tax here.
        ("ApplicableHeaderTradeSettlement/ApplicableTradeTax/TypeCode", "BR-47"),
        ("ApplicableHeaderTradeSettlement/ApplicableTradeTax/TypeCode", "BR-48"),
        ("ApplicableHeaderTradeSettlement/ApplicableTradeTax/TypeCode", "BR-O-11"),
        ("ApplicableHeaderTradeSettlement/ApplicableTradeTax/TypeCode", "BR-O-12"),
        ("ApplicableHeaderTradeSettlement/ApplicableTradeTax/TypeCode", "BR-O-13"),
        ("ApplicableHeaderTradeSettlement/ApplicableTradeTax/TypeCode", "BR-O-14"),
        ("alone ", "BR-47"),
        ("alone ", "BR-48"),
        ("alone ", "BR-O-10"),
        // Its pieces have IGIC and IPSI, of which the official rules do not ask this.
        ("rich: ", "BR-CO-17"),
        // Factur-X rounds the stated total, and keeps transactions apart.
        ("\"0.001\" in CrossIndustryInvoice/SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement", "BR-CO-12"),
        ("twice CrossIndustryInvoice/SupplyChainTradeTransaction", "BR-CO-10"),
    ],
};

/// Official rules that only Factur-X has unchanged, or does not hide behind others about the same place.
const IN_FACTURX_ONLY: &[&str] = &[
    "BR-45",
    "BR-46",
    "BR-47",
    "BR-48",
    "BR-DEC-19",
    "BR-DEC-20",
    "BR-CO-03",
    "BR-22",
    "BR-23",
    "BR-24",
    "BR-26",
    "BR-27",
    "BR-28",
    "BR-38",
    "BR-44",
    "BR-54",
    "BR-CO-04",
    "BR-CO-10",
    "BR-CO-11",
    "BR-CO-12",
    "BR-CO-13",
    "BR-CO-15",
    "BR-CO-17",
    "BR-CO-22",
    "BR-CO-24",
    "BR-S-01",
    "BR-S-08",
    "BR-S-09",
    "BR-S-10",
    "BR-Z-01",
    "BR-Z-08",
    "BR-Z-10",
    "BR-E-01",
    "BR-E-08",
    "BR-AE-01",
    "BR-AE-08",
    "BR-IC-01",
    "BR-IC-08",
    "BR-G-01",
    "BR-G-08",
    "BR-O-01",
    "BR-O-02",
    "BR-O-03",
    "BR-O-04",
    "BR-O-08",
    "BR-O-09",
    "BR-O-10",
    "BR-O-11",
    "BR-O-12",
    "BR-O-13",
    "BR-O-14",
    "BR-AF-01",
    "BR-AF-08",
    "BR-AF-10",
    "BR-AG-01",
    "BR-AG-08",
    "BR-AG-10",
    "CII-SR-470",
    "CII-SR-474",
];

/// Official rules that neither has unchanged.
const IN_NEITHER: &[&str] = &[
    "BR-CL-07",
    "BR-CL-10",
    "BR-CL-20",
    "BR-CL-24",
    "CII-DT-018",
    "CII-DT-024",
    "CII-DT-027",
    "CII-DT-052",
    "CII-DT-058",
    "CII-DT-098",
    "CII-SR-039",
    "CII-SR-040",
    "CII-SR-041",
    "CII-SR-068",
    "CII-SR-069",
    "CII-SR-070",
    "CII-SR-072",
    "CII-SR-106",
    "CII-SR-107",
    "CII-SR-108",
    "CII-SR-127",
    "CII-SR-128",
    "CII-SR-148",
    "CII-SR-156",
    "CII-SR-164",
    "CII-SR-170",
    "CII-SR-173",
    "CII-SR-174",
    "CII-SR-175",
    "CII-SR-200",
    "CII-SR-201",
    "CII-SR-210",
    "CII-SR-278",
    "CII-SR-293",
    "CII-SR-305",
    "CII-SR-333",
    "CII-SR-334",
    "CII-SR-350",
    "CII-SR-351",
    "CII-SR-352",
    "CII-SR-353",
    "CII-SR-354",
    "CII-SR-355",
    "CII-SR-356",
    "CII-SR-357",
    "CII-SR-358",
    "CII-SR-359",
    "CII-SR-360",
    "CII-SR-361",
    "CII-SR-362",
    "CII-SR-363",
    "CII-SR-365",
    "CII-SR-366",
    "CII-SR-422",
    "CII-SR-439",
    "CII-SR-458",
];

/// Rules of the extension itself have other names.
fn is_french(rule: &str) -> bool {
    let is_official = (rule.starts_with("BR-") || rule.starts_with("CII-")) && !rule.contains("EXT") && rule != "BR-CO-25";
    is_official && !IN_FACTURX_ONLY.contains(&rule) && !IN_NEITHER.contains(&rule)
}

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
fn whole_documents_give_the_same_verdicts() {
    MOST.agrees_on(&whole_documents());
    REST.agrees_on(&whole_documents());
}

#[test]
fn mutants_give_the_same_verdicts() {
    MOST.agrees_on(&mutants(&["CII_example7.xml"]));
}

#[test]
fn mutants_give_the_same_verdicts_on_the_rest() {
    REST.agrees_on(&mutants(&["CII_example7.xml"]));
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
    MOST.agrees_on(&fragments());
}

pub fn insertions() -> Vec<(Case, Vec<String>)> {
    let base = data::text("en16931/examples-cii/CII_example7.xml");
    insertions::of(&base, include_str!("../../../../domain/einvoice/src/rules/en16931/syntax/cii.tsv"), place)
}

#[test]
fn every_row_of_the_table_is_the_official_rule() {
    MOST.agrees_on_breaking(insertions());
}

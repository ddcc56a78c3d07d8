//! What the largest allowed files cost in memory, file and result included. Each is read in a process of its own, because
//! memory that one case gives back would hide what the next one takes.

use std::process::Command;

use quittance_einvoice::rules::{rule_sets_of, validate};
use quittance_einvoice::{capture, capture_despatch_advice, capture_order, check_totals};
use quittance_einvoice_formats::{Limits, ReadDocument, read_document};

const ALLOWED: usize = 64 << 20;
const CASE: &str = "MEMORY_CASE";

#[test]
fn the_largest_files_stay_within_bounds() {
    if let Ok(case) = std::env::var(CASE) {
        return measure(&case);
    }
    for case in ["text", "elements", "unmapped", "deep", "codes", "lines", "notes", "allowances", "taxes", "order lines", "despatch lines"]
    {
        let this = std::env::current_exe().expect("this test");
        let output =
            Command::new(this).args(["--exact", "the_largest_files_stay_within_bounds"]).env(CASE, case).output().expect("a process");
        assert!(output.status.success(), "{case}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
}

fn measure(case: &str) {
    let document = document(case);
    let before = resident("VmRSS") - document.len();
    std::fs::write("/proc/self/clear_refs", "5").expect("the kernel resets the peak");
    match read_document(document.as_bytes()).expect("readable") {
        ReadDocument::Invoice(read) => {
            let invoice = read.invoice();
            let _ = (check_totals(&invoice).holds(), capture(&invoice).is_ok());
            drop(validate(&invoice, &rule_sets_of(&invoice)));
        }
        ReadDocument::Order(read) => drop(capture_order(&read.order())),
        ReadDocument::DespatchAdvice(read) => drop(capture_despatch_advice(&read.advice())),
    }
    let cost = resident("VmHWM").saturating_sub(before);
    assert!(cost < ALLOWED, "{case} costs {} MiB", cost >> 20);
}

fn document(case: &str) -> String {
    let limits = Limits::default();
    let content = match case {
        "text" => "x".repeat(limits.xml_bytes - 500),
        "elements" => "<cbc:ID>a</cbc:ID>".repeat(limits.elements - 10),
        "unmapped" => "<cbc:a/>".repeat(limits.elements - 10),
        "deep" => deep(&limits),
        // Broken in every place, and quoted.
        "codes" => format!("<cbc:TaxCurrencyCode>{}</cbc:TaxCurrencyCode>", "x".repeat(50)).repeat(limits.xml_bytes / 110),
        "lines" => {
            "<cac:InvoiceLine><cbc:LineExtensionAmount>1</cbc:LineExtensionAmount></cac:InvoiceLine>".repeat(limits.model_bytes / 2_000)
        }
        "notes" => "<cbc:Note>a</cbc:Note>".repeat(limits.model_bytes / 200),
        "allowances" => "<cac:AllowanceCharge><cbc:ChargeIndicator>1</cbc:ChargeIndicator><cbc:Amount>1</cbc:Amount></cac:AllowanceCharge>"
            .repeat(limits.model_bytes / 700),
        "order lines" => {
            "<cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID></cac:LineItem></cac:OrderLine>".repeat(limits.model_bytes / 2_000)
        }
        "despatch lines" => "<cac:DespatchLine><cbc:ID>1</cbc:ID></cac:DespatchLine>".repeat(limits.model_bytes / 2_000),
        _ => format!(
            "<cac:TaxTotal>{}</cac:TaxTotal>",
            "<cac:TaxSubtotal><cbc:TaxAmount>1</cbc:TaxAmount></cac:TaxSubtotal>".repeat(limits.model_bytes / 700)
        ),
    };
    let root = match case {
        "order lines" => "Order",
        "despatch lines" => "DespatchAdvice",
        _ => "Invoice",
    };
    let spaces = "xmlns:cbc='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2' \
        xmlns:cac='urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2'";
    format!("<{root} xmlns='urn:oasis:names:specification:ubl:schema:xsd:{root}-2' {spaces}>{content}</{root}>")
}

/// Each finding's location is as long as it can be.
fn deep(limits: &Limits) -> String {
    let name = "x".repeat(limits.name_bytes - "ubl:".len());
    let levels = limits.depth - 5;
    let (open, close) = (format!("<{name}>").repeat(levels), format!("</{name}>").repeat(levels));
    format!("{PEPPOL}{open}{}{close}", "<cbc:Note/>".repeat(limits.elements / 2))
}

const PEPPOL: &str =
    "<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>";

/// A line of the kernel's account of this process, in bytes.
fn resident(line: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let kilobytes = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
    let number = kilobytes.and_then(|text| text.split_whitespace().next()).expect("the line");
    number.parse::<usize>().expect("a number") << 10
}

//! How fast is validation? A typical invoice, a long one, and whole files beside the official rules in an engine of other people.
//!
//! `cargo bench -p quittance-einvoice-formats`; the comparison needs the Python packages `factur-x` and `saxonche`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use quittance_einvoice::rules::{RuleSet, rule_sets_of, validate};
use quittance_einvoice_formats::read;

#[path = "../tests/conformance/data.rs"]
mod data;
#[path = "../tests/independent/official.rs"]
mod official;

/// As in the executable.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TYPICAL: &[&str] = &[
    "en16931/examples-ubl/ubl-tc434-example2.xml",
    "peppol-bis3/examples/vat-category-Z.xml",
    "en16931/examples-cii/CII_example7.xml",
    "xrechnung-testsuite/business-cases/standard/01.04a-INVOICE_ubl.xml",
    "xrechnung-testsuite/business-cases/standard/01.04a-INVOICE_uncefact.xml",
];

fn main() {
    println!("{:<75} {:>8} {:>9} {:>9} {:>9}", "document", "bytes", "read", "terms", "validate");
    TYPICAL.iter().for_each(|name| timed(name, &data::text(name)));
    for lines in [250, 500, 1_000, 2_000, 4_000] {
        timed(&format!("{lines} lines"), &with_lines(&data::text(TYPICAL[1]), lines));
    }
    beside_the_official_engine();
}

/// Median times of reading, of finding the terms, and of holding the invoice against all of its sets.
fn timed(name: &str, document: &str) {
    let parsed = read(document.as_bytes()).expect("an invoice");
    let invoice = parsed.invoice();
    let sets = rule_sets_of(&invoice);
    let rounds = (4_000_000 / document.len()).clamp(9, 2_000);
    let reading = median(rounds, || drop(black_box(read(black_box(document.as_bytes())))));
    let terms = median(rounds, || drop(black_box(parsed.invoice())));
    let validating = median(rounds, || drop(black_box(validate(black_box(&invoice), &sets))));
    println!("{name:<75} {:>8} {reading:>9.1?} {terms:>9.1?} {validating:>9.1?}", document.len());
}

fn median(rounds: usize, run: impl FnMut()) -> Duration {
    times(rounds, run)[rounds / 2]
}

/// Shortest first.
fn times(rounds: usize, mut run: impl FnMut()) -> Vec<Duration> {
    let mut times: Vec<_> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

/// The invoice with its first line so many times.
fn with_lines(document: &str, lines: usize) -> String {
    let (start, end) = ("<cac:InvoiceLine>", "</cac:InvoiceLine>");
    let first = document.find(start).expect("a line");
    let behind = first + document[first..].find(end).expect("its end") + end.len();
    let last = document.rfind(end).expect("a last line") + end.len();
    format!("{}{}{}", &document[..first], document[first..behind].repeat(lines), &document[last..])
}

/// File to report, the same files and rules on both sides, the best time of several for each file: other work on the machine
/// must not decide. The engine's stylesheet is compiled before.
fn beside_the_official_engine() {
    let files = data::files("en16931/examples-ubl", ".xml").into_iter().chain(data::files("en16931/testfiles", ".xml"));
    let documents: Vec<_> = files.map(|path| String::from_utf8_lossy(&data::bytes(&path)).into_owned()).collect();
    let repeated: Vec<_> = std::iter::repeat_n(&documents, ROUNDS).flatten().cloned().collect();
    let times = official::seconds("ubl", &repeated);
    let best = |at: usize| times.iter().skip(at).step_by(documents.len()).copied().fold(f64::INFINITY, f64::min);
    let theirs: f64 = (0..documents.len()).map(best).sum();
    let ours: Duration = documents.iter().map(|document| best_of(100, || report(document))).sum();
    let ratio = theirs / ours.as_secs_f64();
    println!("{} files to reports: {ours:.1?}, saxonche {:.1} ms, {ratio:.0} times as long", documents.len(), theirs * 1e3);
}

const ROUNDS: usize = 6;

fn report(document: &str) {
    let parsed = read(document.as_bytes()).expect("an invoice");
    black_box(validate(&parsed.invoice(), &[RuleSet::En16931Ubl]));
}

fn best_of(rounds: usize, run: impl FnMut()) -> Duration {
    times(rounds, run)[0]
}

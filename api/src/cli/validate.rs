//! `quittance validate FILES…`: e-invoices held against EN 16931 and what else they follow. Needs no server.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use futures::StreamExt;
use quittance_einvoice::Invoice;
use quittance_einvoice::rules::{Finding, Flag, RuleSet, later_rule_sets_of, rule_sets_of};
use quittance_einvoice_formats::{Examination, examine_by};
use serde::Serialize;

use super::documents::{Document, Unreadable, documents_of, files_of};
use super::upkeep::Bar;
use super::words::counted;
use crate::problem::public_code;

/// Exit status: 0 all documents are valid, 1 at least one breaks a fatal rule, 2 at least one cannot be read.
#[derive(Args)]
pub struct Validate {
    /// UBL, CII, Factur-X or ZUGFeRD PDF; directories (searched recursively) and zip files of them.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// One JSON object a document on standard output.
    #[arg(long)]
    json: bool,
    /// Show warnings too, not only what makes a document invalid.
    #[arg(long)]
    warnings: bool,
    /// Hold XRechnung 3.0 against its release 3.0.2, of the same name, instead of 3.0.1.
    #[arg(long)]
    xrechnung_302: bool,
}

/// The rules that a document answers to.
type SetsOf = fn(&Invoice<'_>) -> Vec<RuleSet>;

/// What became of one document.
#[derive(Serialize)]
struct Outcome {
    file: String,
    /// `valid`, `invalid` or `unreadable`.
    outcome: &'static str,
    #[serde(flatten)]
    examination: Option<Examination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

#[derive(Default)]
struct Counts {
    valid: u64,
    invalid: u64,
    unreadable: u64,
}

impl Validate {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let files = files_of(&self.paths);
        let bar = Bar::new("validating");
        bar.bar().set_length(files.len() as u64);
        let at_once = std::thread::available_parallelism().map_or(2, usize::from) * 2;
        let sets_of: SetsOf = if self.xrechnung_302 { later_rule_sets_of } else { rule_sets_of };
        let judged = move |file: PathBuf| documents_of(&file).into_iter().map(|document| outcome(document, sets_of)).collect::<Vec<_>>();
        // In order, so that two runs can be compared line by line.
        let work = |file: PathBuf| tokio::task::spawn_blocking(move || judged(file));
        let mut outcomes = futures::stream::iter(files).map(work).buffered(at_once);
        let mut counts = Counts::default();
        while let Some(of_file) = outcomes.next().await {
            for outcome in of_file? {
                counts.add(&outcome);
                self.print(&outcome, &bar)?;
            }
            bar.bar().inc(1);
        }
        bar.bar().finish_and_clear();
        if !self.json {
            println!("{} valid, {} invalid, {} unreadable", counts.valid, counts.invalid, counts.unreadable);
        }
        Ok(counts.exit_code())
    }

    fn print(&self, outcome: &Outcome, bar: &Bar) -> anyhow::Result<()> {
        let text = if self.json { serde_json::to_string(outcome)? } else { self.table(outcome) };
        bar.bar().suspend(|| println!("{text}"));
        Ok(())
    }

    fn table(&self, outcome: &Outcome) -> String {
        let mut lines = vec![format!("{} {}", coloured(outcome.outcome), outcome.file)];
        if let (Some(code), Some(detail)) = (&outcome.code, &outcome.detail) {
            lines.push(format!("           {code}: {detail}"));
        }
        let incomplete = outcome.examination.iter().flat_map(|e| &e.incomplete);
        lines.extend(
            incomplete
                .map(|missing| format!("           fatal   document-incomplete    {missing}\n                   {}", missing.location)),
        );
        let shown = |f: &&Finding| self.warnings || f.flag == Flag::Fatal;
        let findings: Vec<&Finding> = outcome.examination.iter().flat_map(|e| &e.report.findings).filter(shown).collect();
        lines.extend(by_rule(&findings).into_iter().map(row));
        lines.join("\n")
    }
}

/// One rule that is broken in many places is one row, where its first place stood.
fn by_rule<'f>(findings: &[&'f Finding]) -> Vec<Vec<&'f Finding>> {
    let mut rows: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        match rows.iter_mut().find(|row| (row[0].set, &row[0].rule) == (finding.set, &finding.rule)) {
            Some(row) => row.push(finding),
            None => rows.push(vec![finding]),
        }
    }
    rows
}

fn row(places: Vec<&Finding>) -> String {
    let first = places[0];
    let flag = if first.flag == Flag::Fatal { "fatal" } else { "warning" };
    let by = first.difference.map(|d| format!(" (by {d})")).unwrap_or_default();
    let more = if places.len() > 1 { format!(" and {}", counted(places.len() as i128 - 1, "more place")) } else { String::new() };
    format!("           {flag:<7} {:<22} {}{by}\n                   {}{more}", first.rule, first.message, first.location)
}

fn coloured(outcome: &str) -> String {
    if !std::io::stdout().is_terminal() {
        return format!("{outcome:<10}");
    }
    let colour = match outcome {
        "valid" => 32,
        "invalid" => 31,
        _ => 33,
    };
    format!("\x1b[{colour}m{outcome:<10}\x1b[0m")
}

fn outcome(document: Result<Document, Unreadable>, sets_of: SetsOf) -> Outcome {
    let unreadable = |file, code, detail| Outcome {
        file,
        outcome: "unreadable",
        examination: None,
        code: Some(public_code(code)),
        detail: Some(detail),
    };
    let document = match document {
        Ok(document) => document,
        Err(Unreadable { name, reason }) => return unreadable(name, "unreadable_file", format!("{reason:#}")),
    };
    match examine_by(&document.bytes, sets_of) {
        Ok(examination) => {
            let outcome = if examination.is_valid() { "valid" } else { "invalid" };
            Outcome { file: document.name, outcome, examination: Some(examination), code: None, detail: None }
        }
        Err(error) => unreadable(document.name, error.code(), error.to_string()),
    }
}

impl Counts {
    fn add(&mut self, outcome: &Outcome) {
        match outcome.outcome {
            "valid" => self.valid += 1,
            "invalid" => self.invalid += 1,
            _ => self.unreadable += 1,
        }
    }

    fn exit_code(&self) -> ExitCode {
        match (self.unreadable, self.invalid) {
            (0, 0) => ExitCode::SUCCESS,
            (0, _) => ExitCode::from(1),
            _ => ExitCode::from(2),
        }
    }
}

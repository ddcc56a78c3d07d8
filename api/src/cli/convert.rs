//! `quittance convert --to ubl|cii|facturx FILES…`: e-invoices written in another syntax. Needs no server.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use quittance_einvoice_formats::{Converted, Format, NotCarried, convert};
use serde::Serialize;

use super::documents::{Document, Unreadable, documents_of, files_of};
use super::upkeep::Bar;
use crate::problem::public_code;

/// Exit status: 0 all was carried, 1 something could not be carried (each thing is listed), 2 a document could not be converted.
#[derive(Args)]
pub struct Convert {
    /// UBL, CII, Factur-X or ZUGFeRD PDF; directories (searched recursively) and zip files of them.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The syntax to write: UBL 2.1, CII, or a Factur-X PDF/A-3 with readable pages and CII inside.
    #[arg(long, value_enum)]
    to: Target,
    /// Where the new documents go; each is named after its source.
    #[arg(long, default_value = ".", value_name = "DIRECTORY")]
    into: PathBuf,
    /// Write over files that are there.
    #[arg(long)]
    force: bool,
    /// One JSON object a document on standard output.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Target {
    Ubl,
    Cii,
    Facturx,
}

impl Target {
    fn format(self) -> Format {
        match self {
            Self::Ubl => Format::Ubl,
            Self::Cii => Format::Cii,
            Self::Facturx => Format::FacturX,
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Ubl => "ubl.xml",
            Self::Cii => "cii.xml",
            Self::Facturx => "facturx.pdf",
        }
    }
}

/// What became of one document.
#[derive(Serialize)]
struct Outcome {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<PathBuf>,
    not_carried: Vec<NotCarried>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl Convert {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let files = files_of(&self.paths);
        std::fs::create_dir_all(&self.into).with_context(|| format!("{} cannot be made", self.into.display()))?;
        let bar = Bar::new("converting");
        bar.bar().set_length(files.len() as u64);
        let (mut names, mut worst) = (BTreeSet::new(), 0);
        for file in files {
            for document in documents_of(&file) {
                let outcome = self.outcome(document, &mut names);
                worst = worst.max(outcome.severity());
                let text = if self.json { serde_json::to_string(&outcome)? } else { outcome.table() };
                bar.bar().suspend(|| println!("{text}"));
            }
            bar.bar().inc(1);
        }
        bar.bar().finish_and_clear();
        Ok(ExitCode::from(worst))
    }

    fn outcome(&self, document: Result<Document, Unreadable>, names: &mut BTreeSet<String>) -> Outcome {
        let document = match document {
            Ok(document) => document,
            Err(Unreadable { name, reason }) => return Outcome::failed(name, "unreadable_file", format!("{reason:#}")),
        };
        let converted = match convert(&document.bytes, self.to.format()) {
            Ok(converted) => converted,
            Err(error) => return Outcome::failed(document.name, error.code(), error.to_string()),
        };
        match self.write(&document.name, &converted, names) {
            Ok(written) => {
                Outcome { file: document.name, written: Some(written), not_carried: converted.not_carried, code: None, detail: None }
            }
            Err(error) => Outcome::failed(document.name, "unwritable_file", format!("{error:#}")),
        }
    }

    /// Documents of one name from several places are numbered: nothing is lost to another document of the same run.
    fn write(&self, source: &str, converted: &Converted, names: &mut BTreeSet<String>) -> anyhow::Result<PathBuf> {
        let stem = stem_of(source);
        let numbered = |n: usize| if n == 1 { stem.to_owned() } else { format!("{stem}-{n}") };
        let name = (1..).map(numbered).find(|name| !names.contains(name)).unwrap_or_default();
        let path = self.into.join(format!("{name}.{}", self.to.ending()));
        names.insert(name);
        let mut options = OpenOptions::new();
        options.write(true).truncate(true).create_new(!self.force).create(true);
        let mut file = options.open(&path).with_context(|| format!("{} (--force writes over it)", path.display()))?;
        file.write_all(&converted.bytes).with_context(|| path.display().to_string())?;
        Ok(path)
    }
}

/// The name without directories, archive and endings that say a syntax.
fn stem_of(source: &str) -> &str {
    let name = source.rsplit(['/', '\\', ':']).next().unwrap_or(source);
    let stem = Path::new(name).file_stem().and_then(|s| s.to_str()).unwrap_or(name);
    [".ubl", ".cii", ".facturx"].iter().find_map(|ending| stem.strip_suffix(ending)).unwrap_or(stem)
}

impl Outcome {
    fn failed(file: String, code: &str, detail: String) -> Self {
        Self { file, written: None, not_carried: vec![], code: Some(public_code(code)), detail: Some(detail) }
    }

    /// The exit status that it asks for.
    fn severity(&self) -> u8 {
        match (&self.written, self.not_carried.is_empty()) {
            (Some(_), true) => 0,
            (Some(_), false) => 1,
            (None, _) => 2,
        }
    }

    fn table(&self) -> String {
        let head = match (&self.written, &self.code, &self.detail) {
            (Some(path), ..) => format!("{} -> {}", self.file, path.display()),
            (None, code, detail) => {
                format!("{} not converted: {}: {}", self.file, code.as_deref().unwrap_or_default(), detail.as_deref().unwrap_or_default())
            }
        };
        std::iter::once(head).chain(self.not_carried.iter().map(lost)).collect::<Vec<_>>().join("\n")
    }
}

fn lost(lost: &NotCarried) -> String {
    let shown = |text: &Option<String>| text.as_deref().unwrap_or("nothing").to_owned();
    match lost {
        NotCarried::NotCaptured { xpath, text } => format!("    not carried  {xpath}  {text}"),
        NotCarried::Changed { term, before, after } => format!("    changed      {term}  {} became {}", shown(before), shown(after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_document_is_named_after_its_source() {
        for (source, stem) in [("a/b/invoice.xml", "invoice"), ("all.zip:2026/x.cii.xml", "x"), ("r.facturx.pdf", "r"), ("plain", "plain")]
        {
            assert_eq!(stem_of(source), stem);
        }
    }
}

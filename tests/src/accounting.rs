//! Programs of other people that keep books in plain text: hledger, and beancount in a Python of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rust_decimal::Decimal;

/// What an account holds, by `account currency`.
pub type Balances = BTreeMap<String, Decimal>;

/// Balances as hledger finds them, at cost where wanted; the file must pass its strict checks.
pub fn hledger(file: &Path, at_cost: bool) -> Balances {
    read(hledger_says(file, &["check", "--strict"]), Path::new("hledger check"));
    let mut arguments = vec!["balance", "--flat", "--no-total", "--layout=tidy", "-O", "csv"];
    arguments.extend(at_cost.then_some("--cost"));
    let text = read(hledger_says(file, &arguments), Path::new("hledger balance"));
    // "account","period","start_date","end_date","commodity","value"
    let rows = text.lines().skip(1).map(|line| line.split("\",\"").map(|cell| cell.trim_matches('"').to_owned()).collect::<Vec<_>>());
    rows.map(|row| (format!("{} {}", row[0], row[row.len() - 2]), number(&row[row.len() - 1]))).collect()
}

fn hledger_says(file: &Path, arguments: &[&str]) -> std::process::Output {
    let mut hledger = Command::new("hledger");
    hledger.arg("-f").arg(file).args(arguments);
    hledger.output().unwrap_or_else(|error| panic!("hledger does not run ({error}): install the Debian package hledger"))
}

fn number(text: &str) -> Decimal {
    text.replace(',', "").parse().unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

/// Loads a file as `bean-check` does, and adds up its postings: units, and at cost.
const BEANCOUNT: &str = r#"
import sys
from beancount import loader
from beancount.core import convert, data
entries, errors, _ = loader.load_file(sys.argv[1])
for error in errors:
    print(error.source.get("lineno"), error.message, file=sys.stderr)
held = {}
for entry in entries:
    if isinstance(entry, data.Transaction):
        for posting in entry.postings:
            weight = convert.get_weight(posting)
            amount = weight if sys.argv[2] == "cost" else posting.units
            key = posting.account + " " + amount.currency
            held[key] = held.get(key, 0) + amount.number
for key, number in held.items():
    print(key, format(number, "f"))
sys.exit(1 if errors else 0)
"#;

/// Balances as beancount finds them; the file must load without an error, its balance assertions included.
pub fn beancount(file: &Path, at_cost: bool) -> Balances {
    let mut command = Command::new(python());
    let output = command.args(["-c", BEANCOUNT]).arg(file).arg(if at_cost { "cost" } else { "units" }).output().expect("python runs");
    let text = read(output, Path::new("beancount"));
    // A price times the amount that it was divided by is not always whole again.
    let rounded = |value: &str| number(value).round_dp(6).normalize();
    text.lines().filter_map(|line| line.rsplit_once(' ')).map(|(key, value)| (key.to_owned(), rounded(value))).collect()
}

fn read(output: std::process::Output, what: &Path) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}{}", what.display(), String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stdout).expect("text")
}

/// `QUITTANCE_PYTHON`, or any Python with beancount, or one that gets it here.
fn python() -> PathBuf {
    let named = std::env::var_os("QUITTANCE_PYTHON").map(PathBuf::from);
    named.into_iter().chain([PathBuf::from("python3")]).find(|python| has_beancount(python)).unwrap_or_else(own_environment)
}

fn has_beancount(python: &Path) -> bool {
    let mut import = Command::new(python);
    import.args(["-c", "import beancount.loader"]).stdout(Stdio::null()).stderr(Stdio::null());
    import.status().is_ok_and(|status| status.success())
}

fn own_environment() -> PathBuf {
    let folder = std::env::temp_dir().join("quittance-beancount");
    let python = folder.join("bin/python");
    if !has_beancount(&python) {
        succeeds(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        succeeds(Command::new(&python).args(["-m", "pip", "install", "--quiet", "beancount"]));
    }
    python
}

fn succeeds(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?} failed; install beancount for a Python and name it in QUITTANCE_PYTHON");
}

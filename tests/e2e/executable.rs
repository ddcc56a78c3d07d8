//! The executable alone: what it says of files, folders, archives and places where nothing is, and with which status it ends.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use quittance_tests::program::program;
use serde_json::Value;
use tempfile::TempDir;

const UBL: &str = include_str!("../../api/samples/muster-2026-0117.ubl.xml");
const CII: &str = include_str!("../../api/samples/atelier-f-884.cii.xml");
const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

/// A folder, and what was typed in it.
struct Shell(TempDir);

struct Said {
    status: i32,
    printed: String,
    complained: String,
}

impl Shell {
    fn new() -> Self {
        // As root, the database runs under another account, which has to get in.
        let folder = tempfile::Builder::new().prefix("quittance-shell-").permissions(Permissions::from_mode(0o711)).tempdir_in("/tmp");
        Self(folder.expect("a directory"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn writes(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("room");
    }

    /// The arguments stand between blanks.
    fn types(&self, line: &str) -> Said {
        let mut command = Command::new(program());
        command.args(line.split_whitespace()).current_dir(self.0.path()).stdin(Stdio::null());
        command.env("QUITTANCE_STATE", self.path("state")).env("QUITTANCE_LOG", "error");
        for foreign in ["DATABASE_URL", "NATS_URL", "QUITTANCE_ENV", "QUITTANCE_API_KEY"] {
            command.env_remove(foreign);
        }
        let output = command.output().expect("it runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Said { status: output.status.code().expect("a status"), printed: text(output.stdout), complained: text(output.stderr) }
    }

    fn names_in(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).expect("a folder");
        let mut names: Vec<String> = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
        names.sort();
        names
    }
}

impl Said {
    #[track_caller]
    fn ends(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}{}", self.printed, self.complained);
        self
    }

    #[track_caller]
    fn complains(self, of: &str) {
        assert!(self.complained.contains(of), "{of} is not in: {}", self.complained);
    }

    /// A line each.
    fn values(&self) -> Vec<Value> {
        self.printed.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}

fn zipped(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in entries {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an entry");
        archive.write_all(text.as_bytes()).expect("memory");
    }
    archive.finish().expect("an archive").into_inner()
}

fn unbalanced() -> String {
    let wrong = UBL.replace("892.50</cbc:PayableAmount>", "892.51</cbc:PayableAmount>");
    assert_ne!(wrong, UBL);
    wrong
}

#[test]
fn validate_judges_folders_and_archives_and_ends_as_the_worst_of_them() {
    let shell = Shell::new();
    shell.writes("in/muster.xml", UBL);
    shell.writes("in/below/atelier.xml", CII);
    shell.writes("in/notes.txt", "no invoice");
    shell.writes("in/more.zip", zipped(&[("november/a.xml", UBL), ("read me.txt", "no invoice")]));
    let good = shell.types("validate in").ends(0);
    let told: Vec<&str> = good.printed.lines().map(str::trim_end).collect();
    let expected = [
        "valid      in/below/atelier.xml",
        "valid      in/more.zip:november/a.xml",
        "valid      in/muster.xml",
        "3 valid, 0 invalid, 0 unreadable",
    ];
    assert_eq!(told, expected);

    shell.writes("in/more.zip", zipped(&[("november/a.xml", UBL), ("b.xml", &unbalanced())]));
    let wrong = shell.types("validate --json in").ends(1).values();
    let outcomes: Vec<(&str, &str)> = wrong.iter().map(in_short).collect();
    let expected = [
        ("in/below/atelier.xml", "valid"),
        ("in/more.zip:november/a.xml", "valid"),
        ("in/more.zip:b.xml", "invalid"),
        ("in/muster.xml", "valid"),
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(wrong[2]["findings"][0]["rule"], "BR-CO-16", "{}", wrong[2]);

    // What cannot be read is worse than what is wrong, and hides nothing else.
    shell.writes("in/torn.zip", "PK");
    let torn = shell.types("validate --json in").ends(2).values();
    assert_eq!(torn.iter().map(|told| told["outcome"].as_str()).collect::<Vec<_>>().last(), Some(&Some("unreadable")));
    assert_eq!((torn.len(), &torn[4]["code"]), (5, &Value::from("unreadable-file")));
    let nowhere = shell.types("validate --json in/nowhere in/muster.xml").ends(2).values();
    assert_eq!(nowhere.iter().map(in_short).collect::<Vec<_>>(), [("in/nowhere", "unreadable"), ("in/muster.xml", "valid")]);
    shell.types("validate").ends(2).complains("PATHS");
}

fn in_short(told: &Value) -> (&str, &str) {
    (told["file"].as_str().expect("a file"), told["outcome"].as_str().expect("an outcome"))
}

#[test]
fn convert_loses_no_document_to_another_and_says_what_it_could_not_carry() {
    let shell = Shell::new();
    shell.writes("in/muster.xml", UBL);
    shell.writes("in/more.zip", zipped(&[("november/muster.xml", UBL), ("atelier.xml", CII)]));
    let told = shell.types("convert --to cii --into out --json in").ends(0).values();
    assert_eq!(
        told.iter().map(|told| told["written"].as_str().expect("a path")).collect::<Vec<_>>(),
        ["out/muster.cii.xml", "out/atelier.cii.xml", "out/muster-2.cii.xml"]
    );
    assert_eq!(shell.names_in("out"), ["atelier.cii.xml", "muster-2.cii.xml", "muster.cii.xml"]);
    shell.types("validate out").ends(0);

    // What is there stays, unless it may be written over.
    shell.writes("out/muster.cii.xml", "mine");
    let kept = shell.types("convert --to cii --into out --json in/muster.xml").ends(2).values();
    assert_eq!((&kept[0]["code"], &kept[0]["written"]), (&Value::from("unwritable-file"), &Value::Null));
    assert_eq!(fs::read_to_string(shell.path("out/muster.cii.xml")).expect("the file"), "mine");
    shell.types("convert --to cii --into out --force in/muster.xml").ends(0);
    shell.types("validate out/muster.cii.xml").ends(0);

    shell.writes("odd.xml", UBL.replace("<cbc:IssueDate>", "<cbc:CopyIndicator>false</cbc:CopyIndicator><cbc:IssueDate>"));
    let odd = shell.types("convert --to cii --into out odd.xml").ends(1);
    assert!(odd.printed.contains("not carried  /ubl:Invoice[1]/cbc:CopyIndicator[1]  false"), "{}", odd.printed);
    shell.writes("none.xml", "<Letter/>");
    let none = shell.types("convert --to facturx --into out --json none.xml odd.xml").ends(2).values();
    assert!(none[0]["code"].is_string() && none[1]["written"].is_string(), "one that fails keeps no other: {none:?}");
}

/// Whoever asks about the books does not begin new ones in a directory that was mistyped.
#[test]
fn what_asks_about_the_books_begins_none() {
    let shell = Shell::new();
    fs::create_dir(shell.path("state")).expect("a folder");
    let of = format!("--tenant {NOBODY}");
    for line in [
        "verify",
        &format!("report ap-ageing {of}"),
        &format!("export ledger --format hledger {of}"),
        &format!("user add --email a@b.example --role viewer {of}"),
        "rebuild",
    ] {
        shell.types(line).ends(1).complains("there is no database in");
    }
    assert_eq!(shell.names_in("state"), [""; 0], "the directory is as it was");
    shell.types("report ap-ageing --tenant acme").ends(2).complains("--tenant");
    shell.types(&format!("report ap-aging {of}")).ends(2).complains("ap-ageing");
}

#[test]
fn unknown_companies_and_parameters_are_refused_by_name() {
    let shell = Shell::new();
    shell.types("tenant create --name Acme --admin-email a@acme.example --time-zone Cambodia").ends(1).complains("(time-zone-unknown)");
    let made = shell.types("tenant create --name Acme --admin-email a@acme.example --time-zone Asia/Phnom_Penh --json").ends(0).values();
    let tenant = made[0]["tenant_id"].as_str().expect("an id").to_owned();
    let confirms =
        |tenant: &str| format!("tenant confirm-bank-change-control --tenant {tenant} --second-person false --cooling-off-days 0");
    shell.types(&confirms(NOBODY)).ends(1).complains(&format!("there is no tenant {NOBODY}"));
    shell.types(&confirms(&tenant)).ends(1).complains("(loosening-not-proposed)");
    for rules in ["confirm-approval-policy --policy-version 2", "confirm-tolerances --tolerances-version 2"] {
        shell.types(&format!("tenant {rules} --tenant {NOBODY}")).ends(1).complains(&format!("there is no tenant {NOBODY}"));
        shell.types(&format!("tenant {rules} --tenant {tenant}")).ends(1).complains("(version-not-adopted)");
    }
    shell.types(&format!("report ap-ageing --tenant {NOBODY}")).ends(1).complains(&format!("there is no tenant {NOBODY}"));
    shell.types(&format!("export ledger --format beancount --tenant {NOBODY}")).ends(1).complains("there is no tenant");
    shell.types(&format!("report ap-ageing --tenant {tenant} as_off=2026-01-01")).ends(1).complains("known: as_of, known_at");
    shell.types(&format!("report ap-ageing --tenant {tenant} as_of=never")).ends(1).complains("as_of");
    let empty = shell.types(&format!("report ap-ageing --tenant {tenant}")).ends(0);
    assert_eq!(empty.printed.lines().count(), 1, "the columns alone: {}", empty.printed);
    let whole = shell.types("verify --json").ends(0).values();
    assert_eq!((&whole[0]["tenants"], &whole[0]["findings"]), (&Value::from(1), &Value::from(Vec::<Value>::new())));
}

const ENVELOPE: &str = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader";

#[test]
fn validate_says_what_import_says_and_opens_envelopes() {
    let shell = Shell::new();
    let amount = "<cbc:PayableAmount currencyID=\"EUR\">892.50</cbc:PayableAmount>";
    assert!(UBL.contains(amount), "the sample is another");
    shell.writes("twice.xml", UBL.replace(amount, &format!("{amount}{}", amount.replace("892.50", "77777.00"))));
    let said = shell.types("validate twice.xml");
    assert_eq!(said.status, 1, "{}", said.printed);
    assert!(
        said.printed.contains("document-incomplete") && said.printed.contains("BT-115 is stated twice: 892.50 and 77777.00"),
        "{}",
        said.printed
    );

    let (declaration, document) = UBL.split_once("?>").expect("a declaration");
    for prefix in ["", "sbd:"] {
        let space = if prefix.is_empty() { format!("xmlns=\"{ENVELOPE}\"") } else { format!("xmlns:sbd=\"{ENVELOPE}\"") };
        let header = format!(
            "<{prefix}StandardBusinessDocumentHeader><{prefix}HeaderVersion>1.0</{prefix}HeaderVersion></{prefix}StandardBusinessDocumentHeader>"
        );
        let enveloped =
            format!("{declaration}?><{prefix}StandardBusinessDocument {space}>{header}{document}</{prefix}StandardBusinessDocument>");
        shell.writes("enveloped.xml", &enveloped);
        let said = shell.types("validate enveloped.xml");
        assert_eq!((said.status, said.printed.starts_with("valid")), (0, true), "{}", said.printed);
        // An envelope of nothing holds no invoice.
        shell.writes("empty.xml", enveloped.replace(document, ""));
        assert_eq!(shell.types("validate empty.xml").status, 2);
    }
}

/// As `head` does, which has read enough.
#[test]
fn a_reader_that_stops_reading_is_no_fault_of_ours() {
    let shell = Shell::new();
    shell.writes("invoice.xml", UBL);
    let mut command = Command::new(program());
    command.args(["validate", "invoice.xml"]).current_dir(shell.0.path()).stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!((ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()), (Some(141), ""));
}

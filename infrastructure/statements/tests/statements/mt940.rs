//! Each MT940 and MT942 against the parse that lies beside it, made by another program.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{Datelike, NaiveDate};
use quittance_statements::{Balance, BalanceKind, CodeScheme, Entry, Statement, read};
use rust_decimal::Decimal;
use yaml_rust2::{Yaml, YamlLoader};

use crate::data;

#[test]
fn every_file_is_read_as_its_neighbour_says() {
    let mut compared = 0;
    let mut wrong = vec![];
    for path in data::files("mt940", &[".yml"]) {
        let source = path.with_extension("sta");
        if !source.exists() {
            continue;
        }
        let name = source.strip_prefix(data::root()).expect("below the root").display().to_string();
        let file = read(&data::bytes(&source)).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let expected = load(&String::from_utf8_lossy(&data::bytes(&path)));
        let mut differences = Differences { file: name, found: vec![] };
        compare(&file.statements, &expected, &mut differences);
        compared += 1;
        wrong.extend(differences.found);
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(compared, 28);
}

/// Plain values only: tags name the other program's classes and are dropped.
fn load(text: &str) -> Yaml {
    let untagged = text.replace("!!binary |", "|").replace("!!python/object/apply:", "#").replace("!!python/object:", "#");
    let mut lines = String::new();
    for line in untagged.lines() {
        // `amount: #decimal.Decimal ['1.12']` keeps the list, `data: #mt940.models.Date` the lines below.
        let line = match line.split_once('#') {
            Some((head, class)) => format!("{head}{}", class.split_once(' ').map_or("", |(_, value)| value)),
            None => line.to_owned(),
        };
        lines.push_str(&line);
        lines.push('\n');
    }
    // What stands behind `processors` and `tags` is the program's own set-up.
    let mut kept = String::new();
    let mut section = String::new();
    for line in lines.lines() {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            section = line.split(':').next().unwrap_or_default().to_owned();
        }
        if section == "data" || section == "transactions" {
            kept.push_str(&as_text(line.split(" &id").next().unwrap_or(line)));
            kept.push('\n');
        }
    }
    let kept: String =
        kept.lines().filter(|line| !line.trim_start().starts_with("transactions: *")).map(|line| format!("{line}\n")).collect();
    YamlLoader::load_from_str(&kept).unwrap_or_else(|error| panic!("{error}\n{kept}")).swap_remove(0)
}

/// Digits alone stay text, with their leading zeros.
fn as_text(line: &str) -> String {
    match line.split_once(": ") {
        Some((key, value)) if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => format!("{key}: '{value}'"),
        _ => line.to_owned(),
    }
}

struct Differences {
    file: String,
    found: Vec<String>,
}

impl Differences {
    fn same(&mut self, what: &str, ours: Option<&str>, theirs: Option<&str>) {
        let bare = |text: Option<&str>| text.unwrap_or("").chars().filter(|c| !c.is_whitespace()).collect::<String>();
        if bare(ours) != bare(theirs) {
            self.found.push(format!("{}: {what}: we {ours:?}, they {theirs:?}", self.file));
        }
    }
}

fn compare(statements: &[Statement], expected: &Yaml, differences: &mut Differences) {
    let data = &expected["data"];
    let last = |pick: fn(&Statement) -> Option<&str>| statements.iter().rev().find_map(pick);
    differences.same("reference", last(|s| s.id.as_deref()), data["transaction_reference"].as_str());
    // The other program cuts a number of ten digits in two.
    let number = [last(|s| s.sequence.as_deref()), last(|s| s.page.as_deref())].into_iter().flatten().collect::<String>();
    let theirs = [text(&data["statement_number"]), text(&data["sequence_number"])].into_iter().flatten().collect::<String>();
    differences.same("statement number", Some(&number), Some(&theirs));
    account(statements, data["account_identification"].as_str(), differences);
    for (name, kind) in [
        ("final_opening_balance", BalanceKind::OpeningBooked),
        ("intermediate_opening_balance", BalanceKind::OpeningInterim),
        ("final_closing_balance", BalanceKind::ClosingBooked),
        ("available_balance", BalanceKind::ClosingAvailable),
        ("forward_available_balance", BalanceKind::ForwardAvailable),
    ] {
        let ours = statements.iter().flat_map(|s| &s.balances).rfind(|balance| balance.kind == kind);
        balance(name, ours, &data[name], differences);
    }
    let ours: Vec<&Entry> = statements.iter().flat_map(|statement| &statement.entries).collect();
    let theirs = expected["transactions"].as_vec().map_or(&[][..], Vec::as_slice);
    differences.same("number of entries", Some(&ours.len().to_string()), Some(&theirs.len().to_string()));
    for (index, (ours, theirs)) in ours.into_iter().zip(theirs).enumerate() {
        entry(index, ours, &theirs["data"], differences);
    }
}

fn account(statements: &[Statement], theirs: Option<&str>, differences: &mut Differences) {
    let ours = statements.iter().rev().map(|s| &s.account).find(|account| account.id().is_some());
    let theirs = theirs.map(|raw| raw.chars().filter(|c| !c.is_whitespace()).collect::<String>());
    let agrees = match (ours, &theirs) {
        (Some(ours), Some(raw)) => {
            let number = ours.id().unwrap_or_default();
            let servicer = ours.servicer.as_deref().unwrap_or_default();
            raw.contains(number) && raw.contains(servicer) && raw.len() <= number.len() + servicer.len() + 5
        }
        (ours, theirs) => ours.is_none() && theirs.is_none(),
    };
    if !agrees {
        differences.found.push(format!("{}: account: we {ours:?}, they {theirs:?}", differences.file));
    }
}

fn balance(name: &str, ours: Option<&Balance>, theirs: &Yaml, differences: &mut Differences) {
    if theirs.is_badvalue() {
        return differences.same(name, ours.map(|_| "a balance"), None);
    }
    let currency = text(&theirs["amount"]["currency"]).unwrap_or_default();
    // Without a currency the other program takes three digits of the amount for one.
    if currency.chars().all(|c| c.is_ascii_digit()) {
        return;
    }
    let ours_text = ours.map(|b| {
        format!("{} {} {}", b.amount.normalize(), b.currency.as_deref().unwrap_or(""), b.date.map(|d| d.to_string()).unwrap_or_default())
    });
    let theirs_text = format!(
        "{} {currency} {}",
        amount(&theirs["amount"]).normalize(),
        date(&theirs["date"]).map(|d| d.to_string()).unwrap_or_default()
    );
    differences.same(name, ours_text.as_deref(), Some(&theirs_text));
}

fn entry(index: usize, ours: &Entry, theirs: &Yaml, differences: &mut Differences) {
    let mut same = |what: &str, ours: Option<&str>, theirs: Option<&str>| differences.same(&format!("entry {index} {what}"), ours, theirs);
    let status = text(&theirs["status"]).unwrap_or_default();
    // The other program leaves a reversed credit above zero; by the standard it takes money away, and only so the balances prove.
    let signed = if status == "RC" { -amount(&theirs["amount"]) } else { amount(&theirs["amount"]) };
    same("amount", Some(&ours.amount.normalize().to_string()), Some(&signed.normalize().to_string()));
    same("reversal", Some(&ours.reversal.to_string()), Some(&status.starts_with('R').to_string()));
    let day = |date: Option<NaiveDate>| date.map(|date| date.to_string());
    same("value date", day(ours.value_date).as_deref(), day(date(&theirs["date"])).as_deref());
    same("booking date", day(ours.booking_date).as_deref(), day(date(&theirs["entry_date"])).as_deref());
    same("type", ours.code(CodeScheme::Swift), text(&theirs["id"]).as_deref());
    let detail = ours.details.last();
    // A reference below 16 characters swallows what follows in the other program; the characters all told are the same.
    let kept = text(&theirs["customer_reference"]).map(|reference| reference.lines().next().unwrap_or_default().to_owned());
    let theirs_all = [kept, text(&theirs["bank_reference"]), text(&theirs["extra_details"])].into_iter().flatten().collect::<String>();
    let theirs_all = theirs_all.replacen("//", "", 1).replacen("NONREF", "", 1);
    let ours_all =
        [ours.references.customer.as_deref(), ours.references.servicer.as_deref(), other(&ours.references.other, "supplementary")];
    let ours_all = ours_all.into_iter().flatten().collect::<String>();
    // Behind SEPA keywords the other program forgets the reference of :61:, and with it what it swallowed.
    if !(theirs["customer_reference"].is_null() && ours_all.ends_with(&theirs_all)) {
        same("references", Some(&ours_all), Some(&theirs_all));
    }
    if let Some(words) = text(&theirs["transaction_details"]) {
        same("details", ours.text.as_deref(), Some(&words));
    }
    if theirs["transaction_code"].is_badvalue() || theirs["transaction_code"].is_null() {
        return;
    }
    let of = |pick: fn(&quittance_statements::Detail) -> Option<&str>| detail.and_then(pick);
    same("code", ours.code(CodeScheme::Gvc), text(&theirs["transaction_code"]).as_deref());
    same("posting text", of(|d| other(&d.references.other, "posting_text")), text(&theirs["posting_text"]).as_deref());
    same("prima nota", of(|d| other(&d.references.other, "prima_nota")), text(&theirs["prima_nota"]).as_deref());
    same("name", of(|d| d.counterparty.name.as_deref()), text(&theirs["applicant_name"]).as_deref());
    same("account", of(|d| d.counterparty.account.as_deref()), text(&theirs["applicant_iban"]).as_deref());
    same("bank", of(|d| d.counterparty.bank.as_deref()), text(&theirs["applicant_bin"]).as_deref());
    same("end-to-end id", of(|d| d.references.end_to_end_id.as_deref()), text(&theirs["end_to_end_reference"]).as_deref());
    same("mandate", of(|d| d.references.mandate_id.as_deref()), text(&theirs["additional_position_reference"]).as_deref());
    same("creditor id", of(|d| d.references.creditor_id.as_deref()), text(&theirs["applicant_creditor_id"]).as_deref());
    same("purpose code", of(|d| d.purpose.as_deref()), text(&theirs["purpose_code"]).as_deref());
    let extension = of(|d| other(&d.references.other, "text_key_extension").or_else(|| d.return_reason.as_ref()?.code.as_deref()));
    same("extension", extension, text(&theirs["return_debit_notes"]).as_deref());
    purpose(ours, theirs, &mut same);
}

/// Words before the first keyword are kept by us alone.
fn purpose(ours: &Entry, theirs: &Yaml, same: &mut impl FnMut(&str, Option<&str>, Option<&str>)) {
    let Some(detail) = ours.details.last() else { return };
    let mut words = detail.remittance.unstructured.join("");
    let additional = text(&theirs["additional_purpose"]).unwrap_or_default();
    if let Some(ultimate) = detail.ultimate_counterparty.as_deref().filter(|_| additional.contains("ABWA+")) {
        words = format!("{words}ABWA+{ultimate}");
    }
    let theirs = format!("{}{additional}", text(&theirs["purpose"]).unwrap_or_default());
    let tail = words.rfind(theirs.trim()).map_or(words.as_str(), |at| &words[at..]);
    same("purpose", Some(tail), Some(&theirs));
}

fn other<'a>(references: &'a [(String, String)], kind: &str) -> Option<&'a str> {
    references.iter().find(|(own, _)| own == kind).map(|(_, text)| text.as_str())
}

fn text(yaml: &Yaml) -> Option<String> {
    match yaml {
        Yaml::String(text) | Yaml::Real(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Yaml::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

fn amount(yaml: &Yaml) -> Decimal {
    text(&yaml["amount"][0]).expect("an amount").parse().expect("a number")
}

/// Two bytes of the year, the month, the day.
fn date(yaml: &Yaml) -> Option<NaiveDate> {
    let bytes = STANDARD.decode(yaml[0].as_str()?.trim()).ok()?;
    let date = NaiveDate::from_ymd_opt(i32::from(u16::from_be_bytes([bytes[0], bytes[1]])), bytes[2].into(), bytes[3].into())?;
    Some(date).filter(|date| date.year() > 1900)
}

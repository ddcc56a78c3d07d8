//! What a bank answers to an ACH file, in terms of what was sent: entries that came back, and accounts that are to be addressed otherwise.

use quittance_application::ach::AchCorrection;
use quittance_domain::bank_account::{AbaRoutingNumber, AccountNumber, UsAccountType};
use quittance_domain::money::{Currency, Money};
use quittance_rails::nacha::records::file_header;
use quittance_rails::nacha::{self, Change, Finding, Record, Returned, Rule, Stage};
use rust_decimal::Decimal;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AchAnswers {
    /// The file's own name: from whom, when, and which of that minute.
    pub message_id: String,
    pub returned: Vec<ReturnedEntry>,
    pub changed: Vec<ChangedAccount>,
    /// Returns that are under dispute: what they end in comes as a return or not at all.
    pub disputed: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnedEntry {
    pub code: String,
    pub identification: String,
    /// Of the return itself: no two have the same.
    pub trace: String,
    pub amount: Money,
    /// The bank's own words, where it wrote some.
    pub information: Option<String>,
    /// The code in words, and the bank's own.
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedAccount {
    pub code: String,
    pub identification: String,
    pub trace: String,
    /// Nothing where the notification is of a name or a number of the sender's.
    pub correction: AchCorrection,
}

/// Why a file is no answer: the first fault, with its line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AnswerUnreadable(String);

pub fn read(bytes: &[u8]) -> Result<AchAnswers, AnswerUnreadable> {
    let reading = nacha::read(bytes);
    let fault = reading.faults().find(|fault| !is_of_an_answer(fault)).map(ToString::to_string);
    let file = match (reading.file, fault) {
        (Some(file), None) => file,
        (_, fault) => return Err(AnswerUnreadable(fault.unwrap_or_else(|| "the file has no records".to_owned()))),
    };
    let (returned, disputed): (Vec<Returned>, Vec<Returned>) = nacha::returns(&file).partition(|one| one.stage == Stage::Returned);
    Ok(AchAnswers {
        message_id: name(&file.header),
        returned: returned.into_iter().map(came_back).collect(),
        changed: nacha::changes(&file).map(changed).collect(),
        disputed: disputed.len() as u32,
    })
}

/// A bank's answer is addressed to its customer, by a number that need not be a routing number, and gathers what several banks gave
/// back as it came: their numbers do not ascend. Nothing of what it says is less certain for that.
fn is_of_an_answer(fault: &Finding) -> bool {
    match fault.rule {
        Rule::TraceOrder | Rule::BatchNumber => true,
        Rule::CheckDigit => fault.field == file_header::DESTINATION.name,
        _ => false,
    }
}

fn came_back(one: Returned) -> ReturnedEntry {
    let words = nacha::reason_text(&one.code).into_iter().chain([one.information.as_str()]).filter(|words| !words.is_empty());
    let reason = std::iter::once(one.code.as_str()).chain(words).collect::<Vec<_>>().join(": ");
    let amount = Money::rounded(Decimal::from_i128_with_scale(i128::from(one.cents), 2), Currency::USD);
    let information = (!one.information.is_empty()).then_some(one.information);
    ReturnedEntry { code: one.code, identification: one.identification, trace: one.trace, amount, information, reason }
}

fn name(header: &Record) -> String {
    let fields = [file_header::ORIGIN, file_header::CREATED_ON, file_header::CREATED_AT, file_header::MODIFIER];
    fields.map(|field| header.text(field)).into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("-")
}

/// What a bank writes wrongly is as good as not written: nobody is paid by it.
fn changed(one: Change) -> ChangedAccount {
    let account_type = one.corrected.transaction_code.as_deref().and_then(|code| match code.as_bytes() {
        [b'2', _] => Some(UsAccountType::Checking),
        [b'3', _] => Some(UsAccountType::Savings),
        _ => None,
    });
    let correction = AchCorrection {
        routing_number: one.corrected.routing_number.as_deref().and_then(|text| AbaRoutingNumber::parse(text).ok()),
        account: one.corrected.account.as_deref().and_then(|text| AccountNumber::parse(text).ok()),
        account_type,
    };
    ChangedAccount { code: one.code, identification: one.identification, trace: one.original_trace, correction }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two returns of two banks, addressed to a customer by its tax number.
    fn answer(count: &str) -> String {
        let returned = |bank: &str, id: &str, trace: &str, code: &str| {
            let detail = format!("621{bank}{:<17}0000010000{id:<15}{:<22}  1{trace}", "123456789", "ACME SUPPLIES");
            format!("{detail}\n799{code}{:015}      {}{:<44}{trace}\n", 91_000_010_000_001_u64, &bank[..8], "CLOSED")
        };
        let header = "101 123456789 0910000192601050800A094101FIRST CUSTOMER INC     FIRST BANK                     ";
        let batch = "5200FIRST CUSTOMER                      1234567890PPDVENDOR PMT260105260105   1091000010000007";
        let entries =
            [returned("231380104", "INV-1", "231380100000009", "R02"), returned("091000019", "INV-2", "091000010000003", "R01")].concat();
        let (hash, sums) = ("0032238011", "000000000000000000020000");
        let batch_control = format!("82000000{count}{hash}{sums}1234567890{:25}091000010000007", "");
        let control = format!("9000001000001000000{count}{hash}{sums}{:39}", "");
        format!("{header}\n{batch}\n{entries}{batch_control}\n{control}\n")
    }

    #[test]
    fn an_answer_of_several_banks_to_a_customer_is_read() {
        let answers = read(answer("04").as_bytes()).expect("answers");
        let told: Vec<_> = answers.returned.iter().map(|one| (one.identification.as_str(), one.reason.as_str())).collect();
        assert_eq!(told, [("INV-1", "R02: account closed: CLOSED"), ("INV-2", "R01: insufficient funds: CLOSED")]);
        let words: Vec<_> = answers.returned.iter().map(|one| (one.code.as_str(), one.information.as_deref())).collect();
        assert_eq!(words, [("R02", Some("CLOSED")), ("R01", Some("CLOSED"))]);
        assert_eq!(answers.message_id, "091000019-260105-0800-A");
    }

    #[test]
    fn an_answer_that_is_not_whole_is_refused() {
        assert!(read(answer("05").as_bytes()).is_err_and(|refusal| refusal.to_string().contains("counted")));
        assert!(read(b"").is_err());
    }
}

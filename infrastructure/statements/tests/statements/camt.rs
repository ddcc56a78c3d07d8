//! camt files against the parses that lie beside them, and every version of the schemas against our list of names.

use quittance_statements::{Balance, BalanceKind, CodeScheme, Detail, Entry, EntryStatus, Statement, read};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::data;

#[test]
fn every_file_is_read_as_its_neighbour_says() {
    let mut compared = 0;
    for path in data::files("camt/genkgo", &[".json"]) {
        let name = path.with_extension("xml");
        let file = read(&data::bytes(&name)).unwrap_or_else(|refusal| panic!("{}: {refusal}", name.display()));
        let expected: Value = serde_json::from_slice(&data::bytes(&path)).expect("JSON");
        let context = path.display().to_string();
        same(&context, "message", file.message_id.as_deref(), &expected["getGroupHeader"]["getMessageId"]);
        assert_eq!(file.statements.len(), expected["getRecords"].as_array().map_or(0, Vec::len), "{context}");
        // A repeated object is written as a word in place of its content: the statement stands in its first entry.
        statement(&context, &file.statements[0], &expected["getEntries"][0]["getRecord"]);
        let entries = expected["getEntries"].as_array().expect("entries");
        assert_eq!(file.statements[0].entries.len(), entries.len(), "{context}: entries");
        file.statements[0]
            .entries
            .iter()
            .zip(entries)
            .for_each(|(ours, theirs)| entry(&context, ours, theirs, file.statements[0].account.id()));
        compared += 1;
    }
    assert_eq!(compared, 10);
}

fn statement(context: &str, ours: &Statement, theirs: &Value) {
    same(context, "id", ours.id.as_deref(), &theirs["getId"]);
    same(context, "sequence", ours.sequence.as_deref(), &theirs["getElectronicSequenceNumber"]);
    same(context, "legal sequence", ours.legal_sequence.as_deref(), &theirs["getLegalSequenceNumber"]);
    same(context, "page", ours.page.as_deref(), &theirs["getPagination"]["getPageNumber"]);
    same(context, "account", ours.account.id(), &theirs["getAccount"]["getIdentification"]);
    same(context, "information", ours.information.as_deref(), &theirs["getAdditionalInformation"]);
    day(context, ours.period.from.map(|day| day.to_string()), &theirs["getFromDate"]);
    day(context, ours.period.to.map(|day| day.to_string()), &theirs["getToDate"]);
    let balances = theirs["getBalances"].as_array().cloned().unwrap_or_default();
    assert_eq!(ours.balances.len(), balances.len(), "{context}: balances");
    ours.balances.iter().zip(&balances).for_each(|(ours, theirs)| balance(context, ours, theirs));
}

fn balance(context: &str, ours: &Balance, theirs: &Value) {
    let kind = match ours.kind {
        BalanceKind::OpeningBooked | BalanceKind::PreviouslyClosedBooked => "opening",
        BalanceKind::ClosingBooked => "closing",
        BalanceKind::InterimBooked => "interim",
        BalanceKind::InterimAvailable => "interim_available",
        BalanceKind::OpeningAvailable => "opening_available",
        BalanceKind::ClosingAvailable => "closing_available",
        BalanceKind::ForwardAvailable => "forward_available",
        ref other => panic!("{context}: {other:?}"),
    };
    same(context, "kind of balance", Some(kind), &theirs["getType"]);
    money(context, ours.amount, ours.currency.as_deref(), &theirs["getAmount"]);
    day(context, ours.date.map(|date| date.to_string()), &theirs["getDate"]);
}

fn entry(context: &str, ours: &Entry, theirs: &Value, account: Option<&str>) {
    money(context, ours.amount, ours.currency.as_deref(), &theirs["getAmount"]);
    assert_eq!(Value::from(ours.reversal), theirs["getReversalIndicator"], "{context}: reversal");
    let status = match ours.status {
        EntryStatus::Booked => "BOOK",
        EntryStatus::Pending => "PDNG",
        EntryStatus::Future => "FUTR",
        EntryStatus::Information | EntryStatus::TakenBack => "INFO",
    };
    same(context, "status", Some(status), &theirs["getStatus"]);
    day(context, ours.booking_date.map(|day| day.to_string()), &theirs["getBookingDate"]);
    day(context, ours.value_date.map(|day| day.to_string()), &theirs["getValueDate"]);
    same(context, "reference", ours.references.entry.as_deref(), &theirs["getReference"]);
    same(context, "bank's reference", ours.references.servicer.as_deref(), &theirs["getAccountServicerReference"]);
    same(context, "batch", ours.references.payment_information_id.as_deref(), &theirs["getBatchPaymentId"]);
    same(context, "words", ours.text.as_deref(), &theirs["getAdditionalInfo"]);
    code(context, ours, &theirs["getBankTransactionCode"]);
    let details = whole(&theirs["getTransactionDetail"], &theirs["getTransactionDetails"]);
    assert_eq!(ours.details.len(), details.len(), "{context}: details");
    ours.details.iter().zip(&details).for_each(|(own, theirs)| detail(context, own, theirs, ours.amount, account));
}

fn code(context: &str, ours: &Entry, theirs: &Value) {
    let domain = &theirs["getDomain"];
    let parts = [&domain["getCode"], &domain["getFamily"]["getCode"], &domain["getFamily"]["getSubFamilyCode"]];
    let joined = parts.iter().filter_map(|part| part.as_str()).collect::<Vec<_>>().join("/");
    let own = |scheme| ours.codes.iter().find(|code| code.scheme == scheme).map(|code| code.code.as_str());
    assert_eq!(own(CodeScheme::Iso20022).unwrap_or_default(), joined, "{context}: code");
    same(context, "own code", own(CodeScheme::Proprietary), &theirs["getProprietary"]["getCode"]);
}

fn detail(context: &str, ours: &Detail, theirs: &Value, of_entry: Decimal, account: Option<&str>) {
    if let (Some(amount), true) = (ours.amount, theirs["getAmount"].is_object()) {
        money(context, amount, ours.currency.as_deref(), &theirs["getAmount"]);
    }
    let references = &theirs["getReference"];
    let known = |id: &Value| id.as_str().filter(|id| *id != "NOTPROVIDED").map(Value::from).unwrap_or_default();
    same(context, "end-to-end id", ours.references.end_to_end_id.as_deref(), &known(&references["getEndToEndId"]));
    same(context, "instruction", ours.references.instruction_id.as_deref(), &known(&references["getInstructionId"]));
    same(context, "payment information", ours.references.payment_information_id.as_deref(), &known(&references["getPaymentInformationId"]));
    same(context, "message", ours.references.message_id.as_deref(), &known(&references["getMessageId"]));
    same(context, "mandate", ours.references.mandate_id.as_deref(), &known(&references["getMandateId"]));
    same(context, "UETR", ours.references.uetr.as_deref(), &known(&references["getUuidEndToEndReference"]));
    let others: Vec<&str> = ours.references.other.iter().map(|(_, text)| text.as_str()).collect();
    let theirs_others = references["getProprietaries"].as_array().cloned().unwrap_or_default();
    assert_eq!(
        others,
        theirs_others.iter().filter_map(|own| own["getReference"].as_str()).collect::<Vec<_>>(),
        "{context}: own references"
    );
    counterparty(context, ours, theirs, ours.amount.unwrap_or(of_entry), account);
    remittance(context, ours, &theirs["getRemittanceInformation"]);
}

/// The debtor of money that came in, the creditor of money that left, unless that is the owner of the account.
fn counterparty(context: &str, ours: &Detail, theirs: &Value, amount: Decimal, account: Option<&str>) {
    let none = Value::Null;
    let parties = theirs["getRelatedParties"].as_array().cloned().unwrap_or_default();
    let of = |side: &str| {
        let ending = format!("\\{side}");
        parties
            .iter()
            .find(|party| party["getRelatedPartyType"]["__CLASS__"].as_str().is_some_and(|class| class.ends_with(&ending)))
            .unwrap_or(&none)
    };
    let sides = if amount.is_sign_positive() { ["Debtor", "Creditor"] } else { ["Creditor", "Debtor"] };
    let number = |party: &Value| party["getAccount"]["getIdentification"].as_str().map(str::to_owned);
    let is_own = number(of(sides[0])).as_deref() == account && number(of(sides[1])).as_deref() != account;
    let side = if is_own { sides[1] } else { sides[0] };
    same(context, "name", ours.counterparty.name.as_deref(), &of(side)["getRelatedPartyType"]["getName"]);
    same(context, "account of the other", ours.counterparty.account.as_deref(), &of(side)["getAccount"]["getIdentification"]);
    let agents = whole(&theirs["getRelatedAgent"], &theirs["getRelatedAgents"]);
    let ending = format!("{side}Agent");
    let agent = agents
        .iter()
        .map(|agent| &agent["getRelatedAgentType"])
        .find(|kind| kind["__CLASS__"].as_str().is_some_and(|class| class.ends_with(&ending)));
    if let Some(bic) = agent.map(|agent| &agent["getBIC"]).filter(|bic| bic.as_str().is_some_and(|bic| !bic.is_empty())) {
        same(context, "bank", ours.counterparty.bank.as_deref(), bic);
    }
}

fn remittance(context: &str, ours: &Detail, theirs: &Value) {
    let words = whole(&theirs["getUnstructuredBlock"], &theirs["getUnstructuredBlocks"]);
    let words: Vec<&str> = words.iter().filter_map(|block| block["getMessage"].as_str()).collect();
    // Without words the other program puts a creditor reference in their place.
    if !(words.is_empty() || ours.remittance.unstructured.is_empty()) {
        assert_eq!(ours.remittance.unstructured, words, "{context}: words");
    }
    let first = &theirs["getCreditorReferenceInformation"];
    let blocks = whole(&theirs["getStructuredBlock"], &theirs["getStructuredBlocks"]);
    let blocks: Vec<&Value> =
        blocks.iter().map(|block| &block["getCreditorReferenceInformation"]).map(|own| if own.is_string() { first } else { own }).collect();
    assert_eq!(
        ours.remittance.references,
        blocks.iter().filter_map(|own| own["getRef"].as_str()).collect::<Vec<_>>(),
        "{context}: creditor references"
    );
}

/// The list, whose first element was written out before it.
fn whole(first: &Value, list: &Value) -> Vec<Value> {
    let repeated = list.as_array().is_some_and(|list| list.first().is_some_and(Value::is_string));
    let rest = list.as_array().into_iter().flatten().filter(|element| element.is_object()).cloned();
    repeated.then(|| first.clone()).into_iter().chain(rest).collect()
}

fn same(context: &str, what: &str, ours: Option<&str>, theirs: &Value) {
    let theirs = theirs.as_str().filter(|text| !text.is_empty());
    assert_eq!(ours, theirs, "{context}: {what}");
}

/// The other program counts minor units of the currency and rounds what is finer; ours are exact.
fn money(context: &str, ours: Decimal, currency: Option<&str>, theirs: &Value) {
    same(context, "currency", currency, &theirs["getCurrency"]["getCode"]);
    let exponent = if currency == Some("JPY") { 0 } else { 2 };
    let units: i64 = theirs["getAmount"].as_str().expect("an amount").parse().expect("minor units");
    assert_eq!(
        ours.round_dp_with_strategy(exponent, rust_decimal::RoundingStrategy::MidpointAwayFromZero),
        Decimal::new(units, exponent),
        "{context}: amount"
    );
}

/// The other program tells moments in UTC; the day is the bank's.
fn day(context: &str, ours: Option<String>, theirs: &Value) {
    let theirs = theirs["0"].as_str().map(|moment| moment[..10].to_owned());
    assert_eq!(ours, theirs, "{context}: day");
}

/// What another program makes of two files, in the syntax of its language.
#[test]
fn golden_files_of_another_accounting_agree() {
    for (source, golden) in [("test-camt053-txdtls", "golden-camt053-txdtls.pydata"), ("test-camt053-txdtls", "golden-camt054.pydata")] {
        let folder = data::root().join("camt/oca/test_files");
        let text = String::from_utf8(data::bytes(&folder.join(golden))).expect("UTF-8");
        let file = read(&data::bytes(&folder.join(source))).expect("a statement");
        let statement = &file.statements[0];
        let account = text.split('\'').nth(3).expect("the account");
        if statement.account.id() != Some(account) {
            continue;
        }
        assert_eq!(values(&text, "balance_start"), vec![statement.opening().expect("an opening balance").amount.normalize()]);
        assert_eq!(values(&text, "balance_end_real"), vec![statement.closing().expect("a closing balance").amount.normalize()]);
        let details: Vec<&Detail> = statement.entries.iter().flat_map(|entry| &entry.details).collect();
        assert_eq!(
            values(&text, "'amount"),
            details.iter().map(|detail| detail.amount.expect("an amount").normalize()).collect::<Vec<_>>()
        );
        assert_eq!(words(&text, "account_number"), details.iter().filter_map(|d| d.counterparty.account.clone()).collect::<Vec<_>>());
        assert_eq!(words(&text, "'ref"), details.iter().flat_map(|d| d.remittance.references.clone()).collect::<Vec<_>>());
        assert_eq!(words(&text, "partner_name"), details.iter().filter_map(|d| d.counterparty.name.clone()).collect::<Vec<_>>());
        return;
    }
    panic!("no golden file belongs to a source");
}

fn values(text: &str, key: &str) -> Vec<Decimal> {
    let key = format!("{key}': ");
    let found = text.split(&key).skip(1);
    found.map(|rest| rest.split([',', '}', ']']).next().unwrap_or_default().parse::<Decimal>().expect("a number").normalize()).collect()
}

fn words(text: &str, key: &str) -> Vec<String> {
    let key = format!("{key}': '");
    let found = text.split(&key).skip(1);
    found.map(|rest| rest.split('\'').next().unwrap_or_default().to_owned()).collect()
}

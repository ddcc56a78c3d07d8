//! What banks make of camt: envelopes, pages, parts of balances, reversals, batches.

use quittance_statements::{BalanceKind, BalanceProof, read};

use crate::rules::{money, only};

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";

fn document(statements: &str) -> String {
    format!(r#"<Document xmlns="{NAMESPACE}"><BkToCstmrStmt><GrpHdr><MsgId>M-1</MsgId></GrpHdr>{statements}</BkToCstmrStmt></Document>"#)
}

fn statement(content: &str) -> String {
    format!("<Stmt><Id>S-1</Id><Acct><Id><IBAN>NL71 rabo 0123 4567 89</IBAN></Id><Ccy>EUR</Ccy></Acct>{content}</Stmt>")
}

fn balance(code: &str, part: &str, amount: &str, side: &str) -> String {
    let part = if part.is_empty() { String::new() } else { format!("<SubTp><Cd>{part}</Cd></SubTp>") };
    format!(
        r#"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry>{part}</Tp><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>2026-01-02</Dt></Dt></Bal>"#
    )
}

fn entry(amount: &str, side: &str, more: &str) -> String {
    format!(r#"<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{more}</Ntry>"#)
}

const BOOKED: &str = "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt>";

fn a_day() -> String {
    statement(&[balance("OPBD", "", "10.00", "CRDT"), balance("CLBD", "", "6.00", "CRDT"), entry("4.00", "DBIT", BOOKED)].concat())
}

/// Networks put the business header and the document into an envelope of their own, some of them several documents.
#[test]
fn a_document_in_an_envelope_is_read() {
    let header =
        r#"<h:AppHdr xmlns:h="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><h:MsgDefIdr>camt.053.001.08</h:MsgDefIdr></h:AppHdr>"#;
    let one = document(&a_day());
    for (envelope, statements) in [
        (format!(r#"<BizMsgEnvlp xmlns="urn:an:envelope">{header}{one}</BizMsgEnvlp>"#), 1),
        (format!(r#"<x:Message xmlns:x="urn:x"><x:Body><x:Payload>{one}</x:Payload></x:Body></x:Message>"#), 1),
        (format!("<Documents>{one}{one}</Documents>"), 2),
    ] {
        let file = read(envelope.as_bytes()).unwrap_or_else(|refusal| panic!("{refusal}\n{envelope}"));
        assert_eq!(file.statements.len(), statements, "{envelope}");
        assert_eq!(file.statements[0].proof(), BalanceProof::Proved);
        assert_eq!(file.message_id.as_deref(), Some("M-1"));
        assert!(format!("{:?}", file.format).contains("001.08"), "{:?}", file.format);
    }
}

#[test]
fn an_iban_in_groups_is_the_account() {
    assert_eq!(only(&document(&a_day())).account.iban.as_deref(), Some("NL71RABO0123456789"));
}

/// What is blocked is a part of the closing balance, not the closing balance; that of a page closes the page.
#[test]
fn parts_of_a_balance_are_not_the_balance() {
    let with_part = statement(
        &[
            balance("OPBD", "", "10.00", "CRDT"),
            balance("CLBD", "", "6.00", "CRDT"),
            balance("CLBD", "BLOK", "1.00", "CRDT"),
            entry("4.00", "DBIT", BOOKED),
        ]
        .concat(),
    );
    let read = only(&document(&with_part));
    assert_eq!(read.proof(), BalanceProof::Proved);
    assert_eq!(read.balances[2].kind, BalanceKind::Other("CLBD/BLOK".to_owned()));

    let page = [balance("OPBD", "INTM", "10.00", "CRDT"), balance("CLBD", "INTM", "6.00", "CRDT"), entry("4.00", "DBIT", BOOKED)].concat();
    let read = only(&document(&statement(&page)));
    assert_eq!((&read.balances[0].kind, &read.balances[1].kind), (&BalanceKind::OpeningInterim, &BalanceKind::ClosingInterim));
    assert_eq!(read.proof(), BalanceProof::Proved);
}

/// Money that we had sent, or that had come by mistake; only the first is money coming back.
#[test]
fn a_reversed_debit_is_money_coming_back() {
    for (side, reversal, is_return) in [("CRDT", "true", true), ("DBIT", "1", false), ("CRDT", "false", false)] {
        let more = format!("<RvslInd>{reversal}</RvslInd>{BOOKED}");
        let read = only(&document(&statement(&entry("4.00", side, &more))));
        assert_eq!(read.entries[0].is_return(None), is_return, "{side} {reversal}");
    }
}

/// In a batch each transaction is what it says of itself; what says nothing is what the entry is.
#[test]
fn one_transaction_of_a_batch_comes_back_and_another_does_not() {
    let code =
        |family: &str| format!("<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>{family}</SubFmlyCd></Fmly></Domn></BkTxCd>");
    let reason = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>";
    let rows = [
        ("ESCT", [reason.to_owned(), String::new()], [true, false]),
        ("ESCT", [code("RRTN"), String::new()], [true, false]),
        ("RRTN", [code("ESCT"), String::new()], [false, true]),
        ("RRTN", [String::new(), String::new()], [true, true]),
    ];
    for (family, parts, returns) in rows {
        let details = parts.map(|part| format!("<TxDtls><Amt Ccy=\"EUR\">2.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>{part}</TxDtls>"));
        let more = format!("{BOOKED}{}<NtryDtls>{}</NtryDtls>", code(family), details.concat());
        let read = only(&document(&statement(&entry("4.00", "CRDT", &more))));
        let entry = &read.entries[0];
        assert_eq!([0, 1].map(|one| entry.is_return(Some(&entry.details[one]))), returns, "{family} {details:?}");
    }
}

#[test]
fn an_amount_with_a_sign_beside_its_indicator_is_refused_and_nothing_has_no_sign() {
    let twice = document(&statement(&entry("-4.00", "DBIT", BOOKED)));
    assert_eq!(read(twice.as_bytes()).expect_err("a refusal").code(), "invalid");
    let nothing = only(&document(&statement(&[balance("OPBD", "", "0.00", "DBIT"), entry("-0.00", "DBIT", BOOKED)].concat())));
    assert_eq!((nothing.balances[0].amount.to_string(), nothing.entries[0].amount.to_string()), ("0.00".to_owned(), "0.00".to_owned()));
}

/// Banks of version 02 state only what was instructed for each transfer of a batch.
#[test]
fn a_batch_is_told_apart_by_what_was_instructed() {
    let transfer = |id: &str, amount: &str| {
        format!(r#"<TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs><AmtDtls><InstdAmt>{amount}</InstdAmt></AmtDtls></TxDtls>"#)
    };
    let details = |currency: &str| {
        let amount = |value: &str| format!(r#"<Amt Ccy="{currency}">{value}</Amt>"#);
        format!("{BOOKED}<NtryDtls>{}{}</NtryDtls>", transfer("A", &amount("1.00")), transfer("B", &amount("3.00")))
    };
    let amounts = |currency: &str| {
        let read = only(&document(&statement(&entry("4.00", "DBIT", &details(currency)))));
        read.entries[0].details.iter().map(|detail| detail.amount).collect::<Vec<_>>()
    };
    assert_eq!(amounts("EUR"), [Some(money("-1.00")), Some(money("-3.00"))]);
    assert_eq!(amounts("USD"), [None, None], "what left in our currency is not told");
}

/// A transfer in another currency, with what it cost in the account's.
#[test]
fn a_transaction_counts_in_the_entrys_currency() {
    let details = r#"<NtryDtls><TxDtls><Amt Ccy="USD">5.00</Amt><AmtDtls><InstdAmt><Amt Ccy="USD">5.00</Amt></InstdAmt><TxAmt><Amt Ccy="EUR">4.00</Amt></TxAmt></AmtDtls></TxDtls></NtryDtls>"#;
    let read = only(&document(&statement(&entry("4.00", "DBIT", &format!("{BOOKED}{details}")))));
    let detail = &read.entries[0].details[0];
    assert_eq!((detail.amount, detail.currency.as_deref()), (Some(money("-4.00")), Some("EUR")));
}

/// 30,000 entries with a leaf each that has no place: each of them is told with its line, and none by counting the lines from the start.
#[test]
fn a_large_statement_is_read_in_time() {
    const ENTRIES: usize = 30_000;
    let more = format!("{BOOKED}<NtryDtls><TxDtls><Elsewhere>x</Elsewhere></TxDtls></NtryDtls>");
    let content = vec![entry("1.00", "DBIT", &more); ENTRIES].join("\n");
    let started = std::time::Instant::now();
    let file = read(document(&statement(&content)).as_bytes()).expect("a statement");
    assert_eq!(file.statements[0].entries[ENTRIES - 1].at.line, ENTRIES);
    assert_eq!(file.unmapped[ENTRIES - 1].at.line, ENTRIES);
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

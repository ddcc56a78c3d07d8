//! Our files read back: counts, sums and texts are what was put in, and the same facts give the same bytes.

use std::collections::HashMap;

use proptest::prelude::*;
use proptest::sample::select;
use quittance_domain::bank_account::PaymentReference;
use quittance_infrastructure::pain001::{CreditTransferFile, Version, WrittenFile, bank_text, ordered_in, write};
use roxmltree::{Document, Node};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::{example, generated};

fn written(file: &CreditTransferFile, version: Version) -> WrittenFile {
    write(file, version).unwrap_or_else(|error| panic!("{version:?}: {error}"))
}

fn texts<'a>(node: Node<'a, '_>, name: &str) -> Vec<&'a str> {
    node.descendants().filter(|child| child.has_tag_name_local(name)).filter_map(|child| child.text()).collect()
}

trait LocalName {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.tag_name().name() == name
    }
}

fn child<'a, 'b>(node: Node<'a, 'b>, name: &str) -> Node<'a, 'b> {
    node.children().find(|child| child.has_tag_name_local(name)).unwrap_or_else(|| panic!("no {name}"))
}

fn sum(amounts: &[&str]) -> Decimal {
    amounts.iter().map(|amount| amount.parse::<Decimal>().expect("a decimal")).sum()
}

/// Count and sum that `node` states, beside those of the transactions inside.
fn assert_totals(stated: Node, around: Node) {
    let amounts = texts(around, "InstdAmt");
    assert_eq!(child(stated, "NbOfTxs").text(), Some(amounts.len().to_string().as_str()));
    assert_eq!(child(stated, "CtrlSum").text().map(|text| sum(&[text])), Some(sum(&amounts)));
}

/// A bank may answer about a block as a whole: what is in it is told by the file itself.
#[test]
fn each_transfer_is_found_in_its_block() {
    // The oldest German form wants BICs that the example leaves out.
    for version in Version::ALL.into_iter().filter(|version| *version != Version::GermanV002) {
        let mut file = example::file();
        let mut second = file.blocks[0].clone();
        second.id = PaymentReference::parse("B-2").expect("a reference");
        second.transactions.truncate(1);
        second.transactions[0].end_to_end_id = PaymentReference::parse("E-3").expect("a reference");
        file.blocks.push(second);
        let written = written(&file, version);
        let ordered = ordered_in(&written.bytes);
        let found: HashMap<String, String> = ordered.iter().map(|(id, ordered)| (id.clone(), ordered.block.clone())).collect();
        let first = file.blocks[0].transactions.iter().map(|one| (one.end_to_end_id.to_string(), file.blocks[0].id.to_string()));
        let expected = first.chain([("E-3".to_owned(), "B-2".to_owned())]).collect();
        assert_eq!(found, expected, "{version:?}");
        let sum: rust_decimal::Decimal = ordered.values().map(|ordered| ordered.amount).sum();
        assert_eq!(sum, written.control.control_sum, "{version:?}");
        assert!(ordered.values().all(|ordered| ordered.currency == "EUR"), "{version:?}");
    }
    assert!(ordered_in(b"101 091000019").is_empty(), "an ACH file has no such blocks");
}

#[test]
fn the_example_in_bytes() {
    let file = written(&example::file(), Version::V09);
    let text = String::from_utf8(file.bytes.clone()).expect("UTF-8");
    assert_eq!(text, include_str!("example.xml"));
    assert_eq!(file.control.transactions, 2);
    assert_eq!(file.control.control_sum.to_string(), "1200.51");
    assert_eq!(file.control.sha256, hex::encode(Sha256::digest(&file.bytes)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn totals_add_up_and_bytes_are_stable(
        (version, file) in select(&Version::ALL[..]).prop_flat_map(|version| (Just(version), generated::file(version, 40)))
    ) {
        let once = written(&file, version);
        prop_assert_eq!(&once, &written(&file.clone(), version));

        let text = std::str::from_utf8(&once.bytes).expect("UTF-8");
        prop_assert!(text.is_ascii());
        let document = Document::parse(text).expect("well-formed XML");
        let message = child(document.root_element(), "CstmrCdtTrfInitn");
        assert_totals(child(message, "GrpHdr"), message);
        for block in message.children().filter(|child| child.has_tag_name_local("PmtInf")) {
            assert_totals(block, block);
        }
        let transactions: Vec<_> = file.blocks.iter().flat_map(|block| &block.transactions).collect();
        prop_assert_eq!(once.control.transactions, transactions.len());
        prop_assert_eq!(once.control.control_sum, transactions.iter().map(|transaction| transaction.amount.amount()).sum::<Decimal>());
        let ids: Vec<&str> = transactions.iter().map(|transaction| transaction.end_to_end_id.as_str()).collect();
        prop_assert_eq!(texts(message, "EndToEndId"), ids);
        for (node, transaction) in message.descendants().filter(|node| node.has_tag_name_local("Cdtr")).zip(&transactions) {
            let name = child(node, "Nm").text().expect("a name");
            prop_assert!(bank_text(&transaction.creditor.name).starts_with(name));
        }
        let currencies: Vec<_> = message.descendants().filter_map(|node| node.attribute("Ccy")).collect();
        prop_assert_eq!(currencies, transactions.iter().map(|transaction| transaction.amount.currency().code()).collect::<Vec<_>>());
    }
}

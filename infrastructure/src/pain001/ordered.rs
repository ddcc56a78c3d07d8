//! What a written file orders, read back from it: a bank answers about the whole, a block or a transfer.

use std::collections::HashMap;

use roxmltree::{Document, Node};
use rust_decimal::Decimal;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OrderedTransfer {
    /// The id of its block.
    pub block: String,
    pub amount: Decimal,
    pub currency: String,
}

/// Transfers by end-to-end id; nothing for a file of another format.
pub fn ordered_in(file: &[u8]) -> HashMap<String, OrderedTransfer> {
    let text = std::str::from_utf8(file).unwrap_or_default();
    let Ok(document) = Document::parse(text) else { return HashMap::new() };
    let blocks = document.descendants().filter(|node| node.tag_name().name() == "PmtInf");
    blocks.flat_map(|block| transfers_of(block).collect::<Vec<_>>()).collect()
}

fn transfers_of<'a>(block: Node<'a, '_>) -> impl Iterator<Item = (String, OrderedTransfer)> + use<'a> {
    let id = below(block, "PmtInfId").and_then(|id| id.text()).unwrap_or_default().to_owned();
    let transfers: Vec<_> = block.children().filter(|node| node.tag_name().name() == "CdtTrfTxInf").collect();
    transfers.into_iter().filter_map(move |transfer| {
        let amount = below(transfer, "InstdAmt")?;
        let currency = amount.attribute("Ccy")?.to_owned();
        let ordered = OrderedTransfer { block: id.clone(), amount: amount.text()?.parse().ok()?, currency };
        Some((below(transfer, "EndToEndId")?.text()?.to_owned(), ordered))
    })
}

fn below<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.descendants().find(|below| below.tag_name().name() == name)
}

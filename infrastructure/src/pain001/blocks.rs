//! Which block each transfer of a written file is in: a bank may answer about a block as a whole.

use std::collections::HashMap;

use roxmltree::{Document, Node};

/// Block ids by end-to-end id; nothing for a file of another format.
pub fn blocks_of(file: &[u8]) -> HashMap<String, String> {
    let text = std::str::from_utf8(file).unwrap_or_default();
    let Ok(document) = Document::parse(text) else { return HashMap::new() };
    let blocks = document.descendants().filter(|node| node.tag_name().name() == "PmtInf");
    blocks.flat_map(|block| block_of_each(block).collect::<Vec<_>>()).collect()
}

fn block_of_each<'a>(block: Node<'a, '_>) -> impl Iterator<Item = (String, String)> + use<'a> {
    let text = |node: Node<'a, '_>| node.text().unwrap_or_default().to_owned();
    let id = block.children().find(|child| child.tag_name().name() == "PmtInfId").map(text).unwrap_or_default();
    let transfers: Vec<String> = block.descendants().filter(|node| node.tag_name().name() == "EndToEndId").map(text).collect();
    transfers.into_iter().map(move |transfer| (transfer, id.clone()))
}

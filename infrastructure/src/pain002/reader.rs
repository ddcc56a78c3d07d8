//! From bytes to the report; hostile or foreign input is refused by name.

use roxmltree::{Document, Node, ParsingOptions};
use rust_decimal::Decimal;
use thiserror::Error;

use super::{BlockStatus, Control, Outcome, Reason, Status, StatusReport, TransactionStatus};

/// Enough for reports on 100,000 transfers, too little to exhaust memory.
const NODES_MAX: u32 = 8_000_000;

#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum Pain002Refusal {
    #[error("the file is neither UTF-8 nor in the encoding that it states")]
    NotUtf8,
    #[error("the file is not well-formed XML, declares a DTD, or is too large")]
    NotXml,
    #[error("the file is XML but no payment status report")]
    NotAStatusReport,
    #[error("the report lacks the mandatory element {0}")]
    ElementMissing(&'static str),
    #[error("the element {0} holds no number")]
    NumberInvalid(&'static str),
}

impl Pain002Refusal {
    pub fn code(self) -> &'static str {
        match self {
            Self::NotUtf8 => "not_utf8",
            Self::NotXml => "not_xml",
            Self::NotAStatusReport => "not_a_status_report",
            Self::ElementMissing(_) => "element_missing",
            Self::NumberInvalid(_) => "number_invalid",
        }
    }
}

pub fn read(bytes: &[u8]) -> Result<StatusReport, Pain002Refusal> {
    let text = quittance_statements::xml_text(bytes).map_err(|_| Pain002Refusal::NotUtf8)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text.trim_start(), options).map_err(|_| Pain002Refusal::NotXml)?;
    // In a `Document`, which may itself be in an envelope beside a business header.
    let report = document.descendants().find(|node| node.tag_name().name() == "CstmrPmtStsRpt").ok_or(Pain002Refusal::NotAStatusReport)?;
    let header = child(report, "GrpHdr").ok_or(Pain002Refusal::ElementMissing("GrpHdr"))?;
    let original = child(report, "OrgnlGrpInfAndSts").ok_or(Pain002Refusal::ElementMissing("OrgnlGrpInfAndSts"))?;
    Ok(StatusReport {
        message_id: mandatory(header, "MsgId")?,
        original_message_id: mandatory(original, "OrgnlMsgId")?,
        original_message_name: mandatory(original, "OrgnlMsgNmId")?,
        control: control(original)?,
        outcome: outcome(original, "GrpSts"),
        blocks: children(report, "OrgnlPmtInfAndSts").map(block).collect::<Result<_, _>>()?,
    })
}

fn block(node: Node) -> Result<BlockStatus, Pain002Refusal> {
    Ok(BlockStatus {
        original_block_id: mandatory(node, "OrgnlPmtInfId")?,
        control: control(node)?,
        outcome: outcome(node, "PmtInfSts"),
        transactions: children(node, "TxInfAndSts").map(transaction).collect::<Result<_, _>>()?,
    })
}

fn control(node: Node) -> Result<Control, Pain002Refusal> {
    let transactions = text(node, "OrgnlNbOfTxs").map(|count| count.parse().map_err(|_| Pain002Refusal::NumberInvalid("OrgnlNbOfTxs")));
    let sum = text(node, "OrgnlCtrlSum").map(|sum| sum.parse().map_err(|_| Pain002Refusal::NumberInvalid("OrgnlCtrlSum")));
    Ok(Control { transactions: transactions.transpose()?, sum: sum.transpose()? })
}

/// An equivalent amount in another currency is not what we instruct.
fn instructed(node: Node) -> Result<Option<(Decimal, String)>, Pain002Refusal> {
    let amount = child(node, "OrgnlTxRef").and_then(|original| child(child(original, "Amt")?, "InstdAmt"));
    let Some(amount) = amount else { return Ok(None) };
    let value = own_text(amount).and_then(|text| text.parse().ok()).ok_or(Pain002Refusal::NumberInvalid("InstdAmt"))?;
    Ok(Some((value, amount.attribute("Ccy").unwrap_or_default().to_owned())))
}

fn transaction(node: Node) -> Result<TransactionStatus, Pain002Refusal> {
    Ok(TransactionStatus {
        instruction_id: text(node, "OrgnlInstrId"),
        end_to_end_id: text(node, "OrgnlEndToEndId"),
        outcome: outcome(node, "TxSts"),
        bank_reference: text(node, "AcctSvcrRef"),
        amount: instructed(node)?,
    })
}

fn outcome(node: Node, status: &str) -> Option<Outcome> {
    let status = Status::from(text(node, status)?.as_str());
    Some(Outcome { status, reasons: children(node, "StsRsnInf").map(reason).collect() })
}

fn reason(node: Node) -> Reason {
    let code = child(node, "Rsn").and_then(|reason| text(reason, "Cd").or_else(|| text(reason, "Prtry")));
    Reason { code, text: children(node, "AddtlInf").filter_map(own_text).collect() }
}

fn children<'a, 'input>(node: Node<'a, 'input>, name: &'static str) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(move |child| child.tag_name().name() == name)
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.tag_name().name() == name)
}

fn text(node: Node, name: &str) -> Option<String> {
    child(node, name).and_then(own_text)
}

fn own_text(node: Node) -> Option<String> {
    node.text().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn mandatory(node: Node, name: &'static str) -> Result<String, Pain002Refusal> {
    text(node, name).ok_or(Pain002Refusal::ElementMissing(name))
}

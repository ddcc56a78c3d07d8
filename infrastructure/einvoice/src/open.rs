//! Opens a file as far as its root: XML, or the XML inside a PDF.

use quittance_einvoice::{OrderSyntax, Outline, Syntax};

use crate::limits::Limits;
use crate::pdf::{Attachments, Candidate, is_pdf};
use crate::refusal::ReadError;
use crate::xml;

/// What the root says that the document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    Invoice(Syntax),
    Order(OrderSyntax),
    DespatchAdvice,
}

/// What the caller can do something with; everything else is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Invoice,
    Order,
    DespatchAdvice,
    Any,
}

pub(crate) struct Opened {
    pub(crate) outline: Outline,
    pub(crate) root: Root,
    pub(crate) attachment: Option<String>,
}

/// Names that the standards prescribe inside a PDF, newest first; case does not matter.
const INVOICE_NAMES: &[&str] = &["factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml"];
const ORDER_NAMES: &[&str] = &["order-x.xml"];
const ALL_NAMES: &[&str] = &["factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml", "order-x.xml"];

pub(crate) fn open(bytes: &[u8], limits: &Limits, wanted: Wanted) -> Result<Opened, ReadError> {
    if bytes.len() > limits.file_bytes {
        return Err(ReadError::TooLarge { limit: limits.file_bytes });
    }
    match bytes {
        [] => Err(ReadError::Empty),
        _ if is_pdf(bytes) => open_pdf(bytes, limits, wanted),
        _ if looks_like_xml(bytes) => open_xml(bytes, limits, wanted),
        _ => Err(ReadError::UnknownFormat),
    }
}

/// After marks and blanks an XML document begins with `<`, in UTF-16 beside a zero.
fn looks_like_xml(bytes: &[u8]) -> bool {
    let start = bytes.iter().find(|byte| !matches!(byte, 0 | b' ' | b'\t' | b'\r' | b'\n' | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF));
    start == Some(&b'<')
}

fn open_xml(bytes: &[u8], limits: &Limits, wanted: Wanted) -> Result<Opened, ReadError> {
    let mut outline = xml::outline(bytes, limits)?;
    if let Some(document) = (outline.root().name() == ENVELOPE).then(|| enclosed(bytes)).flatten() {
        outline = xml::outline(document, limits)?;
    }
    let root = Root::of(outline.root().name()).filter(|root| wanted.takes(*root));
    match root {
        Some(root) => Ok(Opened { outline, root, attachment: None }),
        None => Err(wanted.not(&outline)),
    }
}

/// What an access point of Peppol hands out: the document behind a header about its way.
const ENVELOPE: &str = "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}StandardBusinessDocument";

/// What stands in an envelope between the end of its header and its own end. A document declares its namespaces itself: one that leaves
/// that to the envelope is refused as any that does not.
fn enclosed(bytes: &[u8]) -> Option<&[u8]> {
    const HEADER_ENDS: &[u8] = b"StandardBusinessDocumentHeader>";
    let closes = |at: &usize| bytes[..*at].iter().rposition(|byte| *byte == b'<').is_some_and(|open| bytes.get(open + 1) == Some(&b'/'));
    let mut named = bytes.windows(HEADER_ENDS.len()).enumerate().filter(|(_, part)| *part == HEADER_ENDS).map(|(at, _)| at);
    let behind = named.find(closes)? + HEADER_ENDS.len();
    let end = bytes.windows(2).rposition(|part| part == b"</").filter(|end| *end > behind)?;
    Some(bytes[behind..end].trim_ascii())
}

impl Root {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "ubl:Invoice" => Self::Invoice(Syntax::UblInvoice),
            "cn:CreditNote" => Self::Invoice(Syntax::UblCreditNote),
            "rsm:CrossIndustryInvoice" => Self::Invoice(Syntax::Cii),
            "zf:CrossIndustryDocument" | "zf:Invoice" => Self::Invoice(Syntax::Zugferd1),
            "order:Order" => Self::Order(OrderSyntax::Ubl),
            "rsm:SCRDMCCBDACIOMessageStructure" => Self::Order(OrderSyntax::OrderX),
            "advice:DespatchAdvice" => Self::DespatchAdvice,
            _ => return None,
        })
    }
}

impl Wanted {
    fn takes(self, root: Root) -> bool {
        match self {
            Self::Invoice => matches!(root, Root::Invoice(_)),
            Self::Order => matches!(root, Root::Order(_)),
            Self::DespatchAdvice => root == Root::DespatchAdvice,
            Self::Any => true,
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Invoice => INVOICE_NAMES,
            Self::Order => ORDER_NAMES,
            // No standard embeds a despatch advice; one is still found by content.
            Self::DespatchAdvice => &[],
            Self::Any => ALL_NAMES,
        }
    }

    /// The refusal of a document that is another kind.
    pub(crate) fn not(self, outline: &Outline) -> ReadError {
        let root = outline.root().name().chars().take(200).collect();
        match self {
            Self::Invoice => ReadError::NotAnInvoice { root },
            Self::Order => ReadError::NotAnOrder { root },
            Self::DespatchAdvice => ReadError::NotADespatchAdvice { root },
            Self::Any => ReadError::UnknownDocument { root },
        }
    }

    fn not_inside(self, attachments: Vec<String>) -> ReadError {
        match self {
            Self::Invoice => ReadError::PdfWithoutInvoice { attachments },
            Self::Order => ReadError::PdfWithoutOrder { attachments },
            Self::DespatchAdvice => ReadError::PdfWithoutDespatchAdvice { attachments },
            Self::Any => ReadError::PdfWithoutDocument { attachments },
        }
    }
}

fn open_pdf(bytes: &[u8], limits: &Limits, wanted: Wanted) -> Result<Opened, ReadError> {
    let mut attachments = Attachments::of(bytes, limits)?;
    let candidates = attachments.candidates(wanted.names());
    for candidate in &candidates {
        match open_candidate(&mut attachments, candidate, limits, wanted) {
            Ok(opened) => return Ok(opened),
            Err(error) if candidate.is_named || matches!(error, ReadError::PdfStreamTooLarge { .. }) => {
                return Err(inside(candidate, error, attachments.is_encrypted()));
            }
            // Some other attachment: a drawing, a price list, another document of the same business.
            Err(_) => {}
        }
    }
    if attachments.is_encrypted() {
        return Err(ReadError::PdfEncrypted);
    }
    Err(wanted.not_inside(candidates.into_iter().map(|candidate| candidate.name).collect()))
}

fn open_candidate(attachments: &mut Attachments<'_>, candidate: &Candidate, limits: &Limits, wanted: Wanted) -> Result<Opened, ReadError> {
    let content = attachments.content(candidate)?;
    if !looks_like_xml(&content) {
        return Err(ReadError::UnknownFormat);
    }
    let opened = open_xml(&content, limits, wanted)?;
    Ok(Opened { attachment: Some(candidate.name.clone()), ..opened })
}

/// What is encrypted looks damaged; say what it is.
fn inside(candidate: &Candidate, error: ReadError, is_encrypted: bool) -> ReadError {
    match error {
        ReadError::PdfStreamTooLarge { .. } => error,
        ReadError::PdfUnreadable { .. } | ReadError::UnknownFormat if is_encrypted => ReadError::PdfEncrypted,
        error => ReadError::PdfAttachment { name: candidate.name.clone(), error: Box::new(error) },
    }
}

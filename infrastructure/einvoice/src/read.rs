//! Any supported file to an invoice: the format is found by content, never by name.

use quittance_einvoice::{Invoice, Outline, Syntax};

use crate::limits::Limits;
use crate::pdf::{Attachments, Candidate, is_pdf};
use crate::refusal::ReadError;
use crate::{cii, ubl, xml};

/// A document that was read. It owns everything; [`ReadInvoice::invoice`] gives the terms as a view on it.
#[derive(Clone, Debug)]
pub struct ReadInvoice {
    outline: Outline,
    syntax: Syntax,
    attachment: Option<String>,
}

impl ReadInvoice {
    pub fn syntax(&self) -> Syntax {
        self.syntax
    }

    /// All elements, for rules over paths.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// For a PDF, the name under which the invoice was embedded.
    pub fn attachment(&self) -> Option<&str> {
        self.attachment.as_deref()
    }

    /// The business terms. Costs a pass over the outline: keep the result rather than calling again.
    pub fn invoice(&self) -> Invoice<'_> {
        match self.syntax {
            Syntax::UblInvoice | Syntax::UblCreditNote => ubl::invoice(&self.outline, self.syntax),
            Syntax::Cii | Syntax::Zugferd1 => cii::invoice(&self.outline, self.syntax),
        }
    }
}

/// Reads an invoice within the default limits.
pub fn read(bytes: &[u8]) -> Result<ReadInvoice, ReadError> {
    read_within(bytes, &Limits::default())
}

pub fn read_within(bytes: &[u8], limits: &Limits) -> Result<ReadInvoice, ReadError> {
    if bytes.len() > limits.file_bytes {
        return Err(ReadError::TooLarge { limit: limits.file_bytes });
    }
    match bytes {
        [] => Err(ReadError::Empty),
        _ if is_pdf(bytes) => read_pdf(bytes, limits),
        _ if looks_like_xml(bytes) => read_xml(bytes, limits),
        _ => Err(ReadError::UnknownFormat),
    }
}

/// After marks and blanks an XML document begins with `<`, in UTF-16 beside a zero.
fn looks_like_xml(bytes: &[u8]) -> bool {
    let start = bytes.iter().find(|byte| !matches!(byte, 0 | b' ' | b'\t' | b'\r' | b'\n' | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF));
    start == Some(&b'<')
}

fn read_xml(bytes: &[u8], limits: &Limits) -> Result<ReadInvoice, ReadError> {
    let outline = xml::outline(bytes, limits)?;
    let syntax = match outline.root().name() {
        "ubl:Invoice" => Syntax::UblInvoice,
        "cn:CreditNote" => Syntax::UblCreditNote,
        "rsm:CrossIndustryInvoice" => Syntax::Cii,
        "zf:CrossIndustryDocument" | "zf:Invoice" => Syntax::Zugferd1,
        other => return Err(ReadError::NotAnInvoice { root: other.chars().take(200).collect() }),
    };
    Ok(ReadInvoice { outline, syntax, attachment: None })
}

fn read_pdf(bytes: &[u8], limits: &Limits) -> Result<ReadInvoice, ReadError> {
    let mut attachments = Attachments::of(bytes, limits)?;
    let candidates = attachments.candidates();
    for candidate in &candidates {
        match read_candidate(&mut attachments, candidate, limits) {
            Ok(invoice) => return Ok(invoice),
            Err(error) if candidate.is_named || matches!(error, ReadError::PdfStreamTooLarge { .. }) => {
                return Err(inside(candidate, error, attachments.is_encrypted()));
            }
            // Some other attachment: a drawing, a price list, an order.
            Err(_) => {}
        }
    }
    if attachments.is_encrypted() {
        return Err(ReadError::PdfEncrypted);
    }
    Err(ReadError::PdfWithoutInvoice { attachments: candidates.into_iter().map(|candidate| candidate.name).collect() })
}

fn read_candidate(attachments: &mut Attachments<'_>, candidate: &Candidate, limits: &Limits) -> Result<ReadInvoice, ReadError> {
    let content = attachments.content(candidate)?;
    if !looks_like_xml(&content) {
        return Err(ReadError::UnknownFormat);
    }
    let invoice = read_xml(&content, limits)?;
    Ok(ReadInvoice { attachment: Some(candidate.name.clone()), ..invoice })
}

/// What is encrypted looks damaged; say what it is.
fn inside(candidate: &Candidate, error: ReadError, is_encrypted: bool) -> ReadError {
    match error {
        ReadError::PdfStreamTooLarge { .. } => error,
        ReadError::PdfUnreadable { .. } | ReadError::UnknownFormat if is_encrypted => ReadError::PdfEncrypted,
        error => ReadError::PdfAttachment { name: candidate.name.clone(), error: Box::new(error) },
    }
}

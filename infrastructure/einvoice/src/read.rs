//! Any supported file to an invoice: the format is found by content, never by name.

use quittance_einvoice::{Invoice, Outline, Syntax};

use crate::limits::Limits;
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
    read_xml(bytes, limits)
}

fn read_xml(bytes: &[u8], limits: &Limits) -> Result<ReadInvoice, ReadError> {
    let outline = xml::outline(bytes, limits)?;
    let syntax = match outline.root().name() {
        "ubl:Invoice" => Syntax::UblInvoice,
        "cn:CreditNote" => Syntax::UblCreditNote,
        "rsm:CrossIndustryInvoice" => Syntax::Cii,
        "zf:CrossIndustryDocument" => Syntax::Zugferd1,
        other => return Err(ReadError::NotAnInvoice { root: other.chars().take(200).collect() }),
    };
    Ok(ReadInvoice { outline, syntax, attachment: None })
}

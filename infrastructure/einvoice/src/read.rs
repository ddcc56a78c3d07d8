//! Any supported file to an invoice, an order or a despatch advice: what it is is found by content, never by name.

use quittance_einvoice::{DespatchAdvice, Invoice, Order, OrderSyntax, Outline, Syntax};

use crate::limits::Limits;
use crate::open::{Opened, Root, Wanted, open};
use crate::refusal::ReadError;
use crate::{cii, ubl};

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

/// An order that was read, with its terms as a view on it.
#[derive(Clone, Debug)]
pub struct ReadOrder {
    outline: Outline,
    syntax: OrderSyntax,
    attachment: Option<String>,
}

impl ReadOrder {
    pub fn syntax(&self) -> OrderSyntax {
        self.syntax
    }

    /// For a PDF, the name under which the order was embedded.
    pub fn attachment(&self) -> Option<&str> {
        self.attachment.as_deref()
    }

    /// What is ordered. Costs a pass over the outline: keep the result rather than calling again.
    pub fn order(&self) -> Order<'_> {
        match self.syntax {
            OrderSyntax::Ubl => ubl::order(&self.outline),
            OrderSyntax::OrderX => cii::order(&self.outline),
        }
    }
}

/// A despatch advice that was read, with its terms as a view on it.
#[derive(Clone, Debug)]
pub struct ReadDespatchAdvice {
    outline: Outline,
}

impl ReadDespatchAdvice {
    /// What is on its way. Costs a pass over the outline: keep the result rather than calling again.
    pub fn advice(&self) -> DespatchAdvice<'_> {
        ubl::despatch_advice(&self.outline)
    }
}

/// A document of any kind that can be read.
#[derive(Clone, Debug)]
pub enum ReadDocument {
    Invoice(ReadInvoice),
    Order(ReadOrder),
    DespatchAdvice(ReadDespatchAdvice),
}

/// Reads an invoice within the default limits.
pub fn read(bytes: &[u8]) -> Result<ReadInvoice, ReadError> {
    read_within(bytes, &Limits::default())
}

pub fn read_within(bytes: &[u8], limits: &Limits) -> Result<ReadInvoice, ReadError> {
    let Opened { outline, root, attachment } = open(bytes, limits, Wanted::Invoice)?;
    match root {
        Root::Invoice(syntax) => Ok(ReadInvoice { outline, syntax, attachment }),
        _ => Err(Wanted::Invoice.not(&outline)),
    }
}

/// Reads an order, UBL or Order-X, within the default limits.
pub fn read_order(bytes: &[u8]) -> Result<ReadOrder, ReadError> {
    let Opened { outline, root, attachment } = open(bytes, &Limits::default(), Wanted::Order)?;
    match root {
        Root::Order(syntax) => Ok(ReadOrder { outline, syntax, attachment }),
        _ => Err(Wanted::Order.not(&outline)),
    }
}

/// Reads a despatch advice within the default limits.
pub fn read_despatch_advice(bytes: &[u8]) -> Result<ReadDespatchAdvice, ReadError> {
    let Opened { outline, root, .. } = open(bytes, &Limits::default(), Wanted::DespatchAdvice)?;
    match root {
        Root::DespatchAdvice => Ok(ReadDespatchAdvice { outline }),
        _ => Err(Wanted::DespatchAdvice.not(&outline)),
    }
}

/// Reads whatever of the three the file holds.
pub fn read_document(bytes: &[u8]) -> Result<ReadDocument, ReadError> {
    let Opened { outline, root, attachment } = open(bytes, &Limits::default(), Wanted::Any)?;
    Ok(match root {
        Root::Invoice(syntax) => ReadDocument::Invoice(ReadInvoice { outline, syntax, attachment }),
        Root::Order(syntax) => ReadDocument::Order(ReadOrder { outline, syntax, attachment }),
        Root::DespatchAdvice => ReadDocument::DespatchAdvice(ReadDespatchAdvice { outline }),
    })
}

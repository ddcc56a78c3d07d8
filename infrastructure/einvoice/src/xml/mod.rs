//! XML to outline: strict, namespace-aware, bounded, without document types and entities.

mod characters;
mod decode;
mod groups;
mod namespaces;
mod parser;

use quittance_einvoice::Outline;

use crate::limits::Limits;
use crate::refusal::ReadError;

/// Reads one XML document whole.
pub(crate) fn outline(bytes: &[u8], limits: &Limits) -> Result<Outline, ReadError> {
    if bytes.len() > limits.xml_bytes {
        return Err(ReadError::TooLarge { limit: limits.xml_bytes });
    }
    let text = decode::decode(bytes)?;
    if text.len() > limits.xml_bytes {
        return Err(ReadError::TooLarge { limit: limits.xml_bytes });
    }
    parser::Parser::new(&text, limits).parse()
}

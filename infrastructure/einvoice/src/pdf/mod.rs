//! The invoice inside a PDF.
//!
//! A general PDF library is not used on purpose: those at hand unpack every object stream without a bound and recurse as deep as
//! the file says. An invoice needs four things of a PDF (file specifications, embedded files, object streams, Flate), and they
//! are found by one pass over the bytes, which also reads files whose cross-reference table is broken. Linear in the file;
//! what streams unpack to is bounded by [`Limits::pdf_unpacked_bytes`](crate::Limits).

mod attachment;
mod filter;
mod object;
mod scan;

pub(crate) use attachment::{Attachments, Candidate};

/// Readers look for the mark near the start, because mail gateways put bytes in front of it.
pub(crate) fn is_pdf(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(1024)].windows(5).any(|window| window == b"%PDF-")
}

//! Embedded files, the likeliest one first.

use std::collections::BTreeSet;

use super::filter::Unpack;
use super::scan::{Contents, FileObject, scan};
use crate::limits::Limits;
use crate::refusal::ReadError;

pub(crate) struct Attachments<'b> {
    contents: Contents<'b>,
    budget: usize,
    limit: usize,
}

/// An embedded file that may be what is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) name: String,
    /// Whether its name says that it is.
    pub(crate) is_named: bool,
    number: u32,
}

impl<'b> Attachments<'b> {
    pub(crate) fn of(bytes: &'b [u8], limits: &Limits) -> Result<Self, ReadError> {
        let limit = limits.pdf_unpacked_bytes;
        let mut budget = limit;
        let contents = scan(bytes, &mut budget).map_err(|reason| refusal(reason, limit))?;
        if !contents.saw_objects {
            return Err(ReadError::PdfUnreadable { reason: "it defines no objects" });
        }
        Ok(Self { contents, budget, limit })
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.contents.is_encrypted
    }

    /// Files by prescribed name (of `names`, the likeliest first), then other named ones, then embedded files that nothing names. Of two with one name the
    /// one added later is first: a changed PDF keeps what it replaces.
    pub(crate) fn candidates(&self, names: &[&str]) -> Vec<Candidate> {
        let mut candidates: Vec<_> = self.named(names).collect();
        let mut nameless: Vec<_> = self.contents.streams.iter().filter(|(_, stream)| stream.is_embedded_file).map(|(n, _)| *n).collect();
        let named: BTreeSet<_> = candidates.iter().map(|candidate| candidate.number).collect();
        nameless.retain(|number| !named.contains(number));
        candidates.extend(nameless.into_iter().map(|number| Candidate { name: String::new(), is_named: false, number }));
        candidates.sort_by_key(|candidate| rank(names, &candidate.name));
        candidates
    }

    fn named(&self, names: &[&str]) -> impl Iterator<Item = Candidate> {
        self.contents.specifications.values().rev().flatten().filter_map(|specification| {
            let number = match specification.file {
                FileObject::Stream(number) => number,
                FileObject::Dictionary(number) => *self.contents.file_dictionaries.get(&number)?,
            };
            let is_named = rank(names, &specification.name) < names.len();
            Some(Candidate { name: specification.name.clone(), is_named, number })
        })
    }

    pub(crate) fn content(&mut self, candidate: &Candidate) -> Result<Vec<u8>, ReadError> {
        let stream = self.contents.streams.get(&candidate.number);
        let stream = stream.ok_or(ReadError::PdfUnreadable { reason: "an attachment has no content" })?;
        stream.unpack(&mut self.budget).map_err(|reason| refusal(reason, self.limit))
    }
}

fn rank(names: &[&str], name: &str) -> usize {
    names.iter().position(|known| name.eq_ignore_ascii_case(known)).unwrap_or(names.len())
}

fn refusal(reason: Unpack, limit: usize) -> ReadError {
    match reason {
        Unpack::TooLarge => ReadError::PdfStreamTooLarge { limit },
        Unpack::TooMany => ReadError::PdfUnreadable { reason: "it has too many objects" },
        Unpack::Damaged => ReadError::PdfUnreadable { reason: "a stream is damaged" },
        Unpack::UnknownFilter => ReadError::PdfUnreadable { reason: "a stream is packed in an unusual way" },
    }
}

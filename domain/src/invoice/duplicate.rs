//! Near duplicates (SEMANTICS 2, rules D2 to D4): what makes an invoice look like another one, of the same vendor's group mostly.
//!
//! The exact rule D1 blocks and is a unique fact ([`duplicate_claims`](super::duplicate_claims)); these hold the invoice
//! until a person who did not enter it has looked at both. So does D1 where both had come in before their vendors were known to
//! be one. Invoices of one series are alike on purpose and each is made once: they are not compared with each other, but with all
//! others.

use std::collections::BTreeSet;
use std::iter::once;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::document::{DocumentKind, InvoiceDocument};
use super::number::{are_one, compared, misread, normalised};
use super::source::Source;
use crate::aggregate::Claim;
use crate::ids::{InvoiceId, RecurringInvoiceId};
use crate::money::Money;

/// A number is telling from so many letters and digits on: many a vendor's seventh invoice is its "7".
const TELLING_LEN: usize = 4;
/// How far apart two invoices of one amount may be and still look like one.
const NEAR_DAYS: i64 = 7;

/// Why two invoices look like one. Each has a score: how sure it is, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Likeness {
    /// D4: the same file came in again, whoever it was booked to.
    SameFile,
    /// D1, found late: the same number, whatever the amount.
    SameNumber,
    /// A corrected invoice (UNTDID 1001 384) and the one whose place it takes: both would be paid.
    Corrected,
    /// D4: the same document, by the seller's identifier and its number (BT-1).
    SameDocument,
    /// D2: same currency, gross amount and date under another number.
    SameAmountAndDate,
    /// D3: the numbers differ by one edit or by letters that are read as digits, and the gross amounts are equal.
    NearNumber,
    /// The same number and gross amount within seven days, from a vendor under another id: one vendor may be registered twice.
    OtherVendor,
    /// D3: a credit note with the number of an invoice that it does not refer to.
    UnreferencedCreditNote,
    /// D3: same gross amount within seven days.
    SameAmountNearDate,
}

impl Likeness {
    pub const fn score(self) -> u8 {
        match self {
            Self::SameFile => 100,
            Self::SameNumber => 98,
            Self::Corrected => 96,
            Self::SameDocument => 95,
            Self::SameAmountAndDate => 90,
            Self::NearNumber => 85,
            Self::OtherVendor => 75,
            Self::UnreferencedCreditNote => 70,
            Self::SameAmountNearDate => 60,
        }
    }
}

/// Another invoice that this one looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Lookalike {
    pub invoice_id: InvoiceId,
    /// The other one's number as stated.
    pub number: String,
    /// In the order of their scores, the surest first.
    pub likenesses: Vec<Likeness>,
    /// The surest likeness's score, 0 to 100.
    pub score: u8,
}

/// What is compared of an invoice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The keys of the vendor's group: two invoices are of one group if they share one.
    pub vendor_keys: Vec<String>,
    pub kind: DocumentKind,
    /// As stated.
    pub number: String,
    /// BT-112 with the document's currency.
    pub gross: Money,
    pub issue_date: NaiveDate,
    /// SHA-256 of the file it came as, hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Who issued the document, by an identifier that it states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller_id: Option<String>,
    /// Numbers of invoices that it refers to (BT-25).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refers_to: Vec<String>,
    /// Whether it takes the place of those.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub corrects: bool,
    /// What it is an occurrence of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<RecurringInvoiceId>,
}

impl Fingerprint {
    pub fn of(vendor_keys: &[String], document: &InvoiceDocument, source: &Source) -> Self {
        let (file, seller_id) = match source {
            Source::Document { sha256, .. } => (Some(sha256.clone()), document.seller.identity_keys().into_iter().next()),
            Source::Json | Source::Sheet { .. } | Source::Recurring { .. } => (None, None),
        };
        let series = match source {
            Source::Recurring { recurring_invoice_id, .. } => Some(*recurring_invoice_id),
            Source::Json | Source::Sheet { .. } | Source::Document { .. } => None,
        };
        Self {
            vendor_keys: vendor_keys.to_vec(),
            kind: document.kind,
            number: document.number.clone(),
            gross: Money::rounded(document.totals.gross, document.currency),
            issue_date: document.issue_date,
            file,
            seller_id,
            refers_to: document.references.preceding_invoices.clone(),
            corrects: document.corrects(),
            series,
        }
    }

    /// Compared by what its vendor's group is known by now as well.
    #[must_use]
    pub fn regrouped(mut self, group: Vec<String>) -> Self {
        let more: Vec<String> = group.into_iter().filter(|key| !self.vendor_keys.contains(key)).collect();
        self.vendor_keys.extend(more);
        self
    }

    /// Of the corrected document; how it came in does not change.
    #[must_use]
    pub fn corrected(&self, vendor_keys: &[String], document: &InvoiceDocument) -> Self {
        let seller_id = self.seller_id.as_ref().and_then(|_| document.seller.identity_keys().into_iter().next());
        Self { file: self.file.clone(), seller_id, series: self.series, ..Self::of(vendor_keys, document, &Source::Json) }
    }

    /// Two invoices are compared only if they share one of these.
    pub fn keys(&self) -> BTreeSet<String> {
        let numbers: Vec<String> = compared(&self.number).chain(self.corrected_numbers()).collect();
        let of_vendor = |vendor: &String| {
            let by_number: Vec<String> = numbers.iter().map(|number| format!("number|{vendor}|{number}")).collect();
            once(format!("gross|{vendor}|{}", self.gross)).chain(by_number)
        };
        let by_vendor = self.vendor_keys.iter().flat_map(of_vendor);
        by_vendor.chain(self.file.iter().map(|file| format!("file|{file}"))).chain(self.document_key()).chain(self.bill_key()).collect()
    }

    /// The bill itself, whoever it is booked to.
    fn bill_key(&self) -> Option<String> {
        let number = normalised(&self.number);
        (number.chars().count() >= TELLING_LEN).then(|| format!("bill|{}|{number}|{}", self.kind, self.gross))
    }

    fn document_key(&self) -> Option<String> {
        self.seller_id.as_ref().map(|seller| format!("document|{seller}|{}|{}", self.kind, self.number))
    }

    /// In what the two are alike, the surest first.
    pub fn likenesses(&self, other: &Self) -> Vec<Likeness> {
        if self.series.is_some() && self.series == other.series {
            return vec![];
        }
        let of_one_vendor = self.vendor_keys.iter().any(|key| other.vendor_keys.contains(key));
        let mut found: Vec<Likeness> = self.in_documents(other).into_iter().flatten().collect();
        if of_one_vendor {
            found.extend(self.in_books(other).into_iter().flatten());
        } else if found.is_empty() && self.is_bill_of(other) {
            found.push(Likeness::OtherVendor);
        }
        found.sort_by_key(|likeness| std::cmp::Reverse(likeness.score()));
        found
    }

    fn in_documents(&self, other: &Self) -> [Option<Likeness>; 2] {
        let same_file = self.file.is_some() && self.file == other.file;
        let same_document = self.document_key().is_some() && self.document_key() == other.document_key();
        [same_file.then_some(Likeness::SameFile), same_document.then_some(Likeness::SameDocument)]
    }

    /// The numbers, as they are compared, of the invoices whose place it takes.
    fn corrected_numbers(&self) -> Vec<String> {
        self.refers_to.iter().filter(|_| self.corrects).map(|number| normalised(number)).collect()
    }

    fn takes_the_place_of(&self, other: &Self) -> bool {
        self.corrected_numbers().contains(&normalised(&other.number))
    }

    fn in_books(&self, other: &Self) -> [Option<Likeness>; 4] {
        if self.kind != other.kind {
            return [self.is_unreferenced_credit(other).then_some(Likeness::UnreferencedCreditNote), None, None, None];
        }
        let corrected = (self.takes_the_place_of(other) || other.takes_the_place_of(self)).then_some(Likeness::Corrected);
        let same_gross = self.gross == other.gross;
        let days = (self.issue_date - other.issue_date).num_days().abs();
        let same_number = days <= i64::from(Claim::WINDOW_DAYS) && are_one(&self.number, &other.number);
        let near_number = same_gross && !same_number && is_near(&self.number, &other.number);
        let near_date = match days {
            0 => Some(Likeness::SameAmountAndDate),
            1..=NEAR_DAYS => Some(Likeness::SameAmountNearDate),
            _ => None,
        };
        let same_number = same_number.then_some(Likeness::SameNumber);
        [near_number.then_some(Likeness::NearNumber), near_date.filter(|_| same_gross), same_number, corrected]
    }

    fn is_bill_of(&self, other: &Self) -> bool {
        let near = (self.issue_date - other.issue_date).num_days().abs() <= NEAR_DAYS;
        near && self.bill_key().is_some() && self.bill_key() == other.bill_key()
    }

    /// A credit note often bears its invoice's number; that is in order where it says which invoice it credits.
    fn is_unreferenced_credit(&self, other: &Self) -> bool {
        let (credit, invoice) = if self.kind == DocumentKind::CreditNote { (self, other) } else { (other, self) };
        let number = normalised(&invoice.number);
        normalised(&credit.number) == number && !credit.refers_to.iter().any(|referred| normalised(referred) == number)
    }
}

/// At most one letter is missing, added, changed or has changed places with its neighbour; or the two differ only in
/// letters that are read as digits or as each other.
fn is_near(a: &str, b: &str) -> bool {
    misread(a) == misread(b) || strsim::osa_distance(&normalised(a), &normalised(b)) <= 1
}

impl Lookalike {
    /// The other invoice, if the two are alike in anything but, where `regular`, what regular bills have in common.
    pub(super) fn found(ours: &Fingerprint, invoice_id: InvoiceId, theirs: &Fingerprint, regular: bool) -> Option<Self> {
        let mut likenesses = ours.likenesses(theirs);
        likenesses.retain(|likeness| !(regular && likeness.is_of_regularity()));
        let score = likenesses.first()?.score();
        Some(Self { invoice_id, number: theirs.number.clone(), likenesses, score })
    }
}

//! Taking a file of invoices in: chunk after chunk, each one write with the invoices that it makes.
//!
//! A process manager drives it: the import's beginning asks for the first chunk, each chunk for the next. A command's id
//! follows from the event that asked for it, so a crash at any point repeats nothing and loses nothing.
//! A chunk costs three round trips, however many documents it has: its vendors, its numbers, its write.

use std::collections::{BTreeMap, HashMap};

use cqrs_es::Aggregate;
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{BankAccountId, InvoiceId, InvoiceImportId, TenantId, VendorId};
use quittance_domain::invoice::{DocumentKind, duplicate_claims};
use quittance_domain::invoice_import::{
    Chunk, ImportSheet, InvoiceImport, InvoiceImportCommand, InvoiceImportEvent, SetAside, SheetField, SheetMapping,
};
use quittance_domain::vendor::{Vendor, vendor_keys};
use quittance_domain::{Claim, Money, RefusalKind};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::commands::{UseCase, read_event};
use crate::failure::{Failure, Refused};
use crate::invoice::{Capture, receive, register_seller_of};
use crate::ports::{Original, StoredEvent};
use crate::reaction::Manager;
use crate::vendor::survivor;
use crate::work::Work;

/// Documents of one chunk at most: together with their vendors one pass of the reactions.
const CHUNK_DOCUMENTS_MAX: usize = 240;

/// What a file states once: an invoice, or what keeps it from being one.
pub struct SheetDocument {
    /// Its first row in the file, from 1.
    pub row: u32,
    pub rows: u32,
    pub vendor: Option<String>,
    pub number: Option<String>,
    pub amount: Option<Decimal>,
    pub reading: Reading,
}

pub enum Reading {
    Whole(Box<Capture>),
    Faulty(Unreadable),
}

/// Why rows make no invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The row that is at fault.
    pub row: u32,
    pub field: Option<SheetField>,
    /// Stable, `snake_case`.
    pub code: &'static str,
    pub detail: String,
}

/// One file read one way is one import, however often it is sent.
pub fn import_id(tenant: TenantId, sha256: &[u8; 32], mapping: Option<&SheetMapping>) -> Result<InvoiceImportId, Failure> {
    let mapping = serde_json::to_vec(&mapping).map_err(|e| Failure::Unavailable(e.to_string()))?;
    Ok(InvoiceImportId(derived_id(&[b"invoice-import", tenant.0.as_bytes(), sha256, &mapping])))
}

/// Begins an import; begins nothing where the same is under way or done.
pub struct BeginImport {
    pub id: InvoiceImportId,
    pub sheet: ImportSheet,
    pub original: Original,
}

impl UseCase for BeginImport {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let begin = InvoiceImportCommand::Begin(Box::new(self.sheet.clone()));
        if work.decide::<InvoiceImport>(self.id, begin).await? > 0 {
            work.keep(self.original.clone());
        }
        Ok(())
    }
}

/// The process manager that takes the next chunk in.
pub struct NextChunk {
    pub id: InvoiceImportId,
    pub first: u32,
}

impl Manager for NextChunk {
    const NAME: &'static str = "import_chunks";
    const TRIGGERS: &'static [&'static str] = &["InvoiceImportBegun", "InvoiceImportChunkTaken", "InvoiceImportResumed"];

    fn to(aggregate_type: &str, aggregate_id: Uuid, stored: &StoredEvent) -> Result<Option<Self>, Failure> {
        if aggregate_type != InvoiceImport::TYPE {
            return Ok(None);
        }
        let first = match read_event::<InvoiceImport>(stored)? {
            InvoiceImportEvent::Begun(_) => 0,
            InvoiceImportEvent::ChunkTaken(Chunk { next, .. }) | InvoiceImportEvent::Resumed { next, .. } => next,
            InvoiceImportEvent::Finished { .. } | InvoiceImportEvent::Cancelled { .. } => return Ok(None),
        };
        Ok(Some(Self { id: InvoiceImportId(aggregate_id), first }))
    }
}

impl UseCase for NextChunk {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        work.answer_about::<InvoiceImport>(self.id).await?;
        let import = work.load::<InvoiceImport>(self.id).await?;
        let intake = import.intake()?;
        if !intake.waits_for(self.first) {
            return Ok(());
        }
        let (tenant, ports) = (work.tenant(), work.ports());
        let documents = ports.sheets.documents(tenant, self.id, &intake.sheet, self.first, CHUNK_DOCUMENTS_MAX).await;
        let documents = documents?;
        let mut desk = Desk::opened(work, &documents).await?;
        let mut chunk = Chunk { first: self.first, next: self.first + documents.len() as u32, ..Chunk::default() };
        for document in documents {
            desk.take(work, document, &mut chunk).await?;
        }
        chunk.amounts = desk.amounts.into_values().collect();
        work.decide::<InvoiceImport>(self.id, InvoiceImportCommand::Take(chunk)).await.map(drop)
    }

    /// Somebody else entered one of the invoices, or registered one of the vendors, meanwhile: it is set aside, or known, next time.
    fn looks_again(&self, taken: &'static str) -> bool {
        matches!(taken, "duplicate_invoice" | "vendor_exists")
    }
}

/// What is known of a chunk's documents before the first is taken.
struct Desk {
    /// Vendors by the keys that they are known by.
    vendors: HashMap<String, VendorId>,
    /// Numbers of this chunk that are taken, with the invoice that has them.
    taken: HashMap<Claim, Uuid>,
    amounts: BTreeMap<&'static str, Money>,
}

impl Desk {
    async fn opened(work: &mut Work<'_>, documents: &[SheetDocument]) -> Result<Self, Failure> {
        let captures = || documents.iter().filter_map(|document| document.capture());
        let keys: Vec<String> = captures().flat_map(|capture| vendor_keys(&capture.document.seller)).collect();
        let claims = keys.iter().map(|key| Claim::of(key.clone(), "vendor_exists")).collect();
        let holders = held(work, claims).await?;
        let mut vendors = HashMap::new();
        for (claim, holder) in holders {
            vendors.insert(claim.key, survivor(work, VendorId(holder)).await?);
        }
        let mut desk = Self { vendors, taken: HashMap::new(), amounts: BTreeMap::new() };
        let mut numbers = Vec::new();
        for capture in captures() {
            if let Some(vendor_id) = desk.vendor_of(capture) {
                numbers.extend(claims_of(work, vendor_id, capture).await?);
            }
        }
        desk.taken = held(work, numbers).await?.into_iter().collect();
        Ok(desk)
    }

    /// The strongest identity decides.
    fn vendor_of(&self, capture: &Capture) -> Option<VendorId> {
        vendor_keys(&capture.document.seller).iter().find_map(|key| self.vendors.get(key)).copied()
    }

    /// An invoice, whole, or set aside: nothing of it stays in the work then.
    async fn take(&mut self, work: &mut Work<'_>, document: SheetDocument, chunk: &mut Chunk) -> Result<(), Failure> {
        let capture = match &document.reading {
            Reading::Whole(capture) => capture,
            Reading::Faulty(fault) => {
                chunk.set_aside.push(document.unreadable(fault));
                return Ok(());
            }
        };
        let mark = work.mark();
        match self.receive(work, capture).await {
            Ok(()) => {
                self.count(capture)?;
                chunk.taken += 1;
            }
            Err(Failure::Refused(refused)) => {
                work.return_to(mark);
                chunk.set_aside.push(document.refused(&refused));
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    async fn receive(&mut self, work: &mut Work<'_>, capture: &Capture) -> Result<(), Failure> {
        let edge = work.ports().edge.clone();
        let id = InvoiceId(edge.new_id());
        let Some(vendor_id) = self.vendor_of(capture) else {
            let (new_vendor, new_account) = (VendorId(edge.new_id()), BankAccountId(edge.new_id()));
            register_seller_of(work, new_vendor, new_account, capture).await?;
            let vendor = work.load::<Vendor>(new_vendor).await?;
            receive(work, id, new_vendor, vendor.profile()?, capture, None).await?;
            self.vendors.extend(vendor_keys(&capture.document.seller).into_iter().map(|key| (key, new_vendor)));
            return Ok(());
        };
        let claims = claims_of(work, vendor_id, capture).await?;
        if let Some(existing) = claims.iter().find_map(|claim| self.taken.get(claim)) {
            let refused = Refused::new("duplicate_invoice", RefusalKind::State, format!("this already exists as {existing}"));
            return Err(Refused { existing_id: Some(*existing), ..refused }.into());
        }
        let vendor = work.load::<Vendor>(vendor_id).await?;
        receive(work, id, vendor_id, vendor.profile()?, capture, None).await
    }

    fn count(&mut self, capture: &Capture) -> Result<(), Failure> {
        let is_credit = capture.document.kind == DocumentKind::CreditNote;
        let amount = if is_credit { capture.payable.negated() } else { capture.payable };
        let sum = self.amounts.entry(amount.currency().code()).or_insert_with(|| Money::zero(amount.currency()));
        *sum = sum.plus(amount).map_err(|e| Failure::Unavailable(e.to_string()))?;
        Ok(())
    }
}

/// The facts that only one live invoice of the vendor's group may hold.
async fn claims_of(work: &mut Work<'_>, vendor_id: VendorId, capture: &Capture) -> Result<Vec<Claim>, Failure> {
    let vendor = work.load::<Vendor>(vendor_id).await?;
    let keys = vendor.profile()?.group_keys(vendor_id);
    let document = &capture.document;
    Ok(duplicate_claims(&keys, document.kind, &document.number, document.issue_date))
}

/// Those of the facts that somebody holds.
async fn held(work: &Work<'_>, mut claims: Vec<Claim>) -> Result<Vec<(Claim, Uuid)>, Failure> {
    claims.sort_unstable_by(|one, other| (&one.key, one.on).cmp(&(&other.key, other.on)));
    claims.dedup();
    let holders = work.ports().log.holders(work.tenant(), claims.clone()).await?;
    Ok(claims.into_iter().zip(holders).filter_map(|(claim, holder)| Some((claim, holder?))).collect())
}

impl SheetDocument {
    fn capture(&self) -> Option<&Capture> {
        match &self.reading {
            Reading::Whole(capture) => Some(capture),
            Reading::Faulty(_) => None,
        }
    }

    fn set_aside(&self, row: u32, code: &str, detail: &str) -> SetAside {
        SetAside {
            row,
            rows: self.rows,
            vendor: self.vendor.clone(),
            number: self.number.clone(),
            amount: self.amount,
            field: None,
            code: code.to_owned(),
            detail: detail.to_owned(),
            existing_id: None,
        }
    }

    pub fn unreadable(&self, fault: &Unreadable) -> SetAside {
        SetAside { field: fault.field, ..self.set_aside(fault.row, fault.code, &fault.detail) }
    }

    fn refused(&self, refused: &Refused) -> SetAside {
        SetAside { existing_id: refused.existing_id, ..self.set_aside(self.row, refused.code, &refused.detail) }
    }
}

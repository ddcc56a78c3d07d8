//! Everything that a run could pay, at one point of the log: two statements, whatever is open.

use std::collections::HashMap;

use chrono::NaiveDate;
use quittance_application::payment_run::{OpenInvoice, OpenInvoices};
use quittance_domain::ids::{BankAccountId, InvoiceId, VendorId};
use quittance_domain::invoice::{DocumentKind, InvoiceException, InvoiceStatus};
use quittance_domain::matching::MatchFinding;
use quittance_domain::payment_run::{Approval, CandidateKind, Instalment};
use quittance_domain::vendor::{Profile, Vendor};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use crate::word::Word;

#[derive(sqlx::FromRow)]
struct OpenRow {
    invoice_id: Uuid,
    kind: Word<DocumentKind>,
    vendor_id: Uuid,
    status: Word<InvoiceStatus>,
    currency: Word<Currency>,
    unclaimed: Decimal,
    due_date: NaiveDate,
    pay_to: Option<Uuid>,
    holds: Json<Vec<MatchFinding>>,
    exceptions: Json<Vec<InvoiceException>>,
    suspect: bool,
    in_another_run: bool,
}

const OPEN: &str = "select i.invoice_id, i.kind, i.vendor_id, i.status, i.currency, i.open - i.claimed as unclaimed, i.due_date, i.pay_to, \
                           i.holds, i.exceptions, i.lookalikes <> '[]' as suspect, r.invoice_id is not null as in_another_run \
                    from invoices i left join payment_run_items r \
                      on r.tenant_id = i.tenant_id and r.invoice_id = i.invoice_id and r.instalment = 1 and r.state = 'selected' \
                    where i.tenant_id = $1 and i.status not in ('rejected', 'voided', 'paid') order by i.invoice_id";

const THEIR_VENDORS: &str = "select v.vendor_id, v.state from vendors v where v.tenant_id = $1 and exists (select from invoices i \
                             where i.tenant_id = v.tenant_id and i.vendor_id = v.vendor_id and i.status not in ('rejected', 'voided', 'paid'))";

pub async fn open_invoices(tx: &mut TenantTx, as_of: i64) -> sqlx::Result<OpenInvoices> {
    let tenant = tx.tenant();
    let rows: Vec<OpenRow> = sqlx::query_as(OPEN).bind(tenant.0).fetch_all(&mut **tx).await?;
    let vendors: Vec<(Uuid, Json<Vendor>)> = sqlx::query_as(THEIR_VENDORS).bind(tenant.0).fetch_all(&mut **tx).await?;
    let vendors: HashMap<VendorId, Profile> = vendors.into_iter().filter_map(|(id, vendor)| known(id, vendor.0)).collect();
    Ok(OpenInvoices { as_of, invoices: rows.into_iter().map(OpenRow::invoice).collect(), vendors })
}

fn known(id: Uuid, vendor: Vendor) -> Option<(VendorId, Profile)> {
    match vendor {
        Vendor::Registered(profile) => Some((VendorId(id), Profile::clone(&profile))),
        _ => None,
    }
}

impl OpenRow {
    fn invoice(self) -> OpenInvoice {
        let holds = self.holds.iter().map(|finding| finding.check.to_string());
        let exceptions = self.exceptions.iter().map(|exception| exception.kind.to_string());
        OpenInvoice {
            instalment: Instalment { invoice_id: InvoiceId(self.invoice_id), number: 1 },
            kind: if self.kind.0 == DocumentKind::CreditNote { CandidateKind::Credit } else { CandidateKind::Payable },
            vendor_id: VendorId(self.vendor_id),
            pay_to: self.pay_to.map(BankAccountId),
            open: Money::rounded(self.unclaimed, self.currency.0),
            due_date: self.due_date,
            discount: None,
            approval: approval(self.status.0),
            holds: exceptions.chain(holds).collect(),
            duplicate_suspect: self.suspect,
            in_another_run: self.in_another_run,
        }
    }
}

/// An approval ends as soon as what it approved changes, so one that stands is given to what the invoice says now.
fn approval(status: InvoiceStatus) -> Approval {
    match status {
        InvoiceStatus::Approved | InvoiceStatus::Scheduled | InvoiceStatus::PartiallyPaid | InvoiceStatus::Paid => Approval::Given,
        InvoiceStatus::Received
        | InvoiceStatus::InException
        | InvoiceStatus::PendingApproval
        | InvoiceStatus::Rejected
        | InvoiceStatus::Voided => Approval::Missing,
    }
}

//! Everything that a run could pay or set off, at one point of the log: four statements, whatever is open.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use quittance_application::payment_run::{OpenInvoice, OpenInvoices};
use quittance_domain::exception::QueueKind;
use quittance_domain::ids::{BankAccountId, InvoiceId, VendorId};
use quittance_domain::invoice::{Allocation, Claimed, DocumentKind, InvoiceException, PlacedHold, WithheldBy};
use quittance_domain::matching::MatchFinding;
use quittance_domain::payment::{AccountCredit, Payment};
use quittance_domain::payment_run::{Approval, CandidateKind, Instalment as RunInstalment};
use quittance_domain::terms::{AgreedTerms, Instalment, Standing};
use quittance_domain::vendor::{Profile, Vendor};
use quittance_domain::withholding::TaxedShare;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use crate::invoice::{Stage, standing};
use crate::word::Word;

#[derive(sqlx::FromRow)]
struct OpenRow {
    invoice_id: Uuid,
    kind: Word<DocumentKind>,
    vendor_id: Uuid,
    stage: Word<Stage>,
    disputed: Decimal,
    currency: Word<Currency>,
    payable: Decimal,
    unclaimed: Decimal,
    effective_date: NaiveDate,
    due_date: NaiveDate,
    pay_to: Option<Uuid>,
    terms: Json<Option<AgreedTerms>>,
    holds: Json<Vec<MatchFinding>>,
    exceptions: Json<Vec<InvoiceException>>,
    placed_holds: Json<Vec<PlacedHold>>,
    suspect: bool,
    paid_otherwise: bool,
    without_vat: Decimal,
    with_vat: Decimal,
    withholdings: Json<Vec<WithheldBy>>,
    discounts: Json<Vec<Claimed>>,
    allocations: Json<Vec<Allocation>>,
}

const OPEN: &str = "select invoice_id, kind, vendor_id, stage, disputed, currency, payable, open - claimed as unclaimed, effective_date, due_date, pay_to, terms, \
                           holds, exceptions, placed_holds, lookalikes <> '[]' as suspect, paid_otherwise, without_vat, with_vat, withholdings, \
                           discounts, allocations from invoices \
                    where tenant_id = $1 and status not in ('rejected', 'voided', 'paid') order by invoice_id";

const THEIR_VENDORS: &str = "select v.vendor_id, v.state from vendors v where v.tenant_id = $1 and exists (select from invoices i \
                             where i.tenant_id = v.tenant_id and i.vendor_id = v.vendor_id and i.status not in ('rejected', 'voided', 'paid'))";

const ON_ACCOUNT: &str = "select payment_id, state from payments where tenant_id = $1 and status = 'on_account' order by payment_id";

const RESERVED: &str = "select invoice_id, instalment from payment_run_items where tenant_id = $1 and state = 'selected' \
                        union all \
                        select (credit->>'invoice_id')::uuid, (credit->>'number')::int from payment_runs, \
                          jsonb_array_elements(coalesce(state->'proposed'->'proposal'->'credits', '[]')) credit \
                        where tenant_id = $1 and status in ('proposed', 'authorised', 'started') \
                        union all \
                        select invoice_id, number::int from payment_run_items, jsonb_array_elements_text(with_instalments) number \
                        where tenant_id = $1 and state = 'selected'";

pub async fn open_invoices(tx: &mut TenantTx, as_of: i64) -> sqlx::Result<OpenInvoices> {
    let tenant = tx.tenant();
    let rows: Vec<OpenRow> = sqlx::query_as(OPEN).bind(tenant.0).fetch_all(&mut **tx).await?;
    let vendors: Vec<(Uuid, Json<Vendor>)> = sqlx::query_as(THEIR_VENDORS).bind(tenant.0).fetch_all(&mut **tx).await?;
    let reserved: Vec<(Uuid, i32)> = sqlx::query_as(RESERVED).bind(tenant.0).fetch_all(&mut **tx).await?;
    let reserved: HashSet<(Uuid, i32)> = reserved.into_iter().collect();
    let vendors: HashMap<VendorId, Profile> = vendors.into_iter().filter_map(|(id, vendor)| known(id, vendor.0)).collect();
    let payments: Vec<(Uuid, Json<Payment>)> = sqlx::query_as(ON_ACCOUNT).bind(tenant.0).fetch_all(&mut **tx).await?;
    let taken = &reserved;
    let credits = payments.iter().flat_map(|(id, payment)| payment.credits().iter().map(move |credit| on_account(*id, credit, taken)));
    // A vendor of whom nothing is open has nothing to set it off against.
    let credits = credits.filter(|credit| credit.open.is_positive() && vendors.contains_key(&credit.vendor_id));
    let invoices = rows.iter().flat_map(|row| row.instalments(&reserved)).chain(credits).collect();
    Ok(OpenInvoices { as_of, invoices, vendors })
}

fn known(id: Uuid, vendor: Vendor) -> Option<(VendorId, Profile)> {
    match vendor {
        Vendor::Registered(profile) => Some((VendorId(id), Profile::clone(&profile))),
        _ => None,
    }
}

/// What a payment left on account is a credit that nobody has to approve.
fn on_account(payment: Uuid, credit: &AccountCredit, reserved: &HashSet<(Uuid, i32)>) -> OpenInvoice {
    let number = credit.item.unwrap_or_default();
    OpenInvoice {
        instalment: RunInstalment { invoice_id: InvoiceId(payment), number },
        kind: CandidateKind::OnAccount,
        vendor_id: credit.vendor_id,
        pay_to: None,
        open: credit.left(),
        counts_from: credit.value_date,
        due_date: credit.value_date,
        terms: None,
        before: None,
        approval: Approval::Given,
        holds: vec![],
        duplicate_suspect: false,
        paid_otherwise: false,
        in_another_run: reserved.contains(&(payment, number as i32)),
        share: None,
    }
}

impl OpenRow {
    /// What is open of each instalment; of an invoice that payments have claimed whole, its first with nothing open.
    fn instalments(&self, reserved: &HashSet<(Uuid, i32)>) -> Vec<OpenInvoice> {
        let money = |amount| Money::rounded(amount, self.currency.0);
        let parts = self.terms.0.as_ref().map(|terms| terms.left_of_parts(money(self.payable - self.unclaimed)));
        let mut left: Vec<(u32, Instalment)> = parts.into_iter().flatten().filter(|(_, part)| part.amount.is_positive()).collect();
        if left.len() < 2 {
            // What is left is what the invoice says is left: rounding, credits and write-offs are its own.
            let (number, due_date) = left.first().map_or((1, self.due_date), |(number, part)| (*number, part.due_date));
            left = vec![(number, Instalment { due_date, amount: money(self.unclaimed) })];
        }
        if !self.is_disputed_whole() {
            self.leave_disputed(&mut left);
        }
        let parts = left.len();
        let terms = self.offer();
        // Settled in money and discounts before the first part that is open: credits earn nothing.
        let mut before = terms.as_deref().map(|(_, standing)| standing.base().less(standing.open));
        let of_part = |(number, part): (u32, Instalment)| {
            let from = before;
            before = before.map(|before| money(before.amount() + part.amount.amount()));
            OpenInvoice { terms: terms.clone(), before: from.filter(|_| parts > 1), ..self.open(number, part, reserved) }
        };
        left.into_iter().map(of_part).collect()
    }

    /// Nobody knows what the discount would be of as long as part of it is disputed.
    fn offer(&self) -> Option<Arc<(AgreedTerms, Standing)>> {
        let terms = self.terms.0.as_ref().filter(|terms| !terms.discounts.is_empty() && self.disputed.is_zero())?;
        Some(Arc::new((terms.clone(), self.standing())))
    }

    fn is_disputed_whole(&self) -> bool {
        self.disputed > Decimal::ZERO && self.disputed >= self.unclaimed
    }

    /// What is disputed is left of the last parts: what is due first is what nobody doubts.
    fn leave_disputed(&self, parts: &mut Vec<(u32, Instalment)>) {
        let mut disputed = self.disputed;
        for (_, part) in parts.iter_mut().rev() {
            let left = disputed.min(part.amount.amount());
            disputed -= left;
            part.amount = Money::rounded(part.amount.amount() - left, self.currency.0);
        }
        parts.retain(|(_, part)| part.amount.is_positive() || self.disputed.is_zero());
    }

    fn open(&self, number: u32, part: Instalment, reserved: &HashSet<(Uuid, i32)>) -> OpenInvoice {
        let holds = self.holds.iter().map(|finding| finding.check.to_string());
        let exceptions = self.exceptions.iter().map(|exception| exception.kind.to_string());
        let placed = self.placed_holds.iter().map(|hold| hold.kind.to_string());
        let disputed = self.is_disputed_whole().then(|| QueueKind::Dispute.to_string());
        OpenInvoice {
            instalment: RunInstalment { invoice_id: InvoiceId(self.invoice_id), number },
            kind: if self.kind.0 == DocumentKind::CreditNote { CandidateKind::Credit } else { CandidateKind::Payable },
            vendor_id: VendorId(self.vendor_id),
            pay_to: self.pay_to.map(BankAccountId),
            open: part.amount,
            counts_from: self.effective_date,
            due_date: part.due_date,
            terms: None,
            before: None,
            approval: approval(self.stage.0),
            holds: placed.chain(disputed).chain(exceptions).chain(holds).collect(),
            duplicate_suspect: self.suspect,
            paid_otherwise: self.paid_otherwise,
            in_another_run: reserved.contains(&(self.invoice_id, number as i32)),
            share: (self.kind.0 == DocumentKind::Invoice).then(|| self.share()),
        }
    }

    fn standing(&self) -> Standing {
        standing(self.currency.0, self.payable, self.unclaimed, &self.discounts, &self.allocations)
    }

    fn share(&self) -> TaxedShare {
        let before = self.withholdings.iter().map(|by| by.withholding.clone()).collect();
        TaxedShare { without_vat: self.without_vat, with_vat: self.with_vat, before }
    }
}

/// An approval ends as soon as what it approved changes, so one that stands is given to what the invoice says now.
fn approval(stage: Stage) -> Approval {
    if stage == Stage::Approved { Approval::Given } else { Approval::Missing }
}

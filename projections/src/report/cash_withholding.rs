//! The tax that payments of open items will keep back, by the day on which they fall due: of what falls due, that much does not leave.
//!
//! Costs the movements of those vendors alone whose payments keep tax back, each found by an index. At a moment of the past codes,
//! vendors and invoices are as they were known then; those that have not changed since are read as they are.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::invoice::Invoice;
use quittance_domain::vendor::Vendor;
use quittance_domain::withholding::{TaxedShare, Withholding, WithholdingRule, WithholdingTax};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use crate::invoice::{PaidWithholding, PayableFactKind, first_entry_of};
use crate::logged::as_known;
use crate::page::QueryError;
use crate::word::Word;

/// What is kept back of what falls due on a day, by the currency's code and the day.
pub(super) type KeptBack = BTreeMap<(&'static str, NaiveDate), Decimal>;

/// How far the log goes, and the moment up to which it was asked for where that is not now.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub through: i64,
    pub at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct OpenPart {
    invoice_id: Uuid,
    vendor_id: Uuid,
    currency: Word<Currency>,
    due_date: NaiveDate,
    open: Decimal,
    without_vat: Decimal,
    with_vat: Decimal,
    /// An invoice, of which tax is kept back.
    billed: bool,
    /// Changed at any time.
    amended: bool,
}

// The vendors come as a list, so that their movements are looked up by index whatever the tables looked like when this was planned.
const OPEN: &str = "\
    select o.*, i.without_vat, i.with_vat, i.billed, i.amended from \
      (select invoice_id, vendor_id, currency, due_date, sum(amount) as open from payable_facts \
        where tenant_id = $1 and vendor_id = any ($4) and entry < $2 and effective_date <= $3 \
        group by invoice_id, vendor_id, currency, due_date having sum(amount) > 0) o \
      cross join lateral (select without_vat, with_vat, kind = 'invoice' as billed, first_amended_at is not null as amended from invoices \
                           where tenant_id = $1 and invoice_id = o.invoice_id) i \
    order by o.invoice_id, o.due_date";

const BEFORE: &str = "\
    select invoice_id, kind, withholding from payable_facts \
     where tenant_id = $1 and invoice_id = any ($4) and withholding is not null and entry < $2 and effective_date <= $3 order by entry";

/// Of what is open on a day as far as is known, at the rates of the days on which it falls due; of what is overdue, at those of the day
/// itself.
pub(super) async fn kept_back(tx: &mut TenantTx, as_of: NaiveDate, known: Known) -> Result<KeptBack, QueryError> {
    let vendors = vendors(tx, known).await?;
    let first_entry_after = first_entry_of(known.through + 1);
    let ids: Vec<Uuid> = vendors.keys().copied().collect();
    let tenant = tx.tenant();
    let query = sqlx::query_as(OPEN).bind(tenant.0).bind(first_entry_after).bind(as_of).bind(ids);
    let mut open: Vec<OpenPart> = query.fetch_all(&mut **tx).await?;
    if open.is_empty() {
        return Ok(KeptBack::new());
    }
    if let Some(at) = known.at {
        as_stated(tx, &mut open, at).await?;
    }
    open.retain(|part| part.billed);
    let codes = codes(tx, known).await?;
    let mut before = before(tx, &open, as_of, first_entry_after).await?;
    let mut kept = KeptBack::new();
    for part in open {
        let code = vendors.get(&part.vendor_id).and_then(|code| codes.get(code));
        let rate = code.and_then(|tax| tax.in_force(part.due_date.max(as_of)));
        let before = before.entry(part.invoice_id).or_default();
        let share = TaxedShare { without_vat: part.without_vat, with_vat: part.with_vat, before: std::mem::take(before) };
        let withheld = rate.and_then(|rate| share.withhold(rate, Money::rounded(part.open, part.currency.0)));
        // The next part of the invoice is reckoned upon this one.
        *before = share.before;
        if let Some(withheld) = withheld {
            *kept.entry((part.currency.0.code(), part.due_date)).or_default() += withheld.tax.amount();
            before.push(withheld);
        }
    }
    Ok(kept)
}

/// Whose payments keep tax back, by which code.
async fn vendors(tx: &mut TenantTx, known: Known) -> Result<HashMap<Uuid, String>, QueryError> {
    let tenant = tx.tenant();
    let query = "select vendor_id, withholding_tax, position > $2 as changed from vendors \
                 where tenant_id = $1 and (withholding_tax is not null or ($3 and position > $2))";
    let query = sqlx::query_as(query).bind(tenant.0).bind(known.through).bind(known.at.is_some());
    let found: Vec<(Uuid, Option<String>, bool)> = query.fetch_all(&mut **tx).await?;
    let mut codes: HashMap<Uuid, String> = HashMap::new();
    let mut changed = Vec::new();
    for (vendor, code, since) in found {
        match known.at.filter(|_| since) {
            Some(_) => changed.push(vendor),
            None => codes.extend(code.map(|code| (vendor, code))),
        }
    }
    if let Some(at) = known.at {
        let then = as_known::<Vendor>(tx, changed, at).await?;
        codes.extend(then.into_iter().filter_map(|(id, vendor)| Some((id, vendor.profile().ok()?.details.withholding_tax.clone()?))));
    }
    Ok(codes)
}

/// What the codes said.
async fn codes(tx: &mut TenantTx, known: Known) -> Result<HashMap<String, WithholdingTax>, QueryError> {
    let tenant = tx.tenant();
    let query = "select withholding_tax_id, code, rule from withholding_taxes where tenant_id = $1";
    let found: Vec<(Uuid, String, Json<WithholdingRule>)> = sqlx::query_as(query).bind(tenant.0).fetch_all(&mut **tx).await?;
    let Some(at) = known.at else {
        let adopted = |code: String, rule| (code.clone(), WithholdingTax::Adopted { code, version: 1, rule });
        return Ok(found.into_iter().map(|(_, code, Json(rule))| adopted(code, rule)).collect());
    };
    let mut then = as_known::<WithholdingTax>(tx, found.iter().map(|(id, ..)| *id).collect(), at).await?;
    Ok(found.into_iter().filter_map(|(id, code, _)| Some((code, then.remove(&id)?))).collect())
}

/// What an amendment has changed since.
async fn as_stated(tx: &mut TenantTx, open: &mut [OpenPart], at: DateTime<Utc>) -> Result<(), QueryError> {
    let amended = open.iter().filter(|part| part.amended).map(|part| part.invoice_id).collect();
    let then = as_known::<Invoice>(tx, amended, at).await?;
    for part in open {
        let Some(payable) = then.get(&part.invoice_id).and_then(|invoice| invoice.received().ok()) else { continue };
        let share = payable.document.taxed_share(vec![]);
        part.billed = share.is_some();
        if let Some(TaxedShare { without_vat, with_vat, .. }) = share {
            (part.without_vat, part.with_vat) = (without_vat, with_vat);
        }
    }
    Ok(())
}

/// What payments had kept back of each invoice by then, without what came back.
async fn before(
    tx: &mut TenantTx,
    open: &[OpenPart],
    as_of: NaiveDate,
    first_entry_after: i64,
) -> sqlx::Result<HashMap<Uuid, Vec<Withholding>>> {
    let invoices: Vec<Uuid> = open.iter().map(|part| part.invoice_id).collect();
    let tenant = tx.tenant();
    let query = sqlx::query_as(BEFORE).bind(tenant.0).bind(first_entry_after).bind(as_of).bind(invoices);
    let told: Vec<(Uuid, Word<PayableFactKind>, Json<PaidWithholding>)> = query.fetch_all(&mut **tx).await?;
    let mut kept: HashMap<Uuid, Vec<PaidWithholding>> = HashMap::new();
    for (invoice, Word(kind), Json(paid)) in told {
        let of_invoice = kept.entry(invoice).or_default();
        match kind {
            PayableFactKind::WithholdingReversed => of_invoice.retain(|one| one.payment_id != paid.payment_id),
            _ => of_invoice.push(paid),
        }
    }
    Ok(kept.into_iter().map(|(invoice, paid)| (invoice, paid.into_iter().map(|one| one.withholding).collect())).collect())
}

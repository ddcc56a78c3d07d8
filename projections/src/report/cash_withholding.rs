//! The tax that payments of open items will keep back, by the day on which they fall due: of what falls due, that much does not leave.
//!
//! Costs the movements of those vendors alone whose payments keep tax back, each found by an index.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use quittance_domain::withholding::{TaxedShare, Withholding, WithholdingRule, WithholdingTax};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use crate::invoice::{PaidWithholding, PayableFactKind};
use crate::word::Word;

/// What is kept back of what falls due on a day, by the currency's code and the day.
pub(super) type KeptBack = BTreeMap<(&'static str, NaiveDate), Decimal>;

#[derive(sqlx::FromRow)]
struct OpenPart {
    invoice_id: Uuid,
    code: String,
    currency: Word<Currency>,
    due_date: NaiveDate,
    open: Decimal,
    without_vat: Decimal,
    with_vat: Decimal,
}

// The vendors are listed first, so that their movements are looked up by index whatever the tables looked like when this was planned.
const OPEN: &str = "\
    select o.*, i.without_vat, i.with_vat, v.withholding_tax as code from \
      (select invoice_id, vendor_id, currency, due_date, sum(amount) as open from payable_facts \
        where tenant_id = $1 and vendor_id = any (array(select vendor_id from vendors where tenant_id = $1 and withholding_tax is not null)) \
          and entry < $2 and effective_date <= $3 \
        group by invoice_id, vendor_id, currency, due_date having sum(amount) > 0) o \
      cross join lateral (select without_vat, with_vat from invoices where tenant_id = $1 and invoice_id = o.invoice_id and kind = 'invoice') i \
      cross join lateral (select withholding_tax from vendors where tenant_id = $1 and vendor_id = o.vendor_id) v \
    order by o.invoice_id, o.due_date";

const BEFORE: &str = "\
    select invoice_id, kind, withholding from payable_facts \
     where tenant_id = $1 and invoice_id = any ($4) and withholding is not null and entry < $2 and effective_date <= $3 order by entry";

/// Of what is open on a day as far as the log goes to an entry, at the rates of the days on which it falls due; of what is overdue, at
/// those of the day itself.
pub(super) async fn kept_back(tx: &mut TenantTx, as_of: NaiveDate, first_entry_after: i64) -> sqlx::Result<KeptBack> {
    let tenant = tx.tenant();
    let open: Vec<OpenPart> = sqlx::query_as(OPEN).bind(tenant.0).bind(first_entry_after).bind(as_of).fetch_all(&mut **tx).await?;
    if open.is_empty() {
        return Ok(KeptBack::new());
    }
    let codes = codes(tx).await?;
    let mut before = before(tx, &open, as_of, first_entry_after).await?;
    let mut kept = KeptBack::new();
    for part in open {
        let rate = codes.get(&part.code).and_then(|tax| tax.in_force(part.due_date.max(as_of)));
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

async fn codes(tx: &mut TenantTx) -> sqlx::Result<HashMap<String, WithholdingTax>> {
    let tenant = tx.tenant();
    let query = "select code, rule from withholding_taxes where tenant_id = $1";
    let found: Vec<(String, Json<WithholdingRule>)> = sqlx::query_as(query).bind(tenant.0).fetch_all(&mut **tx).await?;
    let adopted = |(code, Json(rule)): (String, Json<WithholdingRule>)| (code.clone(), WithholdingTax::Adopted { code, version: 1, rule });
    Ok(found.into_iter().map(adopted).collect())
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

//! A proposal laid out in pages: payees whole, each with its payment's id, lines counted through the run.

use std::collections::{HashMap, HashSet};

use super::Instalment;
use super::page::{PageItem, Payee};
use super::proposal::Included;
use super::sums::Sums;
use crate::aggregate::derived_id;
use crate::ids::{BankAccountId, InvoiceId, PaymentId, PaymentRunId, VendorId};
use crate::money::Currency;

/// Items on a page at most: what one write plans.
pub const PAGE_ITEMS_MAX: usize = 200;

/// What is selected, page by page, in the order in which each payee was first given cash.
pub fn pages(
    run: PaymentRunId,
    included: &[Included],
    account_of: impl Fn(Instalment) -> Option<BankAccountId>,
) -> (Vec<Vec<Payee>>, Sums) {
    let mut sums = Sums::default();
    let mut pages: Vec<Vec<Payee>> = Vec::new();
    let (mut line, mut room) = (0u32, 0usize);
    for group in payees(included, account_of) {
        // A payee is one payment; one with more items than a page holds is several.
        for chunk in group.items.chunks(PAGE_ITEMS_MAX) {
            if chunk.len() > room {
                pages.push(Vec::new());
                room = PAGE_ITEMS_MAX;
            }
            room -= chunk.len();
            // What credits cover whole is settled without a payment.
            sums.payments += u32::from(chunk.iter().any(|one| one.amount.is_positive()));
            let payee = payee(run, &group, chunk, &mut line, &mut sums);
            if let Some(page) = pages.last_mut() {
                page.push(payee);
            }
        }
    }
    (pages, sums)
}

struct Group<'a> {
    vendor_id: VendorId,
    bank_account_id: Option<BankAccountId>,
    invoices: HashSet<InvoiceId>,
    items: Vec<&'a Included>,
}

/// A payment pays an invoice once, so an invoice's next instalment goes into its payee's next payment.
fn payees(included: &[Included], account_of: impl Fn(Instalment) -> Option<BankAccountId>) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: HashMap<(VendorId, Option<BankAccountId>, Currency), Vec<usize>> = HashMap::new();
    for one in included {
        let bank_account_id = account_of(one.instalment);
        let of_payee = known.entry((one.vendor_id, bank_account_id, one.amount.currency())).or_default();
        let free = of_payee.iter().copied().find(|&group| !groups[group].invoices.contains(&one.instalment.invoice_id));
        let group = free.unwrap_or_else(|| {
            groups.push(Group { vendor_id: one.vendor_id, bank_account_id, invoices: HashSet::new(), items: Vec::new() });
            of_payee.push(groups.len() - 1);
            groups.len() - 1
        });
        groups[group].invoices.insert(one.instalment.invoice_id);
        groups[group].items.push(one);
    }
    groups
}

fn payee(run: PaymentRunId, group: &Group<'_>, chunk: &[&Included], line: &mut u32, sums: &mut Sums) -> Payee {
    let payment_id = PaymentId(derived_id(&[b"payment of run", run.0.as_bytes(), &(*line + 1).to_be_bytes()]));
    let items = chunk.iter().map(|one| {
        *line += 1;
        let withheld = Some(one.withheld).filter(|tax| tax.is_positive());
        sums.put_in(one.leaves(), withheld);
        let Included { instalment, amount, discount, ref set_off, legal_priority, ref with_instalments, .. } = **one;
        let (set_off, with_instalments) = (set_off.clone(), with_instalments.clone());
        PageItem { line: *line, instalment, amount, withheld, discount, set_off, legal_priority, with_instalments }
    });
    Payee { payment_id, vendor_id: group.vendor_id, bank_account_id: group.bank_account_id, items: items.collect() }
}

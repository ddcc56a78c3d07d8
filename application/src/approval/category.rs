//! What an invoice is of: of each line the group of its item, which the order or the line itself names, else that of the vendor.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use quittance_domain::ids::ItemId;
use quittance_domain::invoice::{InvoiceDocument, Payable};
use quittance_domain::item::{Item, sku_key};
use quittance_domain::purchase_order::PurchaseOrder;
use quittance_domain::vendor::Vendor;

use crate::failure::Failure;
use crate::matching::{named_order, ordered_lines};
use crate::work::Work;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Categories {
    /// In the order of their names.
    pub named: Vec<String>,
    /// A line is of none.
    pub uncategorised: bool,
}

impl Categories {
    /// Of the invoice, if `document` is what it says.
    pub async fn of(work: &mut Work<'_>, payable: &Payable, document: &InvoiceDocument) -> Result<Self, Failure> {
        let of_vendor = work.load::<Vendor>(payable.vendor_id).await?.profile()?.details.group.clone();
        let of_lines = groups_of_lines(work, payable, document).await?;
        let mut uncategorised = of_lines.is_empty() && of_vendor.is_none();
        let mut named: BTreeSet<String> = of_vendor.iter().filter(|_| of_lines.is_empty()).cloned().collect();
        for of_line in of_lines {
            match of_line.or_else(|| of_vendor.clone()) {
                Some(category) => {
                    named.insert(category);
                }
                None => uncategorised = true,
            }
        }
        Ok(Self { named: named.into_iter().collect(), uncategorised })
    }
}

async fn groups_of_lines(work: &mut Work<'_>, payable: &Payable, document: &InvoiceDocument) -> Result<Vec<Option<String>>, Failure> {
    let ordered = items_ordered(work, payable, document).await?;
    let numbered = items_numbered(work, document).await?;
    let mut groups: HashMap<ItemId, Option<String>> = HashMap::new();
    let mut of_lines = Vec::with_capacity(document.lines.len());
    for (line, ordered) in document.lines.iter().zip(ordered) {
        let numbered = || line.item_number.as_deref().and_then(|number| numbered.get(&sku_key(number)).copied());
        let Some(item_id) = ordered.or_else(numbered) else {
            of_lines.push(None);
            continue;
        };
        let group = match groups.entry(item_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(group_of(work, item_id).await?),
        };
        of_lines.push(group.clone());
    }
    Ok(of_lines)
}

async fn group_of(work: &mut Work<'_>, item: ItemId) -> Result<Option<String>, Failure> {
    Ok(work.load::<Item>(item).await?.card().ok().and_then(|card| card.group.clone()))
}

/// The items of the order's lines that these lines bill.
async fn items_ordered(work: &mut Work<'_>, payable: &Payable, document: &InvoiceDocument) -> Result<Vec<Option<ItemId>>, Failure> {
    let Some(order_id) = named_order(work, payable).await? else { return Ok(vec![None; document.lines.len()]) };
    let order = work.load::<PurchaseOrder>(order_id).await?;
    let order = order.order()?;
    let lines = ordered_lines(work, order, document).await?;
    let item_of = |number: u32| order.lines.iter().find(|line| line.line == number).map(|line| line.item_id);
    Ok(lines.into_iter().map(|number| number.and_then(item_of)).collect())
}

/// The items whose numbers these lines state.
async fn items_numbered(work: &mut Work<'_>, document: &InvoiceDocument) -> Result<HashMap<String, ItemId>, Failure> {
    let keys: BTreeSet<String> = document.lines.iter().filter_map(|line| line.item_number.as_deref()).map(sku_key).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<String> = keys.into_iter().collect();
    let holders = work.holders(&keys).await?;
    Ok(keys.into_iter().zip(holders).filter_map(|(key, holder)| Some((key, ItemId(holder?)))).collect())
}

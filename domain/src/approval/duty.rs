//! Segregation of duties over what really happened: who did what to the invoice, its vendor and its order.
//!
//! Exclusions follow from the events of the log and their actors, not from what an aggregate happens to remember, so that
//! a new rule can be asked of the past.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Excluded, ExclusionCause};
use crate::ids::UserId;
use crate::invoice::Payable;
use crate::policy::Terms;
use crate::tolerance::Tolerances;

/// One event of the chain, by whom and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    pub event_type: String,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

/// What an event makes of the person who caused it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    Entered,
    ChangedBankData,
    ChangedVendor,
    RegisteredVendor,
    ReceivedGoods,
}

/// Events after which a person has a duty that stands against approving.
const DUTIES: &[(&str, Duty)] = &[
    ("InvoiceReceived", Duty::Entered),
    ("InvoiceAmended", Duty::Entered),
    ("InvoiceCoded", Duty::Entered),
    ("VendorBankAccountAdded", Duty::ChangedBankData),
    ("VendorBankAccountProposed", Duty::ChangedBankData),
    ("VendorBankAccountRemoved", Duty::ChangedBankData),
    ("VendorPaymentDataChanged", Duty::ChangedVendor),
    ("VendorRegistered", Duty::RegisteredVendor),
    ("PurchaseOrderReceived", Duty::ReceivedGoods),
];

/// By which a person has looked at whom a vendor's payments go to.
const LOOKS: &[&str] = &["VendorVerified", "VendorPaymentDataChanged", "VendorPaymentDataConfirmed", "VendorBankAccountVerified"];

pub fn duty_of(event_type: &str) -> Option<Duty> {
    DUTIES.iter().find(|(name, _)| *name == event_type).map(|(_, duty)| *duty)
}

/// The deeds of this duty within so many days before `now`; all of them where no days are stated.
pub fn deeds_within(deeds: &[Deed], duty: Duty, days: Option<u16>, now: DateTime<Utc>) -> impl Iterator<Item = &Deed> {
    let since = days.and_then(|days| now.checked_sub_signed(TimeDelta::days(i64::from(days))));
    deeds.iter().filter(move |deed| duty_of(&deed.event_type) == Some(duty) && since.is_none_or(|since| deed.at >= since))
}

/// Who may not approve, each with the first reason: who submits or entered the invoice, changed its vendor's bank data
/// or what else the vendor is paid by, registered the vendor at which nobody else has looked since, received its goods where the policy
/// says so, or alone has made rules that it passes by.
pub fn exclusions(deeds: &[Deed], submitter: UserId, terms: &Terms, rule_makers: &[Excluded], now: DateTime<Utc>) -> Vec<Excluded> {
    let of = |duty, days, because| deeds_within(deeds, duty, days, now).map(move |deed| Excluded { user_id: deed.by, because });
    let entered = of(Duty::Entered, None, ExclusionCause::EditedInvoice);
    let bank = of(Duty::ChangedBankData, terms.bank_change_days, ExclusionCause::EditedBankAccount);
    let vendor = of(Duty::ChangedVendor, terms.bank_change_days, ExclusionCause::ChangedVendor);
    let seen_by_another = |maker: UserId| deeds.iter().any(|deed| deed.by != maker && LOOKS.contains(&deed.event_type.as_str()));
    let registered = of(Duty::RegisteredVendor, terms.bank_change_days, ExclusionCause::RegisteredVendor);
    let registered = registered.filter(|maker| !seen_by_another(maker.user_id));
    let goods = of(Duty::ReceivedGoods, None, ExclusionCause::ReceivedGoods).filter(|_| terms.exclude_receivers);
    let mut excluded: Vec<Excluded> = Vec::new();
    let deeds = entered.chain([Excluded::editor_of_invoice(submitter)]).chain(bank).chain(vendor).chain(registered).chain(goods);
    for person in deeds.chain(rule_makers.iter().cloned()) {
        if !excluded.iter().any(|e| e.user_id == person.user_id) {
            excluded.push(person);
        }
    }
    excluded
}

/// Who alone has made the tolerances that the invoice was matched by; or, where it names an order that is none of ours and is not held,
/// any that may have let it pass.
pub fn tolerators(payable: &Payable, tolerances: &Tolerances) -> Vec<UserId> {
    match payable.matching.as_deref() {
        Some(matched) if matched.purchase_order_id.is_some() => {
            tolerances.adopter_of(matched.inputs.tolerances_version).into_iter().collect()
        }
        Some(held) if held.holds().next().is_some() => vec![],
        _ if payable.document.order_number().is_some() => tolerances.adopters().collect(),
        _ => vec![],
    }
}

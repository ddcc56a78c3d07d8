//! What others may know of payment terms.

use quittance_domain::terms::{AgreedTerms, AvailableDiscount, DiscountTier, Instalment, InstalmentPart, TermsEvent, TermsRule};
use serde_json::Value;

use super::data;
use super::invoice::subtotals;

pub fn terms(event: &TermsEvent) -> Value {
    let TermsEvent::Adopted { code, version, rule: adopted, by } = event;
    data! { code, version, rule: rule(adopted), by }
}

fn rule(rule: &TermsRule) -> Value {
    let TermsRule { name, base_date, instalments, discounts, discount_base, discount_on_partials, grace_days, tax_already_cut } = rule;
    let part = |InstalmentPart { percent, due }: &InstalmentPart| data! { percent, due };
    let tier = |DiscountTier { percent, days }: &DiscountTier| data! { percent, days };
    data! {
        name, base_date,
        instalments: instalments.iter().map(part).collect::<Vec<_>>(),
        discounts: discounts.iter().map(tier).collect::<Vec<_>>(),
        discount_base, discount_on_partials, grace_days,
        tax_already_cut: tax_already_cut.then_some(true),
    }
}

pub(super) fn agreed(terms: &AgreedTerms) -> Value {
    let AgreedTerms { code, version, received_on, instalments, discounts, discount_on_partials, discounted_tax, awaiting_goods } = terms;
    let part = |Instalment { due_date, amount }: &Instalment| data! { due_date, amount };
    let discount = |AvailableDiscount { until, last_day, amount }: &AvailableDiscount| data! { until, last_day, amount };
    data! {
        code, version, received_on,
        instalments: instalments.iter().map(part).collect::<Vec<_>>(),
        discounts: discounts.iter().map(discount).collect::<Vec<_>>(),
        discount_on_partials,
        awaiting_goods: awaiting_goods.as_deref().map(rule),
        discounted_tax: subtotals(discounted_tax),
    }
}

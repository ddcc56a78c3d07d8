//! Payment terms.

use quittance_domain::terms::{BaseDate, DiscountBase, DiscountTier, Due, InstalmentPart, TermsEvent, TermsRule};
use rust_decimal::dec;

use super::Sample;
use crate::fixtures::*;

pub fn terms() -> Vec<Sample<TermsEvent>> {
    let part = |percent, due| InstalmentPart { percent, due };
    let rule = TermsRule {
        name: "Half at once, half later".to_owned(),
        base_date: BaseDate::EndOfMonth,
        instalments: vec![
            part(dec!(50), Due::NetDays { days: 30 }),
            part(dec!(25), Due::EndOfMonth { months: 1, days: 10 }),
            part(dec!(25), Due::DayOfMonth { months: 2, day: 15 }),
        ],
        discounts: vec![DiscountTier { percent: dec!(2), days: 10 }],
        discount_base: DiscountBase::Net,
        discount_on_partials: true,
        grace_days: 2,
        tax_already_cut: false,
    };
    let adopted = |version, rule| TermsEvent::Adopted { code: "N30".to_owned(), version, rule, by: DORA };
    vec![
        ("", adopted(1, TermsRule::net(30))),
        ("parts", adopted(2, rule)),
        ("already_cut", adopted(3, TermsRule { tax_already_cut: true, ..TermsRule::net(30) })),
    ]
}

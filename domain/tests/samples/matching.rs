//! Tolerances.

use quittance_domain::tolerance::{Applies, Band, Limits, ToleranceRule, ToleranceSet, TolerancesEvent};
use rust_decimal::dec;

use super::Sample;
use crate::fixtures::*;

pub fn tolerances() -> Vec<Sample<TolerancesEvent>> {
    let band = Some(Band { percent: Some(dec!(5)), amount: Some(dec!(50)) });
    let limits = Limits {
        price_up: band,
        price_down: band,
        quantity_ordered_percent: Some(dec!(2)),
        quantity_received_percent: Some(dec!(0)),
        line_total: Some(Band { percent: None, amount: Some(dec!(10.5)) }),
        schedule_product: Some(dec!(5000)),
        small_charge_amount: Some(dec!(10)),
    };
    let every = [
        Applies::VendorItem { vendor_id: VENDOR, item_id: ITEM },
        Applies::Item(ITEM),
        Applies::ItemGroup("paper".to_owned()),
        Applies::Vendor(VENDOR),
        Applies::VendorGroup("office".to_owned()),
        Applies::Tenant,
    ];
    let rules = every.map(|applies| ToleranceRule { applies, limits: limits.clone() }).to_vec();
    let set = ToleranceSet { rules, unknown_order_holds: true, orders_need_approval: true, write_off: vec![] };
    vec![
        ("", TolerancesEvent::Adopted { version: 1, set, by: DORA }),
        ("strict", TolerancesEvent::Adopted { version: 2, set: ToleranceSet::default(), by: DORA }),
        ("", TolerancesEvent::Confirmed { version: 1, by: Some(BOB) }),
        ("by_operator", TolerancesEvent::Confirmed { version: 1, by: None }),
    ]
}

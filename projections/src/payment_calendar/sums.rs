//! What a calendar would have changed in all, by currency and by vendor.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use quittance_domain::Money;
use quittance_domain::ids::VendorId;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::InstalmentReplay;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CalendarSums {
    pub instalments: usize,
    /// Those that would have been paid on another day, or with another discount.
    pub changed: usize,
    pub discount_gained: Money,
    pub discount_lost: Money,
    /// Paid after the due date, or not by today.
    pub late: usize,
    pub would_have_been_late: usize,
    /// Of instalments that were paid and would have been.
    pub paid: Money,
    /// The days by which each amount of them would have left later, times the amount; absent where it is too large to be reckoned with.
    #[schema(value_type = Option<String>, example = "-1200.00")]
    pub amount_days: Option<Decimal>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct VendorCalendarSums {
    pub vendor_id: VendorId,
    pub vendor_name: String,
    #[serde(flatten)]
    pub sums: CalendarSums,
}

pub(super) fn by_currency(lines: &[InstalmentReplay]) -> Vec<CalendarSums> {
    let mut sums: BTreeMap<&str, CalendarSums> = BTreeMap::new();
    for line in lines {
        sums.entry(line.amount.currency().code()).or_insert_with(|| CalendarSums::none_of(line)).add(line);
    }
    sums.into_values().collect()
}

pub(super) fn by_vendor(lines: &[InstalmentReplay]) -> Vec<VendorCalendarSums> {
    let mut sums: BTreeMap<(VendorId, &str), VendorCalendarSums> = BTreeMap::new();
    for line in lines {
        let (vendor_id, vendor_name) = (line.vendor_id, line.vendor_name.clone());
        let none = || VendorCalendarSums { vendor_id, vendor_name, sums: CalendarSums::none_of(line) };
        sums.entry((vendor_id, line.amount.currency().code())).or_insert_with(none).sums.add(line);
    }
    let mut sums: Vec<VendorCalendarSums> = sums.into_values().collect();
    sums.sort_by_key(|vendor| Reverse(vendor.sums.changed));
    sums
}

impl CalendarSums {
    fn none_of(line: &InstalmentReplay) -> Self {
        let none = Money::zero(line.amount.currency());
        let (instalments, changed, late, would_have_been_late) = (0, 0, 0, 0);
        let amount_days = Some(Decimal::ZERO);
        Self { instalments, changed, discount_gained: none, discount_lost: none, late, would_have_been_late, paid: none, amount_days }
    }

    fn add(&mut self, line: &InstalmentReplay) {
        self.instalments += 1;
        self.changed += usize::from(line.is_changed());
        self.late += usize::from(line.was.late);
        self.would_have_been_late += usize::from(line.would_have_been.late);
        let (was, then) = (line.was.discount.amount(), line.would_have_been.discount.amount());
        let sum = |sum: Money, by: Decimal| Money::rounded(sum.amount() + by, sum.currency());
        self.discount_gained = sum(self.discount_gained, (then - was).max(Decimal::ZERO));
        self.discount_lost = sum(self.discount_lost, (was - then).max(Decimal::ZERO));
        if line.days_later.is_some() {
            self.paid = sum(self.paid, line.amount.amount());
            self.amount_days = self.amount_days.zip(line.amount_days).and_then(|(sum, days)| sum.checked_add(days));
        }
    }
}

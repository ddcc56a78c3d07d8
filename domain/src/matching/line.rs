//! The checks of one line: unit, price, quantities, total, date.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::finding::{Check, MatchFinding};
use super::unit::settled;
use super::{Billed, BilledLine, MatchingMode, Ordered, OrderedLine};
use crate::money::{Currency, round_half_up};
use crate::tolerance::{Band, LimitSource, Limits, Subject, ToleranceSet, share};

/// What this invoice's own lines have added so far, by line of the order.
#[derive(Default)]
pub(super) struct Sums(HashMap<u32, (Decimal, Decimal)>);

impl Sums {
    fn add(&mut self, ordered: &OrderedLine<'_>, quantity: Decimal, net: Decimal) -> (Decimal, Decimal) {
        let sums = self.0.entry(ordered.line).or_insert((ordered.invoiced_quantity, ordered.invoiced_net));
        *sums = (sums.0.saturating_add(quantity), sums.1.saturating_add(net));
        (settled(sums.0), sums.1)
    }
}

/// One line against one line of the order, in the order's unit.
struct Comparison<'a> {
    id: &'a str,
    quantity: Decimal,
    net: Decimal,
    quantity_after: Decimal,
    net_after: Decimal,
    ordered: &'a OrderedLine<'a>,
    currency: Currency,
    subject: Subject<'a>,
    tolerances: &'a ToleranceSet,
}

pub(super) fn check(
    bill: &Billed<'_>,
    billed: &BilledLine<'_>,
    order: &Ordered<'_>,
    ordered: Option<&OrderedLine<'_>>,
    sums: &mut Sums,
    tolerances: &ToleranceSet,
) -> Vec<MatchFinding> {
    let Some(ordered) = ordered else {
        let named = billed.order_line.map(|line| line.to_string()).unwrap_or_default();
        return vec![MatchFinding::mismatch(Check::OrderLine, Some(billed.id), "a line of the order", named)];
    };
    let Some(counted) = ordered.units.counted(billed.quantity, billed.unit) else {
        return vec![MatchFinding::mismatch(Check::Unit, Some(billed.id), ordered.units.own.unwrap_or_default(), billed.unit)];
    };
    let sign = if bill.is_credit { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let (quantity, net) = (counted * sign, billed.net * sign);
    let (quantity_after, net_after) = sums.add(ordered, quantity, net);
    if bill.is_credit {
        return credited_beyond(billed.id, net_after - net, -net).into_iter().collect();
    }
    let (currency, subject) = (bill.currency, order.subject(Some(ordered)));
    let line = Comparison { id: billed.id, quantity, net, quantity_after, net_after, ordered, currency, subject, tolerances };
    let early = line.early((ordered.due_date).map(|due| (due - bill.issue_date).num_days()));
    let closed = line.closed();
    let found = [closed, line.price(), Some(line.quantity_ordered()), line.quantity_received(), Some(line.line_total()), early];
    found.into_iter().flatten().collect()
}

/// No more of a line is given back than was asked for: goods would be worth less than nothing.
fn credited_beyond(id: &str, invoiced: Decimal, credited: Decimal) -> Option<MatchFinding> {
    let finding = MatchFinding::passed(Check::LineTotal, Some(id), invoiced, credited);
    (credited > invoiced.max(Decimal::ZERO)).then(|| finding.beyond(Some(invoiced), LimitSource::Strict, false))
}

impl Comparison<'_> {
    /// Nothing more is expected of a closed order: what came in before may be billed still, and no tolerance is for the rest.
    fn closed(&self) -> Option<MatchFinding> {
        let billable = self.ordered.billable.filter(|billable| self.quantity > Decimal::ZERO && self.quantity_after > *billable)?;
        let finding = MatchFinding::mismatch(Check::OrderState, Some(self.id), "open", "closed");
        Some(finding.beyond(Some(billable), LimitSource::Strict, false))
    }

    fn price(&self) -> Option<MatchFinding> {
        if self.quantity.is_zero() {
            return self.price_of_nothing();
        }
        let agreed = self.ordered.unit_price;
        let unit = self.net.checked_div(self.quantity)?;
        let difference = if self.is_agreed_price() { Decimal::ZERO } else { unit.saturating_sub(agreed) };
        let (band, source, check) = match difference > Decimal::ZERO {
            true => {
                let (band, source) = self.band(|limits| limits.price_up);
                (Some(band.unwrap_or(Band::STRICT)), source, Check::Price)
            }
            false if difference.is_zero() => return Some(self.stated(Check::Price, agreed, agreed)),
            false => {
                let (band, source) = self.band(|limits| limits.price_down);
                (band, source, Check::PriceBelow)
            }
        };
        let tolerated = band.is_some_and(|band| self.price_is_within(band, difference.abs()));
        // A lower price that nobody set a limit for is told, and holds nothing.
        let holds = check == Check::Price || band.is_some();
        let limit = band.and_then(|band| self.price_limit(band, check == Check::PriceBelow));
        let finding = self.stated(check, agreed, unit).beyond(limit, source, tolerated);
        Some(MatchFinding { holds: finding.holds && holds, ..finding })
    }

    /// A line without a quantity has no price of a unit, and nothing was agreed that it could bill; only the limit on the
    /// amount counts.
    fn price_of_nothing(&self) -> Option<MatchFinding> {
        let (band, source) = self.band(|limits| limits.price_up);
        let limit = band.and_then(|band| band.amount).unwrap_or_default();
        (self.net > Decimal::ZERO).then(|| self.at_most(Check::Price, Decimal::ZERO, self.net, limit, source))
    }

    /// Rounding a line to the minor unit is not another price.
    fn is_agreed_price(&self) -> bool {
        let agreed = self.quantity.saturating_mul(self.ordered.unit_price);
        self.net == round_half_up(agreed, self.currency.exponent()) || self.net == agreed
    }

    fn price_is_within(&self, band: Band, difference: Decimal) -> bool {
        // Without an agreed price there is no percentage; only the absolute limit counts then.
        let free = self.ordered.unit_price.is_zero();
        let by_percent = band.percent.is_none_or(|percent| free || difference <= share(self.ordered.unit_price, percent));
        let rounded = round_half_up(difference.saturating_mul(self.quantity.abs()), self.currency.exponent());
        let by_amount = band.amount.is_none_or(|amount| rounded <= amount);
        by_percent && by_amount && !(free && band.amount.is_none())
    }

    /// The unit price at which the first of both limits is reached.
    fn price_limit(&self, band: Band, below: bool) -> Option<Decimal> {
        let agreed = self.ordered.unit_price;
        let by_percent = band.percent.filter(|_| !agreed.is_zero()).map(|percent| share(agreed, percent));
        let by_amount = band.amount.and_then(|amount| amount.checked_div(self.quantity.abs()));
        let room = by_percent.into_iter().chain(by_amount).min()?;
        Some(if below { agreed.saturating_sub(room) } else { agreed.saturating_add(room) })
    }

    fn quantity_ordered(&self) -> MatchFinding {
        let (percent, source) = self.limit(|limits| limits.quantity_ordered_percent);
        self.quantity_within(Check::QuantityOrdered, self.ordered.quantity, percent, source)
    }

    fn quantity_received(&self) -> Option<MatchFinding> {
        let arrived = match self.ordered.mode {
            MatchingMode::TwoWay => return None,
            MatchingMode::ThreeWay => self.ordered.received,
            MatchingMode::FourWay => self.ordered.accepted,
        };
        let kept = arrived.saturating_sub(self.ordered.returned);
        let (percent, source) = self.limit(|limits| limits.quantity_received_percent);
        Some(self.quantity_within(Check::QuantityReceived, kept, percent, source))
    }

    fn quantity_within(&self, check: Check, expected: Decimal, percent: Option<Decimal>, source: LimitSource) -> MatchFinding {
        let limit = expected.saturating_add(share(expected, percent.unwrap_or_default()));
        self.at_most(check, expected, self.quantity_after, limit, source)
    }

    fn line_total(&self) -> MatchFinding {
        let agreed = round_half_up(self.ordered.quantity.saturating_mul(self.ordered.unit_price), self.currency.exponent());
        let (band, source) = self.band(|limits| limits.line_total);
        let room = band.and_then(|band| band.lowest(agreed)).unwrap_or_default();
        self.at_most(Check::LineTotal, agreed, self.net_after, agreed.saturating_add(room), source)
    }

    /// Only where a date was agreed.
    fn early(&self, days: Option<i64>) -> Option<MatchFinding> {
        let product = self.net.saturating_mul(Decimal::from(days?.max(0)));
        let (limit, source) = self.limit(|limits| limits.schedule_product);
        Some(self.at_most(Check::Early, Decimal::ZERO, product, limit.unwrap_or_default(), source))
    }

    fn at_most(&self, check: Check, expected: Decimal, actual: Decimal, limit: Decimal, source: LimitSource) -> MatchFinding {
        let finding = self.stated(check, expected, actual);
        if actual <= expected { finding } else { finding.beyond(Some(limit), source, actual <= limit) }
    }

    /// A band that states neither limit states nothing: the next rule is asked.
    fn band(&self, stated: impl Fn(&Limits) -> Option<Band>) -> (Option<Band>, LimitSource) {
        self.limit(|limits| stated(limits).filter(|band| *band != Band::NONE))
    }

    fn limit<T>(&self, stated: impl Fn(&Limits) -> Option<T>) -> (Option<T>, LimitSource) {
        self.tolerances.limit(&self.subject, stated)
    }

    fn stated(&self, check: Check, expected: Decimal, actual: Decimal) -> MatchFinding {
        MatchFinding::passed(check, Some(self.id), expected, actual)
    }
}

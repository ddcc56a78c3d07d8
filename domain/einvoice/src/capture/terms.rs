//! Payment terms in elements of their own (Factur-X EXTENDED): instalments, and what paying early is worth. What does not say exactly when
//! how much is paid is not guessed at but named.

use chrono::{Days, Months, NaiveDate};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::canonical::{CanonicalDiscount, Instalment};
use crate::model::{DiscountTerms, Invoice, PaymentTerms};
use crate::term::Terms;

/// Further off than any discount lasts.
const PERIOD_MAX: u32 = 1200;
const DAYS_MAX: i64 = 65_535;
/// What an amount and the percentage beside it may be apart.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

#[derive(Default)]
pub(super) struct StatedTerms {
    /// Those with a due date; one due date alone is no instalment plan.
    pub instalments: Vec<Instalment>,
    pub discounts: Vec<CanonicalDiscount>,
    pub unread: Vec<String>,
}

pub(super) fn stated(invoice: &Invoice<'_>) -> StatedTerms {
    let mut stated = StatedTerms::default();
    let currency = invoice.currency.text();
    let (Some(&issued), Some(&payable)) = (invoice.issue_date.value(), invoice.totals.payable.value()) else { return stated };
    let terms = &invoice.payment.terms;
    for group in terms.iter().filter(|group| group.discounts.is_empty()) {
        stated.part(group, payable, currency);
    }
    stated.check_parts(payable);
    for group in terms {
        for discount in &group.discounts {
            match (Offer { group, discount, issued, payable, currency }).read() {
                Ok(offer) => stated.discounts.extend(offer),
                Err(why) => stated.unread.push(why),
            }
        }
    }
    stated
}

impl StatedTerms {
    fn part(&mut self, group: &PaymentTerms<'_>, payable: Decimal, currency: Option<&str>) {
        let due_date = group.due_date.value().copied();
        match (due_date, one(&group.amount, currency)) {
            (_, Err(())) => self.unread.push("an instalment's amount cannot be read".to_owned()),
            (Some(due_date), Ok(amount)) => self.instalments.push(Instalment { due_date, amount }),
            (None, Ok(Some(amount))) if amount != payable => self.unread.push(format!("an instalment of {amount} has no due date")),
            (None, Ok(_)) => {}
        }
        if group.percent.is_present() {
            self.unread.push("an instalment is stated in percent".to_owned());
        }
    }

    fn check_parts(&mut self, payable: Decimal) {
        self.instalments.sort();
        self.instalments.dedup_by(|one, other| one == other && one.amount.is_none());
        let sum = self.instalments.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(part.amount?));
        match (self.instalments.as_slice(), sum) {
            ([], _) | ([Instalment { amount: None, .. }], _) => {}
            (_, Some(sum)) if sum == payable => {}
            (_, Some(sum)) => self.unread.push(format!("the instalments come to {sum}, and {payable} is due (BT-115)")),
            (parts, None) => self.unread.push(format!("of {} due dates not each has an amount that can be added up", parts.len())),
        }
        if self.instalments.len() == 1 {
            self.instalments.clear();
        }
    }
}

/// A discount with what stands around it.
struct Offer<'a, 'd> {
    group: &'a PaymentTerms<'d>,
    discount: &'a DiscountTerms<'d>,
    issued: NaiveDate,
    payable: Decimal,
    currency: Option<&'a str>,
}

impl Offer<'_, '_> {
    /// Nothing where nothing is offered.
    fn read(&self) -> Result<Option<CanonicalDiscount>, String> {
        let unreadable = |()| "a discount cannot be read".to_owned();
        let percent = one(&self.discount.percent, None).map_err(unreadable)?;
        let amount = one(&self.discount.amount, self.currency).map_err(unreadable)?;
        let base = one(&self.discount.base, self.currency).map_err(unreadable)?;
        let part = one(&self.group.amount, self.currency).map_err(unreadable)?;
        if amount.or(percent).is_some_and(|worth| worth.is_zero()) {
            return Ok(None);
        }
        let until = self.until()?;
        if until < self.issued {
            return Err(format!("a discount until {until} ends before the invoice was issued"));
        }
        if (until - self.issued).num_days() > DAYS_MAX {
            return Err(format!("a discount until {until} lasts longer than {DAYS_MAX} days"));
        }
        if part.is_some_and(|part| part != self.payable) || self.group.percent.is_present() {
            return Err("a discount is offered on a part of what is due".to_owned());
        }
        let of = base.unwrap_or(self.payable);
        let by_percent = percent.and_then(|percent| Some(of.checked_mul(percent)? / Decimal::ONE_HUNDRED));
        let holds = match (amount, by_percent) {
            (Some(amount), Some(by_percent)) => amount.checked_sub(by_percent).is_some_and(|differ| differ.abs() <= CENT),
            (amount, by_percent) => amount.or(by_percent).is_some(),
        };
        let worth = amount.or(by_percent).unwrap_or_default();
        if !holds || of <= Decimal::ZERO || worth <= Decimal::ZERO || worth >= of || self.payable > Decimal::ZERO && worth >= self.payable {
            return Err(format!("what a discount until {until} is worth is not said, or not in one way"));
        }
        Ok(Some(CanonicalDiscount { until, percent, base, amount }))
    }

    /// So long after its day, or the invoice's; without a period the day on which its terms say that they end.
    fn until(&self) -> Result<NaiveDate, String> {
        let unreadable = || "a discount's last day cannot be read".to_owned();
        let from = one(&self.discount.from, None).map_err(|()| unreadable())?.unwrap_or(self.issued);
        match (&self.discount.period, self.group.due_date.value()) {
            (Terms::Absent, Some(due_date)) => Ok(*due_date),
            (Terms::Absent, None) => Err("a discount has no last day".to_owned()),
            (period, _) => {
                let unit = period.first().and_then(|term| term.attribute("unitCode"));
                let length = one(period, None).ok().flatten().filter(|length| length.fract().is_zero()).and_then(|length| length.to_u32());
                length
                    .filter(|length| *length <= PERIOD_MAX)
                    .zip(unit)
                    .and_then(|(length, unit)| after(from, length, unit))
                    .ok_or_else(unreadable)
            }
        }
    }
}

/// UN/ECE Recommendation 20: days, weeks, months, years.
fn after(from: NaiveDate, length: u32, unit: &str) -> Option<NaiveDate> {
    match unit.trim() {
        "DAY" => from.checked_add_days(Days::new(length.into())),
        "WEE" => from.checked_add_days(Days::new(u64::from(length) * 7)),
        "MON" => from.checked_add_months(Months::new(length)),
        "ANN" => from.checked_add_months(Months::new(length * 12)),
        _ => None,
    }
}

/// The one value that is stated, if any: in the document's currency, where it is money.
fn one<T: Copy + PartialEq>(terms: &Terms<'_, T>, currency: Option<&str>) -> Result<Option<T>, ()> {
    let foreign = |stated: &str| currency.is_some_and(|currency| !stated.trim().is_empty() && stated.trim() != currency);
    let mut found = None;
    for term in terms.iter().filter(|term| !term.is_blank()) {
        let value = *term.value().ok_or(())?;
        if found.is_some_and(|before| before != value) || term.attribute("currencyID").is_some_and(foreign) {
            return Err(());
        }
        found = Some(value);
    }
    Ok(found)
}

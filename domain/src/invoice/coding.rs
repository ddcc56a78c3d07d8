//! Coding: what each line of an invoice was spent on, in parts that always add up to the line.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::document::{InvoiceLine, TaxCategory};
use super::event::{InvoiceEvent, MaterialChange};
use super::payable::{Payable, Stage};
use super::refusal::InvoiceRefusal;
use crate::chart::Code;
use crate::ids::{ItemId, UserId, VendorId};
use crate::money::{Currency, Money};

/// Where an amount goes in the books.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    pub account_code: Code,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_centre: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Code>,
    /// Says where the tax on this part goes; the one that fits the document's tax category where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<Code>,
}

impl Assignment {
    /// To an account, and to nobody's cost centre or project.
    pub fn to(account_code: Code) -> Self {
        Self { account_code, cost_centre: None, project: None, tax_code: None }
    }
}

/// What was spent on what, by line. A line that is not named goes to the default expense account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Coding {
    pub lines: Vec<CodedLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CodedLine {
    /// BT-126.
    pub line: String,
    pub tax: TaxCategory,
    pub parts: Vec<CodedPart>,
    /// Whose usual coding it is; absent where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_of: Option<DefaultOf>,
}

/// What has a usual coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DefaultOf {
    Item(ItemId),
    Vendor(VendorId),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CodedPart {
    #[serde(flatten)]
    pub to: Assignment,
    /// As it was asked for, where it was asked for in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "60"))]
    pub percent: Option<Decimal>,
    /// In the document's currency.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "75.00"))]
    pub amount: Decimal,
}

/// How a line is to be coded. Without parts it goes back to the default expense account.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    pub line: String,
    pub parts: Vec<(Assignment, Share)>,
    pub default_of: Option<DefaultOf>,
}

/// Amounts are taken off first; percents share what is left and come to 100; who takes the rest stands alone beside amounts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Share {
    Amount(Decimal),
    Percent(Decimal),
    Rest,
}

impl Coding {
    /// Every part with the tax category of its line.
    pub fn parts(&self) -> impl Iterator<Item = (&TaxCategory, &CodedPart)> {
        self.lines.iter().flat_map(|line| line.parts.iter().map(move |part| (&line.tax, part)))
    }

    fn of_line(&self, line: &InvoiceLine, currency: Currency) -> Option<&CodedLine> {
        let net = Money::rounded(line.net, currency).amount();
        let fits = |coded: &&CodedLine| coded.line == line.id && coded.tax == line.tax && coded.net() == net;
        self.lines.iter().find(fits)
    }

    /// As the line was coded, at what it comes to now; `None` where its parts were told by their amounts.
    fn stretched(&self, line: &InvoiceLine, currency: Currency) -> Option<CodedLine> {
        let coded = self.lines.iter().find(|coded| coded.line == line.id && coded.tax == line.tax && coded.is_told_by_shares())?;
        let share = |part: &CodedPart| (part.to.clone(), part.percent.map_or(Share::Rest, Share::Percent));
        Split { line: line.id.clone(), parts: coded.parts.iter().map(share).collect(), default_of: coded.default_of }.of(line, currency)
    }

    /// Whether the same share of each line goes to the same places.
    fn is_placed_as(&self, other: &Self) -> bool {
        let alike = |(ours, theirs): (&CodedLine, &CodedLine)| {
            let places = |line: &CodedLine| line.parts.iter().map(|part| (part.to.clone(), part.percent)).collect::<Vec<_>>();
            let shares = ours.is_told_by_shares() && theirs.is_told_by_shares() && places(ours) == places(theirs);
            ours == theirs || (ours.line == theirs.line && ours.tax == theirs.tax && shares)
        };
        self.lines.len() == other.lines.len() && self.lines.iter().zip(&other.lines).all(alike)
    }
}

impl CodedLine {
    pub fn net(&self) -> Decimal {
        self.parts.iter().map(|part| part.amount).sum()
    }

    /// The whole line to one place, or all of it in percent.
    fn is_told_by_shares(&self) -> bool {
        self.parts.len() == 1 || self.parts.iter().all(|part| part.percent.is_some())
    }
}

impl Split {
    /// As somebody says.
    pub fn by_hand(line: String, parts: Vec<(Assignment, Share)>) -> Self {
        Self { line, parts, default_of: None }
    }

    /// The whole line to where it usually goes.
    pub fn by_default(line: &InvoiceLine, to: Assignment, of: DefaultOf) -> Self {
        Self { line: line.id.clone(), parts: vec![(to, Share::Rest)], default_of: Some(of) }
    }

    /// SEMANTICS 8: parts by largest remainder, so that they come to the line to the last minor unit.
    fn of(&self, line: &InvoiceLine, currency: Currency) -> Option<CodedLine> {
        let net = Money::rounded(line.net, currency);
        let fixed = self.parts.iter().try_fold(Money::zero(currency), |sum, (_, share)| match share {
            Share::Amount(amount) => sum.plus(Money::exact(*amount, currency).ok()?).ok(),
            Share::Percent(_) | Share::Rest => Some(sum),
        })?;
        let left = net.minus(fixed).ok()?;
        let weights: Vec<Decimal> = self.parts.iter().filter_map(|(_, share)| share.weight()).collect();
        let shared = match weights.iter().sum::<Decimal>() {
            _ if weights.is_empty() => left.is_zero().then(Vec::new)?,
            sum if sum == Decimal::ONE_HUNDRED => left.allocate(&weights)?,
            _ => return None,
        };
        let mut shared = shared.into_iter();
        let part = |(to, share): &(Assignment, Share)| {
            let (amount, percent) = match share {
                Share::Amount(amount) => (Money::exact(*amount, currency).ok()?, None),
                Share::Percent(percent) => (shared.next()?, Some(*percent)),
                Share::Rest => (shared.next()?, None),
            };
            same_side(amount, net).then(|| CodedPart { to: to.clone(), percent, amount: amount.amount() })
        };
        let parts = self.parts.iter().map(part).collect::<Option<Vec<_>>>()?;
        Some(CodedLine { line: line.id.clone(), tax: line.tax.clone(), parts, default_of: self.default_of })
    }
}

/// A part is not more than its line, nor of the other sign.
fn same_side(part: Money, line: Money) -> bool {
    part.is_zero() || (part.amount().is_sign_negative() == line.amount().is_sign_negative() && part.amount().abs() <= line.amount().abs())
}

impl Share {
    fn weight(self) -> Option<Decimal> {
        match self {
            Self::Amount(_) => None,
            Self::Percent(percent) => Some(percent),
            Self::Rest => Some(Decimal::ONE_HUNDRED),
        }
    }
}

impl Payable {
    /// What holds now. An amended document is coded anew.
    pub fn coding(&self) -> Option<&Coding> {
        self.coding.as_deref().filter(|_| !self.coding_is_stale)
    }

    /// Lines that nobody has coded, nor a default, nor their order; those that stand in an amended document as they were keep theirs.
    pub fn uncoded_lines(&self) -> impl Iterator<Item = &InvoiceLine> {
        let currency = self.payable.currency();
        let uncoded = move |line: &&InvoiceLine| !self.is_coded_by_order(&line.id) && self.kept(line, currency).is_none();
        self.document.lines.iter().filter(uncoded)
    }

    /// What bills the order is posted against what the order received.
    fn is_coded_by_order(&self, line: &str) -> bool {
        self.matching.as_ref().is_some_and(|matching| matching.bills_order(line))
    }

    /// Whether a vendor's defaults say nothing of it.
    pub fn takes_no_defaults(&self) -> bool {
        self.document.is_prepayment()
    }

    pub(super) fn code(
        &self,
        splits: &[Split],
        by: UserId,
        effective_date: Option<NaiveDate>,
    ) -> Result<Vec<InvoiceEvent>, InvoiceRefusal> {
        if matches!(self.stage, Stage::Voided { .. }) {
            return Err(self.wrong_state("code", "not voided"));
        }
        self.untouched_by_payments()?;
        if self.document.is_prepayment() && !splits.is_empty() {
            return Err(InvoiceRefusal::PrepaymentNotCoded);
        }
        if splits.iter().any(|split| self.is_coded_by_order(&split.line)) {
            return Err(InvoiceRefusal::CodedByOrder);
        }
        let coding = self.coded(splits)?;
        let nothing = Coding::default();
        let before = self.coding.as_deref().unwrap_or(&nothing);
        let changes = coding != *before;
        if !changes && !self.coding_is_stale {
            return Ok(vec![]);
        }
        let reset = match &self.stage {
            Stage::PendingApproval { approval_id, .. } | Stage::Approved { approval_id, .. } if !coding.is_placed_as(before) => {
                let because = vec![MaterialChange::Coding];
                Some(InvoiceEvent::ApprovalReset { round: self.round, approval_id: *approval_id, because })
            }
            _ => None,
        };
        Ok(std::iter::once(InvoiceEvent::Coded { coding: Box::new(coding), by, effective_date }).chain(reset).collect())
    }

    /// The lines of the document in their order: as asked for, or as they were.
    fn coded(&self, splits: &[Split]) -> Result<Coding, InvoiceRefusal> {
        let currency = self.payable.currency();
        for (index, split) in splits.iter().enumerate() {
            let named = self.document.lines.iter().filter(|line| line.id == split.line).count();
            if named != 1 || splits[..index].iter().any(|earlier| earlier.line == split.line) {
                return Err(InvoiceRefusal::CodingLineUnknown { index });
            }
        }
        let mut lines = Vec::new();
        for line in &self.document.lines {
            match splits.iter().position(|split| split.line == line.id) {
                Some(index) if splits[index].parts.is_empty() => {}
                Some(index) => {
                    lines.push(splits[index].of(line, currency).ok_or(InvoiceRefusal::CodingUnbalanced { index, net: line.net })?);
                }
                None => lines.extend(self.kept(line, currency)),
            }
        }
        Ok(Coding { lines })
    }

    pub(super) fn on_coded(&mut self, coding: Box<Coding>, by: UserId) {
        self.coding = Some(Arc::from(coding));
        self.coding_is_stale = false;
        if !self.editors.contains(&by) {
            self.editors.push(by);
        }
    }

    /// An approval that outlived a change of amounts was given for places, not for cents.
    fn kept(&self, line: &InvoiceLine, currency: Currency) -> Option<CodedLine> {
        let coding = self.coding.as_deref()?;
        let is_in_approval = matches!(self.stage, Stage::PendingApproval { .. } | Stage::Approved { .. });
        coding.of_line(line, currency).cloned().or_else(|| coding.stretched(line, currency).filter(|_| is_in_approval))
    }
}

//! What a policy may ask about an invoice, and the conditions of its rules over that.

use serde::{Deserialize, Serialize};

use crate::chart::Code;
use crate::ids::{UserId, VendorId};
use crate::invoice::{ExceptionKind, Source};
use crate::ledger::{MissingRate, Translation};
use crate::money::{Currency, Money};
use crate::vendor::RiskClass;

/// An invoice as the policy sees it, taken when approval is asked and kept with the round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The gross amount as the document states it.
    pub gross: Money,
    /// The same in the currency of the policy, at the rate of the invoice's date; absent where no rate is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The amount with the vendor's other invoices of the policy's window; absent where one of them cannot be converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_recent: Option<Money>,
    /// What `amount` was reckoned by; absent where there was nothing to convert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Translation>,
    /// Who alone had stated that rate, or one that it was made from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rate_stated_by: Vec<UserId>,
    /// The first rate that one of the amounts waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_missing: Option<MissingRate>,
    pub vendor_id: VendorId,
    pub source: Channel,
    /// The kinds of exception that the invoice ever had, also those that were resolved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<ExceptionKind>,
    /// No invoice of this vendor was approved before.
    #[serde(default)]
    pub new_vendor: bool,
    /// The vendor's bank data changed within the policy's `bank_change_days`, or at all where it states none.
    #[serde(default)]
    pub bank_changed: bool,
    /// What the lines are coded to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<Code>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cost_centres: Vec<Code>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<Code>,
    /// What it is of: of each line the group of its item, else that of the vendor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// A line is of none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncategorised: bool,
    /// As it was stated of the vendor; the riskier one while only its maker has seen a change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_risk: Option<RiskClass>,
}

/// How an invoice came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Typed in or sent by a program.
    Json,
    /// As rows of an imported sheet.
    Sheet,
    /// By itself, from what was arranged to recur.
    Recurring,
    /// As an electronic document.
    Document,
}

impl From<&Source> for Channel {
    fn from(source: &Source) -> Self {
        match source {
            Source::Json => Self::Json,
            Source::Sheet { .. } => Self::Sheet,
            Source::Recurring { .. } => Self::Recurring,
            Source::Document { .. } => Self::Document,
        }
    }
}

/// Conditions that must all hold; one that is left out holds always, a list holds when it names the invoice's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct When {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vendors: Vec<VendorId>,
    /// The currencies that the invoice is in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub currencies: Vec<Currency>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Channel>,
    /// The invoice has or had an exception of one of these kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<ExceptionKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_vendor: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_changed: Option<bool>,
    /// Something on the invoice is coded to one of these accounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<Code>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cost_centres: Vec<Code>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<Code>,
    /// A line is of one of these: by the group of its item, or of the vendor where that has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(example = json!(["metal"])))]
    pub categories: Vec<String>,
    /// The vendor is held to be of one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vendor_risks: Vec<RiskClass>,
}

impl When {
    pub fn is_always(&self) -> bool {
        *self == Self::default()
    }

    pub fn holds(&self, facts: &Facts) -> bool {
        let Self { vendors, currencies, sources, exceptions, new_vendor, bank_changed, .. } = self;
        let Self { accounts, cost_centres, projects, categories, vendor_risks, .. } = self;
        names(vendors, &[facts.vendor_id])
            && names(currencies, &[facts.gross.currency()])
            && names(sources, &[facts.source])
            && names(exceptions, &facts.exceptions)
            && names(accounts, &facts.accounts)
            && names(cost_centres, &facts.cost_centres)
            && names(projects, &facts.projects)
            && names(categories, &facts.categories)
            && names(vendor_risks, facts.vendor_risk.as_slice())
            && new_vendor.is_none_or(|wanted| wanted == facts.new_vendor)
            && bank_changed.is_none_or(|wanted| wanted == facts.bank_changed)
    }
}

impl Facts {
    /// What all of it is of; nothing where a line is of nothing.
    pub fn whole_categories(&self) -> &[String] {
        if self.uncategorised { &[] } else { &self.categories }
    }
}

fn names<T: PartialEq>(wanted: &[T], has: &[T]) -> bool {
    wanted.is_empty() || has.iter().any(|value| wanted.contains(value))
}

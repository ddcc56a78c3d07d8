//! The limits of one rule, what the rule is for, and where a limit came from.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, VendorId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ToleranceRule {
    pub applies: Applies,
    pub limits: Limits,
}

/// What a rule is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Applies {
    VendorItem {
        vendor_id: VendorId,
        item_id: ItemId,
    },
    Item(ItemId),
    ItemGroup(String),
    Vendor(VendorId),
    VendorGroup(String),
    /// Everything that no other rule speaks of.
    Tenant,
}

impl Applies {
    /// Whom and what it is for by name.
    pub fn named(&self) -> (Option<VendorId>, Option<ItemId>) {
        match self {
            Self::VendorItem { vendor_id, item_id } => (Some(*vendor_id), Some(*item_id)),
            Self::Item(item_id) => (None, Some(*item_id)),
            Self::Vendor(vendor_id) => (Some(*vendor_id), None),
            Self::ItemGroup(_) | Self::VendorGroup(_) | Self::Tenant => (None, None),
        }
    }
}

/// Which rule a limit came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LimitSource {
    VendorItem,
    Item,
    ItemGroup,
    Vendor,
    VendorGroup,
    Tenant,
    /// No rule states it: nothing is tolerated.
    Strict,
}

/// What is not stated here is looked for in the next rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// How far a unit price may lie above the order's: both of the band's limits must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_up: Option<Band>,
    /// How far below. Where nothing states it, a lower price is told and holds nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_down: Option<Band>,
    /// Percent of the ordered quantity that may be invoiced beyond it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "2"))]
    pub quantity_ordered_percent: Option<Decimal>,
    /// Percent of the received quantity that may be invoiced beyond it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "0"))]
    pub quantity_received_percent: Option<Decimal>,
    /// How far all invoices of an order line may go beyond its net amount: the lower of the band's limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_total: Option<Band>,
    /// Net amount times days that an invoice may come before the agreed date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "5000"))]
    pub schedule_product: Option<Decimal>,
    /// How much of a charge that the order does not know is let through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "10.00"))]
    pub small_charge_amount: Option<Decimal>,
}

/// A limit in percent, as an amount in the order's currency, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Band {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "5"))]
    pub percent: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "50.00"))]
    pub amount: Option<Decimal>,
}

/// What a limit is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub vendor_id: VendorId,
    pub vendor_group: Option<&'a str>,
    pub item_id: Option<ItemId>,
    pub item_group: Option<&'a str>,
}

impl LimitSource {
    /// The order in which rules are asked.
    pub const STATED: [Self; 6] = [Self::VendorItem, Self::Item, Self::ItemGroup, Self::Vendor, Self::VendorGroup, Self::Tenant];
}

impl Applies {
    pub fn source(&self) -> LimitSource {
        match self {
            Self::VendorItem { .. } => LimitSource::VendorItem,
            Self::Item(_) => LimitSource::Item,
            Self::ItemGroup(_) => LimitSource::ItemGroup,
            Self::Vendor(_) => LimitSource::Vendor,
            Self::VendorGroup(_) => LimitSource::VendorGroup,
            Self::Tenant => LimitSource::Tenant,
        }
    }

    pub fn covers(&self, subject: &Subject<'_>) -> bool {
        match self {
            Self::VendorItem { vendor_id, item_id } => *vendor_id == subject.vendor_id && Some(*item_id) == subject.item_id,
            Self::Item(item) => Some(*item) == subject.item_id,
            Self::ItemGroup(group) => Some(group.as_str()) == subject.item_group,
            Self::Vendor(vendor) => *vendor == subject.vendor_id,
            Self::VendorGroup(group) => Some(group.as_str()) == subject.vendor_group,
            Self::Tenant => true,
        }
    }
}

impl Limits {
    pub(super) fn any_negative(&self) -> bool {
        let bands = [self.price_up, self.price_down, self.line_total].into_iter().flatten();
        let plain = [self.quantity_ordered_percent, self.quantity_received_percent, self.schedule_product, self.small_charge_amount];
        bands.flat_map(|band| [band.percent, band.amount]).chain(plain).flatten().any(|limit| limit < Decimal::ZERO)
    }
}

impl Band {
    /// States nothing.
    pub const NONE: Self = Self { percent: None, amount: None };
    /// Tolerates nothing.
    pub const STRICT: Self = Self { percent: Some(Decimal::ZERO), amount: Some(Decimal::ZERO) };

    /// The lower of both limits for something worth `base`.
    pub fn lowest(&self, base: Decimal) -> Option<Decimal> {
        let by_percent = self.percent.map(|percent| share(base, percent));
        by_percent.into_iter().chain(self.amount).min()
    }
}

/// `percent` of `base`, unrounded.
pub(crate) fn share(base: Decimal, percent: Decimal) -> Decimal {
    base.saturating_mul(percent / Decimal::ONE_HUNDRED)
}

//! Whether a discount that is taken reduces the tax that the company deducts.

use serde::{Deserialize, Serialize};

use crate::party::Address;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DiscountTax {
    /// Part of every discount is then tax, which is deducted no longer. It holds for invoices that come in from then on.
    pub reduces_input_tax: bool,
}

/// Article 90 of the VAT directive (such as § 17 UStG), section 87 of the British act, article 41 of the Swiss and Liechtenstein ones.
const REDUCING: [&str; 32] = [
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IM", "IT", "LI", "LT", "LU",
    "LV", "MC", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

impl DiscountTax {
    /// What holds in the company's country as long as it has said nothing; nothing is corrected where that is not known.
    pub fn usual_in(address: &Address) -> Self {
        let country = address.country.as_deref().map(str::to_ascii_uppercase);
        Self { reduces_input_tax: country.is_some_and(|country| REDUCING.contains(&country.as_str())) }
    }
}

//! stub
use serde::{Deserialize, Serialize};
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BankAccount {
    pub iban: String,
}
impl BankAccount {
    pub fn canonical(&self) -> String {
        self.iban.clone()
    }
}

//! Saved ways to read files of invoices, by their names.

use quittance_domain::RefusalKind;
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{ImportMappingId, TenantId};
use quittance_domain::import_mapping::ImportMapping;
use quittance_domain::invoice_import::{SavedMapping, SheetMapping};

use crate::commands::Commands;
use crate::failure::{Failure, Refused};

/// One name of one company has one id.
pub fn mapping_id(tenant: TenantId, name: &str) -> ImportMappingId {
    ImportMappingId(derived_id(&[b"import mapping", tenant.0.as_bytes(), name.as_bytes()]))
}

/// How a file is read, and whether that was saved under a name.
#[derive(Clone, Debug, Default)]
pub struct WayToRead {
    pub mapping: Option<SheetMapping>,
    pub saved: Option<SavedMapping>,
}

impl WayToRead {
    pub fn stated(mapping: Option<SheetMapping>) -> Self {
        Self { mapping, saved: None }
    }

    /// What the name means now.
    pub async fn saved(commands: &Commands, tenant: TenantId, name: &str) -> Result<Self, Failure> {
        let (found, _) = commands.state_of::<ImportMapping>(tenant, mapping_id(tenant, name).0).await?;
        match &*found {
            ImportMapping::Saved { version, mapping } => {
                let saved = SavedMapping { name: name.to_owned(), version: *version };
                Ok(Self { mapping: Some(mapping.as_ref().clone()), saved: Some(saved) })
            }
            ImportMapping::NotSaved => {
                let detail = format!("no mapping was saved under the name {name}");
                Err(Refused::new("import_mapping_missing", RefusalKind::Invalid, detail).at("/saved_mapping").into())
            }
        }
    }
}

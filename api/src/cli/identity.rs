//! `quittance tenant identify`: who the company is in law, by the key of somebody who may say so.

use clap::Args;
use quittance_domain::party::Address;
use quittance_domain::tenant::{CompanyIdentity, Tenant, TenantCommand};

use super::people::{Place, within_limits};
use super::session::{Key, Session};
use super::words::readable;
use crate::system::System;

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    key: Key,
    /// The registered name.
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    vat_id: Option<String>,
    #[arg(long)]
    tax_registration: Option<String>,
    /// The number in the register of companies.
    #[arg(long)]
    legal_id: Option<String>,
    #[command(flatten)]
    place: Place,
}

impl Arguments {
    /// Does it; what is to be printed.
    pub async fn carried_out(self, system: &System) -> anyhow::Result<String> {
        let session = Session::begin(system, &self.key).await?;
        session.may("change_company_identity")?;
        let tenant = session.caller.tenant;
        let (state, _) = system.commands.state_of::<Tenant>(tenant, tenant.0).await.map_err(readable)?;
        let identity = self.over(state.company()?.identity());
        within_limits(&said(&identity))?;
        let ctx = session.context().await?;
        let change = TenantCommand::ChangeIdentity { identity: identity.clone(), by: ctx.actor };
        system.start_workers().await?;
        let receipt = system.commands.execute::<Tenant>(&ctx, tenant, change).await.map_err(readable)?;
        system.settled(tenant, receipt.position).await?;
        Ok(format!("tenant   {tenant}   is {}", identity.name))
    }

    /// What is said in place of what was known.
    fn over(self, known: CompanyIdentity) -> CompanyIdentity {
        let Place { country, city, postal_code, street } = self.place;
        let before = known.address;
        let address = Address {
            lines: street.map_or(before.lines, |street| vec![street]),
            city: city.or(before.city),
            postal_code: postal_code.or(before.postal_code),
            subdivision: before.subdivision,
            country: country.map(|country| country.to_string()).or(before.country),
        };
        CompanyIdentity {
            name: self.name.unwrap_or(known.name),
            vat_id: self.vat_id.or(known.vat_id),
            tax_registration: self.tax_registration.or(known.tax_registration),
            legal_id: self.legal_id.or(known.legal_id),
            address,
        }
    }
}

fn said(identity: &CompanyIdentity) -> Vec<(&str, &str)> {
    let CompanyIdentity { name, vat_id, tax_registration, legal_id, address } = identity;
    let optional = [
        ("--vat-id", vat_id),
        ("--tax-registration", tax_registration),
        ("--legal-id", legal_id),
        ("--city", &address.city),
        ("--postal-code", &address.postal_code),
    ];
    let given = optional.into_iter().filter_map(|(option, text)| Some((option, text.as_deref()?)));
    let streets = address.lines.iter().map(|line| ("--street", line.as_str()));
    std::iter::once(("--name", name.as_str())).chain(given).chain(streets).collect()
}

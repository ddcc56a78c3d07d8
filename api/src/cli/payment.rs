//! `quittance payment proof`: the signed proof of a payment, for whoever was paid.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use quittance_domain::ids::{PaymentId, VendorId};

use super::session::{Key, Session};
use super::words::{problem, tell};
use crate::routes::payment::proof::{Transfers, proof_of, signed};
use crate::settings::Settings;
use crate::system::System;

#[derive(Subcommand)]
pub enum PaymentCommand {
    /// What is known of a payment, signed: `quittance verify-proof` and any JWS library verify it.
    Proof(ProofArguments),
}

#[derive(Args)]
pub struct ProofArguments {
    #[command(flatten)]
    key: Key,
    /// The payment.
    payment: PaymentId,
    /// Whose proof it is to be; needed where the payment pays several vendors.
    #[arg(long)]
    vendor: Option<VendorId>,
    /// Only this transfer.
    #[arg(long, value_name = "ID")]
    end_to_end_id: Option<String>,
    /// The document itself, not signed.
    #[arg(long)]
    json: bool,
    /// Where it goes; standard output where absent.
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
}

pub async fn run(settings: Settings, command: PaymentCommand) -> anyhow::Result<()> {
    let told = System::at_work(settings, async |system| command.carried_out(system).await).await?;
    tell(told.as_bytes())
}

impl PaymentCommand {
    /// Does it; what is to be printed.
    pub async fn carried_out(self, system: &System) -> anyhow::Result<String> {
        let Self::Proof(ProofArguments { key, payment, vendor, end_to_end_id, json, into }) = self;
        let session = Session::begin(system, &key).await?;
        session.may("get_payment_proof")?;
        let transfers = Transfers { vendor_id: vendor, end_to_end_id };
        let proof = proof_of(system, session.caller.tenant, payment, &transfers).await.map_err(problem)?;
        let text = if json { serde_json::to_string_pretty(&proof)? } else { signed(system, &proof).map_err(problem)? };
        let Some(into) = into else { return Ok(format!("{text}\n")) };
        std::fs::write(&into, format!("{text}\n")).with_context(|| format!("{} cannot be written", into.display()))?;
        Ok(format!("{}: {} to {}, {}\n", into.display(), proof.amount, proof.payee, proof.state))
    }
}

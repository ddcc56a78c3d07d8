//! `quittance verify-proof`: what a signed proof of payment proves, without a server and trusting nothing but the key.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use quittance_infrastructure::signed_documents::TrustedKeys;
use quittance_projections::payment_proof::{PaymentProof, ProofStep, ProvenTransfer};

use crate::routes::payment::proof::PROOF_TYPE;
use quittance_domain::limits::turns_writing;

/// Exit status: 0 it is what the signer said, 1 it is not.
#[derive(Args)]
pub struct VerifyProof {
    /// The signed proof.
    file: PathBuf,
    /// The signer's keys, as its server publishes them at /v1/signing-keys.
    #[arg(long, value_name = "FILE", required_unless_present = "public_key", conflicts_with = "public_key")]
    keys: Option<PathBuf>,
    /// The signer's key as PEM.
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
    /// The document as it was signed.
    #[arg(long)]
    json: bool,
}

impl VerifyProof {
    pub fn run(self) -> anyhow::Result<()> {
        print!("{}", self.told()?);
        Ok(())
    }

    /// What is proven, in words.
    pub fn told(&self) -> anyhow::Result<String> {
        let keys = match (&self.keys, &self.public_key) {
            (Some(path), _) => TrustedKeys::from_jwks(&read(path)?).with_context(|| path.display().to_string())?,
            (None, Some(path)) => TrustedKeys::from_pem(&read(path)?).with_context(|| path.display().to_string())?,
            (None, None) => anyhow::bail!("--keys or --public-key says whose signature it must be"),
        };
        let document = String::from_utf8(read(&self.file)?).context("a signed proof is text")?;
        let verified = keys.verify(PROOF_TYPE, document.trim_end()).with_context(|| format!("{} proves nothing", self.file.display()))?;
        let text = String::from_utf8(verified.payload).context("what was signed is no text")?;
        if self.json {
            return Ok(format!("{text}\n"));
        }
        let proof: PaymentProof =
            serde_json::from_str(&text).context("the signature is right, but this version cannot read the document")?;
        in_words(&proof, &verified.kid)
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn in_words(proof: &PaymentProof, kid: &str) -> anyhow::Result<String> {
    let said = chrono::DateTime::from_timestamp(proof.iat, 0).context("the day of the proof is out of range")?;
    let mut text = String::new();
    writeln!(text, "signed   by {}, key {kid}", clean(&proof.issuer.name))?;
    writeln!(text, "said     on {}, from position {} of the log", said.format("%Y-%m-%d %H:%M:%S UTC"), proof.position)?;
    writeln!(text, "payment  {}: {} pays {} {}", proof.payment_id, clean(&proof.payer), clean(&proof.payee), proof.amount)?;
    if let Some(file) = &proof.file {
        writeln!(text, "file     {}, SHA-256 {}", clean(&file.message_id), clean(&file.sha256))?;
    }
    proof.steps.iter().try_for_each(|step| of_step(&mut text, step))?;
    proof.transfers.iter().try_for_each(|transfer| of_transfer(&mut text, transfer))?;
    for credit in &proof.set_off {
        let of = if credit.payment_id.is_some() { "payment on account" } else { "credit note" };
        writeln!(text, "set off  {} of {of} {}", credit.amount, clean(&credit.credit_note_number))?;
    }
    writeln!(text, "state    {}", proof.state)?;
    Ok(text)
}

fn of_transfer(text: &mut String, transfer: &ProvenTransfer) -> std::fmt::Result {
    let to = transfer.account.as_ref().map(|account| format!(" to {}", clean(account))).unwrap_or_default();
    let by = transfer.proven_by.map(|by| format!(", proven by {by}")).unwrap_or_default();
    writeln!(text, "transfer {}{to}: {}, {}{by}", clean(&transfer.end_to_end_id), transfer.amount, transfer.state)?;
    let invoice = &transfer.invoice;
    writeln!(text, "  invoice {} of {}: {}", clean(&invoice.number), invoice.date, invoice.amount)?;
    if let Some(order) = &invoice.order {
        for line in &order.lines {
            writeln!(text, "  order {} line {}: {} of {}", clean(&order.number), line.line, line.quantity, clean(&line.description))?;
        }
    }
    for entry in &transfer.statement_entries {
        let reference = entry.bank_reference.as_ref().map(|reference| format!(", {}", clean(reference))).unwrap_or_default();
        let statement = entry.statement_id.clone().unwrap_or_else(|| entry.bank_statement_id.to_string());
        writeln!(text, "  statement {} line {}: {} on {}{reference}", clean(&statement), entry.line, entry.amount, entry.booked_on)?;
    }
    transfer.steps.iter().try_for_each(|step| {
        text.push_str("  ");
        of_step(text, step)
    })
}

fn of_step(text: &mut String, step: &ProofStep) -> std::fmt::Result {
    let day = step.value_date.map(|day| format!(", value date {day}")).unwrap_or_default();
    let words = [&step.status, &step.reason].into_iter().flatten().map(|word| format!(", {}", clean(word))).collect::<String>();
    writeln!(
        text,
        "{} at {} by {}, position {}{day}{words}",
        step.step,
        step.recorded_at.format("%Y-%m-%d %H:%M:%S"),
        step.by,
        step.position
    )
}

/// Names and references come from outside: nothing of them moves the terminal or begins a line of its own.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || turns_writing(c) { ' ' } else { c }).collect()
}

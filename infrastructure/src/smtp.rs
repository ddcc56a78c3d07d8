//! Mail over SMTP: by TLS from the first byte (`smtps://`), by STARTTLS (`smtp://…?tls=required`), or in clear on this machine.
//!
//! No password stands in a message of ours: what went wrong is told by the server's answer, or by the kind of trouble alone.

use std::time::Duration;

use anyhow::Context;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use quittance_application::mail::{Mail, MailTrouble, Mailer};
use quittance_application::ports::Later;
use url::Url;

const TIME_MAX: Duration = Duration::from_secs(30);
/// What is kept of a server's answer.
const WORDS_MAX: usize = 300;

pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
}

impl SmtpMailer {
    /// `from` is the address that all mail comes from.
    pub fn new(url: &str, from: &str) -> anyhow::Result<Self> {
        // Neither error may repeat the URL: a password stands in it.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).ok().context("QUITTANCE_SMTP_URL is no SMTP address")?;
        let from: Address = from.parse().ok().context("QUITTANCE_MAIL_FROM is no e-mail address")?;
        Ok(Self { transport: builder.timeout(Some(TIME_MAX)).build(), from })
    }

    fn message(&self, mail: &Mail) -> Result<(String, Message), MailTrouble> {
        let refused = |what: &str| MailTrouble::Refused(format!("{what} cannot stand in a mail"));
        let to: Address = mail.to.parse().map_err(|_| refused("the recipient"))?;
        let message_id = format!("<{}@{}>", mail.id, self.from.domain());
        let (name, pdf) = &mail.pdf;
        let pdf_type = ContentType::parse("application/pdf").map_err(|_| refused("the letter"))?;
        let body = MultiPart::mixed()
            .singlepart(SinglePart::plain(mail.text.clone()))
            .singlepart(Attachment::new(one_line(name)).body(pdf.clone(), pdf_type));
        let message = Message::builder()
            .message_id(Some(message_id.clone()))
            .date(mail.written_at.into())
            .from(Mailbox::new(Some(one_line(&mail.from)), self.from.clone()))
            .to(Mailbox::new(None, to))
            .subject(one_line(&mail.subject))
            .multipart(body);
        Ok((message_id, message.map_err(|_| refused("what was to be sent"))?))
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> Later<'a, Result<String, MailTrouble>> {
        Box::pin(async move {
            let (message_id, message) = self.message(mail)?;
            self.transport.send(message).await.map_err(trouble)?;
            Ok(message_id)
        })
    }

    fn reaches(&self) -> Later<'_, Result<(), MailTrouble>> {
        Box::pin(async move {
            match self.transport.test_connection().await {
                Ok(true) => Ok(()),
                Ok(false) => Err(MailTrouble::NotNow("the mail server does not answer".to_owned())),
                Err(error) => Err(trouble(error)),
            }
        })
    }
}

/// A no for ever is one; everything else may have been a yes.
fn trouble(error: SmtpError) -> MailTrouble {
    let words: String = one_line(&error.to_string()).chars().take(WORDS_MAX).collect();
    if error.is_permanent() { MailTrouble::Refused(words) } else { MailTrouble::NotNow(words) }
}

/// Names come from outside: none of them begins a header of its own.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Whether mail and password would be read along on the way to the server.
pub fn is_overheard(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let encrypted = url.scheme() == "smtps" || url.query_pairs().any(|(name, value)| name == "tls" && value == "required");
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    !encrypted && !local
}

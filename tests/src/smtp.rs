//! A mail server that keeps what it is sent, and has bad manners on demand.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How the next conversation goes; the usual way where nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    /// 451: not now.
    Busy,
    /// 550: never.
    Refuses,
    /// Hangs up before the mail has ended: it has nothing.
    HangsUpBefore,
    /// Hangs up when it has the whole mail, and says nothing.
    HangsUpAfter,
}

#[derive(Clone, Debug)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub data: String,
}

#[derive(Default)]
struct Kept {
    taken: Vec<Taken>,
    next: VecDeque<Manners>,
}

/// Ends with the runtime.
#[derive(Clone)]
pub struct SmtpSink {
    pub address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
}

impl SmtpSink {
    pub async fn open() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.expect("a port"))
    }

    pub fn on(listener: TcpListener) -> Self {
        let sink = Self { address: listener.local_addr().expect("an address"), kept: Arc::default() };
        let own = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let own = own.clone();
                tokio::spawn(async move { own.converse(stream).await });
            }
        });
        sink
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn next(&self, manners: Manners) {
        self.kept().next.push_back(manners);
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.kept().taken.clone()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        let (reads, mut writes) = stream.into_split();
        let mut lines = BufReader::new(reads).lines();
        let mut mail = Taken { from: String::new(), to: vec![], data: String::new() };
        writes.write_all(b"220 sink ESMTP\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            let (verb, rest) = line.split_once([' ', ':']).unwrap_or((&line, ""));
            let answer: &[u8] = match verb.to_ascii_uppercase().as_str() {
                "EHLO" | "HELO" => b"250-sink\r\n250-8BITMIME\r\n250 SIZE 33554432\r\n",
                "MAIL" => {
                    mail.from = between(rest).to_owned();
                    b"250 ok\r\n"
                }
                "RCPT" => {
                    let refused = [Manners::Busy, Manners::Refuses].into_iter().find(|manners| self.behaves(*manners));
                    match refused {
                        Some(Manners::Busy) => b"451 try again later\r\n",
                        Some(_) => b"550 no such user here\r\n",
                        None => {
                            mail.to.push(between(rest).to_owned());
                            b"250 ok\r\n"
                        }
                    }
                }
                "DATA" => {
                    writes.write_all(b"354 go on\r\n").await?;
                    while let Some(line) = lines.next_line().await? {
                        if line == "." {
                            break;
                        }
                        if self.behaves(Manners::HangsUpBefore) {
                            return Ok(());
                        }
                        mail.data.push_str(line.strip_prefix('.').unwrap_or(&line));
                        mail.data.push_str("\r\n");
                    }
                    self.kept().taken.push(mail.clone());
                    if self.behaves(Manners::HangsUpAfter) {
                        return Ok(());
                    }
                    b"250 queued\r\n"
                }
                "QUIT" => {
                    writes.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => b"250 ok\r\n",
            };
            writes.write_all(answer).await?;
        }
        Ok(())
    }

    /// Whether this is how it goes now; it is once.
    fn behaves(&self, manners: Manners) -> bool {
        let mut kept = self.kept();
        let now = kept.next.front() == Some(&manners);
        if now {
            kept.next.pop_front();
        }
        now
    }
}

fn between(text: &str) -> &str {
    text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(text, |(address, _)| address)
}

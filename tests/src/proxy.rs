//! A proxy between the engine and its database: answers come late, and connections can be cut, all at once or at a
//! given request.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

pub struct Proxy {
    admin: PgConnectOptions,
    port: u16,
    cuts: watch::Sender<u64>,
    delay: Arc<AtomicU64>,
    fuse: Arc<Fuse>,
}

/// What is lost at the request that a fuse is set for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// It does not reach the server.
    Request,
    /// The server has done as asked, and nobody hears of it.
    Answer,
}

/// Counts requests, and at one of them cuts every connection; until it is mended there are no new ones.
#[derive(Default)]
struct Fuse {
    set: Mutex<Option<(u32, Lost)>>,
    blown: watch::Sender<bool>,
}

impl Fuse {
    /// One more request: what becomes of it?
    fn counts(&self) -> Option<Lost> {
        let mut set = self.set.lock().expect("nobody panicked");
        match &mut *set {
            Some((0, lost)) => {
                let lost = *lost;
                *set = None;
                Some(lost)
            }
            Some((left, _)) => {
                *left -= 1;
                None
            }
            None => None,
        }
    }
}

impl Proxy {
    pub async fn before(admin: &PgConnectOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let folder = admin.get_socket().expect("an embedded server listens on a socket");
        let socket = folder.join(format!(".s.PGSQL.{}", admin.get_port()));
        let cuts = watch::Sender::new(0);
        let (delay, fuse): (_, Arc<Fuse>) = Default::default();
        tokio::spawn(serve(listener, socket, Arc::clone(&delay), cuts.clone(), fuse.clone()));
        Self { admin: admin.clone(), port, cuts, delay, fuse }
    }

    /// The same database, through the proxy.
    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port)
            .username(self.admin.get_username())
            .database(self.admin.get_database().expect("a database"))
            .ssl_mode(PgSslMode::Disable)
    }

    /// The same as an address, for a server that is a process of its own.
    pub fn address(&self) -> String {
        let database = self.admin.get_database().expect("a database");
        format!("postgres://{}@127.0.0.1:{}/{database}?sslmode=disable", self.admin.get_username(), self.port)
    }

    /// From now on the server's answers take this much longer.
    pub fn delay(&self, delay: Duration) {
        self.delay.store(delay.as_micros() as u64, Ordering::Relaxed);
    }

    /// Every connection that is open now is lost.
    pub fn cut(&self) {
        self.cuts.send_modify(|n| *n += 1);
    }

    /// After this many more requests everything is cut.
    pub fn cut_at(&self, request: u32, lost: Lost) {
        *self.fuse.set.lock().expect("nobody panicked") = Some((request, lost));
    }

    /// Waits until it has been.
    pub async fn is_cut(&self) {
        self.fuse.blown.subscribe().wait_for(|blown| *blown).await.expect("the proxy lives");
    }

    /// Connections are possible again, and none will be cut. Tells whether they had been.
    pub fn mend(&self) -> bool {
        *self.fuse.set.lock().expect("nobody panicked") = None;
        self.fuse.blown.send_replace(false)
    }
}

async fn serve(listener: TcpListener, socket: PathBuf, delay: Arc<AtomicU64>, cuts: watch::Sender<u64>, fuse: Arc<Fuse>) {
    while let Ok((client, _)) = listener.accept().await {
        if *fuse.blown.borrow() {
            continue;
        }
        let mut cut = cuts.subscribe();
        let (socket, delay, cuts, fuse) = (socket.clone(), delay.clone(), cuts.clone(), fuse.clone());
        tokio::spawn(async move {
            let Ok(server) = UnixStream::connect(&socket).await else { return };
            tokio::select! {
                blown = forward(client, server, &delay, &fuse) => if blown {
                    fuse.blown.send_replace(true);
                    cuts.send_modify(|n| *n += 1);
                },
                _ = cut.changed() => {}
            }
        });
    }
}

/// Tells whether the fuse has blown.
async fn forward(client: TcpStream, server: UnixStream, delay: &AtomicU64, fuse: &Fuse) -> bool {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) = (client.into_split(), server.into_split());
    let withheld = AtomicBool::new(false);
    let requests = async {
        let mut bytes = vec![0; 65_536];
        while let Ok(n @ 1..) = from_client.read(&mut bytes).await {
            let lost = fuse.counts();
            if lost == Some(Lost::Request) {
                return true;
            }
            withheld.fetch_or(lost.is_some(), Ordering::Relaxed);
            if to_server.write_all(&bytes[..n]).await.is_err() {
                return false;
            }
        }
        false
    };
    let answers = async {
        let mut bytes = vec![0; 65_536];
        while let Ok(n @ 1..) = from_server.read(&mut bytes).await {
            if withheld.load(Ordering::Relaxed) {
                return true;
            }
            if let late @ 1.. = delay.load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_micros(late)).await;
            }
            if to_client.write_all(&bytes[..n]).await.is_err() {
                return false;
            }
        }
        false
    };
    tokio::select! {
        blown = requests => blown,
        blown = answers => blown,
    }
}

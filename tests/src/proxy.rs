//! A proxy between the engine and its database: answers come late, and connections can be cut.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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
}

impl Proxy {
    pub async fn before(admin: &PgConnectOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let folder = admin.get_socket().expect("an embedded server listens on a socket");
        let socket = folder.join(format!(".s.PGSQL.{}", admin.get_port()));
        let cuts = watch::Sender::new(0);
        let delay = Arc::default();
        tokio::spawn(serve(listener, socket, Arc::clone(&delay), cuts.clone()));
        Self { admin: admin.clone(), port, cuts, delay }
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

    /// From now on the server's answers take this much longer.
    pub fn delay(&self, delay: Duration) {
        self.delay.store(delay.as_micros() as u64, Ordering::Relaxed);
    }

    /// Every connection that is open now is lost.
    pub fn cut(&self) {
        self.cuts.send_modify(|n| *n += 1);
    }
}

async fn serve(listener: TcpListener, socket: PathBuf, delay: Arc<AtomicU64>, cuts: watch::Sender<u64>) {
    while let Ok((client, _)) = listener.accept().await {
        let mut cut = cuts.subscribe();
        let (socket, delay) = (socket.clone(), delay.clone());
        tokio::spawn(async move {
            let Ok(server) = UnixStream::connect(&socket).await else { return };
            tokio::select! {
                _ = forward(client, server, &delay) => {}
                _ = cut.changed() => {}
            }
        });
    }
}

async fn forward(client: TcpStream, server: UnixStream, delay: &AtomicU64) {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) = (client.into_split(), server.into_split());
    let answers = async {
        let mut bytes = vec![0; 65_536];
        while let Ok(n @ 1..) = from_server.read(&mut bytes).await {
            if let late @ 1.. = delay.load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_micros(late)).await;
            }
            if to_client.write_all(&bytes[..n]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        _ = tokio::io::copy(&mut from_client, &mut to_server) => {}
        () = answers => {}
    }
}

//! A PgBouncer in transaction mode in front of a test's database: few server connections, whichever is free for each transaction.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::unistd::{User, geteuid};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

use crate::postgres::TestDatabase;

pub struct Pooler {
    process: Child,
    folder: TempDir,
    database: String,
}

/// Server connections of each role: far fewer than clients, so that they meet each other's.
const SERVER_CONNECTIONS: u32 = 3;
const PORT: u16 = 6432;

impl Pooler {
    pub async fn before(database: &TestDatabase) -> Self {
        let folder = tempfile::Builder::new().prefix("pool").tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let socket = database.admin.get_socket().expect("an embedded server");
        // No setting of a connection is let pass that a pooler does not know by itself.
        let settings = format!(
            "[databases]\n* = host={socket} port={port}\n[pgbouncer]\nlisten_addr =\nlisten_port = {PORT}\nunix_socket_dir = {folder}\n\
             auth_type = trust\nauth_file = {users}\npool_mode = transaction\ndefault_pool_size = {SERVER_CONNECTIONS}\nmax_client_conn = 500\n",
            socket = socket.display(),
            port = database.admin.get_port(),
            folder = folder.path().display(),
            users = path("users"),
        );
        fs::write(path("users"), "\"q_app\" \"\"\n\"q_projector\" \"\"\n").expect("users");
        fs::write(path("settings"), settings).expect("settings");
        let mut command = Command::new("pgbouncer");
        if geteuid().is_root() {
            // It does not run as root, but as whoever the server runs as, and makes its socket here.
            fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).expect("a folder for everybody");
            let server = fs::metadata(socket).expect("the server's folder").uid();
            let server = User::from_uid(server.into()).ok().flatten().expect("the server's account");
            command.args(["-u", &server.name]);
        }
        let command = command.arg("-q").arg(path("settings")).stdout(Stdio::null()).stderr(Stdio::inherit());
        let process = command.spawn().unwrap_or_else(|e| panic!("pgbouncer does not run ({e}): install the Debian package pgbouncer"));
        let pooler = Self { process, folder, database: database.name.clone() };
        pooler.answers().await;
        pooler
    }

    /// The way to the database through it.
    pub fn options(&self) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass().socket(self.folder.path()).port(PORT).database(&self.database);
        options.ssl_mode(PgSslMode::Disable)
    }

    async fn answers(&self) {
        for _ in 0..600 {
            let options = self.options().username("q_app").extra_float_digits(None);
            match options.connect().await {
                Ok(connection) => return connection.close().await.expect("it closes"),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        panic!("pgbouncer does not answer");
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

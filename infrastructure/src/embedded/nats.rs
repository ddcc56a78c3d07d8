//! A NATS server with JetStream of our own on loopback. It ends with the process that made it, however that ends.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use nix::sys::signal::Signal;
use serde::Deserialize;

use super::{
    binaries::find_nats,
    error::{Doing, EmbeddedError},
    locks,
    process::{log_since, signal},
    search::Search,
    watchdog::Watchdog,
};

const PATIENCE: Duration = Duration::from_secs(30);
const USER: &str = "quittance";
/// The server's own default, 1 MiB, is less than an invoice of a few thousand lines.
const MESSAGE_BYTES_MAX: usize = 8 << 20;

#[derive(Clone, Debug)]
pub struct NatsSettings {
    /// Holds the store, the configuration and the log.
    pub directory: PathBuf,
    /// A free port if none is given.
    pub port: Option<u16>,
    pub search: Search,
}

impl NatsSettings {
    pub fn kept_in(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), port: None, search: Search::from_env() }
    }
}

/// The server, running or killed. Dropping it stops the server.
#[derive(Debug)]
pub struct EmbeddedNats {
    program: PathBuf,
    directory: PathBuf,
    port: u16,
    password: String,
    /// Two servers on one store would destroy it. The watchdog holds it as well, until the server is gone.
    lock: File,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    /// Let go after the child was waited for: it kills whoever has the child's number.
    watchdog: Watchdog,
}

impl EmbeddedNats {
    pub async fn start(settings: NatsSettings) -> Result<Self, EmbeddedError> {
        let task = tokio::task::spawn_blocking(move || Self::start_blocking(settings));
        task.await.map_err(|_| EmbeddedError::TaskLost)?
    }

    pub fn start_blocking(settings: NatsSettings) -> Result<Self, EmbeddedError> {
        let directory = settings.directory;
        fs::create_dir_all(&directory).doing(|| format!("creating {}", directory.display()))?;
        let directory = directory.canonicalize().doing(|| format!("locating {}", directory.display()))?;
        let program = find_nats(&settings.search)?;
        let lock = locks::exclusive(&directory.join("lock"), PATIENCE)?;
        let port = settings.port.unwrap_or(0);
        let mut server = Self { program, directory, port, password: random_password()?, lock, running: None };
        server.restart()?;
        Ok(server)
    }

    /// Where to connect; [`Self::credentials`] are wanted there.
    pub fn address(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// User and password, new with every start: the port is open to everybody on this machine, the server is not.
    pub fn credentials(&self) -> (&str, &str) {
        (USER, &self.password)
    }

    /// Address and credentials in one, for other programs. (async-nats ignores credentials in an address.)
    pub fn url(&self) -> String {
        format!("nats://{USER}:{}@127.0.0.1:{}", self.password, self.port)
    }

    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.child.id())
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.end(Signal::SIGKILL);
    }

    /// Shuts down in order; [`Self::restart`] brings it back.
    pub fn stop(&mut self) {
        self.end(Signal::SIGTERM);
    }

    /// Forgets every stream and message, as a courier that lost its bag.
    pub fn wipe(&self) -> Result<(), EmbeddedError> {
        if self.running.is_some() {
            return Err(EmbeddedError::StillRunning);
        }
        let store = self.store();
        match store.exists() {
            true => fs::remove_dir_all(&store).doing(|| format!("emptying {}", store.display())),
            false => Ok(()),
        }
    }

    /// Starts the killed or stopped server again on the same port, with the same password and store.
    pub fn restart(&mut self) -> Result<(), EmbeddedError> {
        self.stop();
        self.write_config()?;
        let log = self.directory.join("nats.log");
        let log_from = log.metadata().map_or(0, |metadata| metadata.len());
        let running = self.spawn(&log)?;
        let pid = running.child.id();
        self.running = Some(running);
        match self.wait_until_ready(pid) {
            Some(port) => {
                self.port = port;
                Ok(())
            }
            None => {
                self.kill();
                let output = log_since(&log, log_from);
                Err(EmbeddedError::DidNotStart { server: "nats-server", seconds: PATIENCE.as_secs(), output })
            }
        }
    }

    fn store(&self) -> PathBuf {
        self.directory.join("store")
    }

    fn spawn(&self, log: &Path) -> Result<Running, EmbeddedError> {
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(self.config()).arg("-l").arg(log).current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().doing(|| format!("starting {}", self.program.display()))?;
        match self.set_watchdog(child.id()) {
            Ok(watchdog) => Ok(Running { child, watchdog }),
            Err(error) => {
                child.kill().and_then(|()| child.wait()).doing(|| "stopping nats-server".into())?;
                Err(error)
            }
        }
    }

    fn set_watchdog(&self, pid: u32) -> Result<Watchdog, EmbeddedError> {
        const SCRIPT: &str = r#"kill -KILL "$1" && for _ in $(seq 500); do kill -0 "$1" || break; sleep 0.02; done"#;
        let set = || Watchdog::set(SCRIPT, &[pid.to_string().as_ref()], self.lock.try_clone()?.into());
        set().doing(|| "starting the watchdog".into())
    }

    fn end(&mut self, how: Signal) {
        let Some(Running { mut child, watchdog }) = self.running.take() else { return };
        let pid = child.id().cast_signed();
        signal(pid, how);
        let ended = match how {
            Signal::SIGKILL => child.wait().map(|_| ()),
            _ => wait_or_kill(&mut child),
        };
        if let Err(error) = ended {
            tracing::warn!(%error, "nats-server was lost");
        }
        watchdog.call_off();
    }

    fn config(&self) -> PathBuf {
        self.directory.join("nats.conf")
    }

    /// In a file because the command line of a process is for everybody to read.
    fn write_config(&self) -> Result<(), EmbeddedError> {
        let port = if self.port == 0 { "-1".to_owned() } else { self.port.to_string() };
        let text = format!(
            "listen: \"127.0.0.1:{port}\"\nports_file_dir: {directory}\njetstream {{ store_dir: {store} }}\n\
             max_payload: {MESSAGE_BYTES_MAX}\n\
             authorization {{ user: {USER}, password: {password} }}\n",
            directory = quoted(&self.directory),
            store = quoted(&self.store()),
            password = serde_json::Value::from(self.password.as_str()),
        );
        let path = self.config();
        let mut options = OpenOptions::new();
        let file = options.create(true).write(true).truncate(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes())).doing(|| format!("writing {}", path.display()))
    }

    /// The port that the server took, once it greets.
    fn wait_until_ready(&mut self, pid: u32) -> Option<u16> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let exited = self.running.as_mut()?.child.try_wait();
            if !matches!(exited, Ok(None)) {
                return None;
            }
            if let Some(port) = self.port_of(pid).filter(|port| greets(*port)) {
                return Some(port);
            }
            sleep(Duration::from_millis(10));
        }
        None
    }

    /// nats-server writes its addresses to `<program>_<pid>.ports`.
    fn port_of(&self, pid: u32) -> Option<u16> {
        #[derive(Deserialize)]
        struct Addresses {
            nats: Vec<String>,
        }
        let program = self.program.file_name()?.to_string_lossy();
        let text = fs::read(self.directory.join(format!("{program}_{pid}.ports"))).ok()?;
        let addresses: Addresses = serde_json::from_slice(&text).ok()?;
        addresses.nats.first()?.rsplit(':').next()?.parse().ok()
    }
}

impl Drop for EmbeddedNats {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A lame shutdown is cut short.
fn wait_or_kill(child: &mut Child) -> std::io::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(10);
    while child.try_wait()?.is_none() {
        if Instant::now() >= deadline {
            child.kill()?;
            return child.wait().map(|_| ());
        }
        sleep(Duration::from_millis(10));
    }
    Ok(())
}

fn greets(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let greeting = || -> std::io::Result<String> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        Ok(line)
    };
    greeting().is_ok_and(|line| line.starts_with("INFO "))
}

fn quoted(path: &Path) -> serde_json::Value {
    path.to_string_lossy().into_owned().into()
}

fn random_password() -> Result<String, EmbeddedError> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other).doing(|| "asking for randomness".into())?;
    Ok(hex::encode(bytes))
}

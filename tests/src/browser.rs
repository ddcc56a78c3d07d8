//! A real Chromium without a window, driven over its debugging protocol: what a person would see, and what went wrong meanwhile.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PROGRAMS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Browser {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    sent: u64,
    /// Everything that the page asked for, by address.
    pub requested: Vec<String>,
    /// Errors of scripts, of the network and of the page's policies.
    pub errors: Vec<String>,
    loaded: bool,
    // Ends with the test.
    _process: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    pub async fn start() -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let mut process = spawned(profile.path());
        let stderr = process.stderr.take().expect("its messages");
        let mut lines = BufReader::new(stderr).lines();
        let listening = async {
            loop {
                let line = lines.next_line().await.expect("a line").expect("Chromium ended before it listened");
                if let Some(address) = line.strip_prefix("DevTools listening on ws://") {
                    return address.split('/').next().unwrap_or_default().to_owned();
                }
            }
        };
        let address = tokio::time::timeout(PATIENCE, listening).await.expect("Chromium listens");
        // Its pipe is read on, so that it never blocks on its own complaints.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let pages = reqwest::get(format!("http://{address}/json/list")).await.expect("a list").text().await.expect("text");
        let pages: Value = serde_json::from_str(&pages).expect("JSON");
        let page = pages.as_array().and_then(|all| all.iter().find(|p| p["type"] == "page")).expect("a page");
        let (socket, _) = connect_async(page["webSocketDebuggerUrl"].as_str().expect("an address")).await.expect("a connection");
        let mut browser = Self { socket, sent: 0, requested: vec![], errors: vec![], loaded: false, _process: process, _profile: profile };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.asks(&format!("{domain}.enable"), json!({})).await;
        }
        browser
    }

    async fn asks(&mut self, method: &str, params: Value) -> Value {
        self.sent += 1;
        let id = self.sent;
        let message = json!({ "id": id, "method": method, "params": params }).to_string();
        self.socket.send(Message::text(message)).await.expect("sent");
        loop {
            let heard = self.hears().await;
            if heard["id"] == id {
                assert!(heard["error"].is_null(), "{method}: {heard}");
                return heard["result"].clone();
            }
        }
    }

    async fn hears(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("in time").expect("open").expect("a message");
            if let Message::Text(text) = message {
                let heard: Value = serde_json::from_str(&text).expect("JSON");
                self.notes(&heard);
                return heard;
            }
        }
    }

    fn notes(&mut self, heard: &Value) {
        let params = &heard["params"];
        match heard["method"].as_str().unwrap_or_default() {
            "Page.loadEventFired" => self.loaded = true,
            "Network.requestWillBeSent" => self.requested.push(params["request"]["url"].as_str().unwrap_or_default().to_owned()),
            "Runtime.exceptionThrown" => self.errors.push(params.to_string()),
            "Runtime.consoleAPICalled" if params["type"] == "error" => self.errors.push(params.to_string()),
            "Log.entryAdded" if params["entry"]["level"] == "error" => self.errors.push(params["entry"].to_string()),
            _ => {}
        }
    }

    async fn until_loaded(&mut self) {
        while !self.loaded {
            self.hears().await;
        }
    }

    pub async fn opens(&mut self, address: &str) {
        self.loaded = false;
        let opened = self.asks("Page.navigate", json!({ "url": address })).await;
        assert!(opened["errorText"].is_null(), "{address}: {opened}");
        self.until_loaded().await;
    }

    /// Does something that leads to another page, and waits for it.
    pub async fn follows(&mut self, script: &str) {
        self.loaded = false;
        self.finds(script).await;
        self.until_loaded().await;
    }

    /// What an expression is worth in the page.
    pub async fn finds(&mut self, script: &str) -> Value {
        let found = self.asks("Runtime.evaluate", json!({ "expression": script, "returnByValue": true })).await;
        assert!(found["exceptionDetails"].is_null(), "{script}: {found}");
        found["result"]["value"].clone()
    }

    /// All that can be read on the page.
    pub async fn reads(&mut self) -> String {
        self.finds("document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    pub async fn is_as_wide_as(&mut self, width: u32, height: u32) {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.asks("Emulation.setDeviceMetricsOverride", screen).await;
    }

    pub async fn pictures(&mut self, file: &Path) {
        let picture = self.asks("Page.captureScreenshot", json!({ "captureBeyondViewport": true })).await;
        let bytes = base64::prelude::BASE64_STANDARD.decode(picture["data"].as_str().expect("a picture")).expect("base64");
        std::fs::write(file, bytes).expect("room for a picture");
    }
}

fn spawned(profile: &Path) -> Child {
    let arguments =
        ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-port=0"];
    let started = PROGRAMS.iter().find_map(|program| {
        let mut command = Command::new(program);
        command.args(arguments).arg(format!("--user-data-dir={}", profile.display())).arg("about:blank");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true).spawn().ok()
    });
    started.unwrap_or_else(|| panic!("no browser of {PROGRAMS:?} starts; install one: apt-get install chromium"))
}

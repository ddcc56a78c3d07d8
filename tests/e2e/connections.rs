//! A connection that sends no whole request does not stay, one that rests between two does for a while, and beyond the
//! bound the next one waits.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use quittance_api::connections::{Bounds, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const HEAD_WITHIN: Duration = Duration::from_millis(500);
/// Long against the time for a head, short against a test that hangs.
const PATIENCE: Duration = Duration::from_secs(20);
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n";

struct Server {
    address: std::net::SocketAddr,
    stop: CancellationToken,
    ended: tokio::task::JoinHandle<()>,
}

async fn server(at_once: usize) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (address, stop) = (listener.local_addr().expect("an address"), CancellationToken::new());
    let slow = || async { tokio::time::sleep(HEAD_WITHIN * 3).await };
    let app = Router::new().route("/", get(|| async { "whole" })).route("/slow", get(slow));
    let stopped = stop.clone().cancelled_owned();
    let bounds = Bounds { at_once, head_within: HEAD_WITHIN };
    Server { address, stop, ended: tokio::spawn(serve(listener, app, bounds, stopped)) }
}

async fn sends(address: std::net::SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    connection.write_all(bytes).await.expect("sent");
    connection
}

/// What comes until the server closes the connection.
async fn until_closed(connection: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    timeout(PATIENCE, connection.read_to_end(&mut bytes)).await.expect("the connection is closed").ok();
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn answer(connection: &mut TcpStream) -> String {
    let mut bytes = vec![0; 4096];
    let read = timeout(PATIENCE, connection.read(&mut bytes)).await.expect("an answer").expect("readable");
    String::from_utf8_lossy(&bytes[..read]).into_owned()
}

#[tokio::test]
async fn half_a_head_does_not_hold_a_connection() {
    let server = server(16).await;
    for half in [&b""[..], b"GET / HTTP/1.1\r\nHost: he"] {
        let told = until_closed(&mut sends(server.address, half).await).await;
        assert!(!told.contains("200"), "{told}");
    }
}

#[tokio::test]
async fn a_whole_request_is_answered_however_long_it_takes() {
    let server = server(16).await;
    let mut connection = sends(server.address, REQUEST).await;
    assert!(answer(&mut connection).await.ends_with("whole"));
    connection.write_all(b"GET /slow HTTP/1.1\r\nHost: here\r\n\r\n").await.expect("sent on the same connection");
    assert!(answer(&mut connection).await.starts_with("HTTP/1.1 200"));
    server.stop.cancel();
    timeout(PATIENCE, server.ended).await.expect("the server ends").expect("without a panic");
}

#[tokio::test]
async fn what_has_begun_ends_before_the_server_does() {
    let server = server(16).await;
    let mut connection = sends(server.address, b"GET /slow HTTP/1.1\r\nHost: here\r\n\r\n").await;
    tokio::time::sleep(HEAD_WITHIN).await;
    server.stop.cancel();
    timeout(PATIENCE, server.ended).await.expect("the server ends").expect("without a panic");
    assert!(until_closed(&mut connection).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn beyond_the_bound_the_next_one_waits_for_a_place() {
    let server = server(1).await;
    let first = TcpStream::connect(server.address).await.expect("a connection");
    let mut second = sends(server.address, REQUEST).await;
    let waited = timeout(HEAD_WITHIN / 5, second.read_u8()).await;
    assert!(waited.is_err(), "the only place is taken: {waited:?}");
    drop(first);
    assert!(answer(&mut second).await.starts_with("HTTP/1.1 200"));
}

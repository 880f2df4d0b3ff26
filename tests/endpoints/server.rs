//! A server on loopback whose answers a test writes, and which remembers what it was asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use polyclinic::network::spawn;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub authorization: Option<String>,
    pub body: Value,
    /// How many requests to this path came before it.
    pub number: usize,
}

/// What the server does about a request.
pub enum Reply {
    Json(Value),
    Text(&'static str),
    Status(u16, &'static str),
    /// With a header.
    Told(u16, &'static str, String),
    /// The start of an answer, and then nothing more.
    Stalled,
    /// The start of an answer, and then the connection is cut.
    Cut,
    /// Another reply, some time later.
    After(Duration, Box<Reply>),
}

/// A running server.
pub struct FakeServer {
    pub address: String,
    state: Arc<State>,
    serving: Mutex<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    asked: Mutex<Vec<Asked>>,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
}

type Script = Arc<dyn Fn(&Asked) -> Reply + Send + Sync>;

impl FakeServer {
    pub fn start(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let state = Arc::new(State::default());
        let listener = super::wait(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let serving = Mutex::new(serve(listener, state.clone(), Arc::new(script)));
        Self {
            address,
            state,
            serving,
        }
    }

    /// Closes the port: who connects now is refused.
    pub fn stop(&self) {
        self.serving.lock().unwrap().abort();
    }

    /// Opens the port again.
    pub async fn start_again(&self, script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) {
        let place = self.address.trim_start_matches("http://");
        let listener = TcpListener::bind(place).await.unwrap();
        *self.serving.lock().unwrap() = serve(listener, self.state.clone(), Arc::new(script));
    }

    /// All requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }

    /// How many requests a path got.
    pub fn count(&self, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.path == path).count()
    }

    /// The most requests that were being answered at one time.
    pub fn most_in_flight(&self) -> usize {
        self.state.most_in_flight.load(Ordering::SeqCst)
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn serve(listener: TcpListener, state: Arc<State>, script: Script) -> JoinHandle<()> {
    let router = Router::new().fallback(move |request: Request| answer(state.clone(), script.clone(), request));
    spawn(async move {
        axum::serve(listener, router).await.unwrap();
    })
    .unwrap()
}

async fn answer(state: Arc<State>, script: Script, request: Request) -> Response {
    let now = state.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
    state.most_in_flight.fetch_max(now, Ordering::SeqCst);
    let path = request.uri().path().to_owned();
    let authorization = request.headers().get("authorization");
    let authorization = authorization.map(|value| value.to_str().unwrap().to_owned());
    let bytes = axum::body::to_bytes(request.into_body(), usize::MAX)
        .await
        .unwrap_or_default();
    let asked = {
        let mut all = state.asked.lock().unwrap();
        let asked = Asked {
            number: all.iter().filter(|asked| asked.path == path).count(),
            path,
            authorization,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        };
        all.push(asked.clone());
        asked
    };
    let mut reply = script(&asked);
    while let Reply::After(wait, later) = reply {
        tokio::time::sleep(wait).await;
        reply = *later;
    }
    let response = respond(reply);
    state.in_flight.fetch_sub(1, Ordering::SeqCst);
    response
}

fn respond(reply: Reply) -> Response {
    let start = || futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{\"choices\":"))]);
    let build = |status: u16| Response::builder().status(status);
    match reply {
        Reply::Json(value) => build(200).body(Body::from(value.to_string())),
        Reply::Text(text) => build(200).body(Body::from(text)),
        Reply::Status(status, text) => build(status).body(Body::from(text)),
        Reply::Told(status, header, value) => build(status).header(header, value).body(Body::empty()),
        Reply::Stalled => {
            use futures_util::StreamExt as _;
            build(200).body(Body::from_stream(start().chain(futures_util::stream::pending())))
        }
        Reply::Cut => {
            use futures_util::StreamExt as _;
            let cut = futures_util::stream::iter([Err(std::io::Error::other("cut"))]);
            build(200).body(Body::from_stream(start().chain(cut)))
        }
        Reply::After(..) => unreachable!("waited for above"),
    }
    .unwrap()
}

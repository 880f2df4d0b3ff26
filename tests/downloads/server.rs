//! A hub on this machine that misbehaves on demand and counts what it serves.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Response, StatusCode, header};
use futures_util::StreamExt as _;
use serde_json::json;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
pub const REPOSITORY: &str = "clinic/tiny-GGUF";

/// How many bytes go out at once.
const FRAME: usize = 64 * 1024;

/// What is wrong with the server, for as many content requests as it says.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Cuts the connection after so many bytes of the answer.
    Cut(usize),
    /// Sends the first so many bytes and then nothing more.
    Hang(usize),
    /// Answers with this status and these headers.
    Status(u16, Vec<(&'static str, String)>),
}

/// What the server has and how it behaves.
#[derive(Default)]
pub struct Behaviour {
    /// What the repository is called, where that is not [`REPOSITORY`]; `datasets/` before it makes it a data set.
    pub repository: Option<String>,
    /// Content by name.
    pub files: BTreeMap<String, Bytes>,
    /// Names that the list of files has beside those.
    pub more_names: Vec<String>,
    /// Met in order, each by one content request.
    pub faults: Vec<Fault>,
    /// Met by every request for what a repository has.
    pub refusal: Option<(u16, Vec<(&'static str, String)>)>,
    /// Sends all of a file whatever part is asked for.
    pub ignores_ranges: bool,
    /// Where content is, if it is elsewhere.
    pub redirect: Option<String>,
    /// What content is called instead of its hash.
    pub etag: Option<String>,
    /// What the list says instead of the true size and hash.
    pub told_size: Option<u64>,
    pub told_sha256: Option<String>,
    /// A length that the answers claim.
    pub claimed_length: Option<u64>,
    /// Where the list of models says that it goes on.
    pub next_page: Option<String>,
    /// A pause after each frame.
    pub pause: Option<Duration>,
}

/// The running server.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    behaviour: Mutex<Behaviour>,
    /// Bytes of content handed to connections.
    served: AtomicU64,
    content_requests: AtomicUsize,
    /// The headers of every request, with its path.
    seen: Mutex<Vec<(String, HeaderMap)>>,
}

impl Server {
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let server = Self(Arc::new(Inner {
            address: listener.local_addr().unwrap(),
            behaviour: Mutex::default(),
            served: AtomicU64::new(0),
            content_requests: AtomicUsize::new(0),
            seen: Mutex::default(),
        }));
        let app = axum::Router::new().fallback(answer).with_state(server.clone());
        let serve = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, app).await.unwrap();
            });
        };
        std::thread::Builder::new()
            .name("test hub".to_owned())
            .spawn(serve)
            .unwrap();
        server
    }

    /// With one file of pseudo-random content.
    pub fn with_file(name: &str, size: usize) -> Self {
        let server = Self::start();
        server.put(name, content(size));
        server
    }

    pub fn put(&self, name: &str, content: Bytes) {
        self.set(|behaviour| _ = behaviour.files.insert(name.to_owned(), content));
    }

    pub fn set(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.0.behaviour.lock().unwrap());
    }

    pub fn address(&self) -> String {
        format!("http://{}", self.0.address)
    }

    pub fn served(&self) -> u64 {
        self.0.served.load(Ordering::SeqCst)
    }

    pub fn content_requests(&self) -> usize {
        self.0.content_requests.load(Ordering::SeqCst)
    }

    pub fn seen(&self) -> Vec<(String, HeaderMap)> {
        self.0.seen.lock().unwrap().clone()
    }
}

/// The same bytes for the same size, without repetition.
pub fn content(size: usize) -> Bytes {
    let mut random = fastrand::Rng::with_seed(size as u64);
    let mut bytes = vec![0; size];
    random.fill(&mut bytes);
    bytes.into()
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn git_hash(bytes: &[u8]) -> String {
    let mut digest = Sha1::new_with_prefix(format!("blob {}\0", bytes.len()));
    digest.update(bytes);
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn answer(State(server): State<Server>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    server
        .0
        .seen
        .lock()
        .unwrap()
        .push((path.clone(), request.headers().clone()));
    if path.contains("/resolve/") || path.starts_with("/content/") {
        return server.content(&path, request.headers());
    }
    let behaviour = server.0.behaviour.lock().unwrap();
    if path == "/api/models" || path == "/api/datasets" {
        let models = json!([{"id": "clinic/tiny-GGUF"}, {"id": "other/thing"}, {"id": "../tiny-GGUF\u{1b}[2J"}]);
        let mut response = plain(200, models.to_string());
        if let Some(next) = &behaviour.next_page {
            let link = format!("<{next}>; rel=\"next\"").parse().unwrap();
            response.headers_mut().insert(header::LINK, link);
        }
        return response;
    }
    if let Some((status, headers)) = &behaviour.refusal {
        return with_headers(*status, headers);
    }
    if path.contains("/paths-info/") {
        return plain(200, behaviour.entries().to_string());
    }
    let repository = behaviour.repository.as_deref().unwrap_or(REPOSITORY);
    let api = match repository.starts_with("datasets/") {
        true => format!("/api/{repository}"),
        false => format!("/api/models/{repository}"),
    };
    if path.starts_with(&api) {
        let names = behaviour.files.keys().chain(&behaviour.more_names);
        let siblings: Vec<_> = names.map(|name| json!({"rfilename": name})).collect();
        let info = json!({"id": repository, "sha": COMMIT, "siblings": siblings, "tags": ["license:mit"]});
        return plain(200, info.to_string());
    }
    with_headers(404, &[("x-error-code", "RepoNotFound".to_owned())])
}

impl Behaviour {
    fn entries(&self) -> serde_json::Value {
        let entry = |(name, content): (&String, &Bytes)| {
            let size = self.told_size.unwrap_or(content.len() as u64);
            // Small text files lie in git itself, as on the hub.
            if name.ends_with(".json") {
                return json!({"type": "file", "oid": git_hash(content), "size": size, "path": name});
            }
            let sha256 = self.told_sha256.clone().unwrap_or_else(|| sha256(content));
            json!({"type": "file", "oid": "1".repeat(40), "size": size, "path": name,
                "lfs": {"sha256": sha256, "size": size, "pointerSize": 134}})
        };
        self.files.iter().map(entry).collect()
    }
}

impl Server {
    fn content(&self, path: &str, headers: &HeaderMap) -> Response<Body> {
        self.0.content_requests.fetch_add(1, Ordering::SeqCst);
        let mut behaviour = self.0.behaviour.lock().unwrap();
        let name = match path.split_once("/resolve/") {
            Some((_, rest)) => rest.split_once('/').unwrap().1.to_owned(),
            None => path.replacen("/content/", "", 1),
        };
        let Some(content) = behaviour.files.get(&name).cloned() else {
            return with_headers(404, &[("x-error-code", "EntryNotFound".to_owned())]);
        };
        if let Some(elsewhere) = behaviour.redirect.clone() {
            let linked = vec![
                ("location", format!("{elsewhere}/content/{name}")),
                ("x-linked-etag", format!("\"{}\"", sha256(&content))),
            ];
            return with_headers(302, &linked);
        }
        let fault = match behaviour.faults.is_empty() {
            true => None,
            false => Some(behaviour.faults.remove(0)),
        };
        if let Some(Fault::Status(status, headers)) = &fault {
            return with_headers(*status, headers);
        }
        let etag = behaviour
            .etag
            .clone()
            .unwrap_or_else(|| format!("\"{}\"", sha256(&content)));
        let same_version = headers.get(header::IF_RANGE).is_none_or(|version| *version == *etag);
        let range = headers
            .get(header::RANGE)
            .and_then(|range| asked(range.to_str().unwrap(), content.len()));
        let range = range.filter(|_| same_version && !behaviour.ignores_ranges);
        let mut response = Response::builder()
            .header(header::ETAG, etag)
            .header(header::ACCEPT_RANGES, "bytes")
            .header("x-repo-commit", COMMIT);
        let part = match range.clone() {
            Some(range) => {
                let told = behaviour.claimed_length.unwrap_or(content.len() as u64);
                let text = format!("bytes {}-{}/{told}", range.start, range.end - 1);
                response = response.status(206).header(header::CONTENT_RANGE, text);
                content.slice(range)
            }
            None => content,
        };
        let length = match (&range, behaviour.claimed_length) {
            (None, Some(claimed)) => claimed,
            _ => part.len() as u64,
        };
        response = response.header(header::CONTENT_LENGTH, length);
        response.body(self.body(part, fault, behaviour.pause)).unwrap()
    }

    /// Sends content in frames, as far as the fault lets it.
    fn body(&self, part: Bytes, fault: Option<Fault>, pause: Option<Duration>) -> Body {
        let until = match fault {
            Some(Fault::Cut(bytes) | Fault::Hang(bytes)) => bytes.min(part.len()),
            _ => part.len(),
        };
        let frames: Vec<Bytes> = (0..until)
            .step_by(FRAME)
            .map(|start| part.slice(start..until.min(start + FRAME)))
            .collect();
        let inner = self.0.clone();
        let frames = futures_util::stream::iter(frames).then(move |frame| {
            let inner = inner.clone();
            async move {
                if let Some(pause) = pause {
                    tokio::time::sleep(pause).await;
                }
                inner.served.fetch_add(frame.len() as u64, Ordering::SeqCst);
                Ok::<_, std::io::Error>(frame)
            }
        });
        match fault {
            Some(Fault::Cut(_)) => {
                let cut = futures_util::stream::once(async { Err(std::io::Error::other("cut")) });
                Body::from_stream(frames.chain(cut))
            }
            Some(Fault::Hang(_)) => Body::from_stream(frames.chain(futures_util::stream::pending())),
            _ => Body::from_stream(frames),
        }
    }
}

fn asked(range: &str, size: usize) -> Option<std::ops::Range<usize>> {
    let (start, end) = range.strip_prefix("bytes=")?.split_once('-')?;
    let end = end.parse::<usize>().map_or(size, |end| end + 1).min(size);
    Some(start.parse().ok()?..end)
}

fn plain(status: u16, body: String) -> Response<Body> {
    let response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/json");
    response.body(Body::from(body)).unwrap()
}

fn with_headers(status: u16, headers: &[(&'static str, String)]) -> Response<Body> {
    let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
    for (name, value) in headers {
        response = response.header(HeaderName::from_static(name), value);
    }
    response.body(Body::empty()).unwrap()
}

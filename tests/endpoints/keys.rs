//! Keys go to their endpoint's host and nowhere else: no other host, no error, no file.

use polyclinic::cancel::Cancel;
use polyclinic::engine::Sampling;
use polyclinic::engine::endpoint::{Connection, Endpoint, EndpointBook, Problem, Route, Server, WriteRequest};
use polyclinic::network::{Secret, SecretStore};

use super::server::{FakeServer, Reply};
use super::{QUICK, endpoint, wait, wire};

const KEY: &str = "sk-ward-5f1c";

fn connection(endpoint: Endpoint) -> Connection {
    Connection::with_key(endpoint, Some(Secret::new(KEY).unwrap()), Cancel::default(), QUICK).unwrap()
}

fn request() -> WriteRequest {
    WriteRequest {
        system: None,
        earlier: Vec::new(),
        user: "Which?".to_owned(),
        most_tokens: 8,
        sampling: Sampling::default(),
        stops: Vec::new(),
    }
}

#[test]
fn the_key_arrives_at_its_host() {
    let server = FakeServer::start(wire::service);
    wait(connection(endpoint(&server.address, Server::OpenAi, Route::Written)).write(&request())).unwrap();
    assert_eq!(server.asked()[0].authorization.as_deref(), Some("Bearer sk-ward-5f1c"));
}

#[test]
fn a_redirect_is_not_followed_and_the_key_arrives_nowhere_else() {
    let other = FakeServer::start(wire::service);
    for status in [301, 302, 307, 308] {
        let target = format!("{}/v1/chat/completions", other.address);
        let server = FakeServer::start(move |_| Reply::Told(status, "location", target.clone()));
        let connection = connection(endpoint(&server.address, Server::OpenAi, Route::Written));
        let problem = wait(connection.write(&request())).unwrap_err();
        assert!(
            matches!(&problem.problem, Problem::Redirected(to) if *to == other.address),
            "{problem}"
        );
        assert!(problem.ends_run());
        assert_eq!(server.asked().len(), 1);
    }
    assert!(other.asked().is_empty());
}

#[test]
fn no_error_repeats_the_key_even_where_the_server_does() {
    let replies: [fn() -> Reply; 6] = [
        || Reply::Text("{\"choices\":\"sk-ward-5f1c\"}"),
        || Reply::Status(401, "{\"error\":{\"message\":\"bad key sk-ward-5f1c\"}}"),
        || Reply::Status(400, "Authorization: Bearer sk-ward-5f1c"),
        || Reply::Text("not JSON: sk-ward-5f1c"),
        || Reply::Text("{\"model\":\"sk-ward-5f1c\",\"choices\":[]}"),
        || Reply::Text("{\"choices\":[{\"message\":{\"content\":\"\"},\"finish_reason\":null}]}"),
    ];
    for reply in replies {
        let server = FakeServer::start(move |_| reply());
        let connection = connection(endpoint(&server.address, Server::OpenAi, Route::Written));
        let problem = wait(connection.write(&request())).unwrap_err();
        let told = format!("{problem} {problem:?} {}", polyclinic::error_chain(&problem));
        assert!(!told.contains("5f1c"), "{told}");
    }
}

#[test]
fn a_refused_key_ends_the_run() {
    for status in [401, 403] {
        let server = FakeServer::start(move |_| Reply::Status(status, "{\"error\":\"no\"}"));
        let problem = wait(connection(endpoint(&server.address, Server::OpenAi, Route::Written)).check()).unwrap_err();
        assert!(
            matches!(problem.problem, Problem::Unauthorized { .. }) && problem.ends_run(),
            "{problem}"
        );
        assert_eq!(server.asked().len(), 1, "asked once");
    }
}

#[test]
fn a_typed_in_key_is_found_again_but_not_for_another_address() {
    let keys = SecretStore::in_memory();
    let server = FakeServer::start(wire::service);
    let known = endpoint(&server.address, Server::OpenAi, Route::Written);
    keys.keep(&known.key_name(), &Secret::new(KEY).unwrap());
    let open = |endpoint: &Endpoint| Connection::open(endpoint.clone(), &keys, Cancel::default()).unwrap();
    wait(open(&known).check()).unwrap();
    assert!(server.asked()[0].authorization.is_some());

    let other = FakeServer::start(wire::service);
    wait(open(&endpoint(&other.address, Server::OpenAi, Route::Written)).check()).unwrap();
    assert_eq!(
        other.asked()[0].authorization,
        None,
        "the name alone does not carry the key elsewhere"
    );
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    let endpoint = Endpoint {
        key_variable: Some("POLYCLINIC_TEST_NO_SUCH_KEY".to_owned()),
        ..endpoint("http://127.0.0.1:9", Server::OpenAi, Route::Written)
    };
    let problem = Connection::open(endpoint, &SecretStore::in_memory(), Cancel::default())
        .err()
        .unwrap();
    assert!(problem.to_string().contains("POLYCLINIC_TEST_NO_SUCH_KEY"), "{problem}");
    assert!(problem.ends_run());
}

#[test]
fn no_file_holds_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = endpoint("https://example.org/v1", Server::OpenAi, Route::Written);
    SecretStore::in_memory().keep(&endpoint.key_name(), &Secret::new(KEY).unwrap());
    EndpointBook::open(folder.path()).unwrap().add(endpoint).unwrap();
    let text = std::fs::read_to_string(folder.path().join("endpoints.toml")).unwrap();
    assert!(text.contains("example.org") && !text.contains(KEY));
}

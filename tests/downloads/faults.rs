//! A server that misbehaves.

use std::time::{Duration, Instant};

use polyclinic::models::hub::{HubError, RepositoryName};

use super::server::{COMMIT, Fault, content, sha256};
use super::*;

const FILE: &str = "tiny.gguf";

#[test]
fn a_file_comes_whole_and_is_not_fetched_again() {
    // Larger than one connection takes on at once, and no whole number of pieces.
    let size = 70 * MIB + 12_345;
    let server = Server::with_file(FILE, size);
    let machine = Machine::new(&server);
    let fetched = machine.fetch(FILE).unwrap();
    assert_eq!(std::fs::read(&fetched.path).unwrap(), content(size));
    assert_eq!(server.served(), size as u64);
    assert!(server.content_requests() > 1, "several requests share a large file");
    machine.fetch(FILE).unwrap();
    assert_eq!(server.served(), size as u64);
    let folder = machine.cache().join("models--clinic--tiny-GGUF");
    assert_eq!(fetched.path, folder.join("snapshots").join(COMMIT).join(FILE));
    assert_eq!(std::fs::read_to_string(folder.join("refs/main")).unwrap(), COMMIT);
    let blobs: Vec<_> = std::fs::read_dir(folder.join("blobs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(blobs, [sha256(&content(size)).as_str()], "nothing unfinished stays");
}

#[test]
fn a_connection_that_is_cut_goes_on_where_it_was() {
    let size = 5 * MIB + 77;
    for percent in [1, 50, 99] {
        let server = Server::with_file(FILE, size);
        let cut = size * percent / 100;
        server.set(|behaviour| behaviour.faults = vec![Fault::Cut(cut)]);
        let machine = Machine::new(&server);
        let fetched = machine.fetch(FILE).unwrap();
        assert_eq!(std::fs::read(fetched.path).unwrap(), content(size), "cut at {percent}%");
        // What was cut off while it was on its way may have been sent for nothing: less than what buffers hold.
        assert!(
            server.served() <= (size + 4 * MIB) as u64,
            "cut at {percent}%: {}",
            server.served()
        );
        assert_eq!(server.content_requests(), 2);
    }
}

#[test]
fn a_cut_at_every_megabyte_ends_with_the_whole_file() {
    let size = 40 * MIB;
    let server = Server::with_file(FILE, size);
    server.set(|behaviour| behaviour.faults = vec![Fault::Cut(MIB); 60]);
    let machine = Machine::new(&server);
    let fetched = machine.fetch(FILE).unwrap();
    assert_eq!(std::fs::read(fetched.path).unwrap(), content(size));
}

#[test]
fn a_server_that_ignores_ranges_is_read_from_the_start() {
    let size = 40 * MIB;
    let server = Server::with_file(FILE, size);
    server.set(|behaviour| {
        behaviour.ignores_ranges = true;
        behaviour.faults = vec![Fault::Cut(size / 2)];
    });
    let machine = Machine::new(&server);
    let fetched = machine.fetch(FILE).unwrap();
    assert_eq!(std::fs::read(fetched.path).unwrap(), content(size));
}

/// Stops a fetch once some of it came, as a person does.
fn begin(machine: &Machine, server: &Server, least: u64) {
    server.set(|behaviour| behaviour.pause = Some(Duration::from_millis(2)));
    let cancel = Cancel::default();
    let progress = Progress::shared();
    let outcome = std::thread::scope(|scope| {
        let fetching = scope.spawn(|| fetch(&machine.hub, FILE, &progress, &cancel));
        while progress.fetched() < least {
            std::thread::sleep(Duration::from_millis(1));
        }
        cancel.cancel();
        fetching.join().unwrap()
    });
    assert!(matches!(outcome, Err(DownloadError::Cancelled)), "{outcome:?}");
    server.set(|behaviour| behaviour.pause = None);
}

#[test]
fn a_stop_keeps_what_came() {
    let size = 12 * MIB;
    let server = Server::with_file(FILE, size);
    let machine = Machine::new(&server);
    begin(&machine, &server, 6 * MIB as u64);
    let before = server.served();
    let progress = Progress::shared();
    let fetched = fetch(&machine.hub, FILE, &progress, &Cancel::default()).unwrap();
    assert_eq!(std::fs::read(fetched.path).unwrap(), content(size));
    assert!(
        progress.fetched() <= (7 * MIB) as u64,
        "fetched {} after the stop",
        progress.fetched()
    );
    assert_eq!(server.served() - before, progress.fetched());
    assert_eq!(progress.done(), size as u64);
}

#[test]
fn a_file_that_changed_is_started_anew_and_never_mixed() {
    let size = 12 * MIB;
    let (old, new) = (content(size), content(size + 1).slice(1..));
    let server = Server::start();
    server.put(FILE, old);
    server.set(|behaviour| {
        behaviour.etag = Some("\"v1\"".to_owned());
        // The list of files already tells of the new version, as with a mirror that lags behind it.
        behaviour.told_sha256 = Some(sha256(&new));
    });
    let machine = Machine::new(&server);
    begin(&machine, &server, 6 * MIB as u64);
    server.put(FILE, new.clone());
    server.set(|behaviour| behaviour.etag = Some("\"v2\"".to_owned()));
    let before = server.served();
    let fetched = machine.fetch(FILE).unwrap();
    assert_eq!(std::fs::read(fetched.path).unwrap(), new);
    assert!(server.served() - before >= size as u64, "all of it was fetched again");
}

#[test]
fn bytes_that_the_disk_lost_are_fetched_again() {
    let size = 12 * MIB;
    let server = Server::with_file(FILE, size);
    let machine = Machine::new(&server);
    begin(&machine, &server, 6 * MIB as u64);
    let partial = machine
        .files()
        .into_iter()
        .find(|name| name.ends_with(".incomplete"))
        .unwrap();
    let partial = machine.folder.path().join(partial);
    // As after a power cut: the list says the first piece is there, the disk has zeros.
    let mut bytes = std::fs::read(&partial).unwrap();
    bytes[..MIB].fill(0);
    std::fs::write(&partial, bytes).unwrap();
    let fetched = machine.fetch(FILE).unwrap();
    assert_eq!(std::fs::read(fetched.path).unwrap(), content(size));
}

#[test]
fn a_wrong_length_is_refused_before_anything_is_kept() {
    for claimed in [MIB as u64 + 1, 100, u64::MAX / 2] {
        for ignores_ranges in [false, true] {
            let server = Server::with_file(FILE, MIB);
            server.set(|behaviour| {
                behaviour.claimed_length = Some(claimed);
                behaviour.ignores_ranges = ignores_ranges;
            });
            let machine = Machine::new(&server);
            let error = machine.fetch(FILE).unwrap_err();
            assert!(
                matches!(error, DownloadError::Length { expected, found, .. } if expected == MIB as u64 && found == claimed),
                "{claimed} {ignores_ranges}: {error}"
            );
        }
    }
}

#[test]
fn an_absurd_size_is_refused_before_the_first_byte() {
    let server = Server::with_file(FILE, MIB);
    server.set(|behaviour| behaviour.told_size = Some(u64::MAX / 2));
    let machine = Machine::new(&server);
    let error = machine.fetch(FILE).unwrap_err();
    assert!(matches!(error, DownloadError::DiskFull { .. }), "{error}");
    assert_eq!(server.content_requests(), 0);
}

#[test]
fn the_right_length_with_the_wrong_content_is_not_kept() {
    let server = Server::with_file(FILE, 3 * MIB);
    server.set(|behaviour| {
        behaviour.told_sha256 = Some("a".repeat(64));
        behaviour.etag = Some("\"other\"".to_owned());
    });
    let machine = Machine::new(&server);
    let error = machine.fetch(FILE).unwrap_err();
    assert!(matches!(error, DownloadError::Hash { .. }), "{error}");
    let kept: Vec<String> = machine
        .files()
        .into_iter()
        .filter(|name| name.contains("blobs") || name.contains("snapshots"))
        .collect();
    assert_eq!(kept, [""; 0]);
}

#[test]
fn refusals_say_what_to_do() {
    let gated = vec![("x-error-code", "GatedRepo".to_owned())];
    for (status, headers, expected) in [
        (401, vec![], "needs a token"),
        (401, gated.clone(), "Accept them at"),
        (403, gated.clone(), "Accept them at"),
        (404, vec![], "no file `tiny.gguf`"),
    ] {
        let server = Server::with_file(FILE, MIB);
        server.set(|behaviour| behaviour.faults = vec![Fault::Status(status, headers)]);
        let machine = Machine::new(&server);
        let error = machine.fetch(FILE).unwrap_err().to_string();
        assert!(error.contains(expected), "{status}: {error}");
        assert_eq!(server.content_requests(), 1, "asking again would give the same");
    }
    let server = Server::with_file(FILE, MIB);
    server.set(|behaviour| behaviour.refusal = Some((403, gated)));
    let error = Machine::new(&server).fetch(FILE).unwrap_err().to_string();
    assert!(error.contains(&format!("{}/{REPOSITORY}", server.address())), "{error}");
}

#[test]
fn what_does_not_exist_is_answered_with_names_like_it() {
    let server = Server::with_file("Tiny-Q4_K_M.gguf", MIB);
    let machine = Machine::new(&server);
    let error = machine.fetch("tiny-q4.gguf").unwrap_err().to_string();
    assert!(error.contains("Tiny-Q4_K_M.gguf"), "{error}");
    let name: RepositoryName = "clinic/tiny-GUFF".parse().unwrap();
    let error = block_on(machine.hub.repository(&name, &Default::default(), &Cancel::default()))
        .unwrap()
        .unwrap_err();
    let HubError::NoRepository { near, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(near, ["clinic/tiny-GGUF"]);
}

#[test]
fn a_server_that_asks_to_wait_is_asked_later() {
    let server = Server::with_file(FILE, MIB);
    server.set(|behaviour| behaviour.faults = vec![Fault::Status(429, vec![("retry-after", "1".to_owned())])]);
    let machine = Machine::new(&server);
    let start = Instant::now();
    machine.fetch(FILE).unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
    server.set(|behaviour| behaviour.refusal = Some((429, vec![("retry-after", "3600".to_owned())])));
    let error = Machine::new(&server).fetch(FILE).unwrap_err().to_string();
    assert!(error.contains("wait 3600 seconds"), "{error}");
}

#[test]
fn a_host_of_content_that_asks_to_wait_is_asked_later() {
    let size = 40 * MIB;
    let server = Server::with_file(FILE, size);
    let elsewhere = Server::with_file(FILE, size);
    server.set(|behaviour| behaviour.redirect = Some(elsewhere.address()));
    // The first request is served, so that the host is known when it has had enough.
    let enough = Fault::Status(429, vec![("retry-after", "1".to_owned())]);
    elsewhere.set(|behaviour| behaviour.faults = vec![Fault::Cut(usize::MAX), enough]);
    let start = Instant::now();
    let fetched = Machine::new(&server).fetch(FILE).map(|fetched| fetched.files.len());
    assert_eq!(fetched.unwrap(), 1);
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[test]
fn three_failures_of_a_server_pass_and_four_do_not() {
    let server = Server::with_file(FILE, MIB);
    let machine = Machine::new(&server);
    server.set(|behaviour| behaviour.faults = vec![Fault::Status(500, vec![]); 4]);
    let error = machine.fetch(FILE).unwrap_err().to_string();
    assert!(error.contains("500"), "{error}");
    server.set(|behaviour| behaviour.faults = vec![Fault::Status(500, vec![]); 3]);
    machine.fetch(FILE).unwrap();
}

#[test]
fn a_hang_is_noticed_and_the_rest_fetched() {
    let size = 3 * MIB;
    let server = Server::with_file(FILE, size);
    server.set(|behaviour| behaviour.faults = vec![Fault::Hang(MIB), Fault::Hang(0)]);
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(&server, folder.path().to_owned(), None, Duration::from_millis(700));
    let fetched = fetch(&hub, FILE, &Progress::shared(), &Cancel::default()).unwrap();
    assert_eq!(std::fs::read(fetched.path).unwrap(), content(size));
    assert!(server.content_requests() >= 3);
}

#[test]
fn the_token_goes_to_the_hub_only() {
    let size = 40 * MIB;
    let hub_server = Server::with_file(FILE, size);
    let elsewhere = Server::with_file(FILE, size);
    // Another name of this machine: for a client another host, as a content network is.
    let other_host = elsewhere.address().replace("127.0.0.1", "localhost");
    hub_server.set(|behaviour| behaviour.redirect = Some(other_host));
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(&hub_server, folder.path().to_owned(), Some("hf_secret"));
    let fetched = fetch(&hub, FILE, &Progress::shared(), &Cancel::default()).unwrap();
    assert_eq!(std::fs::read(fetched.path).unwrap(), content(size));
    assert!(!elsewhere.seen().is_empty());
    for (path, headers) in elsewhere.seen() {
        let shown = format!("{headers:?}");
        assert!(
            !headers.contains_key("authorization") && !shown.contains("hf_secret"),
            "{path}: {shown}"
        );
    }
    for (path, headers) in hub_server.seen() {
        assert_eq!(headers.get("authorization").unwrap(), "Bearer hf_secret", "{path}");
    }
    assert!(!format!("{hub:?}").contains("hf_secret"), "{hub:?}");
}

#[test]
fn no_answer_leads_the_token_elsewhere() {
    let server = Server::with_file(FILE, MIB);
    let elsewhere = Server::with_file(FILE, MIB);
    let other_host = elsewhere.address().replace("127.0.0.1", "localhost");
    let folder = tempfile::tempdir().unwrap();
    let hub = hub(&server, folder.path().to_owned(), Some("hf_secret"));
    // A page of names that says it goes on at another host.
    server.set(|behaviour| behaviour.next_page = Some(format!("{other_host}/api/models?page=2")));
    let name: RepositoryName = "clinic/tiny-GUFF".parse().unwrap();
    let missing = block_on(hub.repository(&name, &Default::default(), &Cancel::default())).unwrap();
    let HubError::NoRepository { near, .. } = missing.unwrap_err() else {
        panic!("it is not there")
    };
    assert_eq!(near, ["clinic/tiny-GGUF"]);
    assert!(elsewhere.seen().is_empty(), "{:?}", elsewhere.seen());
    // What a repository has, told by another host.
    let moved = format!("{other_host}/api/models/{REPOSITORY}");
    server.set(|behaviour| behaviour.refusal = Some((307, vec![("location", moved)])));
    _ = fetch(&hub, FILE, &Progress::shared(), &Cancel::default());
    assert!(!elsewhere.seen().is_empty());
    for (path, headers) in elsewhere.seen() {
        assert!(!format!("{headers:?}").contains("hf_secret"), "{path}: {headers:?}");
    }
}

#[test]
fn the_hub_vouches_for_content_that_lies_elsewhere() {
    let server = Server::with_file(FILE, MIB);
    let elsewhere = Server::with_file(FILE, MIB);
    server.set(|behaviour| {
        behaviour.redirect = Some(elsewhere.address());
        behaviour.told_sha256 = Some("b".repeat(64));
    });
    let error = Machine::new(&server).fetch(FILE).unwrap_err();
    assert!(matches!(error, DownloadError::Changed { .. }), "{error}");
    assert_eq!(elsewhere.content_requests(), 0);
}

#[test]
fn names_that_lead_out_of_the_cache_are_not_followed() {
    let server = Server::with_file(FILE, MIB);
    let wicked = [
        "../../x.gguf",
        "/etc/x.gguf",
        "C:\\x.gguf",
        "a/../../../x.gguf",
        "x\0.gguf",
        "..\\x.gguf",
    ];
    for name in wicked {
        server.put(name, content(MIB));
    }
    let machine = Machine::new(&server);
    for name in wicked {
        assert!(name.parse::<polyclinic::models::hub::FileName>().is_err(), "{name:?}");
    }
    // Without a name the only safe one is chosen, and nothing lies anywhere else.
    let order = Order {
        file: None,
        ..order(FILE)
    };
    let fetched = block_on(download::fetch(
        &machine.hub,
        &order,
        &Progress::shared(),
        &Cancel::default(),
    ))
    .unwrap()
    .unwrap();
    assert!(fetched.path.ends_with(FILE));
    assert!(
        machine
            .files()
            .iter()
            .all(|name| name.starts_with("hub/") && !name.contains("x.gguf")),
        "{:?}",
        machine.files()
    );
}

#[test]
fn several_files_and_shards_come_together() {
    let server = Server::start();
    let names = [
        "model-00001-of-00003.safetensors",
        "model-00002-of-00003.safetensors",
        "model-00003-of-00003.safetensors",
    ];
    for (name, size) in names.iter().zip([3 * MIB, 2 * MIB, MIB + 5]) {
        server.put(name, content(size));
    }
    server.put("config.json", "{}".into());
    server.put("tokenizer.json", "{\"model\": {}}".into());
    server.put("README.md", "text".into());
    let machine = Machine::new(&server);
    let order = Order {
        file: None,
        ..order(FILE)
    };
    let progress = Progress::shared();
    let fetched = block_on(download::fetch(&machine.hub, &order, &progress, &Cancel::default()))
        .unwrap()
        .unwrap();
    assert_eq!(fetched.files.len(), 5);
    assert!(fetched.path.join("config.json").is_file() && !fetched.path.join("README.md").exists());
    assert_eq!(progress.done(), progress.total());
    assert_eq!(progress.total(), server.served());
    // What git hashes was checked as git does.
    server.put("config.json", "{ }".into());
    server.set(|behaviour| behaviour.etag = Some("\"same\"".to_owned()));
    let found = machine.hub.cache().models_called(REPOSITORY);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].contents().len(), 5);
    for (path, content) in found[0].contents() {
        download::verify(&path, &content, &Cancel::default(), &mut |_| {}).unwrap();
    }
}

#[test]
fn nothing_is_asked_offline() {
    let server = Server::with_file(FILE, MIB);
    let folder = tempfile::tempdir().unwrap();
    let online = hub(&server, folder.path().to_owned(), None);
    let settings = Settings {
        offline: true,
        ..online.settings().clone()
    };
    let offline = Hub::new(settings.clone(), Timeouts::default(), Backoff::default()).unwrap();
    let error = fetch(&offline, FILE, &Progress::shared(), &Cancel::default()).unwrap_err();
    assert!(matches!(error, DownloadError::Hub(HubError::Offline(_))), "{error}");
    assert!(server.seen().is_empty());
    let fetched = fetch(&online, FILE, &Progress::shared(), &Cancel::default()).unwrap();
    assert_eq!(download::present(&settings, &order(FILE)), Some(fetched.path));
}

#[test]
fn two_that_fetch_the_same_fetch_it_once() {
    let size = 8 * MIB;
    let server = Server::with_file(FILE, size);
    server.set(|behaviour| behaviour.pause = Some(Duration::from_millis(1)));
    let machine = Machine::new(&server);
    std::thread::scope(|scope| {
        let both = [scope.spawn(|| machine.fetch(FILE)), scope.spawn(|| machine.fetch(FILE))];
        for fetched in both {
            assert_eq!(
                std::fs::read(fetched.join().unwrap().unwrap().path).unwrap(),
                content(size)
            );
        }
    });
    assert_eq!(server.served(), size as u64);
}

//! Several downloads in order, kept across starts.

use std::path::Path;
use std::time::Instant;

use polyclinic::models::download::{EntryState, Queue, QueueError, from_hub};

use super::server::content;
use super::*;

fn open(machine: &Machine) -> Queue {
    try_open(machine).unwrap()
}

fn try_open(machine: &Machine) -> Result<Queue, QueueError> {
    let hub = machine.hub.clone();
    let fetch = move |order: &Order, progress: &Arc<Progress>, cancel: &Cancel| from_hub(&hub, order, progress, cancel);
    Queue::open(machine.folder.path(), Box::new(fetch), || {})
}

/// Waits until the queue is as `expected` says.
fn wait(queue: &Queue, expected: impl Fn(&[EntryState]) -> bool) {
    let start = Instant::now();
    loop {
        let states: Vec<EntryState> = queue.entries().into_iter().map(|entry| entry.state).collect();
        if expected(&states) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{states:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn done(state: &EntryState) -> bool {
    matches!(state, EntryState::Done { .. })
}

fn list(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("downloads.toml")).unwrap()
}

#[test]
fn downloads_run_in_order_and_leave_the_list_when_done() {
    let server = Server::start();
    for (name, size) in [("a.gguf", MIB), ("b.gguf", MIB + 1), ("c.gguf", MIB + 2)] {
        server.put(name, content(size));
    }
    let machine = Machine::new(&server);
    let queue = open(&machine);
    for name in ["a.gguf", "b.gguf", "c.gguf"] {
        queue.add(order(name)).unwrap();
    }
    let twice = queue.add(order("b.gguf")).unwrap();
    assert_eq!(queue.entries().len(), 3);
    assert_eq!(queue.entries()[1].id, twice);
    wait(&queue, |states| states.iter().all(done));
    assert!(!list(machine.folder.path()).contains("gguf"));
    assert_eq!(server.served(), 3 * MIB as u64 + 3);
    // Removed from the disk meanwhile, it is fetched when it is asked for again.
    let cached = machine.hub.cache().models_called("b");
    machine.hub.cache().remove(&cached[0]).unwrap();
    assert_eq!(queue.add(order("b.gguf")).unwrap(), twice);
    wait(&queue, |states| states.iter().all(done));
    assert_eq!(server.served(), 4 * MIB as u64 + 4);
    assert_eq!(machine.hub.cache().models_called("b").len(), 1);
}

#[test]
fn a_pause_lasts_over_a_start_and_what_came_is_kept() {
    let size = 12 * MIB;
    let server = Server::with_file("tiny.gguf", size);
    server.set(|behaviour| behaviour.pause = Some(Duration::from_millis(3)));
    let machine = Machine::new(&server);
    let queue = open(&machine);
    let id = queue.add(order("tiny.gguf")).unwrap();
    let start = Instant::now();
    while queue.entries()[0].done < 4 * MIB as u64 {
        assert!(start.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(queue.entries()[0].total, size as u64);
    queue.pause(id).unwrap();
    assert_eq!(queue.entries()[0].state, EntryState::Paused);

    queue.stop();
    let queue = open(&machine);
    assert_eq!(queue.entries()[0].state, EntryState::Paused);
    server.set(|behaviour| behaviour.pause = None);
    queue.resume(queue.entries()[0].id).unwrap();
    wait(&queue, |states| states.iter().all(done));
    assert!(server.served() < (size + 3 * MIB) as u64, "{}", server.served());
}

#[test]
fn what_was_under_way_goes_on_at_the_next_start() {
    let server = Server::with_file("tiny.gguf", 6 * MIB);
    server.set(|behaviour| behaviour.pause = Some(Duration::from_millis(3)));
    let machine = Machine::new(&server);
    let queue = open(&machine);
    queue.add(order("tiny.gguf")).unwrap();
    wait(&queue, |states| states == [EntryState::Running]);
    queue.stop();
    drop(queue);
    let queue = open(&machine);
    wait(&queue, |states| states.iter().all(done));
}

#[test]
fn a_failure_says_why_and_can_be_tried_again() {
    let server = Server::with_file("tiny.gguf", MIB);
    server.set(|behaviour| behaviour.refusal = Some((403, vec![("x-error-code", "GatedRepo".to_owned())])));
    let machine = Machine::new(&server);
    let queue = open(&machine);
    let id = queue.add(order("tiny.gguf")).unwrap();
    wait(&queue, |states| matches!(states, [EntryState::Failed { .. }]));
    let page = format!("{}/{REPOSITORY}", server.address());
    queue.stop();
    let queue = open(&machine);
    let EntryState::Failed { reason, terms } = queue.entries()[0].state.clone() else {
        panic!("not kept")
    };
    assert!(
        reason.contains("gated") && terms.as_deref() == Some(&page),
        "{reason} {terms:?}"
    );
    server.set(|behaviour| behaviour.refusal = None);
    queue.resume(id).unwrap();
    wait(&queue, |states| states.iter().all(done));
}

#[test]
fn the_order_can_be_changed_and_entries_removed() {
    let server = Server::start();
    let machine = Machine::new(&server);
    let text = ["a", "b", "c"].map(|name| format!("[[download]]\nrepository = \"clinic/{name}\"\npaused = true\n"));
    std::fs::write(
        machine.folder.path().join("downloads.toml"),
        format!("schema = 1\n{}", text.concat()),
    )
    .unwrap();
    let queue = open(&machine);
    let names = |queue: &Queue| -> Vec<String> {
        queue
            .entries()
            .iter()
            .map(|entry| entry.order.repository.name().to_owned())
            .collect()
    };
    let ids: Vec<u64> = queue.entries().iter().map(|entry| entry.id).collect();
    queue.raise(ids[2]).unwrap();
    queue.raise(ids[0]).unwrap();
    assert_eq!(names(&queue), ["a", "c", "b"]);
    queue.remove(ids[0]).unwrap();
    queue.stop();
    assert_eq!(names(&open(&machine)), ["c", "b"]);
}

#[test]
fn a_list_that_cannot_be_read_is_left_as_it_is() {
    let server = Server::start();
    let machine = Machine::new(&server);
    let file = machine.folder.path().join("downloads.toml");
    let open = || try_open(&machine).map(|_| ());
    std::fs::write(&file, "schema = 9\n").unwrap();
    assert!(matches!(open(), Err(QueueError::Newer { .. })));
    for damaged in [
        "schema = 1\n[[download]]\nrepository = \"../x\"\n",
        "schema",
        "[[download]]",
    ] {
        std::fs::write(&file, damaged).unwrap();
        assert!(matches!(open(), Err(QueueError::Damaged { .. })), "{damaged}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), damaged);
    }
}

#[test]
fn a_second_program_leaves_the_list_of_the_first_alone() {
    let server = Server::start();
    for name in ["a.gguf", "b.gguf"] {
        server.put(name, content(MIB));
    }
    let machine = Machine::new(&server);
    let first = open(&machine);
    let id = first.add(order("a.gguf")).unwrap();
    first.pause(id).unwrap();
    let before = list(machine.folder.path());
    let second = open(&machine);
    assert!(first.is_kept() && !second.is_kept());
    assert!(
        second.entries().is_empty(),
        "what the first one fetches is not fetched twice"
    );
    second.add(order("b.gguf")).unwrap();
    wait(&second, |states| states.iter().all(done));
    assert_eq!(list(machine.folder.path()), before);
    // Once the first has ended, the list is another's to keep.
    first.stop();
    let third = open(&machine);
    assert!(third.is_kept());
    assert_eq!(third.entries().len(), 1);
}

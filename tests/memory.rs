//! A long run leaves memory as it was. Alone in its process, so that nothing else takes any.

#![expect(clippy::unwrap_used, reason = "test code")]

#[path = "support/tiny_model.rs"]
mod tiny_model;

use polyclinic::engine::{Backend as _, Cancel, Device, LocalBackend, Reader as _, ScoreRequest};
use polyclinic::prompts::PromptText;
use tiny_model::Shape;

const ITEMS: usize = 5000;
const GROUP: usize = 16;

fn resident_bytes() -> u64 {
    let mut system = sysinfo::System::new().unwrap();
    let own = sysinfo::get_current_pid().unwrap();
    system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[own]), true);
    system.process(own).unwrap().memory()
}

#[test]
fn five_thousand_items_take_no_more_memory_than_the_first_few_hundred() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    tiny_model::write(&path, &Shape::gemma3());
    let mut backend = LocalBackend::load_on(&path, &Device::Processor).unwrap();
    let mut after_warming_up = 0;
    let mut most = 0;
    for first in (0..ITEMS).step_by(GROUP) {
        let requests: Vec<ScoreRequest> = (first..first + GROUP)
            .map(|number| {
                let mut prompt = PromptText::default();
                prompt.push_plain(&format!(
                    "Task {}. Question {number}: {}?",
                    first / 400,
                    "x".repeat(number * 7 % 40)
                ));
                ScoreRequest {
                    prompt: backend.tokenize(&prompt).unwrap(),
                    continuations: vec![vec![65], vec![66, 67], vec![68]],
                }
            })
            .collect();
        backend.score(&requests, &Cancel::default()).unwrap();
        let resident = resident_bytes();
        if first < 500 {
            after_warming_up = resident.max(after_warming_up);
        }
        most = resident.max(most);
    }
    eprintln!("{after_warming_up} bytes after 500 items, {most} at most");
    // One kept row of keys and values of each item would be 9 MB.
    assert!(most < after_warming_up + (4 << 20), "{after_warming_up} grew to {most}");
}

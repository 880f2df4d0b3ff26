//! Choosing what computes, and what a device's answers are worth when a run is resumed.

use super::interrupted::{start, wait_for};
use super::{Place, copy_folder, said};

#[test]
fn a_device_is_chosen_by_argument_and_by_environment() {
    let place = Place::new();
    let model = place.model();
    let arguments = ["generate", &model, "--prompt", "Hi", "--max-tokens", "8"];
    let written = place.works(&[&arguments[..], &["--device", "cpu"]].concat());
    assert_eq!(
        place.works(&[&arguments[..], &["--device", "cpu-tensors"]].concat()),
        written
    );

    let output = place.run(&[&arguments[..], &["--device", "gpu"]].concat());
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let unknown = "the device 'gpu' is unknown; known are cpu, cuda";
    assert!(said(&output).contains(unknown), "{}", said(&output));

    // No machine has so many.
    let output = place.run(&[&arguments[..], &["--device", "cuda:99"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("cuda:99"), "{}", said(&output));

    let from_environment = |device: &str| {
        let mut command = place.command(&arguments);
        command.env("POLYCLINIC_DEVICE", device).output().unwrap()
    };
    assert_eq!(from_environment("cpu").stdout, written.as_bytes());
    let output = from_environment("fast");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let unknown = "the device 'fast' is unknown";
    assert!(said(&output).contains(unknown), "{}", said(&output));
}

fn run<'a>(workspace: &'a str, model: &'a str) -> Vec<&'a str> {
    let start = ["run", "--workspace", workspace, "--model", model, "--benchmark"];
    let rest = ["questions", "--shots", "2", "--device", "cpu-tensors"];
    [&start[..], &rest[..]].concat()
}

#[test]
fn a_killed_run_resumes_to_the_same_answers_on_a_device() {
    let place = Place::new();
    place.with_questions(40);
    let model = place.model();
    copy_folder(&place.path("w"), &place.path("whole"));
    place.works(&run("whole", &model));
    let expected = place.answers("whole");

    let mut child = start(&place, "killed", &run("killed", &model));
    let id = wait_for(&mut child, &place.path("killed"), 16);
    child.kill().unwrap();
    child.wait().unwrap();
    // The processor computes other bits, and does not go on with what a device began.
    let refused = place.run(&["resume", &id, "--workspace", "killed", "--device", "cpu"]);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("computed differently"), "{}", said(&refused));
    place.works(&["resume", &id, "--workspace", "killed", "--device", "cpu-tensors"]);
    assert_eq!(place.answers("killed"), expected);
}

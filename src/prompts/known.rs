//! The protocols that come with the program: those of `assets/protocols`, a file each.

use std::sync::{Arc, LazyLock};

use super::{Protocol, Template};

/// The name of the usual protocol, which compares the letters' probabilities.
pub const LETTERS: &str = "letters";
/// The name of the usual protocol of written replies.
pub const WRITTEN: &str = "written";
/// The name of the usual protocol that compares the probabilities of options that are not shown.
pub const CLOZE: &str = "cloze";

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../assets/protocols/", $name, ".toml")))),*]
    };
}

const FILES: [(&str, &str); 20] = files![
    "letters",
    "written",
    "cloze",
    "pubmedqa",
    "medmcqa",
    "medqa",
    "mmlu",
    "global-mmlu",
    "arabic-mmlu",
    "oall-arabic-mmlu",
    "oall-arabic-exams",
    "oall-alghafa",
    "cmmlu",
    "headqa",
    "kormedmcqa",
    "careqa",
    "med42",
    "mmedbench",
    "mmedbench-rationale",
    "simple-evals",
];

#[expect(clippy::expect_used, reason = "the files are part of the program and read by a test")]
static PROTOCOLS: LazyLock<Vec<Protocol>> = LazyLock::new(|| {
    let read = |(name, text): &(&str, &str)| {
        let protocol: Protocol = toml::from_str(text).expect("the files of assets/protocols are well-formed");
        assert_eq!(protocol.name, *name, "a protocol is named as its file");
        protocol
    };
    FILES.iter().map(read).collect()
});

/// All of them, the usual ones first.
pub fn all() -> &'static [Protocol] {
    &PROTOCOLS
}

/// The one of this name.
pub fn find(name: &str) -> Option<&'static Protocol> {
    PROTOCOLS.iter().find(|protocol| protocol.name == name)
}

/// One of the names above.
#[expect(
    clippy::expect_used,
    reason = "only called with names that have a file, which a test sees"
)]
pub(super) fn usual(name: &str) -> Protocol {
    find(name).expect("a known protocol").clone()
}

/// The template of one of the names above. It is read by itself: a protocol that is being read may want it.
pub(super) fn template(name: &str) -> Arc<Template> {
    Arc::clone(&usual(name).template)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_protocols_speak_every_language_of_the_demo() {
        for name in [LETTERS, WRITTEN, CLOZE] {
            let languages: Vec<&str> = find(name).unwrap().template.languages().collect();
            for item in crate::benchmarks::demo::benchmark().unwrap().items() {
                let tag = item.key.language.primary();
                assert!(languages.contains(&tag), "{name}: {tag}");
            }
        }
    }

    #[test]
    fn every_known_benchmark_is_scored_by_one_of_them() {
        for benchmark in crate::benchmarks::known::included() {
            assert!(
                find(&benchmark.protocol).is_some(),
                "{}: {}",
                benchmark.name,
                benchmark.protocol
            );
        }
    }

    #[test]
    fn every_file_says_what_it_is() {
        for protocol in all() {
            assert!(!protocol.description.is_empty(), "{}", protocol.name);
        }
    }
}

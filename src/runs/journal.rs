//! A run's journal: one JSON line an answer, appended group by group in the order of the plan.
//!
//! Because the order is the plan's, a journal is always a beginning of it, and resuming means cutting
//! back to the last whole group and going on there. A torn last line, as a power cut leaves it, is cut too.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::scoring::Answer;

/// The name of the journal within a run's folder.
pub const FILE: &str = "answers.jsonl";

/// An open journal, at its end.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    length: u64,
}

/// Why a journal cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("the journal {} cannot be opened", path.display())]
    Open { path: PathBuf, source: std::io::Error },
    #[error("the journal {} cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("answers could not be written to {}; those written before are safe. Make room or mend the disk, then resume the run", path.display())]
    Append { path: PathBuf, source: std::io::Error },
}

impl Journal {
    /// Opens the journal in a run's folder, making it where there is none, and returns the whole answers in it.
    ///
    /// `whole` says how many of them to keep, given what was read: what lies past that is cut off.
    pub fn open(folder: &Path, whole: impl FnOnce(&[Answer]) -> usize) -> Result<(Self, Vec<Answer>), JournalError> {
        let path = folder.join(FILE);
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path);
        let mut file = opened.map_err(|source| JournalError::Open {
            path: path.clone(),
            source,
        })?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|source| JournalError::Read {
            path: path.clone(),
            source,
        })?;
        let (mut answers, ends): (Vec<Answer>, Vec<u64>) = parse(&path, &bytes).into_iter().unzip();
        let kept = whole(&answers).min(answers.len());
        answers.truncate(kept);
        let length = kept
            .checked_sub(1)
            .and_then(|last| ends.get(last).copied())
            .unwrap_or(0);
        let mut journal = Self { path, file, length };
        journal.cut_back().map_err(|source| JournalError::Append {
            path: journal.path.clone(),
            source,
        })?;
        Ok((journal, answers))
    }

    /// Appends a group's answers. Where that fails nothing of the group stays in the file.
    pub fn append(&mut self, group: &[Answer]) -> Result<(), JournalError> {
        let mut lines = Vec::new();
        let appended = group
            .iter()
            .try_for_each(|answer| {
                serde_json::to_writer(&mut lines, answer).map_err(std::io::Error::from)?;
                lines.push(b'\n');
                Ok(())
            })
            .and_then(|()| self.file.write_all(&lines))
            .and_then(|()| self.file.sync_data());
        match appended {
            Ok(()) => {
                self.length += lines.len() as u64;
                Ok(())
            }
            Err(source) => {
                // A torn end is cut off when the journal is next opened, should this fail as well.
                self.cut_back().ok();
                Err(JournalError::Append {
                    path: self.path.clone(),
                    source,
                })
            }
        }
    }

    /// Deletes the file, once its answers are kept elsewhere.
    pub fn remove(self) -> Result<(), JournalError> {
        std::fs::remove_file(&self.path).map_err(|source| JournalError::Append {
            path: self.path,
            source,
        })
    }

    fn cut_back(&mut self) -> std::io::Result<()> {
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::Start(self.length))?;
        Ok(())
    }
}

/// The whole answers of a journal that somebody else may be writing right now.
pub fn read(folder: &Path) -> Result<Vec<Answer>, JournalError> {
    let path = folder.join(FILE);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(parse(&path, &bytes).into_iter().map(|(answer, _)| answer).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(JournalError::Read { path, source }),
    }
}

/// Every answer up to the first line that is none, with the offset at which its line ends.
///
/// A last line without its line feed is torn and left out. After any other bad line nothing is trusted either;
/// resuming asks what stood there again.
fn parse(path: &Path, bytes: &[u8]) -> Vec<(Answer, u64)> {
    let mut answers = Vec::new();
    let mut end = 0;
    for (index, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let Some(text) = line.strip_suffix(b"\n") else { break };
        end += line.len() as u64;
        match serde_json::from_slice(text) {
            Ok(answer) => answers.push((answer, end)),
            Err(error) => {
                let line = index + 1;
                tracing::warn!(
                    "line {line} of {} is no answer ({error}); those before it count",
                    path.display()
                );
                break;
            }
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarks::ItemKey;
    use crate::scoring::Outcome;

    fn answer(id: usize) -> Answer {
        Answer {
            model: "m".into(),
            benchmark: "b".into(),
            task: "t".into(),
            item: ItemKey {
                language: "ar".parse().unwrap(),
                id: id.to_string(),
            },
            log_probabilities: vec![-0.1, -2.5],
            option_tokens: Vec::new(),
            choices: vec![0],
            outcome: Outcome::Right,
            prompt_tokens: 5,
            seconds: 0.25,
            usage: None,
            reply: None,
            error: None,
        }
    }

    fn group(ids: std::ops::Range<usize>) -> Vec<Answer> {
        ids.map(answer).collect()
    }

    #[test]
    fn goes_on_after_the_last_whole_group_wherever_it_was_torn() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, _) = Journal::open(folder.path(), <[Answer]>::len).unwrap();
        journal.append(&group(0..2)).unwrap();
        journal.append(&group(2..4)).unwrap();
        let whole = std::fs::read(folder.path().join(FILE)).unwrap();
        for torn in 0..whole.len() {
            std::fs::write(folder.path().join(FILE), &whole[..torn]).unwrap();
            let (mut journal, kept) = Journal::open(folder.path(), |answers| answers.len() / 2 * 2).unwrap();
            for start in (kept.len()..4).step_by(2) {
                journal.append(&group(start..start + 2)).unwrap();
            }
            assert_eq!(
                std::fs::read(folder.path().join(FILE)).unwrap(),
                whole,
                "torn at {torn}"
            );
        }
    }

    #[test]
    fn a_bad_line_costs_what_comes_after_it_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, _) = Journal::open(folder.path(), <[Answer]>::len).unwrap();
        journal.append(&group(0..4)).unwrap();
        let whole = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        let mut lines: Vec<&str> = whole.lines().collect();
        lines[2] = "{\"log_probabilities\": [null]}";
        std::fs::write(folder.path().join(FILE), format!("{}\n", lines.join("\n"))).unwrap();
        assert_eq!(read(folder.path()).unwrap(), group(0..2));
        let (mut journal, kept) = Journal::open(folder.path(), <[Answer]>::len).unwrap();
        assert_eq!(kept, group(0..2));
        journal.append(&group(2..4)).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join(FILE)).unwrap(), whole);
    }

    #[test]
    fn a_line_from_before_replies_and_several_choices_is_an_answer() {
        let line = r#"{"model":"m","benchmark":"b","task":"t","language":"ar","id":"7","log_probabilities":[-0.1,-2.5],"choice":0,"outcome":"right","prompt_tokens":5,"seconds":0.25}"#;
        let parsed = parse(Path::new(FILE), format!("{line}\n").as_bytes());
        assert_eq!(parsed.first().map(|(read, _)| read), Some(&answer(7)));
        let written = line.replace(r#""choice":0"#, r#""choices":[0]"#);
        assert_eq!(serde_json::to_string(&answer(7)).unwrap(), written);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_and_what_was_written_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, _) = Journal::open(folder.path(), <[Answer]>::len).unwrap();
        journal.append(&group(0..2)).unwrap();
        // The device on which every write finds no space.
        journal.file = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let error = journal.append(&group(2..4)).unwrap_err();
        assert!(error.to_string().contains("resume the run"), "{error}");
        assert!(
            std::error::Error::source(&error)
                .unwrap()
                .to_string()
                .contains("No space left")
        );
        assert_eq!(read(folder.path()).unwrap().len(), 2);
    }
}

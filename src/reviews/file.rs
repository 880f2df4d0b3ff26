//! Adding to a reviewer's file: what was saved once is never touched again, and what a crash left torn is put aside.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::line::{Line, LineId, SCHEMA, StatementId, Timestamp};
use super::read::{ENDING, LineProblem, ReviewError, TORN, parse};
use super::reviewer::Reviewer;
use super::statement::Statement;
use crate::workspace::Workspace;

/// Something to add: what is said, and the id it is said under where that is not its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    /// Of what is replaced or taken back.
    pub id: Option<StatementId>,
    pub statement: Statement,
}

impl From<Statement> for Append {
    fn from(statement: Statement) -> Self {
        Self { id: None, statement }
    }
}

/// Adds to a reviewer's file and returns the lines that it now has; all of them are on the disk then, or none is.
pub fn append(workspace: &Workspace, reviewer: &Reviewer, said: Vec<Append>) -> Result<Vec<Line>, ReviewError> {
    workspace.require_write()?;
    let folder = workspace.reviews_folder();
    let path = folder.join(format!("{}.{ENDING}", reviewer.id()));
    let failed = |source| ReviewError::Append {
        path: path.clone(),
        source,
    };
    let mut end = End::open(&path).map_err(failed)?;
    let mut at = end.latest;
    let lines: Vec<Line> = said
        .into_iter()
        .map(|Append { id, statement }| {
            at = Timestamp::now_after(at);
            Line {
                schema: SCHEMA,
                line: LineId::fresh(),
                id: id.unwrap_or_else(|| statement.id(reviewer.id())),
                at,
                reviewer: reviewer.name().to_owned(),
                statement,
            }
        })
        .collect();
    let mut text = Vec::new();
    for line in &lines {
        serde_json::to_writer(&mut text, line).map_err(|error| failed(error.into()))?;
        text.push(b'\n');
    }
    end.write(&text).map_err(failed)?;
    Ok(lines)
}

/// Adds whole lines as they are to the file at `path`.
pub(super) fn append_raw(path: &Path, lines: &[&[u8]]) -> Result<(), ReviewError> {
    let failed = |source| ReviewError::Append {
        path: path.to_owned(),
        source,
    };
    let mut text = Vec::new();
    for line in lines {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    End::open(path).and_then(|mut end| end.write(&text)).map_err(failed)
}

/// The end of a file, where the next line goes.
struct End {
    file: File,
    /// Where a torn last line is put before it is cut off.
    aside: PathBuf,
    /// The last line, where it is torn and not put aside yet.
    torn: Vec<u8>,
    /// Where what is whole ends.
    length: u64,
    /// A whole last line lacks its line feed.
    unended: bool,
    /// When the latest of its lines was said.
    latest: Timestamp,
}

impl End {
    fn open(path: &Path) -> std::io::Result<Self> {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let is_new = !path.exists();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        if is_new {
            sync_folder(folder)?;
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let lines = parse(path, &bytes);
        let torn = match lines.last() {
            Some((text, Err(LineProblem::Torn { .. }))) => text.to_vec(),
            _ => Vec::new(),
        };
        let latest = lines
            .iter()
            .filter_map(|(_, line)| line.as_ref().ok())
            .map(|line| line.at);
        Ok(Self {
            length: (bytes.len() - torn.len()) as u64,
            unended: torn.is_empty() && bytes.last().is_some_and(|&byte| byte != b'\n'),
            latest: latest.max().unwrap_or(Timestamp::EARLIEST),
            aside: path.with_extension(TORN),
            torn,
            file,
        })
    }

    /// Puts a torn last line where it can be looked at: what somebody wrote is not for us to throw away.
    fn put_aside(&mut self) -> std::io::Result<()> {
        if self.torn.is_empty() {
            return Ok(());
        }
        let mut aside = OpenOptions::new().append(true).create(true).open(&self.aside)?;
        self.torn.push(b'\n');
        aside.write_all(&self.torn)?;
        aside.sync_data()?;
        self.torn.clear();
        Ok(())
    }

    fn write(&mut self, text: &[u8]) -> std::io::Result<()> {
        let mut whole = Vec::with_capacity(text.len() + 1);
        if self.unended {
            whole.push(b'\n');
        }
        whole.extend_from_slice(text);
        self.put_aside()?;
        let written = self
            .cut_back()
            .and_then(|()| self.file.write_all(&whole))
            .and_then(|()| self.file.sync_data());
        if written.is_err() {
            // A torn end is cut off before the next line, should this fail as well.
            self.cut_back().ok();
        }
        written
    }

    fn cut_back(&mut self) -> std::io::Result<()> {
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::Start(self.length))?;
        Ok(())
    }
}

/// A new file's name is on the disk only once its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_and_what_was_saved_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        append_raw(&path, &[b"{}"]).unwrap();
        let mut end = End::open(&path).unwrap();
        // The device on which every write finds no space.
        end.file = OpenOptions::new().write(true).open("/dev/full").unwrap();
        end.length = 0;
        assert!(end.write(b"{}\n").is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"{}\n");
    }
}

//! Archives: zip, tar, tar.gz and gz of a single file, unpacked in memory only and within limits.
//!
//! Nothing is ever written to disk. A member whose path leaves the archive, an archive within the archive and what
//! unpacks to more than [`MOST_BYTES`] are refused; folders, links and what systems leave behind are passed over.

use std::io::{Cursor, ErrorKind, Read};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::errors::quoted;
use crate::quantities::bytes as size;

/// The most that the files of one archive may hold together once unpacked: 512 MiB.
pub(super) const MOST_BYTES: u64 = 512 << 20;

/// The most members an archive may have.
const MOST_MEMBERS: usize = 10_000;

/// What packs files, by extension.
const PACKED: &[&str] = &[
    "zip", "gz", "tgz", "tar", "7z", "rar", "bz2", "tbz2", "xz", "txz", "zst", "jar", "eval",
];

/// Why an archive is not unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    #[error(
        "it unpacks to more than {}, the most that is unpacked; unpack it yourself and import its files",
        size(MOST_BYTES)
    )]
    TooLarge,
    #[error("it has more than {MOST_MEMBERS} members; unpack it yourself and import its files")]
    TooMany,
    #[error("the path of its member `{0}` leads out of the archive; such an archive is not to be trusted")]
    Leaves(String),
    #[error("its member `{0}` is an archive itself; unpack it and import that, or name other members with `--member`")]
    Nested(String),
    #[error("its member `{0}` is encrypted; unpack it with its password and import its files")]
    Encrypted(String),
    #[error(
        "none of its files has a name that ends as those that can be imported (.jsonl, .csv, .xlsx and the like); it has {}",
        quoted(.0)
    )]
    NothingReadable(Vec<String>),
    #[error("no member is called `{name}`; it has {}", quoted(.members))]
    NoMember { name: String, members: Vec<String> },
    #[error("it is damaged: {0}")]
    Damaged(String),
}

/// One file of an archive.
pub(super) struct Member {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What kind of archive a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Zip,
    Tar,
    TarGzip,
    /// One file.
    Gzip,
}

impl Kind {
    pub fn of(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        Some(match name.rsplit('.').next()? {
            "zip" => Self::Zip,
            "tar" => Self::Tar,
            "tgz" => Self::TarGzip,
            "gz" if name.ends_with(".tar.gz") => Self::TarGzip,
            "gz" => Self::Gzip,
            _ => return None,
        })
    }
}

/// The members that a name or pattern chooses (all without one) and `is_readable` takes, in the archive's order.
pub(super) fn members(
    kind: Kind,
    name: &str,
    bytes: &[u8],
    chosen: Option<&str>,
    is_readable: impl Fn(&str) -> bool,
) -> Result<Vec<Member>, ArchiveError> {
    let mut unpacking = Unpacking {
        left: MOST_BYTES,
        chosen,
        is_readable,
        seen: Vec::new(),
        members: Vec::new(),
    };
    match kind {
        Kind::Gzip => {
            let inner = name.get(..name.len().saturating_sub(".gz".len())).unwrap_or_default();
            unpacking.take(inner, true, false, MultiGzDecoder::new(bytes))?;
        }
        Kind::Zip => zip(bytes, &mut unpacking)?,
        Kind::Tar => tar(bytes, &mut unpacking)?,
        Kind::TarGzip => tar(MultiGzDecoder::new(bytes), &mut unpacking)?,
    }
    let Unpacking { seen, members, .. } = unpacking;
    match (members.is_empty(), chosen) {
        (false, _) => Ok(members),
        (true, Some(name)) => Err(ArchiveError::NoMember {
            name: name.to_owned(),
            members: seen,
        }),
        (true, None) => Err(ArchiveError::NothingReadable(seen)),
    }
}

/// Makes sure that a spreadsheet, which is an archive, unpacks to what memory holds.
pub(super) fn require_small(bytes: &[u8]) -> Result<(), ArchiveError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(cut_off)?;
    let mut left = MOST_BYTES;
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(damaged)?;
        let unpacked = std::io::copy(&mut member.take(left.saturating_add(1)), &mut std::io::sink());
        left = left
            .checked_sub(unpacked.map_err(damaged)?)
            .ok_or(ArchiveError::TooLarge)?;
    }
    Ok(())
}

/// The text of a member of a zip that was found to be small; `None` where it is none or has no such member.
pub(super) fn member_text(bytes: &[u8], name: &str) -> Option<String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut text = String::new();
    archive.by_name(name).ok()?.read_to_string(&mut text).ok()?;
    Some(text)
}

/// What is taken out of an archive, and how much more may be.
struct Unpacking<'a, F> {
    left: u64,
    chosen: Option<&'a str>,
    is_readable: F,
    /// The names of all files, for messages.
    seen: Vec<String>,
    members: Vec<Member>,
}

impl<F: Fn(&str) -> bool> Unpacking<'_, F> {
    fn take(&mut self, name: &str, is_file: bool, encrypted: bool, content: impl Read) -> Result<(), ArchiveError> {
        if leaves(name) {
            return Err(ArchiveError::Leaves(name.to_owned()));
        }
        if !is_file || is_junk(name) {
            return Ok(());
        }
        if self.seen.len() >= MOST_MEMBERS {
            return Err(ArchiveError::TooMany);
        }
        self.seen.push(name.to_owned());
        if self.chosen.is_some_and(|pattern| !matches(name, pattern)) {
            return Ok(());
        }
        if is_packed(name) {
            return Err(ArchiveError::Nested(name.to_owned()));
        }
        if !(self.is_readable)(name) {
            return Ok(());
        }
        if encrypted {
            return Err(ArchiveError::Encrypted(name.to_owned()));
        }
        let mut bytes = Vec::new();
        let most = self.left.saturating_add(1);
        let read = content.take(most).read_to_end(&mut bytes).map_err(damaged)?;
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(read).ok_or(ArchiveError::TooLarge)?;
        let name = name.to_owned();
        self.members.push(Member { name, bytes });
        Ok(())
    }
}

fn zip<F: Fn(&str) -> bool>(bytes: &[u8], unpacking: &mut Unpacking<'_, F>) -> Result<(), ArchiveError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(cut_off)?;
    for index in 0..archive.len() {
        let (name, is_file, encrypted) = {
            let raw = archive.by_index_raw(index).map_err(damaged)?;
            (
                raw.name().map_err(damaged)?.into_owned(),
                raw.is_file(),
                raw.encrypted(),
            )
        };
        if encrypted {
            unpacking.take(&name, is_file, true, std::io::empty())?;
            continue;
        }
        let member = archive.by_index(index).map_err(damaged)?;
        unpacking.take(&name, is_file, false, member)?;
    }
    Ok(())
}

fn tar<F: Fn(&str) -> bool>(content: impl Read, unpacking: &mut Unpacking<'_, F>) -> Result<(), ArchiveError> {
    // What is skipped over is unpacked too, and headers of their own kinds are read into memory.
    let limited = Limited {
        inner: content,
        left: MOST_BYTES.saturating_mul(2),
    };
    let mut archive = tar::Archive::new(limited);
    for entry in archive.entries().map_err(too_large_or_damaged)? {
        let entry = entry.map_err(too_large_or_damaged)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let is_file = entry.header().entry_type().is_file();
        unpacking.take(name.strip_prefix("./").unwrap_or(&name), is_file, false, entry)?;
    }
    Ok(())
}

/// Ends with an error where more comes than may.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = u64::try_from(read)
            .ok()
            .and_then(|read| self.left.checked_sub(read))
            .ok_or(ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

fn too_large_or_damaged(error: std::io::Error) -> ArchiveError {
    match error.kind() {
        ErrorKind::FileTooLarge => ArchiveError::TooLarge,
        _ => damaged(error),
    }
}

/// A zip ends with the list of its members.
fn cut_off(error: impl std::fmt::Display) -> ArchiveError {
    ArchiveError::Damaged(format!(
        "the list of files at its end cannot be read, so it may be cut off; get it anew ({error})"
    ))
}

fn damaged(error: impl std::fmt::Display) -> ArchiveError {
    ArchiveError::Damaged(error.to_string())
}

/// Whether a member's path would lead out of a folder that it is unpacked into, on any system.
fn leaves(name: &str) -> bool {
    let mut parts = name.split(['/', '\\']);
    let has_drive = name.get(1..2) == Some(":");
    name.starts_with(['/', '\\']) || has_drive || name.contains('\0') || parts.any(|part| part == "..")
}

/// Whether a file is what systems and tools leave behind.
fn is_junk(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
        || name.ends_with("Thumbs.db")
        || name.ends_with("desktop.ini")
}

fn is_packed(name: &str) -> bool {
    let name = name.to_lowercase();
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| PACKED.contains(&extension))
}

/// Whether a member's path, or the end of it after a `/`, is the pattern, in which `*` stands for anything.
fn matches(name: &str, pattern: &str) -> bool {
    let ends = name.match_indices('/').filter_map(|(at, _)| name.get(at + 1..));
    std::iter::once(name).chain(ends).any(|end| is_like(end, pattern))
}

fn is_like(name: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return name == pattern;
    };
    let Some(mut left) = name.strip_prefix(start) else {
        return false;
    };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        match left.split_once(piece) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_choose_members() {
        for (name, pattern, expected) in [
            ("Test/Arabic.jsonl", "Test/Arabic.jsonl", true),
            ("MMedBench/Test/Arabic.jsonl", "Test/*.jsonl", true),
            ("MMedBench/Train/Arabic.jsonl", "Test/*.jsonl", false),
            ("a/b.csv", "b.csv", true),
            ("a/bb.csv", "b.csv", false),
            ("a-b-c.csv", "a*b*.csv", true),
            ("a.csv", "*b*", false),
            ("a.csv", "*", true),
        ] {
            assert_eq!(matches(name, pattern), expected, "{name} {pattern}");
        }
    }

    #[test]
    fn paths_that_leave_are_known_on_every_system() {
        for name in [
            "../a.csv",
            "a/../../b.csv",
            "/etc/a.csv",
            "C:\\a.csv",
            "\\\\server\\a.csv",
            "a\\..\\b.csv",
        ] {
            assert!(leaves(name), "{name}");
        }
        for name in ["a.csv", "a/b..c.csv", "..a/b.csv", "./a.csv"] {
            assert!(!leaves(name), "{name}");
        }
    }
}

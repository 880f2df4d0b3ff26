//! One request for some bytes of a file, and what its answer must say before any of it is believed.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_RANGE, ETAG, HeaderMap, HeaderName, IF_RANGE, LOCATION, RANGE};
use reqwest::{Response, StatusCode};
use url::Url;

use super::error::DownloadError;
use crate::models::hub::{About, Hub, HubError, Refusal, RemoteFile, Repository};
use crate::network::{Retry, of_status};

/// How often an address may lead to another.
const REDIRECTS: usize = 6;

/// What the hub calls the content that its redirect leads to.
const LINKED_ETAG: HeaderName = HeaderName::from_static("x-linked-etag");
const LINKED_SIZE: HeaderName = HeaderName::from_static("x-linked-size");

/// A file of a repository, to be asked for in parts.
#[derive(Debug)]
pub struct Source {
    hub: Hub,
    file: RemoteFile,
    address: Url,
    about: About,
    /// Where the content was last found, which saves asking the hub for every part.
    place: Mutex<Option<Place>>,
}

/// An address of content.
#[derive(Debug, Clone)]
struct Place {
    address: Url,
    /// Whether the hub said that it leads to the content we mean.
    named: bool,
}

/// Bytes of the file that a server is ready to send.
#[derive(Debug)]
pub struct Answer {
    response: Response,
    about: About,
    /// Of the file's bytes the first that comes.
    pub start: u64,
    /// Whether it is only the part that was asked for.
    pub is_part: bool,
    /// What the server calls this version of the file; nothing where the hub told that it is the right one.
    pub version: Option<String>,
}

impl Source {
    /// A file of a repository that was asked about.
    pub fn new(hub: &Hub, repository: &Repository, file: &RemoteFile) -> Self {
        Self {
            address: hub.content_address(&repository.name, &repository.commit, &file.name),
            about: hub.about(&repository.name, &repository.revision, Some(&file.name)),
            hub: hub.clone(),
            file: file.clone(),
            place: Mutex::new(None),
        }
    }

    /// The file.
    pub fn file(&self) -> &RemoteFile {
        &self.file
    }

    /// Asks for bytes. Where the file is no longer the `version` that was begun, the answer is all of the new one.
    pub async fn open(&self, range: &Range<u64>, version: Option<&str>) -> Result<Answer, DownloadError> {
        let known = self.place().clone();
        let opened = self.follow(known, range, version).await;
        *self.place() = opened.as_ref().ok().map(|(_, place)| place.clone());
        opened.map(|(answer, _)| answer)
    }

    /// Follows the hub's redirects to where the content is, or goes there at once where that is known.
    async fn follow(
        &self,
        known: Option<Place>,
        range: &Range<u64>,
        version: Option<&str>,
    ) -> Result<(Answer, Place), DownloadError> {
        let was_known = known.is_some();
        let mut place = known.unwrap_or_else(|| Place {
            address: self.address.clone(),
            named: false,
        });
        for _ in 0..REDIRECTS {
            let response = self.ask(&place, range, version).await?;
            place.named |= self.is_named(&place.address, response.headers())?;
            if response.status().is_redirection() {
                place.address = self.next(&place.address, &response)?;
            } else if response.status().is_success() {
                return Ok((self.read(&place, range, response)?, place));
            } else if was_known && place.address.origin() != self.address.origin() && is_lasting(&response) {
                // A link that worked before has run out; the hub gives another.
                return Err(HubError::Cut {
                    host: host(&place.address),
                }
                .into());
            } else {
                return Err(self.refused(&place.address, &response));
            }
        }
        Err(self.astray())
    }

    async fn ask(&self, place: &Place, range: &Range<u64>, version: Option<&str>) -> Result<Response, DownloadError> {
        let mut request = self
            .hub
            .request(&place.address)
            .header(RANGE, format!("bytes={}-{}", range.start, range.end.saturating_sub(1)))
            .header(ACCEPT_ENCODING, "identity");
        // A weak name promises nothing of bytes, and where the hub vouches for the content no name is needed.
        if let Some(version) = version.filter(|version| !place.named && version.starts_with('"')) {
            request = request.header(IF_RANGE, version);
        }
        let sent = request.send().await;
        sent.map_err(|error| self.about_host(&place.address).unreachable(error).into())
    }

    /// Whether the hub says that this is the content we mean; an error where it says that it is another.
    fn is_named(&self, address: &Url, headers: &HeaderMap) -> Result<bool, DownloadError> {
        if address.origin() != self.hub.settings().endpoint.origin() {
            return Ok(false);
        }
        if let Some(size) = text(headers, &LINKED_SIZE).and_then(|size| size.parse().ok())
            && size != self.file.size
        {
            return Err(self.length(size));
        }
        match text(headers, &LINKED_ETAG) {
            Some(linked) if bare(linked) == self.file.content.etag() => Ok(true),
            Some(_) => Err(self.changed()),
            None => Ok(text(headers, &ETAG).is_some_and(|etag| bare(etag) == self.file.content.etag())),
        }
    }

    fn next(&self, address: &Url, response: &Response) -> Result<Url, DownloadError> {
        let location = text(response.headers(), &LOCATION).and_then(|location| address.join(location).ok());
        location
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| self.astray())
    }

    /// Checks what the answer says it is.
    fn read(&self, place: &Place, range: &Range<u64>, response: Response) -> Result<Answer, DownloadError> {
        let headers = response.headers();
        let is_part = response.status() == StatusCode::PARTIAL_CONTENT;
        let start = match is_part {
            true => {
                let part = text(headers, &CONTENT_RANGE).and_then(Part::read);
                let part = part.filter(|part| part.start == range.start);
                let wrong = || {
                    self.about
                        .malformed("it is not the part of the file that was asked for".to_owned())
                };
                let part = part.ok_or_else(wrong)?;
                if let Some(total) = part.total.filter(|total| *total != self.file.size) {
                    return Err(self.length(total));
                }
                part.start
            }
            false => {
                if let Some(length) = response.content_length().filter(|length| *length != self.file.size) {
                    return Err(self.length(length));
                }
                0
            }
        };
        let version = text(headers, &ETAG).filter(|_| !place.named).map(str::to_owned);
        Ok(Answer {
            about: self.about_host(&place.address),
            response,
            start,
            is_part,
            version,
        })
    }

    fn refused(&self, address: &Url, response: &Response) -> DownloadError {
        let refusal = Refusal::of(response.status(), response.headers());
        if address.origin() == self.hub.settings().endpoint.origin() {
            return self.about.refused(refusal).into();
        }
        // What another host refuses says nothing about the repository.
        DownloadError::Hub(HubError::Status {
            host: host(address),
            status: refusal.status,
            message: refusal.message,
            after: refusal.after,
        })
    }

    /// The server has another number of bytes than the hub says.
    pub fn length(&self, found: u64) -> DownloadError {
        DownloadError::Length {
            file: self.file.name.clone(),
            expected: self.file.size,
            found,
        }
    }

    /// The server has another version of the file than the one that was begun.
    pub fn changed(&self) -> DownloadError {
        DownloadError::Changed {
            file: self.file.name.clone(),
        }
    }

    fn astray(&self) -> DownloadError {
        DownloadError::Redirect {
            file: self.file.name.clone(),
        }
    }

    fn about_host(&self, address: &Url) -> About {
        About {
            host: host(address),
            ..self.about.clone()
        }
    }

    fn place(&self) -> std::sync::MutexGuard<'_, Option<Place>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answer {
    /// The next bytes; nothing at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, HubError> {
        self.response
            .chunk()
            .await
            .map_err(|error| self.about.unreachable(error))
    }

    /// The answer ended before all that was asked for came.
    pub fn cut(&self) -> HubError {
        HubError::Cut {
            host: self.about.host.clone(),
        }
    }
}

/// What `Content-Range` says: `bytes 0-99/1000`.
struct Part {
    start: u64,
    total: Option<u64>,
}

impl Part {
    fn read(text: &str) -> Option<Self> {
        let (range, total) = text.trim().strip_prefix("bytes")?.trim_start().split_once('/')?;
        let (start, end) = range.split_once('-')?;
        let start = start.trim().parse().ok()?;
        (start <= end.trim().parse::<u64>().ok()?).then_some(())?;
        let total = match total.trim() {
            "*" => None,
            total => Some(total.parse().ok()?),
        };
        Some(Self { start, total })
    }
}

/// Whether asking the same address again would give the same refusal.
fn is_lasting(response: &Response) -> bool {
    of_status(response.status(), response.headers()) == Retry::Never
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// An ETag without its quotes and mark of weakness.
fn bare(etag: &str) -> &str {
    etag.trim().trim_start_matches("W/").trim_matches('"')
}

fn host(address: &Url) -> String {
    address.host_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_strictly() {
        let read = |text| Part::read(text).map(|part| (part.start, part.total));
        assert_eq!(read("bytes 0-99/1000"), Some((0, Some(1000))));
        assert_eq!(read("bytes 5-5/*"), Some((5, None)));
        for wrong in [
            "",
            "bytes",
            "bytes */1000",
            "bytes 9-5/10",
            "items 0-1/2",
            "bytes -1-2/3",
            "bytes 0-1/x",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn names_of_versions_are_compared_without_their_dress() {
        assert_eq!(bare("W/\"abc\""), "abc");
        assert_eq!(bare("\"abc\""), "abc");
        assert_eq!(bare("abc"), "abc");
    }
}

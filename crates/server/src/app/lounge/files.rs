//! Files and pictures: who may send up which, what a browser is told that one is, and who fetches it. Whoever knows
//! its id does: it was drawn at random, and only those hear of it whom it was sent to.

use super::super::tokens::Upload;
use super::super::{App, Identity, Refused};
use visavis_domain::ids::{FileId, SessionId};
use visavis_domain::message::file_name;
use visavis_protocol::{Reply, SentFile};
use visavis_store::{FileCard, NewFile, StoreError, Taken};

/// What browsers show by themselves and cannot run anything of. Whatever else somebody sends is for saving.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const ANYTHING: &str = "application/octet-stream";

impl App {
    /// The right to send up one file, for where one may write.
    pub(crate) async fn offer_file(
        &self,
        who: Identity,
        session: SessionId,
        place: visavis_protocol::Place,
        (name, size): (&str, u64),
    ) -> Result<Reply, Refused> {
        let person = who.person;
        let seat = self.seated(person, session).await?;
        self.may_be_as_large(size)?;
        let name = file_name(name).filter(|_| size > 0).ok_or(Refused::File)?;
        let place = self.may_write(&seat, person, place).await?.place();
        let file = FileId::from_bits(self.random_bits());
        let upload = Upload { file, owner: person, place, name, size, from: who.guest_from() };
        Ok(Reply::Upload { file, token: self.tokens.upload(self.now(), &upload)? })
    }

    /// # Errors
    /// [`Refused::FileTooLarge`] if no file may have so many bytes.
    pub(crate) fn may_be_as_large(&self, size: u64) -> Result<(), Refused> {
        if size > self.lounge.file_bytes { Err(Refused::FileTooLarge) } else { Ok(()) }
    }

    /// Bytes that any file has at most.
    pub(crate) fn largest_file(&self) -> u64 {
        self.lounge.file_bytes
    }

    /// What a token is the right to.
    pub(crate) fn check_upload(&self, token: &str) -> Result<Upload, Refused> {
        Ok(self.tokens.check_upload(self.now(), token)?)
    }

    /// Keeps a file that was offered. A token is good for one.
    pub(crate) async fn keep_file(&self, upload: Upload, body: Vec<u8>) -> Result<SentFile, Refused> {
        let Upload { file: id, owner, place, name, size, from } = upload;
        if body.len() as u64 != size {
            return Err(Refused::File);
        }
        let card = FileCard { id, name, kind: kind(&body).to_owned(), size };
        let file = NewFile {
            card: card.clone(),
            owner,
            place,
            source: from.map(|from| from.to_string()),
            at: self.now(),
            body,
        };
        match self.store.add_file(file, self.lounge.files).await {
            Ok(()) => Ok(sent(card)),
            Err(StoreError::Taken(Taken::File)) => Err(Refused::Ticket),
            Err(error) => Err(error.into()),
        }
    }

    /// What is known of a file that a message has.
    pub(crate) async fn file_card(&self, id: FileId) -> Result<Option<FileCard>, Refused> {
        Ok(self.store.file_card(id).await?)
    }

    /// The same, and what is in it.
    pub(crate) async fn file(&self, id: FileId) -> Result<Option<(FileCard, Vec<u8>)>, Refused> {
        Ok(self.store.file(id).await?)
    }
}

/// Whether browsers may show it.
pub(crate) fn is_picture(card: &FileCard) -> bool {
    PICTURES.contains(&card.kind.as_str())
}

/// As it travels with a message.
pub(super) fn sent(card: FileCard) -> SentFile {
    let picture = is_picture(&card);
    let FileCard { id, name, size, .. } = card;
    SentFile { id, name, size, picture }
}

/// By what is in it. What its sender says that it is would be as good as letting them choose what browsers do with it.
fn kind(body: &[u8]) -> &'static str {
    let found = infer::get(body).map_or(ANYTHING, |kind| kind.mime_type());
    if PICTURES.contains(&found) { found } else { ANYTHING }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_their_content_and_nothing_else_is_one() {
        for (body, expected) in [
            (&b"\x89PNG\r\n\x1a\n rest"[..], "image/png"),
            (b"\xff\xd8\xff\xe0 rest", "image/jpeg"),
            (b"GIF89a rest", "image/gif"),
            (b"RIFF\x04\0\0\0WEBPVP8 ", "image/webp"),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", ANYTHING),
            (b"<!DOCTYPE html><script>alert(1)</script>", ANYTHING),
            (b"%PDF-1.7", ANYTHING),
            (b"BM\x46\0\0\0", ANYTHING),
            (b"", ANYTHING),
            (b"x", ANYTHING),
        ] {
            assert_eq!(kind(body), expected, "{}", String::from_utf8_lossy(body));
        }
    }
}

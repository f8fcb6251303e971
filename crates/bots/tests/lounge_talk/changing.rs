//! Changing and deleting what was written: one's own, and as a moderator of the room.

use super::{Hall, done, hears, hears_changed, in_room, opened, refused, room_of, to, write};
use visavis_bots::Member;
use visavis_domain::ids::MessageId;
use visavis_protocol::{AuditPage, Code, Command};

fn edit(message: MessageId, text: &str) -> Command {
    Command::EditMessage { message, text: text.to_owned() }
}

#[tokio::test]
async fn one_changes_and_deletes_ones_own_and_everybody_hears_what_it_is_then() {
    let hall = Hall::open().await;
    let (mut ada, mut ben) = (hall.member("Ada").await, hall.member("Ben").await);
    let place = in_room(room_of(&ada));
    let id = write(&mut ada.bot, place, "teh").await;
    done(&mut ada.bot, edit(id, "the")).await;
    let changed = hears_changed(&mut ben.bot, id).await;
    assert_eq!((changed.text.as_str(), changed.number, changed.deleted), ("the", 1, false));
    assert!(changed.edited_at.is_some());
    refused(&mut ben.bot, edit(id, "mine"), Code::NotChangeable).await;
    refused(&mut ben.bot, Command::DeleteMessage { message: id }, Code::NotChangeable).await;
    refused(&mut ada.bot, edit(id, " "), Code::MessageInvalid).await;
    refused(&mut ada.bot, edit(MessageId::from_bits(u128::MAX), "x"), Code::MessageUnknown).await;
    done(&mut ada.bot, Command::DeleteMessage { message: id }).await;
    let deleted = hears_changed(&mut ben.bot, id).await;
    assert!(deleted.deleted && deleted.text.is_empty() && deleted.file.is_none());
    refused(&mut ada.bot, edit(id, "back"), Code::NotChangeable).await;
    refused(&mut ada.bot, Command::DeleteMessage { message: id }, Code::NotChangeable).await;
    let late = hall.member("Late").await;
    let kept = &late.lounge.room.messages[0];
    assert!(kept.deleted && kept.text.is_empty() && kept.number == 1);
}

#[tokio::test]
async fn a_moderator_deletes_what_others_wrote_in_the_room_and_the_audit_log_says_who_did() {
    let hall = Hall::open().await;
    let admin = hall.staff("admin").await;
    let mut moderator = Member::staff(&admin, "Moderator").await.unwrap();
    assert!(moderator.lounge.room.moderator);
    let staff = hall.staff("ana").await;
    let mut colleague = Member::staff(&staff, "Colleague").await.unwrap();
    let mut ada = hall.member("Ada").await;
    assert!(!colleague.lounge.room.moderator && !ada.lounge.room.moderator);
    let room = in_room(room_of(&ada));
    let rude = write(&mut ada.bot, room, "something rude").await;
    refused(&mut colleague.bot, Command::DeleteMessage { message: rude }, Code::NotChangeable).await;
    refused(&mut moderator.bot, edit(rude, "something nice"), Code::NotChangeable).await;
    done(&mut moderator.bot, Command::DeleteMessage { message: rude }).await;
    assert!(hears_changed(&mut ada.bot, rude).await.deleted);
    // What two people write is no moderator's.
    let private = write(&mut ada.bot, to(colleague.id), "something private").await;
    refused(&mut moderator.bot, Command::DeleteMessage { message: private }, Code::MessageUnknown).await;
    let theirs = write(&mut ada.bot, to(moderator.id), "to you").await;
    hears(&mut moderator.bot, "to you").await;
    opened(&mut moderator.bot, ada.id).await;
    refused(&mut moderator.bot, Command::DeleteMessage { message: theirs }, Code::NotChangeable).await;
    let AuditPage { rows, .. } = admin.get("/api/v1/admin/audit").await.unwrap();
    let rows: Vec<_> = rows.iter().map(|row| serde_json::to_string(row).unwrap()).collect();
    let deletions: Vec<_> = rows.iter().filter(|row| row.contains("message_deleted")).collect();
    assert_eq!(deletions.len(), 1);
    assert!(deletions[0].contains(&rude.to_string()) && deletions[0].contains(&ada.id.to_string()));
    assert!(!deletions[0].contains("something"));
}

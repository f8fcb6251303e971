//! Desks, and settings beside them.

use super::{Database, audited, create, moved, person, unknown, written};
use crate::{Action, Desk, Store, StoreError, Taken};
use serde_json::json;
use std::future::Future;
use visavis_domain::hours::{Hours, Opening};
use visavis_domain::ids::DeskId;

pub(super) async fn all<D: Database, F: Future<Output = D>>(fresh: &impl Fn() -> F) {
    desks_are_kept_as_they_were_put(&fresh().await).await;
    slugs_are_unique_and_members_are_accounts(&*fresh().await.open().await).await;
    what_was_seen_has_to_be_so_still(&*fresh().await.open().await).await;
    settings_are_replaced(&fresh().await).await;
}

pub(super) fn desk(number: u128, slug: &str, name: &str, members: &[u128]) -> Desk {
    let hours = Hours {
        zone: "Europe/Istanbul".to_owned(),
        weekly: vec![Opening { weekday: 1, from: 540, to: 1_080 }],
        closed: vec!["2026-12-31".to_owned()],
    };
    Desk {
        id: DeskId::from_bits(number),
        slug: slug.to_owned(),
        name: name.to_owned(),
        about: "Damage, Ğ".to_owned(),
        hours: Some(hours),
        wrap_up_s: 0,
        ring_s: u32::MAX,
        sites: vec!["https://www.example.org".to_owned()],
        members: members.iter().map(|member| person(*member)).collect(),
    }
}

async fn put(store: &dyn Store, desk: Desk) -> Result<(), StoreError> {
    store.put_desk(desk, None, audited(Action::DeskChanged)).await
}

fn names(desks: &[Desk]) -> Vec<&str> {
    desks.iter().map(|desk| &*desk.name).collect()
}

async fn desks_are_kept_as_they_were_put(database: &impl Database) {
    let store = database.open().await;
    for (number, address) in [(1, "ana@demo"), (2, "bob@demo"), (3, "eva@demo")] {
        create(&*store, number, address, Some("hash")).await;
    }
    let claims = desk(1, "claims", "claims", &[3, 1, 2]);
    put(&*store, claims.clone()).await.expect("puts");
    put(&*store, desk(2, "advice", "Advice", &[2])).await.expect("puts");
    let bare = Desk { hours: None, sites: vec![], members: vec![], ..desk(3, "zoo", "Zoo", &[]) };
    put(&*store, bare.clone()).await.expect("puts");
    drop(store);
    let store = database.open().await;
    assert_eq!(store.desk(claims.id).await.expect("finds"), Some(claims.clone()));
    assert_eq!(store.desk_by_slug("zoo").await.expect("finds"), Some(bare));
    assert_eq!(store.desk_by_slug("none").await.expect("looks"), None);
    assert_eq!(store.desk(DeskId::from_bits(9)).await.expect("looks"), None);
    assert_eq!(names(&store.desks().await.expect("lists")), ["Advice", "claims", "Zoo"]);
    assert_eq!(names(&store.desks_of(person(2)).await.expect("lists")), ["Advice", "claims"]);
    assert_eq!(names(&store.desks_of(person(3)).await.expect("lists")), ["claims"]);
    assert_eq!(store.desks_of(person(2)).await.expect("lists")[1], claims, "with all of their members");
    let replaced = Desk { hours: None, ..desk(1, "loss", "Loss", &[2, 3]) };
    put(&*store, replaced.clone()).await.expect("puts");
    assert_eq!(store.desk(claims.id).await.expect("finds"), Some(replaced));
    assert_eq!(store.desk_by_slug("claims").await.expect("looks"), None);
    assert!(store.desks_of(person(1)).await.expect("lists").is_empty());
    store.remove_desk(claims.id, None, audited(Action::DeskRemoved)).await.expect("removes");
    unknown(store.remove_desk(claims.id, None, audited(Action::DeskRemoved)).await);
    assert_eq!(names(&store.desks_of(person(2)).await.expect("lists")), ["Advice"]);
}

async fn slugs_are_unique_and_members_are_accounts(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("hash")).await;
    put(store, desk(1, "claims", "Claims", &[1])).await.expect("puts");
    let before = written(store).await;
    let same = put(store, desk(2, "claims", "Others", &[])).await;
    assert!(matches!(same, Err(StoreError::Taken(Taken::Slug))), "{same:?}");
    unknown(put(store, desk(1, "claims", "Gone", &[1, 9])).await);
    let kept = store.desks().await.expect("lists");
    assert_eq!(names(&kept), ["Claims"], "nothing of it happened");
    assert_eq!(written(store).await, before);
    put(store, desk(1, "claims", "Claims", &[1, 1])).await.expect("says one twice");
    assert_eq!(store.desks().await.expect("lists")[0].members, [person(1)]);
}

async fn what_was_seen_has_to_be_so_still(store: &dyn Store) {
    create(store, 1, "ana@demo", Some("hash")).await;
    let seen = desk(1, "claims", "Claims", &[1]);
    put(store, seen.clone()).await.expect("puts");
    let before = written(store).await;
    let (changed, removed) = (|| audited(Action::DeskChanged), || audited(Action::DeskRemoved));
    let late = desk(1, "late", "Late", &[]);
    for stale in [
        Desk { about: String::new(), ..seen.clone() },
        Desk { hours: None, ..seen.clone() },
        Desk { members: vec![], ..seen.clone() },
    ] {
        moved(store.put_desk(late.clone(), Some(stale.clone()), changed()).await);
        moved(store.remove_desk(seen.id, Some(stale), removed()).await);
    }
    assert_eq!(store.desk(seen.id).await.expect("finds"), Some(seen.clone()));
    assert_eq!(written(store).await, before, "what did not happen is not in the log");
    let now = desk(1, "claims", "Contracts", &[]);
    store.put_desk(now.clone(), Some(seen.clone()), changed()).await.expect("is as it was seen");
    store.remove_desk(now.id, Some(now.clone()), removed()).await.expect("is as it was seen");
    moved(store.put_desk(seen, Some(now), changed()).await);
    assert!(store.desks().await.expect("lists").is_empty(), "what is gone is not made anew");
}

async fn settings_are_replaced(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.setting("branding").await.expect("looks"), None);
    for value in [json!({ "name": "Ä", "wait": [1, null] }), json!(null), json!("x")] {
        let set = store.set_setting("branding", value.clone(), audited(Action::SettingChanged)).await;
        set.expect("sets");
        assert_eq!(database.open().await.setting("branding").await.expect("reads"), Some(value));
    }
    assert_eq!(store.setting("Branding").await.expect("looks"), None);
    assert_eq!(written(&*store).await, 3);
    // What comes first is remembered, at whichever instance.
    for (value, kept) in [("a", "a"), ("b", "a"), ("a", "a")] {
        let other = database.open().await;
        assert_eq!(other.remember("whose", json!(value)).await.expect("remembers"), json!(kept));
        assert_eq!(store.setting("whose").await.expect("reads"), Some(json!(kept)));
    }
    assert_eq!(written(&*store).await, 3, "nobody did it");
}

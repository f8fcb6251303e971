//! Ids: drawn, listed, taken, kept for their token, given up; and whose pages may have them.

use super::peer::{Peer, from, lists, open, serve, told};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Error;
use visavis_bots::{ServerProcess, http_client};

#[tokio::test]
async fn it_is_off_unless_it_is_turned_on() {
    let server = ServerProcess::start(&ServerProcess::binary().unwrap(), &[]).await.unwrap();
    for path in ["/peerjs", "/peerjs/id", "/peerjs/peers", "/peerjs/ice"] {
        let answer = http_client().get(format!("{}{path}", server.base())).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    let refused = open(&server.base(), "key=peerjs&id=ana&token=a", None).await.err().unwrap();
    assert!(matches!(refused, Error::Http(answer) if answer.status() == 404));
}

#[tokio::test]
async fn ids_are_drawn_for_whoever_asks_and_told_only_where_they_may_be() {
    let (quiet, open) = tokio::join!(serve(&[]), serve(&[("VISAVIS_PEERJS__DISCOVERY", "true")]));
    let get = async |base: &str, path: &str| http_client().get(format!("{base}{path}")).send().await.unwrap();
    let answer = get(&quiet.base(), "/peerjs/id?ts=17&version=1.5.5").await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers().get("access-control-allow-origin"), None);
    let id = answer.text().await.unwrap();
    assert_eq!((id.len(), id.split('-').count()), (36, 5), "{id}");
    assert_ne!(id, get(&quiet.base(), "/peerjs/id").await.text().await.unwrap());
    let _drawn = Peer::come(&quiet.base(), &id, "t").await;

    let refused = get(&quiet.base(), "/peerjs/peers").await;
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "discovery_off");

    let base = open.base();
    lists(&base, &[], Duration::from_secs(3)).await;
    let (ana, _ben) = (Peer::come(&base, "ana", "a").await, Peer::come(&base, "b%20en", "b").await);
    lists(&base, &["ana", "b en"], Duration::from_secs(3)).await;
    // Who is only expected back is not there.
    drop(ana);
    lists(&base, &["b en"], Duration::from_secs(3)).await;
}

#[tokio::test]
async fn a_page_gets_stun_and_turn_with_credentials_of_its_own() {
    let server = serve(&[]).await;
    let ask = async || -> Value {
        let answer = http_client().get(format!("{}/peerjs/ice", server.base())).send().await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store");
        answer.json().await.unwrap()
    };
    let (one, other) = (ask().await, ask().await);
    let [stun, turn] = one["iceServers"].as_array().unwrap().as_slice() else { panic!("{one}") };
    let begins = |server: &Value, with: &str| {
        let urls = server["urls"].as_array().unwrap();
        !urls.is_empty() && urls.iter().all(|url| url.as_str().unwrap().starts_with(with))
    };
    assert!(begins(stun, "stun:") && begins(turn, "turn"), "{one}");
    assert_eq!((stun.get("username"), stun.get("credential")), (None, None));
    assert!(turn["username"].is_string() && turn["credential"].is_string());
    assert_ne!(turn["username"], other["iceServers"][1]["username"]);
}

#[tokio::test]
async fn an_id_belongs_to_its_token_while_it_is_connected_and_for_the_grace() {
    let server = serve(&[("VISAVIS_PEERJS__GRACE_S", "2")]).await;
    let base = server.base();
    let ana = Peer::come(&base, "ana", "a").await;
    Peer::is_taken(&base, "ana", "b").await;
    let gone = Instant::now();
    drop(ana);
    // Whoever asks meanwhile: it is free for nobody but its owner.
    let (eve, _) = Peer::come_when_free(&base, "ana", "b").await;
    let waited = gone.elapsed();
    assert!((2_000..5_000).contains(&waited.as_millis()), "{waited:?}");
    drop(eve);
    Peer::is_taken(&base, "ana", "a").await;
    // The owner now comes back within the grace.
    let mut again = Peer::come(&base, "ana", "b").await;
    again.has_heard_nothing("ana").await;
}

#[tokio::test]
async fn without_a_grace_an_id_is_anybodys_at_once() {
    let server = serve(&[("VISAVIS_PEERJS__GRACE_S", "0")]).await;
    let base = server.base();
    drop(Peer::come(&base, "ana", "a").await);
    let (_eve, took) = Peer::come_when_free(&base, "ana", "b").await;
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[tokio::test]
async fn who_comes_again_with_the_same_token_takes_over() {
    let server = serve(&[]).await;
    let base = server.base();
    let mut old = Peer::come(&base, "ana", "a").await;
    let mut new = Peer::come(&base, "ana", "a").await;
    assert_eq!(old.closed().await, Some(4005));
    let mut ben = Peer::come(&base, "ben", "b").await;
    ben.send_to("OFFER", "ana", 1).await;
    assert_eq!(told(&new.frame().await), from("OFFER", "ben", 1));
    // The end of the old one has freed nothing.
    Peer::is_taken(&base, "ana", "c").await;
    new.has_heard_nothing("ana").await;
}

#[tokio::test]
async fn an_id_that_is_given_up_is_free_at_once() {
    let server = serve(&[]).await;
    let base = server.base();
    let mut ana = Peer::come(&base, "ana", "a").await;
    ana.send(&json!({ "type": "LEAVE" })).await;
    assert_eq!(ana.closed().await, Some(1000));
    Peer::come(&base, "ana", "b").await.has_heard_nothing("ana").await;
}

#[tokio::test]
async fn what_is_asked_for_wrongly_is_refused_with_a_code() {
    let server = serve(&[("VISAVIS_PEERJS__IDS", "1")]).await;
    let base = server.base();
    let long = "x".repeat(65);
    let token = "t".repeat(1025);
    let first = Peer::come(&base, "ana", "a").await;
    for (query, code) in [
        ("", "parameters_missing"),
        ("key=peerjs&id=ana", "parameters_missing"),
        ("key=peerjs&token=a", "parameters_missing"),
        ("id=ana&token=a", "parameters_missing"),
        ("key=peerjs&id=&token=a", "parameters_missing"),
        ("key=peerjs&id=ana&id=ben&token=a", "parameters_missing"),
        ("key=other&id=ana&token=a", "key_invalid"),
        ("key=peerjs&id=a--b&token=a", "id_invalid"),
        ("key=peerjs&id=%C3%A4&token=a", "id_invalid"),
        ("key=peerjs&id=%FF&token=a", "id_invalid"),
        (&format!("key=peerjs&id={long}&token=a"), "id_invalid"),
        (&format!("key=peerjs&id=ana&token={token}"), "token_invalid"),
        ("key=peerjs&id=ben&token=b", "server_full"),
    ] {
        let mut peer = open(&base, query, None).await.unwrap();
        let frame = peer.frame().await;
        assert_eq!((&frame["type"], &frame["payload"]["code"]), (&json!("ERROR"), &json!(code)), "{query}");
        assert!(frame["payload"]["msg"].as_str().is_some_and(|words| !words.is_empty()));
        assert_eq!(peer.closed().await, Some(4001), "{query}");
    }
    // Who only comes again is not one more, and who goes makes room.
    let mut again = Peer::come(&base, "ana", "a").await;
    again.send(&json!({ "type": "LEAVE" })).await;
    drop(first);
    again.closed().await;
    Peer::come(&base, "ben", "b").await.has_heard_nothing("ben").await;
}

#[tokio::test]
async fn one_address_gets_so_many_ids_a_minute() {
    let server = serve(&[]).await;
    let base = server.base();
    let mut got = 0;
    loop {
        let mut peer = Peer::ask(&base, "ana", "a").await;
        let frame = peer.frame().await;
        if frame["type"] == "ERROR" {
            assert_eq!(frame["payload"]["code"], "rate_limited");
            break;
        }
        got += 1;
        assert!(got < 400, "no end");
    }
    assert!(got >= 240, "{got}");
    let refused = http_client().get(format!("{base}/peerjs/ice")).send().await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers().contains_key("retry-after")), (429, true));
    // Tickets are counted apart.
    visavis_bots::Bot::connect(&base).await.unwrap();
}

#[tokio::test]
async fn pages_of_other_sites_need_to_be_listed() {
    let listed = [("VISAVIS_PEERJS__ORIGINS", "https://a.example,https://b.example:444")];
    let any = [("VISAVIS_PEERJS__ORIGINS", "*")];
    let (none, listed, any) = tokio::join!(serve(&[]), serve(&listed), serve(&any));
    let own = none.base();
    for (server, origin, allowed) in [
        (&none, own.as_str(), Some(own.as_str())),
        (&none, "https://a.example", None),
        (&listed, "https://a.example", Some("https://a.example")),
        (&listed, "https://b.example:444", Some("https://b.example:444")),
        (&listed, "https://b.example", None),
        (&listed, "null", None),
        (&any, "https://evil.example", Some("*")),
        (&any, "null", Some("*")),
    ] {
        for path in ["/peerjs/id", "/peerjs/peers", "/peerjs/ice"] {
            let request = http_client().get(format!("{}{path}", server.base())).header("origin", origin);
            let answer = request.send().await.unwrap();
            let told = answer.headers().get("access-control-allow-origin");
            assert_eq!(told.map(|value| value.to_str().unwrap()), allowed, "{origin} at {path}");
            assert_eq!(answer.status() == 403, allowed.is_none(), "{origin} at {path}");
            assert_eq!(answer.headers().get("access-control-allow-credentials"), None);
        }
        let socket = open(&server.base(), "key=peerjs&id=ana&token=a", Some(origin)).await;
        assert_eq!(socket.is_ok(), allowed.is_some(), "{origin}");
    }
}

#[tokio::test]
async fn who_is_silent_for_a_minute_is_gone_and_who_answers_pings_is_not() {
    let server = serve(&[("VISAVIS_PEERJS__DISCOVERY", "true")]).await;
    let base = server.base();
    let (_silent, mut quiet) = (Peer::come(&base, "ana", "a").await, Peer::come(&base, "ben", "b").await);
    let started = Instant::now();
    tokio::select! {
        frame = quiet.frame_within(Duration::from_secs(90)) => panic!("{frame:?}"),
        _ = lists(&base, &["ben"], Duration::from_secs(75)) => {}
    }
    let took = started.elapsed();
    assert!(took > Duration::from_secs(55), "{took:?}");
    quiet.has_heard_nothing("ben").await;
}

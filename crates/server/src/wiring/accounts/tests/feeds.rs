//! What WHIP and WHEP refuse, and what they say of themselves; what comes of media is tested with a media server.

use super::api_keys::{key, made, new};
use super::rooms::join;
use super::world::{Answer, World, ask};
use serde_json::Value;
use visavis_domain::name::RoomName;
use visavis_domain::scope::Scope;

const SDP: &str = "application/sdp";
const PIECES: &str = "application/trickle-ice-sdpfrag";
const FRAGMENT: &str = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n";
const BOTH: [Scope; 2] = [Scope::MediaPublish, Scope::MediaWatch];

fn offer(direction: &str, codec: &str) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
         m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\n{FRAGMENT}\
         a=setup:actpass\r\na={direction}\r\na=rtpmap:96 {codec}/90000\r\n"
    )
}

async fn post(world: &World, key: &str, path: &str, kind: &str, body: &str) -> Answer {
    let headers = vec![("content-type", kind)];
    world.call(ask("POST", path).key(key).headers(headers).with(Value::String(body.into()))).await
}

#[tokio::test]
async fn only_a_key_that_may_comes_in() {
    let (world, admin, _) = World::with_both().await;
    let (revoked, id) = made(&world, &admin, new(&world, &BOTH)).await;
    world.call(ask("DELETE", &format!("/api/v1/admin/api-keys/{id}")).by(&admin)).await;
    let other = key(&world, &admin, &[Scope::RoomsRead]).await;
    for (path, scope, direction) in
        [("/whip/hall", Scope::MediaPublish, "sendonly"), ("/whep/hall", Scope::MediaWatch, "recvonly")]
    {
        let body = Value::String(offer(direction, "VP8"));
        let none = world.call(ask("POST", path).headers(vec![("content-type", SDP)]).with(body)).await;
        assert_eq!(none.refusal(), (401, "key_needed".into()), "{path}");
        assert_eq!(none.headers["access-control-allow-origin"], "*", "a page reads why");
        for shown in ["nonsense", &revoked] {
            let refused = post(&world, shown, path, SDP, &offer(direction, "VP8")).await;
            assert_eq!(refused.refusal(), (401, "key_invalid".into()), "{path}");
        }
        let rest: Vec<_> = BOTH.into_iter().filter(|one| *one != scope).collect();
        for shown in [&other, &key(&world, &admin, &rest).await] {
            let refused = post(&world, shown, path, SDP, &offer(direction, "VP8")).await;
            assert_eq!(refused.refusal(), (403, "scope_missing".into()), "{path}");
        }
        // A good one gets past all this: there is no media server in this test.
        join(&world, "hall", 1).await.unwrap();
        let good = key(&world, &admin, &[scope]).await;
        let answer = post(&world, &good, path, SDP, &offer(direction, "VP8")).await;
        assert_eq!(answer.refusal(), (503, "try_again".into()), "{path}");
        assert!(answer.headers.contains_key("ratelimit-limit") && answer.headers.contains_key("retry-after"));
        world.api.app.end_open_room(&RoomName::parse("hall").unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn every_offer_that_does_not_fit_is_told_why_and_leaves_nothing() {
    let (world, admin, _) = World::with_both().await;
    let key = key(&world, &admin, &BOTH).await;
    let (sends, takes) = (offer("sendonly", "H264"), offer("recvonly", "VP8"));
    let section = &sends[sends.find("m=").unwrap()..];
    let two = format!("{sends}{section}");
    let large = format!("{sends}a=x:{}\r\n", "y".repeat(64 * 1024));
    let nobody = "/whep/hall?participant=p_00000000000000000000000000000001";
    let long = format!("/whip/hall?name={}", "x".repeat(500));
    for (path, kind, body, expected) in [
        ("/whip/hall", "text/plain", sends.as_str(), (415, "content_type_unsupported")),
        ("/whip/hall", "", &sends, (415, "content_type_unsupported")),
        ("/whip/hall", SDP, &large, (413, "too_large")),
        ("/whip/hall", SDP, "", (400, "sdp_invalid")),
        ("/whip/hall", SDP, "hello", (400, "sdp_invalid")),
        ("/whip/hall", SDP, &sends.replace("a=ice-ufrag:abcd\r\n", ""), (400, "sdp_invalid")),
        ("/whip/hall", SDP, &takes, (422, "direction_wrong")),
        ("/whip/hall", SDP, &offer("sendrecv", "VP8"), (422, "direction_wrong")),
        ("/whip/hall", SDP, &two, (406, "tracks_unsupported")),
        ("/whip/hall", SDP, &offer("sendonly", "H265"), (406, "codec_unsupported")),
        ("/whip/hall?participant=1", SDP, &sends, (400, "malformed")),
        ("/whip/hall?track=camera", SDP, &sends, (400, "malformed")),
        ("/whip/hall?other=1", SDP, &sends, (400, "malformed")),
        (&long, SDP, &sends, (400, "name_invalid")),
        ("/whip/%20", SDP, &sends, (404, "room_unknown")),
        ("/whip/r_00000000000000000000000000000001", SDP, &sends, (404, "room_unknown")),
        ("/whep/hall", SDP, &sends, (422, "direction_wrong")),
        ("/whep/hall", SDP, &takes, (404, "room_unknown")),
        ("/whep/hall?track=feet", SDP, &takes, (400, "malformed")),
        (nobody, SDP, &takes, (404, "room_unknown")),
    ] {
        let refused = post(&world, &key, path, kind, body).await;
        assert_eq!(refused.refusal(), (expected.0, expected.1.to_owned()), "{path} {kind}");
        assert_eq!(refused.headers["content-type"], "application/problem+json", "{path}");
    }
    join(&world, "hall", 1).await.unwrap();
    let unknown = post(&world, &key, nobody, SDP, &takes).await;
    assert_eq!(unknown.refusal(), (404, "participant_unknown".into()));
    join(&world, "hall", 2).await.unwrap();
    for (path, body) in [("/whip/hall", &sends), ("/whep/hall", &takes)] {
        let full = post(&world, &key, path, SDP, body).await;
        assert_eq!(full.refusal(), (503, "room_full".into()), "{path}");
        assert!(full.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
    }
    // Nobody is left of whoever was not connected.
    assert_eq!(post(&world, &key, "/whip/empty", SDP, &sends).await.refusal().1, "try_again");
    let rooms = world.call(ask("GET", "/api/v1/admin/rooms").by(&admin)).await.json();
    let people: Vec<_> = rooms["rooms"].as_array().unwrap().iter().map(|room| &room["people"]).collect();
    assert_eq!(people, [2]);
}

#[tokio::test]
async fn what_is_not_there_is_neither_changed_nor_ended() {
    let (world, admin, _) = World::with_both().await;
    let key = key(&world, &admin, &BOTH).await;
    join(&world, "hall", 1).await.unwrap();
    // The last is a session of somebody's page.
    for feed in ["nonsense", "s_000000000000000000000000000000ff", "s_00000000000000000000000000000001"] {
        for kind in ["whip", "whep"] {
            let path = format!("/{kind}/hall/{feed}");
            let gone = world.call(ask("DELETE", &path).key(&key)).await;
            assert_eq!(gone.refusal(), (404, "feed_unknown".into()), "{path}");
            for (headers, body, expected) in [
                (vec![("content-type", PIECES), ("if-match", "*")], FRAGMENT, (404, "feed_unknown")),
                (vec![("content-type", PIECES)], FRAGMENT, (428, "match_needed")),
                (
                    vec![("content-type", PIECES), ("if-match", "*")],
                    "a=candidate:1",
                    (400, "fragment_invalid"),
                ),
                (vec![("content-type", SDP), ("if-match", "*")], FRAGMENT, (415, "content_type_unsupported")),
            ] {
                if feed == "nonsense" && expected.0 != 404 {
                    continue;
                }
                let asked = ask("PATCH", &path).key(&key).headers(headers).with(Value::String(body.into()));
                let refused = world.call(asked).await;
                assert_eq!(refused.refusal(), (expected.0, expected.1.to_owned()), "{path}");
            }
        }
    }
    assert!(join(&world, "hall", 2).await.is_ok(), "nobody was touched, and nobody sits besides");
}

#[tokio::test]
async fn pages_of_all_sites_may_ask_and_other_methods_are_refused() {
    let (world, admin, _) = World::with_both().await;
    let key = key(&world, &admin, &BOTH).await;
    for path in ["/whip/hall", "/whep/hall", "/whip/hall/s_1", "/whep/hall/s_1"] {
        let headers =
            vec![("origin", "https://elsewhere.example"), ("access-control-request-method", "POST")];
        let asked = world.call(ask("OPTIONS", path).headers(headers)).await;
        assert_eq!(asked.status, 204, "{path}");
        assert_eq!(asked.headers["access-control-allow-origin"], "*");
        assert_eq!(asked.headers["accept-post"], SDP);
        for name in ["authorization", "content-type", "if-match"] {
            assert!(asked.headers["access-control-allow-headers"].to_str().unwrap().contains(name));
        }
        for name in ["location", "link", "etag"] {
            assert!(asked.headers["access-control-expose-headers"].to_str().unwrap().contains(name));
        }
        for method in ["GET", "PUT"] {
            let refused = world.call(ask(method, path).key(&key)).await;
            assert_eq!(refused.refusal(), (405, "method_not_allowed".into()), "{method} {path}");
            assert!(refused.headers["allow"].to_str().unwrap().contains("OPTIONS"));
        }
    }
}

#[tokio::test]
async fn one_address_asks_to_come_in_only_so_often() {
    let (world, admin, _) = World::with_both().await;
    let mut last = None;
    for _ in 0..7 {
        let key = key(&world, &admin, &BOTH).await;
        for _ in 0..9 {
            last = Some(post(&world, &key, "/whip/hall", SDP, "hello").await);
        }
    }
    let last = last.unwrap();
    assert_eq!(last.refusal(), (429, "rate_limited".into()));
    assert!(last.headers.contains_key("retry-after"));
}

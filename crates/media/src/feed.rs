//! Descriptions as programs send them by WHIP and WHEP (RFC 9725): what an offer is about, and pieces of one that
//! begin an ICE session anew (RFC 8840 §9). Pure, and by lines alone: what else is in an offer is str0m's to read.

/// Sections of each kind that are taken from somebody who publishes.
const MOST_PUBLISHED: usize = 1;
/// Voices that somebody who watches may take at once, and pictures.
const MOST_VOICES: usize = 3;
const MOST_PICTURES: usize = 1;
/// What every participant understands; what else is sent would reach some of them alone.
const VOICES: [&str; 1] = ["opus"];
const PICTURES: [&str; 2] = ["vp8", "h264"];
/// Whoever watches whoever speaks has to understand what browsers send. Who watches one may know that this one is a
/// program, and what it sends.
const OF_ANYBODY: [&str; 1] = ["vp8"];
const OF_ONE: [&str; 2] = PICTURES;

/// Whom somebody watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Whoever speaks.
    Anybody,
    /// One participant.
    One,
}

/// What somebody publishes: the ids of the sections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// With sound.
    pub voice: Option<String>,
    /// With pictures.
    pub picture: Option<String>,
}

/// Why an offer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is no offer.
    #[error("the description cannot be read")]
    Malformed,
    /// A section sends where it should receive, or the other way round.
    #[error("a section has the wrong direction")]
    Direction,
    /// More sections than are taken, or none.
    #[error("not as many sections as are taken")]
    Count,
    /// A section without a codec that is forwarded.
    #[error("no codec in common")]
    Codec,
}

struct Section<'a> {
    mid: &'a str,
    audio: bool,
    direction: &'a str,
    codecs: Vec<String>,
}

/// What an offer of WHIP publishes: one section of each kind at most, that send alone.
///
/// # Errors
/// If it does not.
pub fn published(offer: &str) -> Result<Published, Unfit> {
    let sections = sections(offer)?;
    fits(&sections, "sendonly", (MOST_PUBLISHED, MOST_PUBLISHED), &PICTURES)?;
    let of = |audio| sections.iter().find(|one| one.audio == audio).map(|one| one.mid.to_owned());
    Ok(Published { voice: of(true), picture: of(false) })
}

/// Whether an offer of WHEP takes what can be given: sections that receive alone.
///
/// # Errors
/// If it does not.
pub fn check_watching(offer: &str, whom: Whom) -> Result<(), Unfit> {
    let pictures = match whom {
        Whom::Anybody => &OF_ANYBODY[..],
        Whom::One => &OF_ONE,
    };
    fits(&sections(offer)?, "recvonly", (MOST_VOICES, MOST_PICTURES), pictures)
}

fn fits(
    sections: &[Section<'_>],
    direction: &str,
    (voices, pictures): (usize, usize),
    known: &[&str],
) -> Result<(), Unfit> {
    let count = |audio| sections.iter().filter(|one| one.audio == audio).count();
    if sections.is_empty() || count(true) > voices || count(false) > pictures {
        return Err(Unfit::Count);
    }
    if sections.iter().any(|one| one.direction != direction) {
        return Err(Unfit::Direction);
    }
    let common = |one: &Section<'_>| {
        let known = if one.audio { &VOICES[..] } else { known };
        one.codecs.iter().any(|codec| known.contains(&codec.as_str()))
    };
    if sections.iter().all(common) { Ok(()) } else { Err(Unfit::Codec) }
}

fn sections(offer: &str) -> Result<Vec<Section<'_>>, Unfit> {
    if !offer.starts_with("v=0") {
        return Err(Unfit::Malformed);
    }
    let (session, media) = split(offer);
    let of_session = direction(session);
    let mut found = Vec::new();
    for section in media {
        let kind = section.split(' ').next().unwrap_or_default();
        let audio = match kind {
            "m=audio" => true,
            "m=video" => false,
            _ => return Err(Unfit::Count),
        };
        let mid = value(section, "a=mid:").filter(|mid| !mid.is_empty()).ok_or(Unfit::Malformed)?;
        if value(section, "a=ice-ufrag:").or(value(session, "a=ice-ufrag:")).is_none() {
            return Err(Unfit::Malformed);
        }
        let codecs = lines(section).filter_map(|line| line.strip_prefix("a=rtpmap:"));
        let codecs = codecs.filter_map(|map| map.split_once(' ')?.1.split('/').next());
        found.push(Section {
            mid,
            audio,
            direction: direction(section).or(of_session).unwrap_or("sendrecv"),
            codecs: codecs.map(str::to_ascii_lowercase).collect(),
        });
    }
    Ok(found)
}

/// What is said of all, and of each section.
fn split(description: &str) -> (&str, Vec<&str>) {
    let starts: Vec<_> = description.match_indices("\nm=").map(|(at, _)| at + 1).collect();
    let ends = starts.iter().skip(1).copied().chain([description.len()]);
    let sections = starts.iter().zip(ends).filter_map(|(start, end)| description.get(*start..end));
    let head = starts.first().copied().unwrap_or(description.len());
    (description.get(..head).unwrap_or_default(), sections.collect())
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_end)
}

fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    lines(text).find_map(|line| line.strip_prefix(name))
}

fn direction(text: &str) -> Option<&str> {
    let known = ["sendonly", "recvonly", "sendrecv", "inactive"];
    lines(text).filter_map(|line| line.strip_prefix("a=")).find(|name| known.contains(name))
}

/// The offer without what cannot be answered as it is meant. In sections that share a connection an id of a header
/// extension means one thing (RFC 8843 §9.1); where it does not, as with some programs, the first meaning is kept: the
/// other side would read one as the other. And there is one layer: sizes of several are not told.
#[must_use]
pub fn tidied(offer: &str) -> String {
    let mut meanings: Vec<(&str, &str)> = Vec::new();
    let mut text = String::with_capacity(offer.len());
    for line in lines(offer) {
        let extension = line.strip_prefix("a=extmap:").and_then(|rest| rest.split_once(' '));
        if let Some((id, meaning)) = extension {
            // The direction may stand behind the id.
            let id = id.split('/').next().unwrap_or(id);
            match meanings.iter().find(|(known, _)| *known == id) {
                Some((_, first)) if *first != meaning => continue,
                Some(_) => {}
                None => meanings.push((id, meaning)),
            }
        }
        if line.starts_with("a=simulcast:") || line.starts_with("a=rid:") {
            continue;
        }
        text.extend([line, "\r\n"]);
    }
    text
}

/// By what an ICE session is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceName {
    /// The name.
    pub ufrag: String,
    /// The secret.
    pub password: String,
}

/// Of which ICE session a fragment, or a description, speaks.
///
/// # Errors
/// If it names none, or one that cannot be (RFC 8839 §5.4).
pub fn ice_name(text: &str) -> Result<IceName, Unfit> {
    let find = |name, least| {
        let found = value(text, name).ok_or(Unfit::Malformed)?;
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
        let right = (least..=256).contains(&found.len()) && found.bytes().all(letter);
        right.then(|| found.to_owned()).ok_or(Unfit::Malformed)
    };
    Ok(IceName { ufrag: find("a=ice-ufrag:", 4)?, password: find("a=ice-pwd:", 22)? })
}

/// The same offer in another ICE session. What was known of the way to it is left out.
#[must_use]
pub fn restarted(offer: &str, name: &IceName) -> String {
    let mut text = String::with_capacity(offer.len() + 64);
    for line in lines(offer) {
        if line.starts_with("a=ice-ufrag:") {
            text.extend(["a=ice-ufrag:", &name.ufrag]);
        } else if line.starts_with("a=ice-pwd:") {
            text.extend(["a=ice-pwd:", &name.password]);
        } else if line.starts_with("a=candidate:") || line == "a=end-of-candidates" {
            continue;
        } else {
            text.push_str(line);
        }
        text.push_str("\r\n");
    }
    text
}

/// What an answer says of its ICE session, for who asked for another one.
#[must_use]
pub fn fragment(answer: &str) -> String {
    let (session, media) = split(answer);
    let first = media.first().copied().unwrap_or_default();
    let of_session = ["a=group:", "a=ice-lite", "a=ice-ufrag:", "a=ice-pwd:"];
    let of_section = ["m=", "a=mid:", "a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=end-of-candidates"];
    let kept = |line: &&str, names: &[&str]| names.iter().any(|name| line.starts_with(name));
    let head = lines(session).filter(|line| kept(line, &of_session));
    let all = head.chain(lines(first).filter(|line| kept(line, &of_section)));
    all.flat_map(|line| [line, "\r\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n";
    const ICE: &str = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n";

    fn section(kind: &str, mid: &str, direction: &str, codec: &str) -> String {
        format!(
            "m={kind} 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:{mid}\r\na={direction}\r\n{ICE}a=candidate:1 1 udp 1 192.0.2.1 9 \
             typ host\r\na=rtpmap:96 {codec}/90000\r\n"
        )
    }

    fn offer(sections: &[(&str, &str, &str)]) -> String {
        let all = sections.iter().enumerate();
        let all = all.map(|(mid, (kind, way, codec))| section(kind, &mid.to_string(), way, codec));
        format!("{HEAD}{}", all.collect::<String>())
    }

    #[test]
    fn who_publishes_sends_one_section_of_each_kind_that_others_understand() {
        let both = Published { voice: Some("0".into()), picture: Some("1".into()) };
        let (voice, picture) = (("audio", "sendonly", "opus"), ("video", "sendonly", "H264"));
        for (sections, expected) in [
            (&[voice, picture][..], Ok(both)),
            (&[picture], Ok(Published { voice: None, picture: Some("0".into()) })),
            (&[voice], Ok(Published { voice: Some("0".into()), picture: None })),
            (&[], Err(Unfit::Count)),
            (&[voice, picture, picture], Err(Unfit::Count)),
            (&[("application", "sendonly", "webrtc-datachannel")], Err(Unfit::Count)),
            (&[("video", "recvonly", "VP8")], Err(Unfit::Direction)),
            (&[voice, ("video", "sendrecv", "VP8")], Err(Unfit::Direction)),
            (&[voice, ("video", "sendonly", "AV1")], Err(Unfit::Codec)),
            (&[("audio", "sendonly", "PCMU")], Err(Unfit::Codec)),
        ] {
            assert_eq!(published(&offer(sections)), expected, "{sections:?}");
        }
        for text in ["", "hello", "v=0\r\nm=audio 9\r\n", &format!("{HEAD}m=video 9 RTP 96\r\na=mid:\r\n")] {
            assert!(matches!(published(text), Err(Unfit::Malformed | Unfit::Count)), "{text}");
        }
        let nameless = offer(&[picture]).replace(ICE, "");
        assert_eq!(published(&nameless), Err(Unfit::Malformed));
        assert!(published(&nameless.replace("t=0 0\r\n", &format!("t=0 0\r\n{ICE}"))).is_ok(), "said of all");
    }

    #[test]
    fn a_direction_said_of_all_sections_is_each_ones() {
        let text = offer(&[("video", "ignored", "VP8")]).replace("t=0 0\r\n", "t=0 0\r\na=sendonly\r\n");
        assert!(published(&text).is_ok());
        assert_eq!(published(&text.replace("a=sendonly\r\n", "")), Err(Unfit::Direction));
    }

    #[test]
    fn who_watches_receives_and_takes_one_picture() {
        let (voice, picture) = (("audio", "recvonly", "opus"), ("video", "recvonly", "VP8"));
        for (sections, expected) in [
            (&[voice, picture][..], Ok(())),
            (&[("video", "recvonly", "VP9")], Err(Unfit::Codec)),
            (&[voice, voice, voice], Ok(())),
            (&[voice, voice, voice, voice], Err(Unfit::Count)),
            (&[picture, picture], Err(Unfit::Count)),
            (&[("video", "sendonly", "VP8")], Err(Unfit::Direction)),
            (&[("video", "recvonly", "H265")], Err(Unfit::Codec)),
        ] {
            for whom in [Whom::Anybody, Whom::One] {
                assert_eq!(check_watching(&offer(sections), whom), expected, "{sections:?}");
            }
        }
        let h264 = offer(&[("video", "recvonly", "H264")]);
        assert_eq!(check_watching(&h264, Whom::Anybody), Err(Unfit::Codec), "browsers do not send it");
        assert_eq!(check_watching(&h264, Whom::One), Ok(()), "a program may");
    }

    #[test]
    fn an_offer_begins_anew_with_another_name_and_without_the_old_ways() {
        let name = IceName { ufrag: "efgh".into(), password: "0123456789012345678901".into() };
        let before = offer(&[("audio", "sendonly", "opus"), ("video", "sendonly", "VP8")]);
        let after = restarted(&before, &name);
        assert_eq!(ice_name(&after), Ok(name));
        assert_eq!(
            (after.matches("efgh").count(), after.matches("a=ice-ufrag:abcd").count()),
            (2, 0),
            "{after}"
        );
        assert!(!after.contains("candidate"), "{after}");
        assert_eq!(published(&after), published(&before));
    }

    #[test]
    fn an_id_keeps_its_first_meaning_and_layers_are_left_out() {
        let [first, second] = ["a=extmap:2 urn:level", "a=extmap:2 urn:time"];
        for (lines, expected) in [
            (&[first, second][..], &[first][..]),
            (&[first, first], &[first, first]),
            (&["a=extmap:2/recvonly urn:level", second], &["a=extmap:2/recvonly urn:level"]),
            (&[first, "a=extmap:3 urn:time"], &[first, "a=extmap:3 urn:time"]),
            (&["a=rid:h send", "a=simulcast:send h", "a=sendonly"], &["a=sendonly"]),
        ] {
            let text = |lines: &[&str]| lines.iter().flat_map(|line| [*line, "\r\n"]).collect::<String>();
            assert_eq!(tidied(&text(lines)), text(expected));
        }
    }

    #[test]
    fn a_fragment_names_its_session() {
        for (text, right) in [
            ("a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv", true),
            ("a=ice-pwd:abcdefghijklmnopqrstuv\na=ice-ufrag:ab+/\n", true),
            ("a=ice-ufrag:abc\r\na=ice-pwd:abcdefghijklmnopqrstuv", false),
            ("a=ice-ufrag:abcd\r\na=ice-pwd:short", false),
            ("a=ice-ufrag:ab d\r\na=ice-pwd:abcdefghijklmnopqrstuv", false),
            ("a=ice-ufrag:abcd", false),
            ("", false),
        ] {
            assert_eq!(ice_name(text).is_ok(), right, "{text}");
        }
    }

    #[test]
    fn of_an_answer_only_what_is_about_ice_is_told() {
        let answer = offer(&[("audio", "recvonly", "opus"), ("video", "recvonly", "VP8")]);
        let expected = format!(
            "a=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n{ICE}a=candidate:1 1 udp 1 192.0.2.1 9 \
             typ host\r\n"
        );
        assert_eq!(fragment(&answer), expected);
    }
}

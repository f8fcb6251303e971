//! What is a message, who may change it until when, what is a name for a file.

use super::*;

const ANA: PersonId = PersonId::from_bits(1);
const BEN: PersonId = PersonId::from_bits(2);
const WRITTEN: Timestamp = Timestamp(1_000_000);

fn after(ms: u64) -> Timestamp {
    WRITTEN.plus(Duration::from_millis(ms))
}

#[test]
fn a_text_is_kept_as_typed_without_control_characters() {
    for (typed, kept) in [
        ("hello", "hello"),
        ("  two\n\tlines ", "  two\n\tlines "),
        ("a\u{0}b\u{7}c\r\nd", "abc\nd"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("شكرًا 👩‍👩‍👧 ❤\u{fe0f}", "شكرًا 👩‍👩‍👧 ❤\u{fe0f}"),
        ("\u{202e}gnp.exe", "\u{202e}gnp.exe"),
    ] {
        assert_eq!(text(typed, Comes::Alone).as_deref(), Ok(kept), "{typed:?}");
        assert_eq!(text(typed, Comes::WithFile).as_deref(), Ok(kept), "{typed:?}");
    }
}

#[test]
fn nothing_visible_is_no_message_and_is_empty_beside_a_file() {
    for typed in
        ["", " \n\t ", "\u{0}\u{1b}", "\u{200b}", "\u{200d}\u{fe0f}", "\u{3164} \u{2800}", "\u{202e}\u{a0}"]
    {
        assert_eq!(text(typed, Comes::Alone), Err(Rejection::MessageInvalid), "{typed:?}");
        assert_eq!(text(typed, Comes::WithFile).as_deref(), Ok(""), "{typed:?}");
    }
}

#[test]
fn a_message_has_4_000_characters_at_most_whatever_they_are() {
    for one in ["x", "é", "😀", "\u{1112}"] {
        assert!(text(&one.repeat(MAX_MESSAGE_CHARS), Comes::Alone).is_ok());
        for comes in [Comes::Alone, Comes::WithFile] {
            let long = one.repeat(MAX_MESSAGE_CHARS + 1);
            assert_eq!(text(&long, comes), Err(Rejection::MessageInvalid), "{one}");
        }
    }
    let controls = "\u{0}".repeat(5_000) + &"x".repeat(MAX_MESSAGE_CHARS);
    assert!(text(&controls, Comes::Alone).is_ok(), "what is not kept does not count");
}

#[test]
fn ones_own_is_changed_for_five_minutes_and_nobody_elses_ever() {
    for (who, ms, may) in [
        (ANA, 0, true),
        (ANA, 299_999, true),
        (ANA, 300_000, true),
        (ANA, 300_001, false),
        (BEN, 0, false),
        (BEN, 299_999, false),
    ] {
        let expected = if may { Ok(()) } else { Err(Rejection::NotChangeable) };
        assert_eq!(may_edit(after(ms), who, (ANA, WRITTEN)), expected, "{ms}");
        assert_eq!(may_delete(after(ms), (who, Standing::Member), (ANA, WRITTEN)), expected, "{ms}");
        assert_eq!(may_delete(after(ms), (who, Standing::Moderator), (ANA, WRITTEN)), Ok(()), "{ms}");
    }
    let before = Timestamp(WRITTEN.0 - 5_000);
    assert_eq!(may_edit(before, ANA, (ANA, WRITTEN)), Ok(()), "clocks of two instances differ");
}

#[test]
fn two_talk_when_both_have_written_within_two_minutes() {
    for (ms, talking) in [(0, true), (119_999, true), (120_000, true), (120_001, false), (9_000_000, false)] {
        assert_eq!(are_talking(after(ms), Some(WRITTEN)), talking, "{ms}");
    }
    assert!(!are_talking(WRITTEN, None), "whoever writes alone talks with nobody");
}

#[test]
fn a_file_is_called_by_the_last_part_of_its_path_and_by_what_can_be_seen() {
    for (typed, kept) in [
        ("cat.png", Some("cat.png")),
        ("/home/ana/cat.png", Some("cat.png")),
        ("C:\\Users\\ana\\cat.png", Some("cat.png")),
        ("a/b\\c.txt", Some("c.txt")),
        ("../../etc/passwd", Some("passwd")),
        ("..\\..\\boot.ini", Some("boot.ini")),
        ("  two words .pdf ", Some("two words .pdf")),
        (".profile", Some("profile")),
        ("...hidden", Some("hidden")),
        (". ./ .x", Some("x")),
        ("cat.tar.gz", Some("cat.tar.gz")),
        ("ca\u{202e}gnp.exe", Some("cagnp.exe")),
        ("a\u{0}b\n.png", Some("ab.png")),
        ("\u{feff}cat\u{200b}.png", Some("cat.png")),
        ("котик.png", Some("котик.png")),
        ("😀", Some("😀")),
        ("<img src=x>.png", Some("<img src=x>.png")),
        ("\"; x=\"", Some("\"; x=\"")),
        ("", None),
        ("   ", None),
        (".", None),
        ("..", None),
        (". .", None),
        ("/", None),
        ("folder/", None),
        ("\\\\server\\", None),
        ("\u{200b}\u{202e}", None),
        ("\u{200d}\u{fe0f}", None),
        ("\u{3164}", None),
    ] {
        assert_eq!(file_name(typed).as_deref(), kept, "{typed:?}");
    }
}

#[test]
fn a_long_name_of_a_file_keeps_its_beginning_and_its_ending() {
    for one in ["a", "é", "😀"] {
        let fits = one.repeat(MAX_FILE_NAME_CHARS - 4) + ".png";
        assert_eq!(file_name(&fits).as_deref(), Some(fits.as_str()));
        let short = file_name(&(one.repeat(1_000) + ".tar.gz")).unwrap();
        assert_eq!(short.chars().count(), MAX_FILE_NAME_CHARS);
        assert!(short.starts_with(one) && short.contains('…') && short.ends_with(&format!("{one}.tar.gz")));
    }
}

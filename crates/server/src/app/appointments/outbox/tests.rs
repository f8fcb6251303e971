use super::*;

#[test]
fn waits_double_up_to_an_hour_and_end_after_a_day() {
    let minutes = |tries| wait_after(tries).map(|wait| wait.as_secs() / 60);
    let first: Vec<_> = (1..=9).map(minutes).collect();
    let expected = [1, 2, 4, 8, 16, 32, 60, 60, 60].map(Some);
    assert_eq!(first, expected);
    let waited: u64 = (1..).map_while(minutes).sum();
    assert!((23 * 60..=24 * 60).contains(&waited), "{waited}");
    assert_eq!((wait_after(100), wait_after(u32::MAX)), (None, None));
}

#[test]
fn what_becomes_of_a_mail_follows_from_the_answer_and_the_tries() {
    let now = Timestamp(1_000_000);
    let last = (1..).take_while(|tries| wait_after(*tries).is_some()).last().unwrap();
    for (outcome, tries, expected) in [
        (Ok(()), 1, MailState::Sent { at: now }),
        (Ok(()), last + 1, MailState::Sent { at: now }),
        (Err(NotSent::Later), 1, MailState::Queued { due_at: Timestamp(1_060_000), tries: 1 }),
        (Err(NotSent::Later), 3, MailState::Queued { due_at: Timestamp(1_240_000), tries: 3 }),
        (Err(NotSent::Later), last + 1, MailState::Failed { at: now }),
        (Err(NotSent::Never), 1, MailState::Failed { at: now }),
    ] {
        assert_eq!(after(outcome, tries, now), expected, "{outcome:?} {tries}");
    }
}

#[test]
fn a_word_may_have_lines_and_an_end() {
    for (typed, expected) in [
        ("", Some("")),
        (" Bring the lease.\r\n\tAna \n", Some("Bring the lease.\r\n\tAna")),
        ("\u{7}", None),
        ("\u{0}", None),
    ] {
        assert_eq!(message(typed).ok(), expected, "{typed:?}");
    }
    assert!(message(&"é".repeat(MAX_MESSAGE_CHARS)).is_ok());
    assert!(message(&"é".repeat(MAX_MESSAGE_CHARS + 1)).is_err());
}

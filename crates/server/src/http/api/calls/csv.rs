//! Calls as RFC 4180 has tables. What people wrote is theirs: a cell that a spreadsheet would take for a formula
//! gets an apostrophe in front.

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use visavis_domain::time::Timestamp;
use visavis_protocol::CallView;

const COLUMNS: [&str; 16] = [
    "ring",
    "desk",
    "visitor",
    "about",
    "representative",
    "representative_name",
    "into",
    "started_at",
    "accepted_at",
    "ended_at",
    "seconds",
    "end",
    "stars",
    "comment",
    "outcome",
    "note",
];

/// The names of the columns. Begins with the mark by which spreadsheets know UTF-8.
pub(super) fn head() -> String {
    format!("\u{feff}{}\r\n", COLUMNS.join(","))
}

/// One call.
pub(super) fn row(call: &CallView) -> String {
    let talked = call.accepted_at.zip(call.ended_at).map(|(from, to)| to.since(from).as_secs().to_string());
    let cells: [String; 16] = [
        call.ring.to_string(),
        call.desk.clone(),
        call.visitor.clone(),
        call.about.clone(),
        call.representative.to_string(),
        call.representative_name.clone(),
        call.into.map(|ring| ring.to_string()).unwrap_or_default(),
        instant(Some(call.started_at)),
        instant(call.accepted_at),
        instant(call.ended_at),
        talked.unwrap_or_default(),
        word(call.end),
        call.stars.map(|stars| stars.to_string()).unwrap_or_default(),
        call.comment.clone(),
        word(call.outcome),
        call.note.clone(),
    ];
    let cells: Vec<_> = cells.iter().map(|text| cell(text)).collect();
    cells.join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let safe = if formula { format!("'{text}") } else { text.to_owned() };
    if safe.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// RFC 3339, UTC.
fn instant(at: Option<Timestamp>) -> String {
    let Some(Timestamp(milliseconds)) = at else { return String::new() };
    let instant = OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000);
    instant.ok().and_then(|instant| instant.format(&Rfc3339).ok()).unwrap_or_default()
}

/// The name that the wire has for one of a closed set.
fn word(one: Option<impl Serialize>) -> String {
    let word = one.and_then(|one| serde_json::to_value(one).ok());
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_domain::ids::{PersonId, RingId};
    use visavis_domain::ring::RingEnd;
    use visavis_protocol::CallOutcome;

    #[test]
    fn cells_are_what_rfc_4180_and_spreadsheets_need() {
        for (text, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("a\r\nb", "\"a\r\nb\""),
            ("=1+1", "'=1+1"),
            ("+90 532", "'+90 532"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("a=b", "a=b"),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        let call = CallView {
            ring: RingId::from_bits(1),
            desk: "Help".into(),
            visitor: "Vera".into(),
            about: "windscreen".into(),
            representative: PersonId::from_bits(2),
            representative_name: "Ana".into(),
            into: None,
            started_at: Timestamp(1_700_000_000_000),
            accepted_at: Some(Timestamp(1_700_000_005_000)),
            ended_at: Some(Timestamp(1_700_000_065_500)),
            end: Some(RingEnd::HungUp),
            stars: Some(5),
            comment: String::new(),
            note: "done".into(),
            outcome: Some(CallOutcome::FollowUp),
        };
        let row = row(&call);
        assert_eq!(row.split(',').count(), COLUMNS.len());
        assert!(row.contains("2023-11-14T22:13:20Z,2023-11-14T22:13:25Z,2023-11-14T22:14:25.5Z,60,hung_up,5,,follow_up,done\r\n"), "{row}");
        assert_eq!(head().split(',').count(), COLUMNS.len());
    }
}

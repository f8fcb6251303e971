//! Opening hours of a desk: what people are told when nobody is online. They open and close nothing by themselves.
//!
//! Kept as a clock on the wall shows them; here they become moments.

use crate::time::Timestamp;
use crate::zone::{lookup as zone, milliseconds};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;
use utoipa::ToSchema;

/// The most openings of a week: seven for each day and one more is beyond any desk.
pub const MAX_WEEKLY: usize = 50;
/// The most days on which it stays closed.
pub const MAX_CLOSED: usize = 100;
/// The most days that are looked ahead. More would cost time for what nobody asks.
const MAX_DAYS: u32 = 366;
/// Minutes of a day.
const DAY: u16 = 1_440;

/// Opening hours in the zone they were made in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Hours {
    /// IANA name, such as `Europe/Istanbul`.
    pub zone: String,
    /// Each week's openings; any order, overlaps are one opening.
    #[schema(max_items = 50)]
    pub weekly: Vec<Opening>,
    /// Days on which it stays closed, `YYYY-MM-DD` in the zone.
    #[schema(max_items = 100)]
    pub closed: Vec<String>,
}

/// One opening of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Opening {
    /// 1 Monday to 7 Sunday.
    #[schema(minimum = 1, maximum = 7)]
    pub weekday: u8,
    /// Minutes after midnight, on the clock of the zone: 0 to 1,439.
    #[schema(maximum = 1439)]
    pub from: u16,
    /// Minutes after midnight, more than `from`: 1 to 1,440.
    #[schema(minimum = 1, maximum = 1440)]
    pub to: u16,
}

/// Why opening hours are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// The zone is not one of IANA's.
    #[error("the time zone is not known")]
    UnknownZone,
    /// More than [`MAX_WEEKLY`].
    #[error("a week has at most 50 openings")]
    TooManyOpenings,
    /// A weekday other than 1 to 7.
    #[error("weekdays are 1 to 7")]
    NoWeekday,
    /// Minutes out of range, or an end that is not after its beginning.
    #[error("an opening lies within a day and ends after it begins")]
    NoOpening,
    /// More than [`MAX_CLOSED`].
    #[error("at most 100 days are closed")]
    TooManyClosed,
    /// Not `YYYY-MM-DD`, or no such day.
    #[error("closed days are written as YYYY-MM-DD")]
    NoDate,
}

/// Whether these are opening hours.
///
/// # Errors
/// The first thing that is wrong with them.
pub fn check(hours: &Hours) -> Result<(), HoursError> {
    zone(&hours.zone).ok_or(HoursError::UnknownZone)?;
    if hours.weekly.len() > MAX_WEEKLY {
        return Err(HoursError::TooManyOpenings);
    }
    for opening in &hours.weekly {
        if !(1..=7).contains(&opening.weekday) {
            return Err(HoursError::NoWeekday);
        }
        if opening.from >= opening.to || opening.to > DAY {
            return Err(HoursError::NoOpening);
        }
    }
    if hours.closed.len() > MAX_CLOSED {
        return Err(HoursError::TooManyClosed);
    }
    if hours.closed.iter().all(|text| date(text).is_some()) { Ok(()) } else { Err(HoursError::NoDate) }
}

/// When it is open, from now until the end of the day that many `days` after today in its zone: beginnings and ends
/// in order, what overlaps or touches in one. Those that are over are left out; the one that goes on has its
/// beginning, unless that was before yesterday. Hours that do not pass [`check`] give nothing.
///
/// An opening lasts from the first time the clock shows its beginning to the last time it shows its end; what a clock
/// that is put forward leaves out is not open.
#[must_use]
pub fn openings(hours: &Hours, now: Timestamp, days: u32) -> Vec<(Timestamp, Timestamp)> {
    let (Ok(()), Some(zone)) = (check(hours), zone(&hours.zone)) else {
        return Vec::new();
    };
    let closed: BTreeSet<Date> = hours.closed.iter().filter_map(|text| date(text)).collect();
    let Some(today) = day_of(&zone, now) else {
        return Vec::new();
    };
    let first = today.yesterday().unwrap_or(today);
    let last = today.checked_add(jiff::Span::new().days(days.min(MAX_DAYS))).unwrap_or(Date::MAX);
    let mut found: Vec<_> = first
        .series(jiff::Span::new().days(1))
        .take_while(|day| *day <= last)
        .filter(|day| !closed.contains(day))
        .flat_map(|day| on_day(hours, &zone, day))
        .collect();
    found.sort_unstable();
    let mut merged: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (from, to) in found {
        match merged.last_mut() {
            Some(open) if from <= open.1 => open.1 = open.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged.retain(|(_, to)| *to > now);
    merged
}

fn date(text: &str) -> Option<Date> {
    // The library reads more forms than the one that is kept.
    text.parse::<Date>().ok().filter(|date| date.to_string() == text)
}

fn day_of(zone: &TimeZone, now: Timestamp) -> Option<Date> {
    let now = jiff::Timestamp::from_millisecond(i64::try_from(now.0).ok()?).ok()?;
    Some(zone.to_datetime(now).date())
}

/// The openings of one day, as moments.
fn on_day(hours: &Hours, zone: &TimeZone, day: Date) -> Vec<(Timestamp, Timestamp)> {
    let weekday = day.weekday().to_monday_one_offset();
    let of_day = hours.weekly.iter().filter(|opening| i8::try_from(opening.weekday) == Ok(weekday));
    of_day
        .filter_map(|opening| {
            let from = moment(zone, clock(day, opening.from)?, Reading::First)?;
            let to = moment(zone, clock(day, opening.to)?, Reading::Last)?;
            (from < to).then_some((from, to))
        })
        .collect()
}

/// Which of two moments at which a clock that is put back shows the same.
enum Reading {
    First,
    Last,
}

fn clock(day: Date, minutes: u16) -> Option<DateTime> {
    if minutes == DAY {
        return Some(day.tomorrow().ok()?.to_datetime(Time::midnight()));
    }
    let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
    Some(day.to_datetime(Time::new(hour, minute, 0, 0).ok()?))
}

/// When a clock on the wall shows this; if it never does, the moment at which it is put past it.
fn moment(zone: &TimeZone, shown: DateTime, reading: Reading) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(shown);
    let moment = match (ambiguous.offset(), reading) {
        (AmbiguousOffset::Unambiguous { .. }, _) => ambiguous.unambiguous(),
        (AmbiguousOffset::Gap { .. }, _) => {
            let before = ambiguous.earlier().ok()?;
            return milliseconds(zone.following(before).next()?.timestamp());
        }
        (AmbiguousOffset::Fold { .. }, Reading::First) => ambiguous.earlier(),
        (AmbiguousOffset::Fold { .. }, Reading::Last) => ambiguous.later(),
    };
    milliseconds(moment.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        milliseconds(text.parse().unwrap()).unwrap()
    }

    fn text(moment: Timestamp) -> String {
        jiff::Timestamp::from_millisecond(i64::try_from(moment.0).unwrap()).unwrap().to_string()
    }

    fn hours(zone: &str, weekly: &[(u8, u16, u16)], closed: &[&str]) -> Hours {
        Hours {
            zone: zone.to_owned(),
            weekly: weekly.iter().map(|&(weekday, from, to)| Opening { weekday, from, to }).collect(),
            closed: closed.iter().map(|&day| day.to_owned()).collect(),
        }
    }

    /// Openings as texts, from the beginning of a day in UTC.
    fn open(hours: &Hours, day: &str, days: u32) -> Vec<(String, String)> {
        let found = openings(hours, at(&format!("{day}T00:00:00Z")), days);
        found.into_iter().map(|(from, to)| (text(from), text(to))).collect()
    }

    fn times(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|&(from, to)| (from.to_owned(), to.to_owned())).collect()
    }

    #[test]
    fn hours_are_told_from_what_is_none() {
        let fine = hours("Europe/Istanbul", &[(1, 0, 1_440), (7, 1_439, 1_440)], &["2024-02-29"]);
        assert_eq!(check(&fine), Ok(()));
        assert_eq!(check(&hours("UTC", &[], &[])), Ok(()));
        for zone in ["", "Europe/Atlantis", "UTC+3", "../etc/passwd"] {
            assert_eq!(check(&hours(zone, &[], &[])), Err(HoursError::UnknownZone), "{zone}");
        }
        for (weekday, from, to, expected) in [
            (0, 0, 1, HoursError::NoWeekday),
            (8, 0, 1, HoursError::NoWeekday),
            (1, 5, 5, HoursError::NoOpening),
            (1, 6, 5, HoursError::NoOpening),
            (1, 0, 1_441, HoursError::NoOpening),
            (1, 1_440, 1_441, HoursError::NoOpening),
        ] {
            assert_eq!(
                check(&hours("UTC", &[(weekday, from, to)], &[])),
                Err(expected),
                "{weekday} {from} {to}"
            );
        }
        for day in ["", "2023-02-29", "2023-2-1", "20230201", "2023-02-01T00:00", "2023-02-01 ", "x"] {
            assert_eq!(check(&hours("UTC", &[], &[day])), Err(HoursError::NoDate), "{day}");
        }
        let week = |count| vec![(1, 0, 1); count];
        assert_eq!(check(&hours("UTC", &week(50), &["2024-01-01"; 100])), Ok(()));
        assert_eq!(check(&hours("UTC", &week(51), &[])), Err(HoursError::TooManyOpenings));
        assert_eq!(check(&hours("UTC", &[], &["2024-01-01"; 101])), Err(HoursError::TooManyClosed));
    }

    #[test]
    fn openings_are_merged_sorted_and_not_over() {
        // 2026-06-01 is a Monday; Istanbul is three hours ahead all year.
        let week = hours(
            "Europe/Istanbul",
            &[(2, 840, 1_080), (1, 540, 720), (2, 0, 120), (1, 1_320, 1_440), (1, 600, 780), (3, 540, 600)],
            &["2026-06-03"],
        );
        let monday = ("2026-06-01T06:00:00Z", "2026-06-01T10:00:00Z");
        let night = ("2026-06-01T19:00:00Z", "2026-06-01T23:00:00Z");
        let tuesday = ("2026-06-02T11:00:00Z", "2026-06-02T15:00:00Z");
        assert_eq!(open(&week, "2026-06-01", 2), times(&[monday, night, tuesday]), "Wednesday is closed");
        assert_eq!(
            open(&week, "2026-06-01", 0),
            times(&[monday, ("2026-06-01T19:00:00Z", "2026-06-01T21:00:00Z")])
        );
        let in_it = openings(&week, at("2026-06-01T22:59:59.999Z"), 0);
        assert_eq!(in_it[0], (at(night.0), at(night.1)), "began yesterday, goes on");
        assert_eq!(openings(&week, at(night.1), 0), [(at(tuesday.0), at(tuesday.1))], "over at its end");
        assert_eq!(open(&week, "2026-06-01", 9).len(), 3 + 4, "the Wednesday after, and the next week");
    }

    #[test]
    fn what_cannot_be_is_never_open() {
        let always: Vec<_> = (1..=7).map(|weekday| (weekday, 0, 1_440)).collect();
        let always = hours("UTC", &always, &[]);
        assert_eq!(openings(&always, Timestamp(u64::MAX), 7), []);
        assert_eq!(openings(&hours("Europe/Atlantis", &[(1, 0, 1)], &[]), Timestamp(0), 7), []);
        assert_eq!(openings(&hours("UTC", &[(9, 0, 1)], &[]), Timestamp(0), 7), []);
        assert_eq!(openings(&hours("UTC", &[], &[]), Timestamp(0), u32::MAX), []);
        let whole = openings(&always, at("2026-06-10T12:00:00Z"), u32::MAX);
        assert_eq!(whole, [(at("2026-06-09T00:00:00Z"), at("2027-06-12T00:00:00Z"))]);
    }

    type Clock = (&'static str, u8, &'static str, (u16, u16), &'static str);

    /// Zone, weekday, day; what the clock on the wall shows; what that is in UTC, nothing if it is never shown. All
    /// days are Sundays but for those before a midnight, and for Samoa's, a Friday that was left out.
    const CLOCKS: [Clock; 16] = [
        // Forward from 2 to 3, at 1 UTC.
        ("Europe/Berlin", 7, "2026-03-29", (60, 240), "2026-03-29T00:00Z 2026-03-29T02:00Z"),
        ("Europe/Berlin", 7, "2026-03-29", (150, 240), "2026-03-29T01:00Z 2026-03-29T02:00Z"),
        ("Europe/Berlin", 7, "2026-03-29", (60, 150), "2026-03-29T00:00Z 2026-03-29T01:00Z"),
        ("Europe/Berlin", 7, "2026-03-29", (125, 175), ""),
        ("Europe/Berlin", 7, "2026-03-29", (540, 600), "2026-03-29T07:00Z 2026-03-29T08:00Z"),
        // Back from 3 to 2, at 1 UTC.
        ("Europe/Berlin", 7, "2026-10-25", (60, 240), "2026-10-24T23:00Z 2026-10-25T03:00Z"),
        ("Europe/Berlin", 7, "2026-10-25", (150, 240), "2026-10-25T00:30Z 2026-10-25T03:00Z"),
        ("Europe/Berlin", 7, "2026-10-25", (60, 150), "2026-10-24T23:00Z 2026-10-25T01:30Z"),
        // The southern half: back in April, forward in October.
        ("Australia/Sydney", 7, "2026-04-05", (60, 240), "2026-04-04T14:00Z 2026-04-04T18:00Z"),
        ("Australia/Sydney", 7, "2026-10-04", (60, 240), "2026-10-03T15:00Z 2026-10-03T17:00Z"),
        // Forward by half an hour.
        ("Australia/Lord_Howe", 7, "2026-10-04", (60, 240), "2026-10-03T14:30Z 2026-10-03T17:00Z"),
        // Forward at midnight: the day begins at one.
        ("America/Santiago", 7, "2026-09-06", (0, 120), "2026-09-06T04:00Z 2026-09-06T05:00Z"),
        ("America/Santiago", 6, "2026-09-05", (1_380, 1_440), "2026-09-06T03:00Z 2026-09-06T04:00Z"),
        // Back at midnight: eleven is shown twice.
        ("America/Santiago", 6, "2026-04-04", (1_380, 1_440), "2026-04-05T02:00Z 2026-04-05T04:00Z"),
        ("Pacific/Apia", 5, "2011-12-30", (0, 1_440), ""),
        ("Asia/Kolkata", 7, "2026-03-29", (60, 240), "2026-03-28T19:30Z 2026-03-28T22:30Z"),
    ];

    #[test]
    fn clocks_that_are_put_forward_or_back_are_followed() {
        for (zone, weekday, day, (from, to), expected) in CLOCKS {
            let hours = hours(zone, &[(weekday, from, to)], &[]);
            let before = Timestamp(at(&format!("{day}T00:00:00Z")).0 - 24 * 3_600_000);
            let found = openings(&hours, before, 3);
            let found: Vec<_> = found.into_iter().flat_map(|(from, to)| [text(from), text(to)]).collect();
            let found = found.join(" ").replace(":00Z", "Z");
            assert_eq!(found, expected, "{zone} {day} {from}-{to}");
        }
    }
}

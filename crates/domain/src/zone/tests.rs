//! Tables: what clocks show and when, also where they are put forward and back.

use super::*;
use Repeated::{First, Second};

const HOUR: u64 = 3_600_000;

/// In seconds, as other tools print it.
fn second(wall: &str, zone: &str) -> u64 {
    let moment = moment(wall, zone, None).unwrap();
    assert_eq!(moment.0 % 1_000, 0);
    moment.0 / 1_000
}

#[test]
fn clocks_show_moments_and_moments_are_shown() {
    let table = [
        ("1970-01-01T00:00", "UTC", 0),
        ("2026-01-15T09:30", "Europe/Berlin", 1_768_465_800),
        ("2026-07-15T09:30", "Europe/Berlin", 1_784_100_600),
        ("2026-07-15T09:30", "America/New_York", 1_784_122_200),
        ("2026-07-15T09:30", "Europe/Istanbul", 1_784_097_000),
        ("2026-07-15T09:30", "Asia/Kathmandu", 1_784_087_100),
        ("2026-07-15T09:30", "Australia/Lord_Howe", 1_784_070_000),
    ];
    for (shown, zone, moment) in table {
        assert_eq!(second(shown, zone), moment, "{shown} {zone}");
        assert_eq!(wall(Timestamp(moment * 1_000), zone).as_deref(), Some(shown), "{zone}");
    }
    // What is within a minute is shown as the minute.
    assert_eq!(wall(Timestamp(59_999), "UTC").as_deref(), Some("1970-01-01T00:00"));
}

#[test]
fn one_moment_is_another_reading_in_each_zone() {
    let readings = [
        ("Europe/Berlin", "2026-11-21T15:00"),
        ("America/New_York", "2026-11-21T09:00"),
        ("Asia/Tokyo", "2026-11-21T23:00"),
    ];
    for (zone, shown) in readings {
        assert_eq!(second(shown, zone), second("2026-11-21T14:00", "UTC"), "{zone}");
    }
    // For a week in autumn New York is an hour nearer to Berlin.
    assert_eq!(second("2026-10-28T15:00", "Europe/Berlin"), second("2026-10-28T10:00", "America/New_York"));
}

#[test]
fn what_a_clock_skips_is_no_moment() {
    let table = [
        ("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T02:00", "2026-03-29T02:59", "2026-03-29T03:00"),
        ("America/New_York", "2026-03-08T01:59", "2026-03-08T02:00", "2026-03-08T02:59", "2026-03-08T03:00"),
        // By half an hour.
        (
            "Australia/Lord_Howe",
            "2026-10-04T01:59",
            "2026-10-04T02:00",
            "2026-10-04T02:29",
            "2026-10-04T02:30",
        ),
        ("Europe/Istanbul", "2015-03-29T02:59", "2015-03-29T03:00", "2015-03-29T03:59", "2015-03-29T04:00"),
    ];
    for (zone, last, from, to, next) in table {
        assert_eq!(second(last, zone) + 60, second(next, zone), "{zone}");
        for skipped in [from, to] {
            for repeated in [None, Some(First), Some(Second)] {
                assert_eq!(moment(skipped, zone, repeated), Err(WallError::Skipped), "{skipped} {zone}");
            }
        }
    }
}

#[test]
fn what_a_clock_shows_twice_is_two_moments() {
    let table = [
        (
            "Europe/Berlin",
            "2026-10-25T01:59",
            "2026-10-25T02:00",
            "2026-10-25T02:59",
            "2026-10-25T03:00",
            HOUR,
        ),
        (
            "America/New_York",
            "2026-11-01T00:59",
            "2026-11-01T01:00",
            "2026-11-01T01:59",
            "2026-11-01T02:00",
            HOUR,
        ),
        (
            "Australia/Lord_Howe",
            "2026-04-05T01:29",
            "2026-04-05T01:30",
            "2026-04-05T01:59",
            "2026-04-05T02:00",
            HOUR / 2,
        ),
    ];
    for (zone, before, from, to, after, apart) in table {
        for twice in [from, to] {
            assert_eq!(moment(twice, zone, None), Err(WallError::Ambiguous), "{twice} {zone}");
            let (first, again) =
                (moment(twice, zone, Some(First)).unwrap(), moment(twice, zone, Some(Second)).unwrap());
            assert_eq!(u64::try_from(again.since(first).as_millis()), Ok(apart), "{twice} {zone}");
            for moment in [first, again] {
                assert_eq!(wall(moment, zone).as_deref(), Some(twice));
            }
        }
        // The edges are shown once, whatever is said.
        let minute = 60_000;
        assert_eq!(
            second(before, zone) * 1_000 + minute,
            moment(from, zone, Some(First)).unwrap().0,
            "{zone}"
        );
        assert_eq!(moment(to, zone, Some(Second)).unwrap().0 + minute, second(after, zone) * 1_000, "{zone}");
        for repeated in [None, Some(First), Some(Second)] {
            assert_eq!(moment(after, zone, repeated), moment(after, zone, None), "{zone}");
        }
    }
}

/// Istanbul has not put its clocks forward or back since 2016: every hour of these days is shown once.
#[test]
fn a_zone_that_has_no_summer_time_any_more_has_neither() {
    for day in ["2026-03-29", "2026-10-25"] {
        let midnight = second(&format!("{day}T00:00"), "Europe/Istanbul");
        for hour in 0..24_u64 {
            assert_eq!(second(&format!("{day}T{hour:02}:00"), "Europe/Istanbul"), midnight + hour * 3_600);
        }
    }
}

#[test]
fn every_quarter_of_a_year_comes_back_as_it_was() {
    for zone in
        ["Europe/Berlin", "America/New_York", "Europe/Istanbul", "Australia/Lord_Howe", "Africa/Casablanca"]
    {
        let start = second("2026-01-01T00:00", zone) * 1_000;
        for quarter in 0..365 * 96 {
            let at = Timestamp(start + quarter * HOUR / 4);
            let shown = wall(at, zone).unwrap();
            let back = match moment(&shown, zone, None) {
                Err(WallError::Ambiguous) => {
                    let both = [First, Second].map(|which| moment(&shown, zone, Some(which)).unwrap());
                    both.into_iter().find(|one| *one == at)
                }
                other => other.ok(),
            };
            assert_eq!(back, Some(at), "{shown} {zone}");
        }
    }
}

#[test]
fn readings_are_written_in_one_way() {
    let malformed = [
        "",
        "2026",
        "2026-11-21",
        "15:00",
        "2026-11-21 15:00",
        "2026-11-21t15:00",
        "2026-11-21T15",
        "2026-11-21T15:00:00",
        "2026-11-21T15:00:30",
        "2026-11-21T15:00Z",
        "2026-11-21T15:00+01:00",
        "2026-11-21T15:00[Europe/Berlin]",
        "20261121T1500",
        "2026-11-21T24:00",
        "2026-11-21T15:60",
        "2026-02-29T10:00",
        "2026-13-01T10:00",
        "2026-00-01T10:00",
        "2026-11-31T10:00",
        "+002026-11-21T15:00",
        "-002026-11-21T15:00",
        " 2026-11-21T15:00",
        "2026-11-21T15:00 ",
        "2026-11-21T１5:00",
        "1969-12-31T23:59",
        "0000-01-01T00:00",
        "tomorrow",
    ];
    for reading in malformed {
        assert_eq!(moment(reading, "UTC", None), Err(WallError::Malformed), "{reading}");
    }
    // Midnight of 1970 in Berlin was before it in UTC; and the last year ends.
    assert_eq!(moment("1970-01-01T00:30", "Europe/Berlin", None), Err(WallError::Malformed));
    assert_eq!(moment("9999-12-31T23:59", "America/New_York", None), Err(WallError::Malformed));
    assert_eq!(second("2028-02-29T10:00", "UTC"), 1_835_431_200);
}

#[test]
fn only_zones_of_ianas_are_zones() {
    for zone in ["UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata"] {
        assert!(is_zone(zone), "{zone}");
    }
    for zone in [
        "",
        " ",
        "Europe",
        "Europe/Berlin ",
        "Europe/Nowhere",
        "+01:00",
        "UTC+1",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "../../etc/passwd",
        "Etc/Unknown",
        "local",
    ] {
        assert!(!is_zone(zone), "{zone}");
        assert_eq!(moment("2026-11-21T15:00", zone, None), Err(WallError::UnknownZone));
        assert_eq!(wall(Timestamp(0), zone), None);
    }
    // Out of what can be shown.
    assert_eq!(wall(Timestamp(u64::MAX), "UTC"), None);
}

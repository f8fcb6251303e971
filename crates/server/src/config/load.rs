//! Reads the layers and remembers where each value comes from.

use super::{MailServer, Settings, TlsMode};
use config::{Config, ConfigError, Environment, File, FileFormat, ValueKind};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// The commented file of all defaults.
pub(crate) const DEFAULT_FILE: &str = include_str!("default.toml");

/// Keys whose values are lists: in the environment they are split at commas.
const LISTS: [&str; 8] = [
    "tls.domains",
    "session.allowed_origins",
    "peerjs.origins",
    "media.addresses",
    "turn.relay_addresses",
    "turn.allow_peers",
    "webhooks.allow_addresses",
    "proxy.trusted",
];

/// Keys whose values can hold a password: they are printed without.
const SECRETS: [&str; 4] = ["database", "redis", "oidc.client_secret", "smtp.url"];

/// What flags set: key and value.
pub(crate) type Overrides = Vec<(&'static str, String)>;

/// Settings and the origin of each.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) settings: Settings,
    /// Key to (value as TOML, origin), in order.
    pub(crate) origins: BTreeMap<String, (String, String)>,
}

/// Why the settings cannot be used. The text names the key, the value and what was expected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadSettings {
    #[error("{0}")]
    Unreadable(#[from] ConfigError),
    #[error("{key} is \"{value}\", but {expected}")]
    Value { key: &'static str, value: String, expected: &'static str },
}

/// Merges defaults, file, environment and flags.
pub(crate) fn load(
    file: Option<&Path>,
    environment: HashMap<String, String>,
    flags: &Overrides,
) -> Result<Loaded, BadSettings> {
    let mut environment =
        Environment::with_prefix("VISAVIS").prefix_separator("_").separator("__").source(Some(environment));
    environment = environment.try_parsing(true).list_separator(",");
    for key in LISTS {
        environment = environment.with_list_parse_key(key);
    }
    let mut builder = Config::builder().add_source(File::from_str(DEFAULT_FILE, FileFormat::Toml));
    if let Some(path) = file {
        builder = builder.add_source(File::from(path).format(FileFormat::Toml).required(true));
    }
    builder = builder.add_source(environment);
    for (key, value) in flags {
        builder = builder.set_override(*key, value.as_str())?;
    }
    let merged = builder.build()?;
    let settings: Settings = merged.clone().try_deserialize()?;
    check(&settings)?;
    let mut origins = BTreeMap::new();
    for (key, value) in merged.cache.into_table()? {
        describe(&key, &value, flags, &mut origins);
    }
    Ok(Loaded { settings, origins })
}

/// Who receives a file has it in the browser until it is whole: more is more than browsers hold for sure.
const MOST_FILE_BYTES: u64 = 2_000_000_000;

fn check(settings: &Settings) -> Result<(), BadSettings> {
    let refuse = |key, value: &dyn std::fmt::Display, expected| {
        Err(BadSettings::Value { key, value: value.to_string(), expected })
    };
    let tls = &settings.tls;
    if tls.mode == TlsMode::Files && tls.certificate.as_os_str().is_empty() {
        return refuse("tls.certificate", &"", "tls.mode = \"files\" needs the path of a PEM file");
    }
    if tls.mode == TlsMode::Files && tls.key.as_os_str().is_empty() {
        return refuse("tls.key", &"", "tls.mode = \"files\" needs the path of a PEM file");
    }
    if tls.mode == TlsMode::Acme && tls.domains.is_empty() {
        return refuse("tls.domains", &"", "tls.mode = \"acme\" needs at least one public name");
    }
    if settings.session.outbox_bytes < visavis_protocol::MAX_FRAME_BYTES {
        return refuse("session.outbox_bytes", &settings.session.outbox_bytes, "at least 65536 are needed");
    }
    if settings.rooms.promote_at < 3 {
        return refuse("rooms.promote_at", &settings.rooms.promote_at, "at least 3 was expected");
    }
    if settings.rooms.file_bytes > MOST_FILE_BYTES {
        let expected = "at most 2000000000 was expected";
        return refuse("rooms.file_bytes", &settings.rooms.file_bytes, expected);
    }
    if !(1..=60).contains(&settings.database_wait_s) {
        return refuse("database_wait_s", &settings.database_wait_s, "1 to 60 seconds were expected");
    }
    let oidc = &settings.oidc;
    if oidc.issuer.is_some() && oidc.client_id.is_empty() {
        return refuse("oidc.client_id", &"", "oidc.issuer needs the name by which it knows this server");
    }
    if oidc.issuer.is_some() && settings.public_url.is_none() {
        return refuse("public_url", &"", "oidc.issuer needs the address that people come back to");
    }
    if settings.accounts.idle_s == 0 || settings.accounts.longest_s == 0 {
        return refuse("accounts.idle_s", &0, "a number of seconds above 0 was expected, as for longest_s");
    }
    check_mail(settings)?;
    if let Some(wrong) = settings.peerjs.origins.iter().find(|one| !is_origin(one)) {
        return refuse(
            "peerjs.origins",
            wrong,
            "origins such as \"https://www.example.org\", or \"*\", were expected",
        );
    }
    let drain = &settings.drain;
    if drain.after_s.saturating_add(drain.over_s).saturating_add(2) > drain.at_most_s {
        let expected = "at least two seconds more than drain.after_s and drain.over_s together were expected";
        return refuse("drain.at_most_s", &drain.at_most_s, expected);
    }
    if settings.limits.header_timeout_s == 0 || settings.limits.request_timeout_s == 0 {
        return refuse("limits.header_timeout_s", &0, "a number of seconds above 0 was expected");
    }
    Ok(())
}

/// As browsers write one: a path, or a dash at the end, would be equal to none.
fn is_origin(text: &str) -> bool {
    let whole = |url: &url::Url| url.origin().ascii_serialization() == text;
    text == "*" || url::Url::parse(text).is_ok_and(|url| whole(&url))
}

fn check_mail(settings: &Settings) -> Result<(), BadSettings> {
    let smtp = &settings.smtp;
    let refuse = |key, value: String, expected| Err(BadSettings::Value { key, value, expected });
    if !(1..=120).contains(&smtp.timeout_s) {
        return refuse("smtp.timeout_s", smtp.timeout_s.to_string(), "1 to 120 seconds were expected");
    }
    if smtp.url.as_str().is_empty() {
        return Ok(());
    }
    if let Err(expected) = MailServer::parse(smtp.url.as_str()) {
        return refuse("smtp.url", public_part(smtp.url.as_str()), expected);
    }
    if !smtp.from.contains('@') {
        return refuse("smtp.from", smtp.from.clone(), "smtp.url needs who sends the mail");
    }
    Ok(())
}

fn describe(
    key: &str,
    value: &config::Value,
    flags: &Overrides,
    into: &mut BTreeMap<String, (String, String)>,
) {
    match &value.kind {
        ValueKind::Table(table) => {
            for (name, inner) in table {
                describe(&format!("{key}.{name}"), inner, flags, into);
            }
        }
        kind => {
            let origin = if flags.iter().any(|(flag, _)| *flag == key) {
                "flag".to_owned()
            } else {
                match value.origin() {
                    None => "default".to_owned(),
                    Some(origin) if origin.contains("environment") => "environment".to_owned(),
                    Some(path) => path.to_owned(),
                }
            };
            let text = if SECRETS.contains(&key) { without_secret(kind) } else { toml_text(kind) };
            into.insert(key.to_owned(), (text, origin));
        }
    }
}

/// A database's address without its password; of other secrets only whether they are set.
fn without_secret(kind: &ValueKind) -> String {
    let ValueKind::String(text) = kind else { return "\"…\"".to_owned() };
    if text.is_empty() {
        return toml_text(kind);
    }
    toml::Value::String(public_part(text)).to_string()
}

/// What may be shown of an address that can carry a password.
pub(crate) fn public_part(address: &str) -> String {
    // Several hosts are no URL: the first is read for all.
    let (one, others) = first_host(address).unwrap_or((address.to_owned(), ""));
    let Ok(mut url) = url::Url::parse(&one) else { return "…".to_owned() };
    if url.password().is_some() && url.set_password(Some("…")).is_err() {
        return "…".to_owned();
    }
    // Some databases take the password as a parameter.
    if url.query().is_some() {
        url.set_query(Some("…"));
    }
    let (until, behind) = (&url[..url::Position::AfterPort], &url[url::Position::AfterPort..]);
    format!("{until}{others}{behind}").replace("%E2%80%A6", "…")
}

/// The address without its hosts but one, and these others, if there are several.
fn first_host(address: &str) -> Option<(String, &str)> {
    let authority = address.find("://")? + 3;
    let behind = address[authority..].find(['/', '?', '#']).map_or(address.len(), |at| authority + at);
    let hosts = address[..behind].rfind('@').map_or(authority, |at| authority.max(at + 1));
    let others = hosts + address[hosts..behind].find(',')?;
    Some((format!("{}{}", &address[..others], &address[behind..]), &address[others..behind]))
}

fn toml_text(kind: &ValueKind) -> String {
    match kind {
        ValueKind::String(text) => toml::Value::String(text.clone()).to_string(),
        ValueKind::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| toml_text(&item.kind)).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(environment: &[(&str, &str)], flags: &Overrides) -> Result<Loaded, BadSettings> {
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        load(None, environment, flags)
    }

    #[test]
    fn the_default_file_is_complete() {
        let loaded = with(&[], &vec![]).unwrap();
        assert_eq!(loaded.settings.http, Some("127.0.0.1:8080".parse().unwrap()));
        assert_eq!(loaded.settings.https, "[::]:8443".parse().unwrap());
        assert!(loaded.origins.values().all(|(_, origin)| origin == "default"), "{:?}", loaded.origins);
    }

    #[test]
    fn a_flag_beats_the_environment_beats_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("visavis.toml");
        std::fs::write(&path, "http = '127.0.0.1:1'\nhttps = '[::]:1'\n[rooms]\nmax_people = 2\n").unwrap();
        let environment = [("VISAVIS_HTTPS", "[::]:2"), ("VISAVIS_ROOMS__MAX_PEOPLE", "3")];
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let loaded = load(Some(&path), environment, &vec![("https", "[::]:3".into())]).unwrap();
        assert_eq!(loaded.settings.http, Some("127.0.0.1:1".parse().unwrap()));
        assert_eq!(loaded.settings.https, "[::]:3".parse().unwrap());
        assert_eq!(loaded.settings.rooms.max_people.get(), 3);
        assert_eq!(loaded.origins["https"].1, "flag");
        assert_eq!(loaded.origins["rooms.max_people"].1, "environment");
        assert!(loaded.origins["http"].1.contains("visavis.toml"), "{:?}", loaded.origins["http"]);
        assert_eq!(loaded.origins["data"].1, "default");
    }

    #[test]
    fn lists_are_split_at_commas_in_the_environment() {
        let loaded = with(&[("VISAVIS_TURN__ALLOW_PEERS", "127.0.0.0/8,10.0.0.0/8")], &vec![]).unwrap();
        assert_eq!(loaded.settings.turn.allow_peers.len(), 2);
        let loaded = with(&[("VISAVIS_TURN__RELAY_ADDRESSES", "127.0.0.1")], &vec![]).unwrap();
        assert_eq!(loaded.settings.turn.relay_addresses.len(), 1);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (name, value, words) in [
            ("VISAVIS_HTP", "x", vec!["htp"]),
            ("VISAVIS_ROOMS__SEATS", "4", vec!["seats"]),
            ("VISAVIS_HTTP", "8080", vec!["http", "8080", "127.0.0.1:8080"]),
            ("VISAVIS_HTTPS", "nowhere", vec!["https"]),
            ("VISAVIS_ROOMS__MAX_PEOPLE", "many", vec!["rooms.max_people", "many"]),
            ("VISAVIS_ROOMS__MAX_PEOPLE", "0", vec!["rooms.max_people", "0"]),
            ("VISAVIS_ROOMS__OPENED_BY", "nobody", vec!["rooms.opened_by", "nobody"]),
            ("VISAVIS_ROOMS__REMEMBER_S", "long", vec!["rooms.remember_s", "long"]),
            ("VISAVIS_ROOMS__FILE_BYTES", "2000000001", vec!["rooms.file_bytes", "2000000000"]),
            ("VISAVIS_ROOMS__FILE_BYTES", "-1", vec!["rooms.file_bytes"]),
            ("VISAVIS_TLS__MODE", "magic", vec!["magic", "tls.mode"]),
            ("VISAVIS_TLS__MODE", "files", vec!["tls.certificate"]),
            ("VISAVIS_PUBLIC_URL", "http://x", vec!["public_url", "https://visavis.example.org"]),
            ("VISAVIS_SESSION__OUTBOX_BYTES", "10", vec!["session.outbox_bytes", "65536"]),
            ("VISAVIS_DATABASE_CONNECTIONS", "0", vec!["database_connections", "0"]),
            ("VISAVIS_DATABASE_WAIT_S", "61", vec!["database_wait_s", "61"]),
            ("VISAVIS_OIDC__ISSUER", "https://login.example", vec!["oidc.client_id"]),
            ("VISAVIS_ACCOUNTS__IDLE_S", "0", vec!["accounts.idle_s"]),
            ("VISAVIS_APPOINTMENTS__OPEN_BEFORE_S", "-1", vec!["appointments.open_before_s"]),
            ("VISAVIS_APPOINTMENTS__OPEN", "1", vec!["open_before_s"]),
            ("VISAVIS_ACCOUNTS__WRONG_TRIES", "0", vec!["accounts.wrong_tries"]),
            ("VISAVIS_LOUNGE__OPEN_TO", "friends", vec!["lounge.open_to", "friends"]),
            ("VISAVIS_LOUNGE__ROOM_PEOPLE", "0", vec!["lounge.room_people", "0"]),
            ("VISAVIS_LOUNGE__REMOVED_FOR_S", "-1", vec!["lounge.removed_for_s"]),
            ("VISAVIS_LOUNGE__KEEP", "1", vec!["keep_days"]),
            ("VISAVIS_SMTP__URL", "mail.example.org", vec!["smtp.url", "smtps://"]),
            ("VISAVIS_SMTP__URL", "smtp+plain://mail.example.org", vec!["smtp.url", "STARTTLS"]),
            ("VISAVIS_SMTP__URL", "smtp://mail.example.org", vec!["smtp.from"]),
            ("VISAVIS_SMTP__TIMEOUT_S", "0", vec!["smtp.timeout_s"]),
            ("VISAVIS_PEERJS__ENABLED", "perhaps", vec!["peerjs.enabled", "perhaps"]),
            ("VISAVIS_PEERJS__IDS", "0", vec!["peerjs.ids", "0"]),
            ("VISAVIS_PEERJS__GRACE_S", "-1", vec!["peerjs.grace_s"]),
            (
                "VISAVIS_PEERJS__ORIGINS",
                "www.example.org",
                vec!["peerjs.origins", "www.example.org", "https://"],
            ),
            ("VISAVIS_PEERJS__ORIGINS", "*,https://a.example/", vec!["peerjs.origins", "https://a.example/"]),
            ("VISAVIS_DRAIN__AT_MOST_S", "24", vec!["drain.at_most_s", "24", "two seconds"]),
            ("VISAVIS_DRAIN__OVER_S", "26", vec!["drain.at_most_s", "30"]),
            ("VISAVIS_DRAIN__OVER_S", "-1", vec!["drain.over_s"]),
            ("VISAVIS_WEBHOOKS__KEEP_DAYS", "0", vec!["webhooks.keep_days", "0"]),
            ("VISAVIS_WEBHOOKS__ALLOW_ADDRESSES", "10.0.0.1", vec!["webhooks.allow_addresses"]),
            ("VISAVIS_SMTP__REPLIES", "nobody", vec!["smtp.replies", "nobody"]),
        ] {
            let error = with(&[(name, value)], &vec![]).unwrap_err().to_string();
            for word in words {
                assert!(error.contains(word), "{name}={value}: {error}");
            }
        }
    }

    #[test]
    fn a_mail_server_that_is_refused_is_named_without_its_password() {
        let error = with(&[("VISAVIS_SMTP__URL", "smtp+plain://user:hunter2@mail.example.org")], &vec![]);
        let error = error.unwrap_err().to_string();
        assert!(error.contains("mail.example.org") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn passwords_are_not_printed() {
        let from = ("VISAVIS_SMTP__FROM", "visavis@example.org");
        for (name, key, value, shown) in [
            (
                "VISAVIS_DATABASE",
                "database",
                "postgres://visavis:hunter2@db/visavis",
                "postgres://visavis:…@db/visavis",
            ),
            (
                "VISAVIS_DATABASE",
                "database",
                "postgres://db/visavis?password=hunter2",
                "postgres://db/visavis?…",
            ),
            ("VISAVIS_DATABASE", "database", "sqlite:/var/lib/visavis.db", "sqlite:/var/lib/visavis.db"),
            ("VISAVIS_REDIS", "redis", "rediss://visavis:hunter2@cache/1", "rediss://visavis:…@cache/1"),
            (
                "VISAVIS_REDIS",
                "redis",
                "rediss+sentinel://visavis:hun,ter2@a:1,[::1]:2,c/main/1?sentinel_password=hunter2",
                "rediss+sentinel://visavis:…@a:1,[::1]:2,c/main/1?…",
            ),
            ("VISAVIS_REDIS", "redis", "redis+cluster://:hunter2@a,b:7", "redis+cluster://:…@a,b:7"),
            ("VISAVIS_REDIS", "redis", "redis+cluster://a,b", "redis+cluster://a,b"),
            ("VISAVIS_REDIS", "redis", "redis+cluster://:hunt/er2@a,b", "…"),
            ("VISAVIS_OIDC__CLIENT_SECRET", "oidc.client_secret", "hunter2", "…"),
            (
                "VISAVIS_SMTP__URL",
                "smtp.url",
                "smtps://visavis:hunter2@mail.example.org",
                "smtps://visavis:…@mail.example.org",
            ),
        ] {
            let loaded = with(&[(name, value), from], &vec![]).unwrap();
            assert_eq!(loaded.origins[key].0, format!("\"{shown}\""));
            assert!(!format!("{loaded:?}").contains("hunter2"));
        }
    }
}

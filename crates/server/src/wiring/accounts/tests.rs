//! Accounts as a whole: HTTP in front, a real SQLite behind, a clock that is set by hand.

mod access;
mod admin;
mod api_keys;
mod appointments;
mod described;
mod feeds;
mod history;
mod letters;
mod links;
mod lounge;
mod once;
mod own;
mod provider;
mod room_tokens;
mod rooms;
mod sign_in;
mod tags;
mod webhooks;
mod world;

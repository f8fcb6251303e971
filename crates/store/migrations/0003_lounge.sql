-- The lounge. People in it need no account; so nothing here refers to accounts but moderators.

-- Where messages stand: a room's or a conversation's id. What "last" says was given out and is not given out again,
-- whatever becomes of the message; "last_at" is when that one was written. Whatever stands there goes with it.
CREATE TABLE message_places (
  id text PRIMARY KEY,
  last bigint NOT NULL,
  last_at bigint NOT NULL
);

CREATE TABLE lounge_rooms (
  id text PRIMARY KEY REFERENCES message_places (id) ON DELETE CASCADE,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  about text NOT NULL,
  place bigint NOT NULL
);

CREATE TABLE lounge_moderators (
  room text NOT NULL REFERENCES lounge_rooms (id) ON DELETE CASCADE,
  person text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  place bigint NOT NULL,
  PRIMARY KEY (room, person)
);
CREATE INDEX lounge_moderators_by_person ON lounge_moderators (person);

-- Of the two, "one" is the lower id: so there is one conversation of theirs.
CREATE TABLE conversations (
  id text PRIMARY KEY REFERENCES message_places (id) ON DELETE CASCADE,
  one text NOT NULL,
  other text NOT NULL,
  UNIQUE (one, other),
  CHECK (one <> other)
);

CREATE TABLE conversation_sides (
  conversation text NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  person text NOT NULL,
  name text NOT NULL,
  is_open boolean NOT NULL,
  delivered bigint NOT NULL,
  seen bigint NOT NULL,
  PRIMARY KEY (conversation, person)
);
CREATE INDEX conversation_sides_by_person ON conversation_sides (person);

CREATE TABLE messages (
  id text PRIMARY KEY,
  place text NOT NULL REFERENCES message_places (id) ON DELETE CASCADE,
  number bigint NOT NULL,
  author text NOT NULL,
  name text NOT NULL,
  text text NOT NULL,
  at bigint NOT NULL,
  edited_at bigint,
  deleted boolean NOT NULL,
  UNIQUE (place, number)
);
CREATE INDEX messages_by_author ON messages (place, author, at);
CREATE INDEX messages_by_time ON messages (at);

-- Without a message for as long as it was not sent. Bodies lie beside, so that lists never read them.
CREATE TABLE files (
  id text PRIMARY KEY,
  owner text NOT NULL,
  place text NOT NULL REFERENCES message_places (id) ON DELETE CASCADE,
  name text NOT NULL,
  kind text NOT NULL,
  size bigint NOT NULL,
  at bigint NOT NULL,
  message text UNIQUE REFERENCES messages (id) ON DELETE CASCADE
);
CREATE INDEX files_by_place ON files (place);

CREATE TABLE file_bodies (
  file text PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
  body BYTES NOT NULL
);

CREATE TABLE blocks (
  person text NOT NULL,
  other text NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (person, other)
);

CREATE TABLE removals (
  person text PRIMARY KEY,
  name text NOT NULL,
  at bigint NOT NULL,
  until bigint NOT NULL,
  removed_by text NOT NULL
);
CREATE INDEX removals_by_end ON removals (until);

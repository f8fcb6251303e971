-- Everything there is at first. BYTES stands for the type of byte strings, the one word in which the databases
-- differ. Ids are texts with their prefix, as people read them in logs; times are milliseconds since 1970, UTC;
-- closed sets are the words of the wire.

CREATE TABLE accounts (
  id text PRIMARY KEY,
  email text NOT NULL UNIQUE,
  name text NOT NULL,
  title text NOT NULL,
  role text NOT NULL,
  state text NOT NULL,
  password text,
  totp BYTES,
  totp_step bigint NOT NULL,
  created_at bigint NOT NULL
);

CREATE TABLE subjects (
  issuer text NOT NULL,
  subject text NOT NULL,
  account text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  PRIMARY KEY (issuer, subject)
);

CREATE TABLE invitations (
  token BYTES PRIMARY KEY,
  purpose text NOT NULL,
  account text REFERENCES accounts (id) ON DELETE CASCADE,
  expires_at bigint NOT NULL,
  CHECK ((account IS NULL) = (purpose = 'first_admin'))
);

CREATE TABLE sign_ins (
  id text PRIMARY KEY,
  token BYTES NOT NULL UNIQUE,
  account text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  created_at bigint NOT NULL,
  seen_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  browser text NOT NULL
);
CREATE INDEX sign_ins_by_account ON sign_ins (account);

CREATE TABLE desks (
  id text PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  about text NOT NULL,
  hours text,
  wrap_up_s bigint NOT NULL,
  ring_s bigint NOT NULL,
  sites text NOT NULL
);

CREATE TABLE desk_members (
  desk text NOT NULL REFERENCES desks (id) ON DELETE CASCADE,
  person text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  place bigint NOT NULL,
  PRIMARY KEY (desk, person)
);
CREATE INDEX desk_members_by_person ON desk_members (person);

-- Refers to nothing: history outlives what it is about.
CREATE TABLE calls (
  ring text PRIMARY KEY,
  desk text,
  desk_name text NOT NULL,
  visitor text NOT NULL,
  visitor_name text NOT NULL,
  about text NOT NULL,
  representative text NOT NULL,
  representative_name text NOT NULL,
  asked_into text,
  started_at bigint NOT NULL,
  accepted_at bigint,
  ended_at bigint,
  ending text,
  stars bigint,
  comment text NOT NULL,
  note text NOT NULL,
  outcome text,
  CHECK ((ended_at IS NULL) = (ending IS NULL)),
  CHECK (stars BETWEEN 1 AND 5)
);
CREATE INDEX calls_by_time ON calls (started_at);
CREATE INDEX calls_by_desk ON calls (desk, started_at);
CREATE INDEX calls_by_representative ON calls (representative, started_at);

CREATE TABLE audit (
  number bigint PRIMARY KEY,
  at bigint NOT NULL,
  actor text,
  action text NOT NULL,
  subject text NOT NULL,
  detail text NOT NULL,
  mac BYTES NOT NULL
);

CREATE TABLE audit_head (
  id bigint PRIMARY KEY CHECK (id = 1),
  written bigint NOT NULL,
  last BYTES NOT NULL,
  mac BYTES NOT NULL
);

CREATE TABLE settings (
  name text PRIMARY KEY,
  value text NOT NULL
);

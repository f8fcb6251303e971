CREATE TABLE appointments (
  id text PRIMARY KEY,
  professional text NOT NULL REFERENCES accounts (id),
  desk text,
  client text NOT NULL,
  email text,
  about text NOT NULL,
  starts_at bigint NOT NULL,
  minutes bigint NOT NULL,
  zone text NOT NULL,
  state text NOT NULL,
  sequence bigint NOT NULL,
  note text NOT NULL,
  created_at bigint NOT NULL
);
CREATE INDEX appointments_by_professional ON appointments (professional, starts_at);
CREATE INDEX appointments_by_desk ON appointments (desk, starts_at);

CREATE TABLE links (
  id text PRIMARY KEY,
  appointment text NOT NULL REFERENCES appointments (id),
  person text NOT NULL,
  kind text NOT NULL,
  name text,
  created_at bigint NOT NULL,
  revoked_at bigint
);
CREATE INDEX links_by_appointment ON links (appointment);

CREATE TABLE mails (
  number bigint PRIMARY KEY,
  appointment text NOT NULL REFERENCES appointments (id),
  kind text NOT NULL,
  sequence bigint NOT NULL,
  message text NOT NULL,
  base text NOT NULL,
  state text NOT NULL,
  at bigint NOT NULL,
  tries bigint NOT NULL
);
CREATE INDEX mails_by_appointment ON mails (appointment, number);
CREATE INDEX mails_by_state ON mails (state, at);

ALTER TABLE calls ADD COLUMN appointment text;

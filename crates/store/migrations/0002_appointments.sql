-- Appointments, the links to them, the mail about them. Whoever removes an account would have to say what becomes of
-- its appointments; a desk only shares them, so without it they are the professional's alone.

CREATE TABLE appointments (
  id text PRIMARY KEY,
  professional text NOT NULL REFERENCES accounts (id),
  desk text REFERENCES desks (id) ON DELETE SET NULL,
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

-- Whoever comes over one need not have an account.
CREATE TABLE links (
  id text PRIMARY KEY,
  appointment text NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
  person text NOT NULL,
  kind text NOT NULL,
  name text,
  created_at bigint NOT NULL,
  revoked_at bigint
);
CREATE INDEX links_by_appointment ON links (appointment);

-- What "at" says depends on the state: when a queued one is due, when one was sent, since when one has failed.
CREATE TABLE mails (
  number bigint PRIMARY KEY,
  appointment text NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
  kind text NOT NULL,
  sequence bigint NOT NULL,
  message text NOT NULL,
  base text NOT NULL,
  state text NOT NULL,
  at bigint NOT NULL,
  tries bigint,
  CHECK ((tries IS NOT NULL) = (state = 'queued'))
);
CREATE INDEX mails_by_appointment ON mails (appointment, number);
CREATE INDEX mails_by_state ON mails (state, at);

-- Refers to nothing, like the rest of the history.
ALTER TABLE calls ADD COLUMN appointment text;

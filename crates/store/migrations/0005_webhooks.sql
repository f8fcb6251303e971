-- Webhooks: who is told, what happened, and how far telling it is. Secrets are sealed by the server.

CREATE TABLE webhooks (
  id text PRIMARY KEY,
  name text NOT NULL,
  url text NOT NULL,
  kinds text NOT NULL,
  state text NOT NULL,
  secret BYTES NOT NULL,
  earlier BYTES,
  earlier_until bigint,
  created_at bigint NOT NULL,
  delivered_at bigint,
  failed_at bigint,
  trouble text,
  CHECK ((earlier IS NULL) = (earlier_until IS NULL)),
  CHECK ((failed_at IS NULL) = (trouble IS NULL))
);

-- Numbers rise in the order of writing, which for one subject is that of happening.
CREATE TABLE webhook_events (
  number bigint PRIMARY KEY,
  id text NOT NULL UNIQUE,
  kind text NOT NULL,
  subject text NOT NULL,
  at bigint NOT NULL,
  data text NOT NULL
);

-- "since" is when it began to wait, "due_at" when it is tried next at the earliest; "held_until" is set while an
-- instance tries it, "done_at" once nobody tries it any more.
CREATE TABLE webhook_deliveries (
  webhook text NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  event bigint NOT NULL REFERENCES webhook_events (number),
  subject text NOT NULL,
  state text NOT NULL,
  since bigint NOT NULL,
  due_at bigint NOT NULL,
  held_until bigint,
  tries bigint NOT NULL,
  tried_at bigint,
  status bigint,
  trouble text,
  done_at bigint,
  PRIMARY KEY (webhook, event),
  CHECK ((done_at IS NULL) = (state = 'waiting'))
);
CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (webhook, state, due_at);
CREATE INDEX webhook_deliveries_by_subject ON webhook_deliveries (webhook, subject, state, event);
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (event);
CREATE INDEX webhook_deliveries_by_end ON webhook_deliveries (done_at);

-- What is older than it may become is looked for by time alone, whosever it is.
CREATE INDEX appointments_by_time ON appointments (starts_at);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (state, since);

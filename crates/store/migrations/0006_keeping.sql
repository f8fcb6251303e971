-- What is older than it may become is looked for by time alone.
CREATE INDEX appointments_by_time ON appointments (starts_at);

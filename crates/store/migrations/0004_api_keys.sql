-- Keys of the interface for programs. The key itself is kept nowhere: "hash" is the SHA-256 of its whole text.

CREATE TABLE api_keys (
  id text PRIMARY KEY,
  hash BYTES NOT NULL,
  name text NOT NULL,
  account text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  scopes text NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  used_at bigint
);
CREATE INDEX api_keys_by_account ON api_keys (account);

-- How much one has sent up, or all guests of one network. "source" is the network, as a number that says nothing; none
-- for accounts, and for what was sent before this.

ALTER TABLE files ADD COLUMN source text;
CREATE INDEX files_by_owner ON files (owner);
CREATE INDEX files_by_source ON files (source);

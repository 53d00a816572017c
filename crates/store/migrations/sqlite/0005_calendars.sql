-- By which the addresses of calendars are made; made itself with the first of them.
ALTER TABLE organisation ADD COLUMN secret BLOB;
-- How often the addresses of a person's calendars were renewed; those from before open nothing.
ALTER TABLE user ADD COLUMN calendars INTEGER NOT NULL DEFAULT 0;

-- By which the addresses of calendars are made; made itself with the first of them.
ALTER TABLE organisation ADD COLUMN secret bytea;
-- How often the addresses of a person's calendars were renewed; those from before open nothing.
ALTER TABLE person ADD COLUMN calendars bigint NOT NULL DEFAULT 0;

-- The version of the time-zone database by which the future bookings have their instants.
ALTER TABLE organisation ADD COLUMN tzdb text NOT NULL DEFAULT '';
-- What overlaps others and is kept; there is little of it.
CREATE INDEX claim_kept ON claim (booking) WHERE legacy;

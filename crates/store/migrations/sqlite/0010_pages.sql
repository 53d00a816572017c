-- What lists are paged by beside the start; the UUIDs have an index of their own. What was called off is in no such list.
CREATE INDEX booking_by_end ON booking (organisation, class, "end", id, start) WHERE live = 1;
CREATE INDEX booking_by_creation ON booking (organisation, created_at, id, start, "end") WHERE live = 1;

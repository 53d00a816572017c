-- What was taken over of each row of another system: with which version here, and what it was there, in short.
CREATE TABLE imported (
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    kind TEXT NOT NULL,
    -- Its number there, and here.
    source INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (organisation, kind, source)
) STRICT, WITHOUT ROWID;

-- The contents of the files that belong to bookings, by the numbers that the bookings name.
CREATE TABLE attachment (
    id INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    content BLOB NOT NULL
) STRICT;

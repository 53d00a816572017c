CREATE SEQUENCE id_state_reason;
CREATE SEQUENCE id_announcement;
CREATE SEQUENCE id_waiting_request;
CREATE SEQUENCE id_attachment;

-- What was taken over of each row of another system: with which version here, and what it was there, in short.
CREATE TABLE imported (
    organisation bigint NOT NULL REFERENCES organisation (id),
    kind text NOT NULL,
    -- Its number there, and here.
    source bigint NOT NULL,
    id bigint NOT NULL,
    version bigint NOT NULL,
    fingerprint text NOT NULL,
    PRIMARY KEY (organisation, kind, source)
);

-- The contents of the files that belong to bookings, by the numbers that the bookings name.
CREATE TABLE attachment (
    id bigint PRIMARY KEY,
    organisation bigint NOT NULL REFERENCES organisation (id),
    content bytea NOT NULL
);

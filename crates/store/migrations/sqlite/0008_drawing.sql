-- The drawings of floor plans that are kept beside the catalog, by SHA-256 of their contents.
CREATE TABLE drawing (
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    digest TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (organisation, digest)
) STRICT;

-- What other programs want to be told of, by the site where it happens. The body is the whole subscription.
CREATE TABLE subscription (
    id INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    site INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX subscription_by_site ON subscription (organisation, site, id);

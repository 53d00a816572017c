-- The pot that an entry is of, as the domain writes it; empty for the credits that anything can cost. The balance is
-- that of the pot.
ALTER TABLE credit ADD COLUMN pot TEXT NOT NULL DEFAULT '';
DROP INDEX credit_by_user;
CREATE INDEX credit_by_user ON credit (user, pot, id);

-- What people owe for bookings. The body is the whole entry.
CREATE TABLE charge (
    id INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    user INTEGER NOT NULL REFERENCES user (id),
    booking INTEGER NOT NULL,
    -- The first day of the month in which the booking begins.
    month TEXT NOT NULL,
    -- The invoice it stands on; none while it is open.
    invoice INTEGER,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX charge_open ON charge (organisation, user, month, id) WHERE invoice IS NULL;
CREATE INDEX charge_by_booking ON charge (booking, id);
CREATE INDEX charge_by_invoice ON charge (invoice) WHERE invoice IS NOT NULL;

-- Invoices and credit notes, which never change. The body is the whole document.
CREATE TABLE invoice (
    id INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    user INTEGER NOT NULL REFERENCES user (id),
    month TEXT NOT NULL,
    -- The invoice that a credit note takes back.
    corrects INTEGER UNIQUE REFERENCES invoice (id),
    body TEXT NOT NULL,
    UNIQUE (organisation, year, number)
) STRICT;
CREATE INDEX invoice_by_organisation ON invoice (organisation, id);
CREATE INDEX invoice_by_user ON invoice (user, id);

-- When the user last logged in.
ALTER TABLE person ADD COLUMN last_login bigint;
UPDATE person SET last_login =
    (SELECT max(created_at) FROM token WHERE token.person = person.id AND token.kind = 'session');

-- What is true of each user and can be searched by: fields in lower case, groups and permissions by their numbers.
CREATE TABLE person_key (
    organisation bigint NOT NULL REFERENCES organisation (id),
    field text NOT NULL,
    value text NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    PRIMARY KEY (organisation, field, value, person)
);

-- Letters that the database can not put into lower case become so when the user next changes.
INSERT INTO person_key
SELECT organisation, field, lower(trim(value)), id FROM (
    SELECT p.organisation, p.id, f.key AS field, f.value
    FROM person p CROSS JOIN LATERAL jsonb_each_text(p.body::jsonb) f
    WHERE f.key IN ('username', 'email', 'first_name', 'last_name', 'phone', 'company', 'position') AND p.state < 3
    UNION ALL
    SELECT p.organisation, p.id, 'attribute ' || a.key, a.value
    FROM person p CROSS JOIN LATERAL jsonb_each_text(coalesce(p.body::jsonb -> 'attributes', '{}')) a
    WHERE p.state < 3
    UNION ALL
    SELECT p.organisation, p.id, 'group', g.value
    FROM person p CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(p.body::jsonb -> 'groups', '[]')) g(value)
    WHERE p.state < 3
    UNION ALL
    SELECT p.organisation, p.id, 'permission', held.value ->> 'resource'
    FROM person p CROSS JOIN LATERAL jsonb_array_elements(coalesce(p.body::jsonb -> 'permissions', '[]')) held(value)
    WHERE p.state < 3) AS found
WHERE length(trim(value)) BETWEEN 1 AND 200
ON CONFLICT DO NOTHING;

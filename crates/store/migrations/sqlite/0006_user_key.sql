-- When the user last logged in.
ALTER TABLE user ADD COLUMN last_login INTEGER;
UPDATE user SET last_login = (SELECT max(created_at) FROM token WHERE token.user = user.id AND token.kind = 'session');

-- What is true of each user and can be searched by: fields in lower case, groups and permissions by their numbers.
CREATE TABLE user_key (
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    user INTEGER NOT NULL REFERENCES user (id),
    PRIMARY KEY (organisation, field, value, user)
) STRICT, WITHOUT ROWID;

-- Letters that SQLite can not put into lower case become so when the user next changes.
INSERT OR IGNORE INTO user_key
SELECT organisation, field, lower(trim(value)), id FROM (
    SELECT u.organisation, u.id, f.key AS field, f.value FROM user u, json_each(u.body) f
    WHERE f.key IN ('username', 'email', 'first_name', 'last_name', 'phone', 'company', 'position') AND u.state < 3
    UNION ALL
    SELECT u.organisation, u.id, 'attribute ' || a.key, a.value FROM user u, json_each(u.body, '$.attributes') a
    WHERE u.state < 3
    UNION ALL
    SELECT u.organisation, u.id, 'group', CAST(g.value AS TEXT) FROM user u, json_each(u.body, '$.groups') g
    WHERE u.state < 3
    UNION ALL
    SELECT u.organisation, u.id, 'permission', CAST(p.value ->> 'resource' AS TEXT)
    FROM user u, json_each(u.body, '$.permissions') p
    WHERE u.state < 3)
WHERE length(trim(value)) BETWEEN 1 AND 200;

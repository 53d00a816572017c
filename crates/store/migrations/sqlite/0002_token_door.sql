-- A token is good at one door only; a session may be prolonged by each use, by so many seconds.
ALTER TABLE token ADD COLUMN door TEXT NOT NULL DEFAULT 'api';
ALTER TABLE token ADD COLUMN idle INTEGER;

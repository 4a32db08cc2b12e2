extension StoreSchema {
    /// The voice events, what came of delivering them, and the errors that users are shown. The id of an attempt is 256
    /// times the event's sequence, and its number; so neither needs an index to find the other.
    static let eventStep = """
        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, user TEXT NOT NULL, subject TEXT NOT NULL,
            type TEXT NOT NULL, time_ms INTEGER NOT NULL, url TEXT, fallback_url TEXT, is_get INTEGER NOT NULL,
            timeout_ms INTEGER NOT NULL, body TEXT NOT NULL, query TEXT
        ) STRICT;
        CREATE INDEX events_by_subject ON events (subject);
        CREATE TABLE event_attempts (
            id INTEGER PRIMARY KEY, is_fallback INTEGER NOT NULL, started_ms INTEGER NOT NULL,
            duration_us INTEGER NOT NULL, status INTEGER, error TEXT, outcome INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE user_errors (
            id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, time_ms INTEGER NOT NULL,
            category TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, details TEXT NOT NULL
        ) STRICT;
        CREATE TABLE event_marks (
            id INTEGER PRIMARY KEY CHECK (id = 1), settled INTEGER NOT NULL, newest INTEGER NOT NULL,
            started INTEGER NOT NULL
        ) STRICT;
        INSERT INTO event_marks VALUES (1, 0, 0, 0);
        """

    /// Finds a user's events among those of all the others, in their order; and whether an attempt was part of a replay.
    static let eventUserStep = """
        CREATE INDEX events_by_user ON events (user);
        ALTER TABLE event_attempts ADD COLUMN is_replay INTEGER NOT NULL DEFAULT 0;
        """
}

//! The tables of conversations.
//! Knows: what a thief of the disk sees: pseudonyms, times, sealed bytes not yet collected. Never has:
//! a network address, a text, or anything of two conversations of one person.

/// Conversations by number; sequences, the window and the paces stand in their row, so that a message
/// costs one insert and one update. Events by place: by acceptance, over all receivers.
pub(crate) const TABLES: &str = r"
CREATE TABLE conversations (
    conversation INTEGER PRIMARY KEY,
    id           BLOB NOT NULL UNIQUE,
    business     INTEGER NOT NULL,
    pairwise     BLOB NOT NULL UNIQUE,
    rights       BLOB NOT NULL,
    begun        BLOB NOT NULL,
    state        INTEGER NOT NULL,
    opted        INTEGER NOT NULL,
    blocked      INTEGER NOT NULL DEFAULT 0,
    began        INTEGER NOT NULL,
    ended        INTEGER NOT NULL DEFAULT 0,
    to_customer  INTEGER NOT NULL DEFAULT 0,
    to_business  INTEGER NOT NULL DEFAULT 0,
    mail_customer INTEGER NOT NULL DEFAULT 0,
    mail_business INTEGER NOT NULL DEFAULT 0,
    speech       BLOB NOT NULL
) STRICT;
CREATE INDEX conversations_by_business ON conversations (business, conversation);
CREATE INDEX conversations_by_rights ON conversations (rights);
CREATE INDEX conversations_by_end ON conversations (ended) WHERE ended > 0;

CREATE TABLE events (
    place        INTEGER PRIMARY KEY,
    receiver     INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    id           BLOB NOT NULL,
    event        BLOB NOT NULL,
    sequence     INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    expires      INTEGER NOT NULL,
    kind         INTEGER NOT NULL,
    body         BLOB NOT NULL
) STRICT;
CREATE INDEX events_by_receiver ON events (receiver, place, kind, conversation);

-- What every open conversation is still to be told, one of them after the other.
CREATE TABLE notices (
    notice   INTEGER PRIMARY KEY,
    business INTEGER,
    kind     INTEGER NOT NULL,
    body     BLOB NOT NULL,
    next     INTEGER NOT NULL,
    mail     INTEGER NOT NULL,
    last     INTEGER NOT NULL
) STRICT;

CREATE TABLE reports (
    place        INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    business     INTEGER NOT NULL,
    commitment   BLOB NOT NULL,
    at           INTEGER NOT NULL,
    why          INTEGER NOT NULL,
    shown        BLOB NOT NULL,
    UNIQUE (conversation, commitment)
) STRICT;
";

/// From here on every kind of event counts as mail, and what lies there of a business is weighed, in
/// whichever way it comes and goes.
pub(crate) const WEIGHED: &str = r"
ALTER TABLE businesses ADD COLUMN uncollected INTEGER NOT NULL DEFAULT 0;

UPDATE conversations SET
    mail_customer = (SELECT COUNT(*) FROM events e WHERE e.receiver = 2 * conversations.conversation),
    mail_business = (SELECT COUNT(*) FROM events e
        WHERE e.receiver = 2 * conversations.business + 1
        AND e.conversation = conversations.conversation);

UPDATE businesses SET uncollected =
    (SELECT COALESCE(SUM(512 + LENGTH(e.body)), 0) FROM events e
        WHERE e.receiver = 2 * businesses.business + 1)
  + (SELECT COALESCE(SUM(512 + LENGTH(e.body)), 0) FROM events e
        JOIN conversations c ON e.receiver = 2 * c.conversation
        WHERE c.business = businesses.business);

CREATE TRIGGER events_come AFTER INSERT ON events BEGIN
    UPDATE businesses SET uncollected = uncollected + 512 + LENGTH(NEW.body)
    WHERE business = CASE NEW.receiver % 2 WHEN 1 THEN NEW.receiver / 2
        ELSE (SELECT business FROM conversations WHERE conversation = NEW.receiver / 2) END;
END;

CREATE TRIGGER events_go AFTER DELETE ON events BEGIN
    UPDATE businesses SET uncollected = MAX(0, uncollected - 512 - LENGTH(OLD.body))
    WHERE business = CASE OLD.receiver % 2 WHEN 1 THEN OLD.receiver / 2
        ELSE (SELECT business FROM conversations WHERE conversation = OLD.receiver / 2) END;
END;

CREATE TRIGGER events_change AFTER UPDATE OF body ON events BEGIN
    UPDATE businesses SET uncollected = MAX(0, uncollected + LENGTH(NEW.body) - LENGTH(OLD.body))
    WHERE business = CASE NEW.receiver % 2 WHEN 1 THEN NEW.receiver / 2
        ELSE (SELECT business FROM conversations WHERE conversation = NEW.receiver / 2) END;
END;
";

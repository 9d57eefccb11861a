CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE key (
    hash TEXT PRIMARY KEY, profile TEXT NOT NULL, name TEXT NOT NULL, team TEXT NOT NULL, pid INTEGER NOT NULL,
    start TEXT NOT NULL, made REAL NOT NULL
);
CREATE TABLE request (
    id INTEGER PRIMARY KEY, time REAL NOT NULL, session TEXT, profile TEXT NOT NULL, key TEXT, team TEXT, route TEXT,
    served TEXT, upstream TEXT, rule TEXT, status INTEGER, code TEXT, input INTEGER, output INTEGER,
    cache_read INTEGER, cache_write INTEGER, cost REAL, currency TEXT, ms REAL, call TEXT
);
CREATE INDEX request_profile ON request (profile, time);
CREATE INDEX request_session ON request (session);
CREATE INDEX request_call ON request (call);
CREATE TABLE refused (target TEXT PRIMARY KEY, profile TEXT NOT NULL, mark TEXT NOT NULL, time REAL NOT NULL);
CREATE TABLE warned (
    profile TEXT, scope TEXT, name TEXT, session TEXT, since REAL, time REAL,
    PRIMARY KEY (profile, scope, name, session, since)
);
INSERT INTO about VALUES ('salt', lower(hex(randomblob(16))));
PRAGMA user_version = 1;

-- Clients' projects, and the codes that open them in the portal. Types and units are those of the first migration.

CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    content TEXT NOT NULL
);

-- Of a code, only its keyed hash is kept. It goes with its project.
CREATE TABLE codes (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    made BIGINT NOT NULL,
    revoked BIGINT
);

CREATE INDEX codes_project ON codes (project);

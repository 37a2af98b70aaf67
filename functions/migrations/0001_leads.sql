-- Times are microseconds since 1970 (UTC), ids are texts, and what has an inner form is JSON: both databases have these types alike.
-- What each column holds is told in `src/store/columns.rs`.

CREATE TABLE leads (
    id TEXT PRIMARY KEY,
    form TEXT NOT NULL,
    language TEXT NOT NULL,
    received BIGINT NOT NULL,
    contacted BIGINT NOT NULL,
    fields TEXT NOT NULL,
    captured TEXT NOT NULL,
    held TEXT NOT NULL,
    key_digest TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL
);

CREATE INDEX leads_received ON leads (received, id);

CREATE TABLE deliveries (
    lead TEXT NOT NULL REFERENCES leads (id) ON DELETE CASCADE,
    sink TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    first_attempt BIGINT,
    due BIGINT NOT NULL,
    failure TEXT,
    reference TEXT,
    lease TEXT,
    leased_until BIGINT,
    PRIMARY KEY (lead, sink)
);

-- Both stay small, however many deliveries there have been.
CREATE INDEX deliveries_waiting ON deliveries (due) WHERE state = 'pending';
CREATE INDEX deliveries_leased ON deliveries (lease) WHERE lease IS NOT NULL;

CREATE TABLE stopped_sinks (
    sink TEXT PRIMARY KEY,
    until BIGINT,
    failure TEXT NOT NULL
);

CREATE TABLE counted (
    name TEXT NOT NULL,
    length BIGINT NOT NULL,
    begins BIGINT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (name, length, begins)
);

CREATE TABLE spent_proofs (
    nonce TEXT PRIMARY KEY,
    until BIGINT NOT NULL
);

CREATE TABLE jobs (
    job TEXT PRIMARY KEY,
    ran BIGINT NOT NULL
);

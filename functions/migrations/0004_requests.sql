-- Privacy requests: what people asked for, and what was done. Types and units are those of the first migration.

-- `person` holds the address and the words of who asks, and is emptied when the request is closed.
CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    asked TEXT NOT NULL,
    language TEXT NOT NULL,
    received BIGINT NOT NULL,
    person TEXT,
    confirmed BIGINT,
    due BIGINT,
    extended BIGINT,
    reminded BIGINT,
    found BIGINT,
    closed BIGINT,
    answer TEXT
);

CREATE INDEX requests_received ON requests (received, id);

-- What is left to do for a request. What a person has to do has no time at which it is attempted.
CREATE TABLE request_tasks (
    request TEXT NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    work TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    attempted_next BIGINT,
    failure TEXT,
    done BIGINT,
    PRIMARY KEY (request, number)
);

CREATE INDEX request_tasks_waiting ON request_tasks (attempted_next) WHERE done IS NULL;

-- Leads whose deliveries are held back, since their person objected or asked for a restriction.
CREATE TABLE restrictions (
    lead TEXT PRIMARY KEY REFERENCES leads (id) ON DELETE CASCADE,
    asked TEXT NOT NULL,
    since BIGINT NOT NULL
);

-- Who was erased, by keyed hashes alone, so that a restored backup can be told.
CREATE TABLE erasures (
    person TEXT NOT NULL,
    erased BIGINT NOT NULL,
    PRIMARY KEY (person, erased)
);

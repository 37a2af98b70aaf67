-- Who was told of a change of a policy. Types and units are those of the first migration.

-- `person` is a keyed hash of an address, another one for each version: nothing here leads back to an address without the operators' secret.
CREATE TABLE notices (
    seal TEXT NOT NULL,
    person TEXT NOT NULL,
    policy TEXT NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    first_attempt BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    failure TEXT,
    sent BIGINT,
    PRIMARY KEY (seal, person)
);

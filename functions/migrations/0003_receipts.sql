-- Proofs of cookie choices. Nothing in them tells who chose: no address, no name, no id but a random one of their own.

CREATE TABLE receipts (
    id TEXT PRIMARY KEY,
    decided BIGINT NOT NULL,
    received BIGINT NOT NULL,
    how TEXT NOT NULL,
    language TEXT NOT NULL,
    revision TEXT NOT NULL,
    banner TEXT NOT NULL,
    signalled BIGINT NOT NULL,
    accepted TEXT NOT NULL,
    refused TEXT NOT NULL
);

CREATE INDEX receipts_received ON receipts (received, id);

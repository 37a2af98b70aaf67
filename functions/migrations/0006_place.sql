-- Where this database stood when it was last known whole, part by part. One that was restored from a backup or copied stands elsewhere.

CREATE TABLE place (
    part TEXT PRIMARY KEY,
    stands TEXT NOT NULL
);

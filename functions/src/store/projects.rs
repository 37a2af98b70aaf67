//! Clients' projects, and the codes that open them.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::row::{from_json, json, micros, time};
use super::{SqlStore, schema};
use crate::ports::{ProjectSource, Projects, Spent, Store, StoreError};
use crate::project::{CodeHash, Issued, Project, ProjectId};

#[async_trait]
impl ProjectSource for SqlStore {
    fn name(&self) -> &'static str {
        self.database.name()
    }

    async fn open(&self, code: &CodeHash, proof: Option<&Spent>) -> Result<Option<Project>, StoreError> {
        self.whole().await?;
        self.within(opened(self, code, proof)).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        schema::judge(self.within(schema::newest(self)).await)
    }
}

#[async_trait]
impl Projects for SqlStore {
    async fn list(&self) -> Result<Vec<Project>, StoreError> {
        self.within(list(self)).await
    }

    async fn put(&self, projects: &[Project]) -> Result<(), StoreError> {
        self.within(put(self, projects)).await
    }

    async fn issue(&self, code: &CodeHash, issued: &Issued) -> Result<bool, StoreError> {
        self.within(issue(self, code, issued)).await
    }

    async fn revoke(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.within(revoke(self, id, now)).await
    }

    async fn codes(&self) -> Result<Vec<(CodeHash, Issued)>, StoreError> {
        self.within(codes(self)).await
    }
}

/// One statement, and the same one for every code: what is unknown takes the way of what was revoked.
async fn opened(store: &SqlStore, code: &CodeHash, proof: Option<&Spent>) -> Result<Option<Project>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT p.content FROM codes c JOIN projects p ON p.id = c.project \
         WHERE c.hash = $1 AND c.revoked IS NULL AND NOT EXISTS (SELECT 1 FROM spent_proofs s WHERE s.nonce = $2)",
    )
    .bind(code.0.clone())
    .bind(proof.map_or_else(String::new, |proof| proof.nonce.clone()))
    .fetch_optional(&store.pool)
    .await?;
    row.map(|row| from_json(&row, "content")).transpose()
}

async fn list(store: &SqlStore) -> Result<Vec<Project>, sqlx::Error> {
    let rows = sqlx::query("SELECT content FROM projects ORDER BY id").fetch_all(&store.pool).await?;
    rows.iter().map(|row| from_json(row, "content")).collect()
}

async fn put(store: &SqlStore, projects: &[Project]) -> Result<(), sqlx::Error> {
    let mut transaction = store.begin().await?;
    for project in projects {
        sqlx::query("INSERT INTO projects (id, content) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET content = excluded.content")
            .bind(project.id.0.clone())
            .bind(json(project)?)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}

async fn issue(store: &SqlStore, code: &CodeHash, issued: &Issued) -> Result<bool, sqlx::Error> {
    let inserted = sqlx::query("INSERT INTO codes (hash, id, project, made) SELECT $1, $2, p.id, $3 FROM projects p WHERE p.id = $4")
        .bind(code.0.clone())
        .bind(issued.id.clone())
        .bind(micros(issued.made))
        .bind(issued.project.0.clone())
        .execute(&store.pool)
        .await?;
    Ok(inserted.rows_affected() == 1)
}

async fn revoke(store: &SqlStore, id: &str, now: Timestamp) -> Result<bool, sqlx::Error> {
    let revoked = sqlx::query("UPDATE codes SET revoked = COALESCE(revoked, $1) WHERE id = $2")
        .bind(micros(now))
        .bind(id.to_owned())
        .execute(&store.pool)
        .await?;
    Ok(revoked.rows_affected() == 1)
}

async fn codes(store: &SqlStore) -> Result<Vec<(CodeHash, Issued)>, sqlx::Error> {
    let rows = sqlx::query("SELECT hash, id, project, made, revoked FROM codes ORDER BY made DESC, id").fetch_all(&store.pool).await?;
    rows.iter().map(code).collect()
}

fn code(row: &AnyRow) -> Result<(CodeHash, Issued), sqlx::Error> {
    let issued = Issued {
        id: row.try_get("id")?,
        project: ProjectId(row.try_get("project")?),
        made: time(row.try_get("made")?)?,
        revoked: row.try_get::<Option<i64>, _>("revoked")?.map(time).transpose()?,
    };
    Ok((CodeHash(row.try_get("hash")?), issued))
}

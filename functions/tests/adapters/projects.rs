//! Projects in Notion: written and read back, opened by codes, as people change them, whatever goes wrong.

use std::sync::Arc;

use functions::adapters::{self, notion::NotionProjects};
use functions::lead::Failure;
use functions::ports::{ProjectSource, Projects, StoreError};
use functions::project::{CodeHash, Issued, Progress, Project, ProjectId};
use functions::stand_ins::{Fault, Notion};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::fixture::{World, now};

/// A project with something in every field.
pub(crate) fn project() -> Project {
    let project = json!({
        "id": "acme-site",
        "name": "Site “Acme”, canary-project",
        "language": "fr",
        "status": "in-progress",
        "start": "2026-03-02",
        "end": "2026-09-30",
        "customer": Notion::PROJECTS.get(..8).map(|id| format!("cus_{id}")),
        "phases": [
            {
                "name": "Conception",
                "status": "done",
                "start": "2026-03-02",
                "end": "2026-04-15",
                "milestones": [{ "name": "Revue", "status": "done", "due": "2026-04-10" }],
                "deliverables": [{ "name": "Maquettes, v1", "status": "done", "link": "https://files.example/maquettes" }],
            },
            {
                "name": "Réalisation",
                "status": "waiting",
                "start": "2026-04-16",
                "milestones": [
                    { "name": "Revue", "status": "planned", "due": "2026-07-01" },
                    { "name": "Mise en ligne", "status": "cancelled" },
                ],
                "deliverables": [{ "name": "Site", "status": "planned" }],
            },
        ],
        "updates": [
            { "day": "2026-05-20", "title": "Textes attendus", "text": "Il nous manque :\n- la page d’accueil\n- les tarifs 🦀" },
            { "day": "2026-04-12", "title": "Maquettes validées" },
        ],
    });
    serde_json::from_value(project).unwrap()
}

fn projects(world: &mut World) -> Arc<NotionProjects> {
    world.notion.configure_projects(&mut world.config);
    adapters::notion_projects(&world.config, &world.egress()).unwrap()
}

fn hash(digit: char) -> CodeHash {
    CodeHash(digit.to_string().repeat(64))
}

fn issued(id: &str, project: &str, made: Timestamp) -> Issued {
    Issued { id: id.to_owned(), project: ProjectId(project.to_owned()), made, revoked: None }
}

// Promises: cresco/notion, cresco/portal-updates
#[tokio::test]
async fn a_project_comes_back_as_it_was_put() {
    let mut world = World::new().await;
    let projects = projects(&mut world);
    projects.ready().await.unwrap();
    let closed = Project { id: ProjectId("b".into()), closed: Some("2026-05-01".parse().unwrap()), ..project() };
    let bare: Project = serde_json::from_value(json!({ "id": "a", "name": "A", "status": "planned" })).unwrap();
    projects.put(&[project(), closed.clone(), bare.clone()]).await.unwrap();
    assert_eq!(projects.list().await.unwrap(), [bare, project(), closed]);
    assert_eq!(world.notion.pages(), Vec::<Value>::new(), "the leads' data source has none of it");
}

#[tokio::test]
async fn putting_it_again_writes_what_has_changed() {
    let mut world = World::new().await;
    let projects = projects(&mut world);
    projects.put(&[project()]).await.unwrap();
    let rows = world.notion.rows(Notion::STEPS);
    let calls = world.notion.calls().len();
    projects.put(&[project()]).await.unwrap();
    assert_eq!(world.notion.calls().len() - calls, 3, "its row is looked for and written, its steps are looked at");
    assert_eq!(world.notion.rows(Notion::STEPS), rows);

    let mut changed = project();
    changed.phases[1].status = Progress::Done;
    changed.phases[1].milestones.remove(1);
    changed.end = None;
    changed.updates.insert(0, serde_json::from_value(json!({ "day": "2026-05-25", "title": "Merci" })).unwrap());
    projects.put(std::slice::from_ref(&changed)).await.unwrap();
    assert_eq!(projects.list().await.unwrap(), [changed]);
    let id = |name: &str, rows: &[Value]| {
        let is_named = |row: &&Value| row["properties"]["Name"]["title"][0]["plain_text"] == name;
        rows.iter().find(is_named).map(|row| row["id"].clone())
    };
    let after = world.notion.rows(Notion::STEPS);
    assert_eq!(id("Réalisation", &after), id("Réalisation", &rows), "a row stays the same one");
    assert_eq!(id("Mise en ligne", &after), None);
}

#[tokio::test]
async fn what_notion_cut_short_is_finished_by_putting_it_again() {
    let mut world = World::new().await;
    let projects = projects(&mut world);
    for made in 0..3 {
        world.notion.fail_next(std::iter::repeat_n(Fault::Pass, 3 + made).chain([Fault::TooMany(1)]));
        let error = projects.put(&[project()]).await.unwrap_err();
        assert!(matches!(error, StoreError::Unreachable(Failure::TooMany)), "{error}");
    }
    projects.put(&[project()]).await.unwrap();
    assert_eq!(projects.list().await.unwrap(), [project()]);
    assert_eq!((world.notion.rows(Notion::PROJECTS).len(), world.notion.rows(Notion::STEPS).len()), (1, 9), "nothing is there twice");
}

#[tokio::test]
async fn a_code_opens_its_project_until_it_is_revoked() {
    let mut world = World::new().await;
    let projects = projects(&mut world);
    let other = Project { id: ProjectId("other".into()), ..project() };
    projects.put(&[project(), other]).await.unwrap();
    let later = now() + std::time::Duration::from_secs(60);
    assert!(!projects.issue(&hash('0'), &issued("id000000", "nobody", now())).await.unwrap());
    assert!(projects.issue(&hash('1'), &issued("id111111", "acme-site", now())).await.unwrap());
    assert!(projects.issue(&hash('2'), &issued("id222222", "other", later)).await.unwrap());
    assert_eq!(projects.open(&hash('1'), None).await.unwrap(), Some(project()));
    assert_eq!(projects.open(&hash('2'), None).await.unwrap().unwrap().id.0, "other");
    for unknown in [hash('3'), CodeHash("1".repeat(63)), CodeHash("id111111".into()), CodeHash("2026".into())] {
        assert_eq!(projects.open(&unknown, None).await.unwrap(), None);
    }

    assert!(projects.revoke("id111111", later).await.unwrap() && !projects.revoke("id11111", later).await.unwrap());
    assert!(projects.revoke("id111111", later + std::time::Duration::from_secs(60)).await.unwrap(), "again");
    assert_eq!(projects.open(&hash('1'), None).await.unwrap(), None);
    projects.put(&[project()]).await.unwrap();
    let revoked = Issued { revoked: Some(later), ..issued("id111111", "acme-site", now()) };
    let wanted = [(hash('2'), issued("id222222", "other", later)), (hash('1'), revoked)];
    assert_eq!(projects.codes().await.unwrap(), wanted, "it stays listed with its time, whatever is put");
}

#[tokio::test]
async fn an_unknown_code_and_a_revoked_one_cost_the_same_call() {
    let mut world = World::new().await;
    let projects = projects(&mut world);
    projects.put(&[project()]).await.unwrap();
    projects.issue(&hash('1'), &issued("id111111", "acme-site", now())).await.unwrap();
    projects.revoke("id111111", now()).await.unwrap();
    for code in [hash('1'), hash('2')] {
        let before = world.notion.calls().len();
        assert_eq!(projects.open(&code, None).await.unwrap(), None);
        assert_eq!(world.notion.calls().len() - before, 1);
    }
}

#[tokio::test]
async fn many_codes_and_many_steps_are_all_found() {
    let mut world = World::new().await;
    let projects = projects(&mut world);
    let mut long = project();
    let milestone = long.phases[0].milestones[0].clone();
    long.phases[0].milestones =
        (0..120).map(|at| functions::project::Milestone { name: format!("Étape {at}"), ..milestone.clone() }).collect();
    projects.put(std::slice::from_ref(&long)).await.unwrap();
    for at in 0..25 {
        let hash = CodeHash(format!("{at:064x}"));
        projects.issue(&hash, &issued(&format!("id{at:06}"), "acme-site", now())).await.unwrap();
    }
    for at in [0, 9, 10, 24] {
        assert_eq!(projects.open(&CodeHash(format!("{at:064x}")), None).await.unwrap().as_ref(), Some(&long), "code {at}");
    }
    let row = &world.notion.rows(Notion::PROJECTS)[0]["properties"]["Codes"]["rich_text"];
    assert_eq!(row.as_array().unwrap().len(), 3, "no hash stands in two pieces");
}

#[tokio::test]
async fn rows_that_people_wrote_are_read_as_far_as_they_go() {
    let mut world = World::new().await;
    let projects = projects(&mut world);
    projects.put(&[project()]).await.unwrap();
    let row = world.notion.rows(Notion::PROJECTS)[0]["id"].clone();
    let text = |text: &str| json!([{ "type": "text", "text": { "content": text } }]);
    let phase = |rows: &[Value]| rows[0]["id"].clone();
    let phase = phase(&world.notion.rows(Notion::STEPS));
    let belongs = json!({ "relation": [{ "id": row }] });
    let within = json!({ "relation": [{ "id": phase }] });
    for properties in [
        json!({ "Name": { "title": text("Sans genre") }, "Project": belongs }),
        json!({ "Name": { "title": text("Sans jour") }, "Kind": { "select": { "name": "Update" } }, "Project": belongs }),
        json!({ "Name": { "title": text("Sans phase") }, "Kind": { "select": { "name": "Milestone" } }, "Project": belongs }),
        json!({ "Kind": { "select": { "name": "Phase" } }, "Project": belongs }),
        json!({ "Name": { "title": text("À la main") }, "Kind": { "select": { "name": "deliverable" } }, "Phase": within, "Project": belongs,
            "Link": { "url": "javascript:alert(1)" }, "Status": { "select": { "name": "in progress" } } }),
    ] {
        world.notion.add_row(Notion::STEPS, &properties);
    }
    let mut wanted = project();
    wanted.phases[0].deliverables.push(serde_json::from_value(json!({ "name": "À la main", "status": "in-progress" })).unwrap());
    assert_eq!(projects.list().await.unwrap(), [wanted]);
}

#[tokio::test]
async fn each_answer_is_told_for_what_it_is() {
    let mut world = World::new().await;
    let projects = projects(&mut world);
    let faults = [
        (Fault::TooMany(7), Failure::TooMany),
        (Fault::Unauthorized, Failure::Refused),
        (Fault::Missing, Failure::Missing),
        (Fault::HtmlPage, Failure::Broken),
        (Fault::Dropped, Failure::Unreachable),
    ];
    for (fault, failure) in faults {
        world.notion.fail_next([fault]);
        let error = projects.open(&hash('1'), None).await.unwrap_err();
        assert!(matches!(error, StoreError::Unreachable(told) if told == failure), "{fault:?}: {error}");
    }
    world.notion.drop_column("Kind");
    let error = projects.ready().await.unwrap_err();
    assert_eq!(error.to_string(), "the store failed: the column `Kind` is missing: add it with the type `select`");
}

#[tokio::test]
async fn its_connection_is_not_that_of_leads() {
    let mut world = World::new().await;
    world.notion.configure_projects(&mut world.config);
    world.config.notion_projects.as_mut().unwrap().token = Notion::TOKEN.to_owned().into();
    let projects = adapters::notion_projects(&world.config, &world.egress()).unwrap();
    assert!(matches!(projects.ready().await, Err(StoreError::Unreachable(Failure::Missing))));
}

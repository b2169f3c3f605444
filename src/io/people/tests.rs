//! Imports of agents and telephones, all or nothing, and secrets that stay secret.

use super::*;
use crate::ids::{Language, QueueId, Skill};

const AGENTS: &str = include_str!("../../../ops/agents.csv");
const DEVICES: &str = include_str!("../../../ops/devices.csv");

async fn people(dir: &Path) -> People {
    People::open(&dir.join("people.sqlite"), &dir.join("secrets"), "hotline").await.unwrap()
}

fn findings<T: std::fmt::Debug>(result: Result<T, PeopleError>) -> Vec<String> {
    match result {
        Err(PeopleError::Findings(findings)) => {
            findings.iter().map(|f| format!("{}:{} {}", f.file, f.line, f.message)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_samples_become_a_directory_and_secrets_verify() {
    let dir = tempfile::tempdir().unwrap();
    let people = people(dir.path()).await;
    let agents = people.import_agents("agents.csv", AGENTS, ImportMode::Merge).await.unwrap();
    assert_eq!(agents, Imported { written: 3, removed: 0 });
    people.import_devices("devices.csv", DEVICES, ImportMode::Merge).await.unwrap();

    let directory = people.directory().await.unwrap();
    let agent = &directory.agents[&AgentId::from("1001")];
    assert_eq!(agent.skills[&Skill::from("card")], 8);
    assert_eq!(agent.queues, [QueueId::from("card-loss"), QueueId::from("general")]);
    assert_eq!(agent.languages, [Language::from("zh-CN"), Language::from("en-US")]);
    let password = Redacted("change-me-desk1".to_owned());
    let [sha256, md5] = credentials::ha1(&"desk1".into(), "hotline", &password);
    match &directory.devices[0].kind {
        DeviceKind::Registers { ha1_sha256, ha1_md5 } => {
            assert_eq!((ha1_sha256, ha1_md5), (&Some(sha256), &Some(md5)));
        }
        DeviceKind::Static { .. } => panic!("desk1 registers"),
    }
    let secret = |text: &str| Redacted(text.to_owned());
    assert!(people.verify_secret(&"1001".into(), &secret("482913")).await);
    assert!(!people.verify_secret(&"1001".into(), &secret("715064")).await, "the secret of somebody else");
    assert!(!people.verify_secret(&"9999".into(), &secret("482913")).await);
}

#[tokio::test]
async fn nothing_secret_stands_in_the_files() {
    let dir = tempfile::tempdir().unwrap();
    let people = people(dir.path()).await;
    people.import_agents("agents.csv", AGENTS, ImportMode::Merge).await.unwrap();
    people.import_devices("devices.csv", DEVICES, ImportMode::Merge).await.unwrap();
    people.pool.close().await;
    let [sha256, _] = credentials::ha1(&"desk1".into(), "hotline", &Redacted("change-me-desk1".to_owned()));
    for file in std::fs::read_dir(dir.path()).unwrap().map(|f| f.unwrap().path()).filter(|f| f.is_file()) {
        let bytes = std::fs::read(&file).unwrap();
        for secret in ["482913", "change-me-desk1", sha256.reveal()] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret} in {file:?}");
        }
    }
}

#[tokio::test]
async fn five_wrong_secrets_lock_the_agent() {
    let dir = tempfile::tempdir().unwrap();
    let people = people(dir.path()).await;
    people.import_agents("agents.csv", AGENTS, ImportMode::Merge).await.unwrap();
    for _ in 0..lockout::ATTEMPTS {
        let check = people.check_secret(&"1001".into(), &Redacted("wrong".to_owned())).await.unwrap();
        assert_eq!(check, SecretCheck::Wrong);
    }
    let check = people.check_secret(&"1001".into(), &Redacted("482913".to_owned())).await.unwrap();
    assert!(matches!(check, SecretCheck::Locked(left) if left <= lockout::LOCKED_FOR), "{check:?}");
}

#[tokio::test]
async fn every_wrong_row_is_told_and_nothing_is_imported() {
    let dir = tempfile::tempdir().unwrap();
    let people = people(dir.path()).await;
    let csv = "work_number,name,secret,skills,queues,languages\n\
        1001,Li Wei,482913,card=8,card-loss,zh-CN\n\
        10x,Wang Fang,715064,card=11;general,general,zh-CN\n\
        1003,,,card=3,gene ral,zh_CN\n\
        1004,Chen Jie\n\
        1001,Li Wei,482913,card=8,card-loss,zh-CN\n";
    let found = findings(people.import_agents("a.csv", csv, ImportMode::Merge).await);
    let wanted = [
        "a.csv:3 work_number: `10x` is no work number",
        "a.csv:3 skills: `card=11` is no skill with proficiency 1 to 10",
        "a.csv:4 secret: a new one needs a secret",
        "a.csv:4 name: there is no name of 1 to 100 characters",
        "a.csv:4 queues: `gene ral` is no name",
        "a.csv:4 languages: `zh_CN` is no name",
        "a.csv:5 2 cells instead of 6",
        "a.csv:6 `1001` stands on line 2 already",
    ];
    assert_eq!(found, wanted);
    assert!(people.directory().await.unwrap().agents.is_empty());

    let csv = "device,kind,password_or_contact\n\
        desk 1,registers,secret\n\
        desk2,phone,secret\n\
        desk3,registers,abc\n\
        desk4,static,sip:desk4@example.org\n";
    let found = findings(people.import_devices("d.csv", csv, ImportMode::Merge).await);
    let wanted = [
        "d.csv:2 device: `desk 1` is no SIP user",
        "d.csv:3 kind: there is no kind of device `phone`",
        "d.csv:4 password_or_contact: the secret is too short or too long",
        "d.csv:5 password_or_contact: `sip:desk4@example.org` is no contact",
    ];
    assert_eq!(found, wanted);
    let found = findings(people.import_devices("d.csv", "device;kind\n", ImportMode::Merge).await);
    assert_eq!(found.len(), 4, "three columns missing, one strange: {found:?}");
}

#[tokio::test]
async fn an_export_imports_again_and_keeps_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let people = people(dir.path()).await;
    people.import_agents("a.csv", AGENTS, ImportMode::Merge).await.unwrap();
    let devices = "\u{feff}device,kind,password_or_contact\ndesk1,registers,secret1\n\
        desk9,static,sip:desk9@127.0.0.4:15080\n";
    people.import_devices("d.csv", devices, ImportMode::Merge).await.unwrap();

    let exported = people.export_agents().await.unwrap();
    assert!(!exported.contains("482913") && exported.contains("card=8;general=5"));
    people.import_agents("a.csv", &exported, ImportMode::Replace).await.unwrap();
    assert!(people.verify_secret(&"1001".into(), &Redacted("482913".to_owned())).await);
    let exported = people.export_devices().await.unwrap();
    assert_eq!(
        exported,
        "device,kind,password_or_contact\ndesk1,registers,\ndesk9,static,sip:desk9@127.0.0.4:15080\n"
    );
    people.import_devices("d.csv", &exported, ImportMode::Replace).await.unwrap();

    let one = "device,kind,password_or_contact\ndesk1,registers,\n";
    let imported = people.import_devices("d.csv", one, ImportMode::Replace).await.unwrap();
    assert_eq!(imported, Imported { written: 1, removed: 1 });
    let directory = people.directory().await.unwrap();
    assert_eq!(directory.devices.len(), 1);
    assert!(matches!(&directory.devices[0].kind, DeviceKind::Registers { ha1_md5: Some(_), .. }));
}

#[tokio::test]
async fn a_changed_realm_leaves_telephones_without_credentials() {
    let dir = tempfile::tempdir().unwrap();
    let before = people(dir.path()).await;
    before.import_devices("d.csv", DEVICES, ImportMode::Merge).await.unwrap();
    let after =
        People::open(&dir.path().join("people.sqlite"), &dir.path().join("secrets"), "other").await.unwrap();
    let directory = after.directory().await.unwrap();
    let usable = |device: &DeviceAccount| {
        !matches!(&device.kind, DeviceKind::Registers { ha1_sha256: None, ha1_md5: None })
    };
    assert!(!directory.devices.iter().any(usable));
    assert_eq!(directory.devices.len(), 3);
}

//! x
use super::*;
use std::sync::Arc;
const MINIMAL: &str =
    "controller: { name: Acme, address: 1 Road, email: hello@acme.example }\npurposes: { answer: { label: Answer, basis: public-task } }\n";
#[test]
fn dev() {
    let read = registry::resolve::registry(Some((&Arc::from("content/privacy.yaml"), MINIMAL)), &[]);
    let declared = Declarations::of(&read.value.registry);
    for l in ["en", "fr"] {
        let names = std::fs::read_to_string(format!("/tmp/countries.{l}")).unwrap();
        let country = |code: &str| names.lines().find_map(|line| line.strip_prefix(&format!("{code}="))).map(str::to_owned);
        for e in std::fs::read_dir(format!("/tmp/research/policies/{l}")).unwrap() {
            let path = e.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            println!("##### {}", path.display());
            let started = std::time::Instant::now();
            let found = contradictions(&Arc::from("x.md"), &text, l, &declared, &country);
            println!("## {:?} {}", started.elapsed(), found.len());
            for c in found {
                let clip = |a: usize, b: usize| String::from_utf8_lossy(&text.as_bytes()[a..b]).replace('\n', "⏎");
                println!(
                    "{}\n     …{}[[{}]]{}…",
                    c.message,
                    clip(c.span.start.saturating_sub(160), c.span.start),
                    clip(c.span.start, c.span.end),
                    clip(c.span.end, (c.span.end + 90).min(text.len()))
                );
            }
        }
    }
}

//! The deploy guide lists the variables that the functions read, from their own list. `UPDATE_DOCS=1` writes it anew.

use std::path::Path;

use functions::config::VARIABLES;

const BEGIN: &str = "<!-- variables: made from functions/src/config.rs -->\n";
const END: &str = "<!-- end of variables -->\n";

#[test]
fn the_deploy_guide_lists_every_variable() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/deploy.md");
    let guide = std::fs::read_to_string(&path).expect("the guide is there");
    let rows: String = VARIABLES.iter().map(|(name, what)| format!("| `{name}` | {what} |\n")).collect();
    let (before, rest) = guide.split_once(BEGIN).expect("the guide says where its variables begin");
    let (_, after) = rest.split_once(END).expect("the guide says where its variables end");
    let wanted = format!("{before}{BEGIN}\n| variable | what it is |\n| --- | --- |\n{rows}\n{END}{after}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, wanted).expect("the guide can be written");
    } else {
        assert!(guide == wanted, "the table of variables is stale: run `UPDATE_DOCS=1 cargo test -p functions --test guide`");
    }
}

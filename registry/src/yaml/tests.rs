//! YAML's shapes, spans and faults, one by one.

use super::*;

fn read(text: &str) -> Reported<Option<Node>> {
    parse(&Arc::from("a.yaml"), text, 0)
}

fn messages(text: &str) -> Vec<String> {
    read(text).diagnostics.iter().map(|d| format!("{}: {}", d.rule.name, d.message)).collect()
}

#[test]
fn spans_cover_what_was_written() {
    let text = "title: \"A b\"\ntags:\n  - one\n  - two words\nmore: { x: 1 }\n";
    let root = read(text).value.unwrap();
    let map = root.as_map().unwrap();
    let cut = |span: Span| &text[span.start..span.end];
    assert_eq!(cut(map[0].key_span), "title");
    assert_eq!(cut(map[0].value.span), "\"A b\"");
    assert_eq!(cut(map[1].value.as_list().unwrap()[1].span), "two words");
    assert_eq!(map[2].value.as_map().unwrap()[0].value.as_int(), Some(1));
}

#[test]
fn an_offset_shifts_every_span() {
    let root = parse(&Arc::from("a.md"), "a: b\n", 4).value.unwrap();
    assert_eq!(root.as_map().unwrap()[0].key_span, Span { start: 4, end: 5 });
}

#[test]
fn scalars_mean_what_the_core_schema_says() {
    let meaning = |text: &str, plain| Scalar { text: text.to_owned(), plain }.meaning();
    assert_eq!(meaning("", true), Meaning::Null);
    assert_eq!(meaning("~", true), Meaning::Null);
    assert_eq!(meaning("true", true), Meaning::Bool(true));
    assert_eq!(meaning("yes", true), Meaning::Text);
    assert_eq!(meaning("-12", true), Meaning::Int(-12));
    assert_eq!(meaning("0x1F", true), Meaning::Int(31));
    assert_eq!(meaning("1.5", true), Meaning::Float(1.5));
    assert_eq!(meaning("2026-05-01", true), Meaning::Text);
    assert_eq!(meaning("-", true), Meaning::Text);
    assert_eq!(meaning("12", false), Meaning::Text);
}

#[test]
fn empty_texts_and_comments_are_nothing() {
    assert_eq!(read("").value, None);
    assert_eq!(read("# only a comment\n").value, None);
}

#[test]
fn faults_are_named() {
    assert_eq!(messages("a: 1\na: 2\n"), ["duplicate-key: `a` stands here twice"]);
    assert!(messages("a: [1\n")[0].starts_with("invalid-yaml: this is not YAML"));
    assert!(messages("a: 1\n---\nb: 2\n")[0].starts_with("invalid-yaml: a second document"));
    let help = |text: &str| read(text).diagnostics.remove(0).help;
    assert_eq!(help("a: 1\n...\nb: 2\n").as_deref(), Some("remove the `---` or `...` before it"));
}

#[test]
fn aliases_repeat_a_value_and_are_bounded() {
    let root = read("a: &x [1, 2]\nb: *x\n").value.unwrap();
    let map = root.as_map().unwrap();
    assert_eq!(map[1].value.as_list().unwrap().len(), 2);
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let previous = format!("*a{}", level - 1);
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![previous; 10].join(", ")));
    }
    assert!(messages(&bomb)[0].contains("aliases repeated"), "{:?}", messages(&bomb));
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,80}", lines in proptest::collection::vec("[ a:\\-\\[\\]{}&*#\"'|>\n]{0,12}", 0..6)) {
        read(&text);
        read(&lines.join("\n"));
    }
}

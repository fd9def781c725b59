//! The YAML file of `mto plan` and `mto apply`.

use mto_cli::organization::parse;
use mto_fuzz_tests::Entropy;

use crate::support::{ITERATIONS, target};

const LINES: [&str; 22] = [
    "owner: contoso\n",
    "displayName: Contoso group\n",
    "members:\n",
    "  - {tenant: fabrikam, displayName: Fabrikam}\n",
    "  - tenant: tailspin\n",
    "    role: owner\n",
    "sync:\n",
    "  - source: contoso\n",
    "    targets: all\n",
    "    scope: {everyone: true}\n",
    "    confirmUsers: 99999999999999999999\n",
    "prune: yes\n",
    "settings: true\n",
    "a: &a [x, x, x]\n",
    "b: &b [*a, *a, *a]\n",
    "c: [*b, *b, *b]\n",
    "<<: *a\n",
    "? [[[[\n",
    "--- \n",
    "!!binary \"x\"\n",
    "\t",
    "|2\n",
];

fn check(text: &str) {
    if let Err(error) = parse(text, "organization.yaml") {
        let shown = error.to_string();
        assert!(shown.starts_with("organization.yaml: "), "{shown}");
    }
}

#[test]
fn any_file_is_read_or_refused() {
    target!(ITERATIONS, |bytes: &[u8]| {
        let mut entropy = Entropy::new(bytes);
        let mut text = String::new();
        while !entropy.is_empty() && text.len() < 20_000 {
            if entropy.byte() < 200 {
                text.push_str(entropy.word(&LINES));
            } else {
                text.push_str(&entropy.text());
            }
        }
        check(&text);
        check(&String::from_utf8_lossy(bytes));
    });
}

#[test]
fn a_file_of_brackets_or_aliases_is_refused_and_not_followed_down() {
    check(&"[".repeat(100_000));
    check(&"{a: ".repeat(100_000));
    check(&"- ".repeat(100_000));
    let levels = (1..40).map(|level| format!("l{level}: &l{level} [*l{0}, *l{0}, *l{0}]\n", level - 1));
    check(&format!("l0: &l0 [x, x, x]\n{}", levels.collect::<String>()));
}

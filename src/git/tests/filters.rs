//! The clean filters, compared with `git hash-object` and `git add`.

use super::*;

const TEXTS: [&str; 9] = [
    "",
    "a\nb\n",
    "a\r\nb\r\n",
    "a\r\nb\n",
    "a\rb\r\n",
    "a\0\r\n",
    "\u{1}\r\n",
    "$Id: abc $\r\n$Id$ $Id: x\r\n$ $Id",
    "\u{fc} \u{1a}\r\n\u{1a}",
];

fn assert_as_git(top: &Path, path: &str) {
    let repository = open(top);
    for text in TEXTS {
        write(top, "probe", text);
        let expected = git(top, &["-c", "core.safecrlf=false", "hash-object", "--path", path, "probe"]);
        let id = repository.clean_blob_id(path, text.as_bytes()).unwrap();
        assert_eq!(id.to_string(), expected, "{path} with {text:?}");
    }
}

#[test]
fn every_attribute_cleans_as_git_does() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let attributes = [
        "text",
        "-text",
        "text=auto",
        "text=input",
        "!text",
        "text=odd",
        "eol=lf",
        "eol=crlf",
        "text=auto eol=lf",
        "text=auto eol=crlf",
        "text eol=crlf",
        "-text eol=lf",
        "crlf",
        "-crlf",
        "crlf=input",
        "crlf=auto",
        "binary",
        "ident",
        "-ident",
        "ident text",
        "text=odd crlf",
        "text=odd eol=crlf",
    ];
    let lines: Vec<String> = attributes.iter().enumerate().map(|(at, line)| format!("docs/{at}.md {line}\n")).collect();
    write(&top, ".gitattributes", lines.concat());
    for autocrlf in ["false", "true", "input"] {
        git(&top, &["config", "core.autocrlf", autocrlf]);
        for at in 0..=attributes.len() {
            assert_as_git(&top, &format!("docs/{at}.md"));
        }
    }
}

#[test]
fn what_git_holds_with_crlf_stays_so() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    commit(&top, &[("held.md", "a\r\n"), ("odd.md", "a\r\n\0"), ("lf.md", "a\n")]);
    git(&top, &["config", "core.autocrlf", "true"]);
    let repository = open(&top);
    for path in ["held.md", "odd.md", "lf.md", "new.md"] {
        let id = repository.clean_blob_id(path, b"b\r\n").unwrap();
        write(&top, path, "b\r\n");
        git(&top, &["add", path]);
        assert_eq!(git(&top, &["rev-parse", &format!(":{path}")]), id.to_string(), "{path}");
    }
    let changes = [put("held.md", "b\r\n"), put("lf.md", "b\r\n")];
    let commit = written(repository.write_commit(&export(&[repository.head().unwrap().unwrap()], &changes)));
    let text = |path| repository.read_blob(repository.blob_at(commit, path).unwrap().unwrap()).unwrap();
    assert_eq!(text("held.md"), b"b\r\n");
    assert_eq!(text("lf.md"), b"b\n");
}

#[test]
fn a_commit_holds_the_cleaned_text() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let base = commit(&top, &[(".gitattributes", "* text=auto\n")]);
    let repository = open(&top);
    let commit = written(repository.write_commit(&export(&[base], &[put("docs/a.md", "a\r\nb\r\n")])));
    let blob = repository.blob_at(commit, "docs/a.md").unwrap().unwrap();
    assert_eq!(repository.read_blob(blob).unwrap(), b"a\nb\n");
    assert_eq!(repository.clean_blob_id("docs/a.md", b"a\r\nb\r\n").unwrap(), blob);
}

#[test]
fn asking_for_an_id_writes_nothing() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let blob = open(&top).clean_blob_id("a.md", b"new").unwrap();
    assert!(open(&top).read_blob(blob).is_err());
    assert_eq!(git(&top, &["count-objects"]), "0 objects, 0 kilobytes");
}

#[test]
fn an_external_filter_is_refused_where_it_applies() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    git(&top, &["config", "filter.crypt.clean", "rot13"]);
    write(&top, ".gitattributes", "secret.md filter=crypt\nother.md filter=unknown\n");
    let repository = open(&top);
    let refused = |error: GitError| matches!(error, GitError::FilterDriver { driver, .. } if driver == "crypt");
    assert!(refused(repository.clean_blob_id("secret.md", b"a").unwrap_err()));
    assert!(refused(repository.write_commit(&export(&[], &[put("secret.md", "a")])).unwrap_err()));
    assert!(repository.clean_blob_id("other.md", b"a").is_ok());
    assert!(repository.clean_blob_id("plain.md", b"a").is_ok());
}

#[test]
fn a_bare_repository_has_filters_too() {
    let sandbox = Sandbox::new();
    let bare = sandbox.initialised("x.git", &["--bare"]);
    write(&bare, "info/attributes", "*.md text\n");
    let repository = open(&bare);
    assert_eq!(repository.clean_blob_id("a.md", b"a\r\n").unwrap(), repository.clean_blob_id("a.md", b"a\n").unwrap());
    assert_ne!(
        repository.clean_blob_id("a.txt", b"a\r\n").unwrap(),
        repository.clean_blob_id("a.txt", b"a\n").unwrap()
    );
}

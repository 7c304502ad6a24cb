//! The README and the pages it names say what is true: their commands are run, and what they show is what they print.

use std::{fs, path::Path};

use crate::{
    documentation::{fenced, project_file},
    env::{FIXTURES, TestEnv, copy},
};

/// The two commands at the top of the README.
fn set_up() -> (String, String) {
    let blocks = fenced(&project_file("README.md"), "sh");
    let lines: Vec<&str> = blocks[0].lines().collect();
    let [main_job, tests] = lines[..] else { panic!("the README begins with two commands: {lines:?}") };
    (main_job.to_owned(), tests.to_owned())
}

/// Whether a line is the expected one, where `[..]` stands for some text.
fn line_fits(expected: &str, actual: &str) -> bool {
    let mut parts = expected.split("[..]");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = actual.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.get(1..).and_then(|rest| rest.find(part)) else { return false };
        rest = &rest[1 + at + part.len()..];
    }
    rest.len() > last.len() && rest.ends_with(last)
}

/// Whether lines are the expected ones, where `[...]` stands for any number of lines.
fn lines_fit(expected: &[&str], actual: &[&str]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((&"[...]", rest)) => (0..=actual.len()).any(|skipped| lines_fit(rest, &actual[skipped..])),
        Some((line, rest)) => {
            actual.split_first().is_some_and(|(first, others)| line_fits(line, first) && lines_fit(rest, others))
        }
    }
}

#[track_caller]
fn assert_fits(command: &str, expected: &str, actual: &str) {
    let fits = lines_fit(&expected.lines().collect::<Vec<_>>(), &actual.lines().collect::<Vec<_>>());
    assert!(fits, "{command}\nthe README shows:\n{expected}\nit prints:\n{actual}");
}

/// The words of a command line; quotes keep spaces together.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (' ', None) => words.push(String::new()),
            (c, _) => words.last_mut().unwrap().push(c),
        }
    }
    words
}

/// Does by itself what `perl -pi -e s/FROM/TO/ FILE` does to the first place, since not every machine has perl.
fn edit_by_hand(env: &TestEnv, arguments: &[&str]) {
    let [_, _, program, file] = arguments else { panic!("{arguments:?}") };
    let [_, from, to, _] = program.split('/').collect::<Vec<_>>()[..] else { panic!("{program}") };
    env.edit(file.strip_prefix("docs/business-os/").unwrap(), from.trim_start_matches('^'), to);
}

#[test]
fn the_tour_prints_what_it_shows() {
    let env = TestEnv::fixture("bakery");
    let tour = fenced(&project_file("docs/tour.md"), "console").concat();
    let steps: Vec<(&str, &str)> =
        tour.split("$ ").skip(1).map(|step| step.split_once('\n').unwrap_or((step, ""))).collect();
    assert!(steps.len() > 15, "{steps:?}");
    for (command, shown) in steps {
        let words = words(command);
        let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        let printed = match words[0].as_str() {
            "bos" => {
                let ran = env.bos(&arguments).code(0);
                ran.stdout + &ran.stderr
            }
            "git" => env.git(&arguments),
            "perl" => {
                edit_by_hand(&env, &arguments);
                String::new()
            }
            // The copy is there already.
            "cp" | "cd" => String::new(),
            other => panic!("the tour does not know {other}"),
        };
        assert_fits(command, shown, &printed);
    }
}

#[test]
fn the_first_command_shows_the_board_and_leaves_the_fixture_as_it_is() {
    let (main_job, _) = set_up();
    let (cargo, arguments) = main_job.split_once(" -- ").unwrap();
    assert_eq!(cargo, "cargo run --release --locked");
    let env = TestEnv::empty();
    copy(Path::new(FIXTURES), &env.root.join("fixtures"));
    let ran = env.bos(&arguments.split(' ').collect::<Vec<_>>()).code(0);
    assert_eq!(fenced(&project_file("README.md"), "board"), [ran.stdout]);
    assert_eq!(ran.stderr, "");
    let names = |folder: &str| {
        let entries = fs::read_dir(env.root.join(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(""), ["fixtures", "target"]);
    assert_eq!(names("fixtures/bakery"), ["docs"]);
}

#[test]
fn the_second_command_is_the_one_that_decides_in_ci() {
    let (_, tests) = set_up();
    assert_eq!(project_file(".ci/run").lines().last(), Some(tests.as_str()));
}

/// The commands of this program that a workflow runs, without the name.
fn commands_of(job: &str) -> Vec<Vec<&str>> {
    let commands = job.lines().filter_map(|line| line.trim().strip_prefix("- run: bos "));
    commands.map(|command| command.split(' ').collect()).collect()
}

#[test]
fn the_hourly_job_puts_a_change_on_the_branch() {
    let job = &fenced(&project_file("docs/ci.md"), "yaml")[1];
    let env = TestEnv::repository("bakery");
    let hub = env.home().join("hub.git");
    env.git(&["clone", "-q", "--bare", ".", hub.to_str().unwrap()]);
    env.git(&["remote", "add", "origin", hub.to_str().unwrap()]);
    env.bos(&["card", "move", "BAKE-ENG-0006", "done"]).code(0);
    for command in commands_of(job) {
        env.bos(&command).code(0);
    }
    let branch = job.lines().find_map(|line| line.trim().strip_prefix("BRANCH: ")).unwrap();
    assert!(env.git(&["diff", "--name-only", "main", branch]).contains("BAKE-ENG-0006.user.md"));
    assert_eq!(env.git_in(&hub, &["rev-parse", branch]), env.git(&["rev-parse", branch]));
    // The job that checks the pull request has nothing to say about it.
    env.git(&["merge", "-q", "--no-ff", "--no-edit", branch]);
    env.bos(&["guard", "--base", "HEAD^"]).code(0);
}

#[test]
fn the_ci_job_passes_on_good_files_and_fails_on_bad_ones() {
    let job = &fenced(&project_file("docs/ci.md"), "yaml")[0];
    let commands = commands_of(job);
    assert_eq!(commands.len(), 4);
    let (good, bad) = (TestEnv::repository("bakery"), TestEnv::repository("broken"));
    good.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    for command in &commands {
        good.bos(command).code(0);
    }
    good.edit("cards/BAKE-ENG-0006.user.md", "P3", "P1");
    good.commit_all("by hand");
    assert!(good.bos(&commands[3]).code(1).stdout.starts_with("::error file="));
    assert!(bad.bos(&commands[0]).code(1).stdout.contains("::error file="));
    bad.bos(&commands[1]).code(4);
}

#[test]
fn a_folder_that_becomes_a_repository_keeps_its_log_where_the_database_is_moved() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Owner=Nora"]).code(0);
    env.bos(&["export"]).code(0);
    let before = env.log_length();
    env.git(&["init", "-q"]);
    fs::create_dir_all(env.root.join(".git/bos")).unwrap();
    fs::rename(env.root.join(".bos"), env.root.join(".git/bos/root")).unwrap();
    assert_eq!(env.log_length(), before);
    assert_eq!(env.state("cards/BAKE-ENG-0006.user.md"), "in sync");
    env.verify();
}

#[test]
fn wildcards_stand_for_something() {
    assert!(line_fits("as [..] (1)", "as 12ab (1)"));
    assert!(!line_fits("as [..]", "as "));
    assert!(!line_fits("a", "ab"));
    assert!(lines_fit(&["a", "[...]", "b"], &["a", "x", "b"]) && !lines_fit(&["a", "[...]", "b"], &["a", "x"]));
}

#[test]
fn the_minute_of_a_board_of_your_own_works_as_it_is_typed() {
    let blocks = fenced(&project_file("README.md"), "sh");
    let minute = blocks.iter().find(|block| block.starts_with("bos init\n")).unwrap();
    let env = TestEnv::empty();
    for command in minute.lines() {
        let words = words(command.strip_prefix("bos ").unwrap());
        env.bos(&words.iter().map(String::as_str).collect::<Vec<_>>()).code(0);
    }
    assert!(env.read("cards/HOME-ENG-0001.user.md").contains("Lane: In progress"));
}

#[test]
fn the_card_and_the_lanes_are_real() {
    let readme = project_file("README.md");
    let card = fs::read_to_string(Path::new(FIXTURES).join("bakery/docs/business-os/cards/BAKE-ENG-0002.user.md"));
    assert_eq!(fenced(&readme, "markdown"), [card.unwrap().replace("\r\n", "\n")]);
    let rows =
        readme.lines().skip_while(|line| !line.starts_with("| lane |")).skip(2).take_while(|line| !line.is_empty());
    let lanes: Vec<&str> = rows.map(|row| row.split('|').nth(1).unwrap().trim()).collect();
    assert_eq!(lanes, bos::domain::lane::Lane::ALL.map(bos::domain::lane::Lane::as_str));
}

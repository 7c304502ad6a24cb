//! The login name of the user. Containers and CI jobs often set no variable for it, and a first import needs a name.

/// The name from the environment, else from the system; `None` only if neither is available.
pub(crate) fn name() -> Option<String> {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    ["USER", "LOGNAME", "USERNAME"].iter().find_map(set).or_else(of_process)
}

/// The account that runs this process, by its numeric ID if the system has no name for it.
#[cfg(target_os = "linux")]
fn of_process() -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let user = std::fs::metadata("/proc/self").ok()?.uid().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    Some(account(&accounts, &user).unwrap_or_else(|| format!("uid {user}")))
}

#[cfg(not(target_os = "linux"))]
fn of_process() -> Option<String> {
    None
}

/// The name with this user ID in a file in passwd(5) format: `name:password:number:...`.
#[cfg(target_os = "linux")]
fn account(accounts: &str, user: &str) -> Option<String> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)? == user).then(|| name.to_owned())
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::account;

    #[test]
    fn accounts_are_found_by_their_number() {
        let accounts = "root:x:0:0:root:/root:/bin/sh\n::7:\nbroken\nnora:x:1000:1000::/home/nora:/bin/sh\n";
        assert_eq!(account(accounts, "1000").as_deref(), Some("nora"));
        assert_eq!(account(accounts, "0").as_deref(), Some("root"));
        assert_eq!(account(accounts, "7"), None);
    }
}

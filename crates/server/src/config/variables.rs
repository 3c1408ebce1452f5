//! Settings that come from the environment.

use super::SETTINGS;
use model::{Error, Result};
use std::collections::BTreeMap;
use std::ffi::OsString;

/// `PILEOPS_` and one of these is for the command line as a client, or for this repository's scripts
/// and tests. Any other that is no setting is probably one that was misspelt.
const OTHER_VARIABLES: [&str; 8] =
    ["server", "token", "bin", "sim_bin", "url", "account", "password", "shots"];
const OTHER_PREFIXES: [&str; 3] = ["test_", "pg_", "e2e"];

/// Our variables out of an environment, without their prefix. What others have in theirs is not
/// looked at, however odd; one of ours must be text.
pub fn environment(all: impl IntoIterator<Item = (OsString, OsString)>) -> Result<BTreeMap<String, String>> {
    let mut ours = BTreeMap::new();
    for (name, value) in all {
        let Some(name) = name.to_str().and_then(|name| name.strip_prefix("PILEOPS_")) else { continue };
        let value = value.into_string().map_err(|value| {
            Error::invalid(
                format!("PILEOPS_{name}"),
                format!("环境变量 PILEOPS_{name} 的值 {value:?} 不是 UTF-8 文本，请改正或取消该变量"),
                format!("The variable PILEOPS_{name} has the value {value:?}, which is not UTF-8; correct or unset it."),
            )
        })?;
        ours.insert(name.to_ascii_lowercase(), value);
    }
    Ok(ours)
}

/// Variables that look like ours and are none, for a warning.
pub fn unknown_variables(environment: &BTreeMap<String, String>) -> Vec<String> {
    let known = |name: &str| {
        SETTINGS.iter().any(|s| s.name == name)
            || OTHER_VARIABLES.contains(&name)
            || OTHER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
    };
    let unknown = environment.keys().filter(|name| !known(name));
    unknown.map(|name| format!("PILEOPS_{}", name.to_ascii_uppercase())).collect()
}

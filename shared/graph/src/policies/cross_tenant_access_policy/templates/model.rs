use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const NEW_PARTNERS: &str = "newPartners";
const EXISTING_PARTNERS: &str = "existingPartners";
const NONE: &str = "none";

/// `microsoft.graph.templateApplicationLevel`: flags, on the wire a string with commas. The default is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TemplateApplicationLevel {
    /// Applied to a tenant that had no partner configuration before the join.
    pub new_partners: bool,
    /// Applied to a tenant that had one.
    pub existing_partners: bool,
    /// Flags that this client does not know, in the service's order and spelling.
    pub unknown: Vec<String>,
}

impl TemplateApplicationLevel {
    /// New and existing partners: the service's default.
    pub fn all() -> Self {
        Self { new_partners: true, existing_partners: true, unknown: Vec::new() }
    }

    /// To nobody: the template is off.
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether no flag is set.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl From<&str> for TemplateApplicationLevel {
    /// The documents switch a template off with `none`, with an empty string and with null.
    fn from(text: &str) -> Self {
        let mut level = Self::none();
        for flag in text.split(',').map(str::trim).filter(|flag| !flag.is_empty()) {
            match flag {
                NEW_PARTNERS => level.new_partners = true,
                EXISTING_PARTNERS => level.existing_partners = true,
                NONE => {}
                other => level.unknown.push(other.to_owned()),
            }
        }
        level
    }
}

impl fmt::Display for TemplateApplicationLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = [(self.new_partners, NEW_PARTNERS), (self.existing_partners, EXISTING_PARTNERS)];
        let known = known.into_iter().filter_map(|(set, flag)| set.then_some(flag));
        let flags: Vec<&str> = known.chain(self.unknown.iter().map(String::as_str)).collect();
        // the API reference's word; the empty string is in examples only
        formatter.write_str(&if flags.is_empty() { NONE.to_owned() } else { flags.join(",") })
    }
}

impl Serialize for TemplateApplicationLevel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TemplateApplicationLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(Self::from(text.as_deref().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> TemplateApplicationLevel {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn flags_are_split_at_commas_and_trimmed() {
        assert_eq!(read(r#""newPartners,existingPartners""#), TemplateApplicationLevel::all());
        assert_eq!(read(r#"" existingPartners , newPartners ""#), TemplateApplicationLevel::all());
        assert_eq!(read(r#""newPartners""#).to_string(), "newPartners");
    }

    #[test]
    fn none_an_empty_string_and_null_all_switch_it_off() {
        for json in [r#""none""#, r#""""#, "null"] {
            assert!(read(json).is_none(), "{json}");
        }
        assert_eq!(serde_json::to_string(&TemplateApplicationLevel::none()).unwrap(), r#""none""#);
    }

    #[test]
    fn an_unknown_flag_is_kept_and_written_back() {
        let level = read(r#""newPartners,guestPartners""#);
        assert_eq!(level.unknown, ["guestPartners"]);
        assert_eq!(serde_json::to_string(&level).unwrap(), r#""newPartners,guestPartners""#);
        assert!(!read(r#""guestPartners""#).is_none());
    }
}

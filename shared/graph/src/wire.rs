//! How Graph writes values: enums that may grow, zero GUIDs, nulls.

use std::fmt::{self, Display};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::endpoint::DecodeError;

/// An enum on the wire that may get new values: an unknown one is kept and written back unchanged.
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A value that this client does not know, as the service wrote it.
            Unknown(String),
        }

        impl $name {
            /// The value as Graph writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Ok(Self::from(text.as_str()))
            }
        }
    };
}
pub(crate) use open_enum;

/// A tenant id of which the zero GUID, an empty string and null all say "nobody".
pub(crate) fn tenant_or_nobody<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uuid>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    if text.is_empty() {
        return Ok(None);
    }
    let id = Uuid::parse_str(&text).map_err(serde::de::Error::custom)?;
    Ok((!id.is_nil()).then_some(id))
}

/// Null and absent alike: an empty collection.
pub(crate) fn null_is_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}

/// A time of which null, an empty string and the year 1 (`0001-01-01T00:00:00Z`) all say "never".
pub(crate) fn time_or_never<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<OffsetDateTime>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    if text.is_empty() {
        return Ok(None);
    }
    let time = OffsetDateTime::parse(&text, &Rfc3339).map_err(serde::de::Error::custom)?;
    Ok((time.year() > 1).then_some(time))
}

/// Null and absent alike: the value that the type begins with.
pub(crate) fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// The answer of a `$count`: a number as plain text. A mark of the encoding before it is skipped, and so are quotes,
/// for as a part of a batch it is a JSON value (unverified).
pub(crate) fn decode_count(body: &[u8]) -> Result<u64, DecodeError> {
    let text = String::from_utf8_lossy(body);
    let number = text.trim_start_matches('\u{feff}').trim().trim_matches('"');
    number.parse().map_err(|_| DecodeError::new(".", &format!("not a count: {text}")))
}

/// The word for no flag at all.
const NO_FLAG: &str = "None";

/// Flags on the wire: names with commas between them, `None` when there is none. Unknown flags are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flags<F>(Vec<F>);

impl<F: PartialEq> Flags<F> {
    /// No flag.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// These flags, each once.
    pub fn of(flags: impl IntoIterator<Item = F>) -> Self {
        flags.into_iter().fold(Self::none(), Self::with)
    }

    /// This one as well.
    #[must_use]
    pub fn with(mut self, flag: F) -> Self {
        if !self.contains(&flag) {
            self.0.push(flag);
        }
        self
    }

    /// Without this one.
    #[must_use]
    pub fn without(mut self, flag: &F) -> Self {
        self.0.retain(|set| set != flag);
        self
    }

    /// Whether this one is set.
    pub fn contains(&self, flag: &F) -> bool {
        self.0.contains(flag)
    }

    /// Whether no flag is set.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }
}

impl<F: PartialEq> Default for Flags<F> {
    fn default() -> Self {
        Self::none()
    }
}

impl<F: PartialEq + for<'a> From<&'a str>> From<&str> for Flags<F> {
    fn from(text: &str) -> Self {
        let names = text.split(',').map(str::trim);
        Self::of(names.filter(|name| !name.is_empty() && *name != NO_FLAG).map(F::from))
    }
}

impl<F: Display> Display for Flags<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.0.iter().map(F::to_string).collect();
        formatter.write_str(if names.is_empty() { NO_FLAG } else { "" })?;
        formatter.write_str(&names.join(", "))
    }
}

impl<F: Display> Serialize for Flags<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, F: PartialEq + for<'a> From<&'a str>> Deserialize<'de> for Flags<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(Self::from(text.as_deref().unwrap_or_default()))
    }
}

/// A request body of a type that always serialises.
pub(crate) fn to_body<T: serde::Serialize>(value: &T) -> serde_json::Value {
    serde_json::to_value(value).expect("plain data with string keys always serialises")
}

/// A property to write: a value, or an explicit null, which is another thing than leaving the property out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Nullable<T> {
    /// This value.
    Value(T),
    /// `null`.
    Null,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service_principals::synchronization::jobs::schema::{ObjectFlow, ObjectFlows};

    #[test]
    fn flags_are_read_with_and_without_blanks_and_written_with_them() {
        let cases = [
            ("Add, Delete", "Add, Delete"),
            ("Add,Delete", "Add, Delete"),
            (" Delete ", "Delete"),
            ("None", "None"),
            ("", "None"),
            ("Add, New, Add", "Add, New"),
        ];
        for (text, written) in cases {
            assert_eq!(ObjectFlows::from(text).to_string(), written, "{text:?}");
        }
        let flags: ObjectFlows = serde_json::from_str(r#""Add, New""#).unwrap();
        assert!(flags.contains(&ObjectFlow::Add) && !flags.contains(&ObjectFlow::Delete) && !flags.is_none());
        assert_eq!(serde_json::to_string(&flags.without(&ObjectFlow::Add)).unwrap(), r#""New""#);
        assert!(serde_json::from_str::<ObjectFlows>("null").unwrap().is_none());
    }

    #[test]
    fn a_count_is_plain_text_or_a_json_value_and_nothing_else() {
        for body in ["12", "\u{feff}12", " 12\r\n", "\"12\""] {
            assert_eq!(decode_count(body.as_bytes()), Ok(12), "{body:?}");
        }
        for body in ["", "twelve", "-1", "{}", "1.5"] {
            assert!(decode_count(body.as_bytes()).is_err(), "{body:?}");
        }
    }

    #[test]
    fn the_year_one_is_never() {
        #[derive(Deserialize)]
        struct Holder {
            #[serde(default, deserialize_with = "time_or_never")]
            at: Option<OffsetDateTime>,
        }
        let read = |json: &str| serde_json::from_str::<Holder>(json).map(|holder| holder.at);
        for json in [r#"{"at":"0001-01-01T00:00:00Z"}"#, r#"{"at":null}"#, "{}", r#"{"at":""}"#] {
            assert_eq!(read(json).unwrap(), None, "{json}");
        }
        assert_eq!(read(r#"{"at":"2026-11-21T08:00:00Z"}"#).unwrap().map(OffsetDateTime::year), Some(2026));
        assert!(read(r#"{"at":"soon"}"#).is_err());
    }
}

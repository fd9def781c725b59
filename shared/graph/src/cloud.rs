//! Where Graph and the login service are.

use std::str::FromStr;

use url::Url;

/// The roots of one Microsoft cloud (or of a simulator).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloud {
    graph_root: Url,
    login_root: Url,
}

/// A cloud that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    /// The cloud exists, but has no multi-tenant organizations.
    #[error(
        "cloud {cloud:?}: multi-tenant organizations exist in the global cloud only \
         (its types are missing from the API of every national cloud); use \"global\""
    )]
    NoMultiTenantOrganizations {
        /// As it was written in the configuration.
        cloud: String,
    },
    /// Nobody knows this cloud.
    #[error("cloud {cloud:?} is unknown; use \"global\"")]
    Unknown {
        /// As it was written in the configuration.
        cloud: String,
    },
    /// A root is not an absolute http(s) URL without query.
    #[error(
        "{root:?} is not a root: an absolute http:// or https:// URL without user, query or fragment is needed"
    )]
    BadRoot {
        /// As it was given.
        root: String,
    },
}

impl Cloud {
    /// The global cloud (GCC included): `https://graph.microsoft.com/v1.0`, `https://login.microsoftonline.com`.
    ///
    /// # Panics
    ///
    /// Never: both URLs are constants.
    pub fn global() -> Self {
        Self::custom("https://graph.microsoft.com/v1.0", "https://login.microsoftonline.com")
            .expect("constant URLs")
    }

    /// Other roots, for a simulator: the Graph root with its version (`http://127.0.0.1:8080/v1.0`), and the login
    /// root, to which `/{tenant}/oauth2/v2.0/token` is appended.
    ///
    /// # Errors
    ///
    /// When one of them is not an absolute http(s) URL.
    pub fn custom(graph_root: &str, login_root: &str) -> Result<Self, CloudError> {
        Ok(Self { graph_root: root(graph_root)?, login_root: root(login_root)? })
    }

    /// Graph's root with the version, without a trailing slash.
    pub fn graph_root(&self) -> &str {
        self.graph_root.as_str().trim_end_matches('/')
    }

    /// The login service's root, without a trailing slash.
    pub fn login_root(&self) -> &str {
        self.login_root.as_str().trim_end_matches('/')
    }

    /// The scope that tokens for this Graph are asked for: its origin and `/.default`.
    pub fn token_scope(&self) -> String {
        format!("{}/.default", self.graph_root.origin().ascii_serialization())
    }

    /// Whether a URL that the service handed out stays where our bearer tokens may go.
    pub(crate) fn is_at_graph(&self, url: &Url) -> bool {
        url.origin() == self.graph_root.origin() && url.username().is_empty() && url.password().is_none()
    }
}

impl FromStr for Cloud {
    type Err = CloudError;

    fn from_str(name: &str) -> Result<Self, CloudError> {
        let cloud = name.to_owned();
        match name.to_ascii_lowercase().as_str() {
            "global" | "gcc" => Ok(Self::global()),
            "usgov" | "usgovernment" | "gcchigh" | "gcc-high" | "l4" | "dod" | "usgovdod" | "l5"
            | "china" | "21vianet" => Err(CloudError::NoMultiTenantOrganizations { cloud }),
            _ => Err(CloudError::Unknown { cloud }),
        }
    }
}

fn root(text: &str) -> Result<Url, CloudError> {
    let bad = || CloudError::BadRoot { root: text.to_owned() };
    let url = Url::parse(text).map_err(|_| bad())?;
    let plain = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain { Ok(url) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_global_cloud_has_the_documented_roots() {
        let cloud: Cloud = "global".parse().unwrap();
        assert_eq!(cloud.graph_root(), "https://graph.microsoft.com/v1.0");
        assert_eq!(cloud.login_root(), "https://login.microsoftonline.com");
        assert_eq!(cloud.token_scope(), "https://graph.microsoft.com/.default");
    }

    #[test]
    fn a_national_cloud_is_refused_with_the_reason() {
        let error = "china".parse::<Cloud>().unwrap_err().to_string();
        assert!(error.contains("global cloud only"), "{error}");
    }

    #[test]
    fn roots_of_a_simulator_are_taken_with_or_without_a_slash() {
        let cloud = Cloud::custom("http://127.0.0.1:8080/v1.0/", "http://127.0.0.1:8080/").unwrap();
        assert_eq!(cloud.graph_root(), "http://127.0.0.1:8080/v1.0");
        assert_eq!(cloud.login_root(), "http://127.0.0.1:8080");
        assert_eq!(cloud.token_scope(), "http://127.0.0.1:8080/.default");
    }

    #[test]
    fn a_root_that_is_no_http_url_is_refused() {
        for bad in ["graph.microsoft.com", "ftp://x/", "http://u:p@x/", "http://x/?q=1"] {
            assert!(Cloud::custom(bad, "http://x").is_err(), "{bad}");
        }
    }
}

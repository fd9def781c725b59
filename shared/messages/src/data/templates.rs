//! Templates: what a tenant's partner settings become when the organization grows.
//!
//! Names are Graph's (`multiTenantOrganizationPartnerConfigurationTemplate`,
//! `multiTenantOrganizationIdentitySyncPolicyTemplate`). A template is applied at join time only, and an
//! absent value leaves the partner's value alone (Microsoft Entra docs, multi-tenant organization templates).

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What to write into a tenant's two templates.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "crate::schema::TemplatesOnTheWire"))]
pub enum Templates {
    /// `"admin-center"`: what the Microsoft 365 admin center writes: automatic redemption in both directions,
    /// and inbound identity synchronization allowed.
    AdminCenter,
    /// `"default"`: back to the service's defaults, which write nothing into partners.
    Default,
    /// The values themselves.
    Values(TemplateValues),
}

impl Templates {
    /// The values that are meant.
    pub fn values(&self) -> TemplateValues {
        let everybody = vec![ApplicationLevel::NewPartners, ApplicationLevel::ExistingPartners];
        match self {
            Self::Values(values) => values.clone(),
            Self::Default => TemplateValues {
                partner_configuration: Some(PartnerConfigurationTemplate {
                    template_application_level: Some(everybody.clone()),
                    ..PartnerConfigurationTemplate::default()
                }),
                identity_synchronization: Some(IdentitySynchronizationTemplate {
                    template_application_level: Some(everybody),
                    ..IdentitySynchronizationTemplate::default()
                }),
            },
            Self::AdminCenter => TemplateValues {
                partner_configuration: Some(PartnerConfigurationTemplate {
                    automatic_user_consent_settings: Some(AutomaticUserConsentSettings {
                        inbound_allowed: Some(true),
                        outbound_allowed: Some(true),
                    }),
                    ..PartnerConfigurationTemplate::default()
                }),
                identity_synchronization: Some(IdentitySynchronizationTemplate {
                    user_sync_inbound: Some(UserSyncInbound { is_sync_allowed: Some(true) }),
                    template_application_level: None,
                }),
            },
        }
    }
}

/// Values for both templates; what is absent is left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TemplateValues {
    /// The partner configuration template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_configuration: Option<PartnerConfigurationTemplate>,
    /// The identity synchronization template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_synchronization: Option<IdentitySynchronizationTemplate>,
}

/// Values for the partner configuration template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PartnerConfigurationTemplate {
    /// Automatic redemption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic_user_consent_settings: Option<AutomaticUserConsentSettings>,
    /// Which claims of the other tenants are trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbound_trust: Option<InboundTrust>,
    /// To which partners the template applies: a list, or a text as Graph writes it (`newPartners,existingPartners`,
    /// `none`). An empty list, `none` and an empty text switch it off.
    #[serde(default, deserialize_with = "levels", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::schema::LevelsOnTheWire>"))]
    pub template_application_level: Option<Vec<ApplicationLevel>>,
}

/// Automatic redemption of invitations, by direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AutomaticUserConsentSettings {
    /// For users of the partner who come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbound_allowed: Option<bool>,
    /// For own users who go out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbound_allowed: Option<bool>,
}

/// Claims of the partner that are trusted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct InboundTrust {
    /// Multi-factor authentication done at home counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_mfa_accepted: Option<bool>,
    /// A compliant device counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_compliant_device_accepted: Option<bool>,
    /// A hybrid joined device counts.
    #[serde(
        default,
        rename = "isHybridAzureADJoinedDeviceAccepted",
        skip_serializing_if = "Option::is_none"
    )]
    pub is_hybrid_azure_ad_joined_device_accepted: Option<bool>,
}

/// Values for the identity synchronization template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct IdentitySynchronizationTemplate {
    /// Whether the partner may synchronise users into this tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_sync_inbound: Option<UserSyncInbound>,
    /// To which partners the template applies: a list, or a text as Graph writes it (`newPartners,existingPartners`,
    /// `none`). An empty list, `none` and an empty text switch it off.
    #[serde(default, deserialize_with = "levels", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::schema::LevelsOnTheWire>"))]
    pub template_application_level: Option<Vec<ApplicationLevel>>,
}

/// Inbound identity synchronization of users.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserSyncInbound {
    /// Allowed or not; absent leaves the partner's value alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_sync_allowed: Option<bool>,
}

/// To which partners a template applies at a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum ApplicationLevel {
    /// Partners without a configuration before the join.
    NewPartners,
    /// Partners that had one.
    ExistingPartners,
}

const ADMIN_CENTER: &str = "admin-center";
const DEFAULT: &str = "default";

impl Serialize for Templates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::AdminCenter => serializer.serialize_str(ADMIN_CENTER),
            Self::Default => serializer.serialize_str(DEFAULT),
            Self::Values(values) => values.serialize(serializer),
        }
    }
}

/// By hand, because an untagged enum would lose the place of an error inside the values.
impl<'de> Deserialize<'de> for Templates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TemplatesVisitor;
        impl<'de> Visitor<'de> for TemplatesVisitor {
            type Value = Templates;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(
                    "\"admin-center\", \"default\" or an object with partnerConfiguration and/or \
                                     identitySynchronization",
                )
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                match text {
                    ADMIN_CENTER => Ok(Templates::AdminCenter),
                    DEFAULT => Ok(Templates::Default),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                TemplateValues::deserialize(de::value::MapAccessDeserializer::new(map)).map(Templates::Values)
            }
        }
        deserializer.deserialize_any(TemplatesVisitor)
    }
}

/// All spellings: a list, or flags in a text with commas.
fn levels<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<ApplicationLevel>>, D::Error> {
    struct LevelsVisitor;
    impl<'de> Visitor<'de> for LevelsVisitor {
        type Value = Option<Vec<ApplicationLevel>>;
        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str(
                "a list of \"newPartners\" and \"existingPartners\", a text such as \
                 \"newPartners,existingPartners\", or \"none\"",
            )
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            let flags = text.split(',').map(str::trim).filter(|flag| !flag.is_empty() && *flag != "none");
            let level = |flag: &str| match flag {
                "newPartners" => Ok(ApplicationLevel::NewPartners),
                "existingPartners" => Ok(ApplicationLevel::ExistingPartners),
                other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
            };
            flags.map(level).collect::<Result<Vec<_>, E>>().map(Some)
        }
        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(Some)
        }
    }
    deserializer.deserialize_any(LevelsVisitor)
}

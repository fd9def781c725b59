//! Views into a schema: they read what they know and leave the rest to the JSON.

use serde_json::Value;

use crate::wire::{Flags, open_enum};

open_enum! {
    /// One of the things that may be done to objects of the target.
    ObjectFlow {
        /// Made.
        Add = "Add",
        /// Changed.
        Update = "Update",
        /// Deleted. Without it, whoever leaves the scope stays in the target.
        Delete = "Delete",
    }
}

/// `microsoft.graph.objectFlowTypes`: flags, on the wire `Add, Update, Delete`.
pub type ObjectFlows = Flags<ObjectFlow>;

open_enum! {
    /// When a value is written.
    AttributeFlow {
        /// Always; also over what is in the target.
        Always = "Always",
        /// When the object is made.
        ObjectAddOnly = "ObjectAddOnly",
        /// Values are added to those that are there.
        MultiValueAddOnly = "MultiValueAddOnly",
        /// When there is no such value.
        ValueAddOnly = "ValueAddOnly",
        /// When there is no value.
        AttributeAddOnly = "AttributeAddOnly",
    }
}

open_enum! {
    /// How often a value is written.
    FlowBehavior {
        /// When it has changed.
        FlowWhenChanged = "FlowWhenChanged",
        /// In every cycle.
        FlowAlways = "FlowAlways",
    }
}

open_enum! {
    /// Where a value comes from.
    SourceType {
        /// An attribute of the source.
        Attribute = "Attribute",
        /// The same for everybody.
        Constant = "Constant",
        /// Computed.
        Function = "Function",
    }
}

/// `microsoft.graph.synchronizationRule`
#[derive(Debug, Clone, Copy)]
pub struct SynchronizationRule<'a>(pub(super) &'a Value);

impl<'a> SynchronizationRule<'a> {
    /// What provisioning on demand wants to know.
    pub fn id(self) -> Option<&'a str> {
        self.0["id"].as_str()
    }

    /// Such as `USER_INBOUND_USER`.
    pub fn name(self) -> Option<&'a str> {
        self.0["name"].as_str()
    }

    /// Such as `Azure Active Directory`, in newer tenants `Microsoft Entra ID`.
    pub fn source_directory_name(self) -> Option<&'a str> {
        self.0["sourceDirectoryName"].as_str()
    }

    /// Such as `Azure Active Directory (target tenant)`.
    pub fn target_directory_name(self) -> Option<&'a str> {
        self.0["targetDirectoryName"].as_str()
    }

    /// Which objects become which.
    pub fn object_mappings(self) -> impl Iterator<Item = ObjectMapping<'a>> {
        items(&self.0["objectMappings"]).map(ObjectMapping)
    }
}

/// `microsoft.graph.objectMapping`
#[derive(Debug, Clone, Copy)]
pub struct ObjectMapping<'a>(pub(super) &'a Value);

impl<'a> ObjectMapping<'a> {
    /// Such as `Provision Azure Active Directory Users`.
    pub fn name(self) -> Option<&'a str> {
        self.0["name"].as_str()
    }

    /// Whether it is on; `None` when the schema does not say.
    pub fn enabled(self) -> Option<bool> {
        self.0["enabled"].as_bool()
    }

    /// What may be done to objects of the target.
    pub fn flow_types(self) -> ObjectFlows {
        ObjectFlows::from(self.0["flowTypes"].as_str().unwrap_or_default())
    }

    /// Such as `User`.
    pub fn source_object_name(self) -> Option<&'a str> {
        self.0["sourceObjectName"].as_str()
    }

    /// Such as `User`.
    pub fn target_object_name(self) -> Option<&'a str> {
        self.0["targetObjectName"].as_str()
    }

    /// Whether users become users.
    pub fn is_for_users(self) -> bool {
        is_user(self.0, "sourceObjectName") && is_user(self.0, "targetObjectName")
    }

    /// The scope filter as JSON, if there is one.
    pub fn scope(self) -> Option<&'a Value> {
        Some(&self.0["scope"]).filter(|scope| !scope.is_null())
    }

    /// Which attributes become which.
    pub fn attribute_mappings(self) -> impl Iterator<Item = AttributeMapping<'a>> {
        items(&self.0["attributeMappings"]).map(AttributeMapping)
    }

    /// How an attribute of the target gets its value.
    pub fn attribute(self, target_attribute_name: &str) -> Option<AttributeMapping<'a>> {
        self.attribute_mappings().find(|mapping| mapping.is_of(target_attribute_name))
    }
}

/// `microsoft.graph.attributeMapping`
#[derive(Debug, Clone, Copy)]
pub struct AttributeMapping<'a>(pub(super) &'a Value);

impl<'a> AttributeMapping<'a> {
    /// Which attribute of the target.
    pub fn target_attribute_name(self) -> Option<&'a str> {
        self.0["targetAttributeName"].as_str()
    }

    /// Whether it is this attribute.
    pub fn is_of(self, target_attribute_name: &str) -> bool {
        self.target_attribute_name() == Some(target_attribute_name)
    }

    /// When it is written.
    pub fn flow_type(self) -> Option<AttributeFlow> {
        self.0["flowType"].as_str().map(AttributeFlow::from)
    }

    /// How often it is written.
    pub fn flow_behavior(self) -> Option<FlowBehavior> {
        self.0["flowBehavior"].as_str().map(FlowBehavior::from)
    }

    /// The order in which attributes match users; 0 is not at all.
    pub fn matching_priority(self) -> i64 {
        self.0["matchingPriority"].as_i64().unwrap_or(0)
    }

    /// What is written when there is no value.
    pub fn default_value(self) -> Option<&'a str> {
        self.0["defaultValue"].as_str()
    }

    /// Where its value comes from.
    pub fn source_type(self) -> Option<SourceType> {
        self.0["source"]["type"].as_str().map(SourceType::from)
    }

    /// The source's name: of the attribute, of the function, or the constant itself.
    pub fn source_name(self) -> Option<&'a str> {
        self.0["source"]["name"].as_str()
    }

    /// The source as an expression.
    pub fn source_expression(self) -> Option<&'a str> {
        self.0["source"]["expression"].as_str()
    }

    /// The value, if it is the same for everybody: the expression without its quotes, or the name.
    pub fn constant(self) -> Option<&'a str> {
        if self.source_type() != Some(SourceType::Constant) {
            return None;
        }
        self.source_expression().map(unquoted).filter(|value| !value.is_empty()).or(self.source_name())
    }
}

fn unquoted(expression: &str) -> &str {
    expression.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(expression)
}

pub(super) fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

pub(super) fn items_mut(list: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    list.and_then(Value::as_array_mut).into_iter().flatten()
}

fn is_user(mapping: &Value, property: &str) -> bool {
    mapping[property].as_str().is_some_and(|name| name.eq_ignore_ascii_case("User"))
}

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::views::{
    AttributeFlow, AttributeMapping, ObjectFlows, ObjectMapping, SourceType, SynchronizationRule, items,
    items_mut,
};
use crate::users::UserType;

const USER_TYPE: &str = "userType";

/// `microsoft.graph.synchronizationSchema`, whole.
///
/// It is kept as the JSON it came as, since writing replaces everything: what this client does not know goes back as it
/// came. Views read it, and the few methods that change it leave all else alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SynchronizationSchema {
    properties: Map<String, Value>,
}

impl SynchronizationSchema {
    /// The key.
    pub fn id(&self) -> Option<&str> {
        self.text("id")
    }

    /// Such as `v1.2`.
    pub fn version(&self) -> Option<&str> {
        self.text("version")
    }

    fn text(&self, property: &str) -> Option<&str> {
        self.properties.get(property).and_then(Value::as_str)
    }

    /// The rules.
    pub fn rules(&self) -> impl Iterator<Item = SynchronizationRule<'_>> {
        self.properties.get("synchronizationRules").into_iter().flat_map(items).map(SynchronizationRule)
    }

    /// The rule by which users become users, and its mapping of them: the first there is.
    pub fn user_rule(&self) -> Option<(SynchronizationRule<'_>, ObjectMapping<'_>)> {
        self.rules().find_map(|rule| {
            let mapping = rule.object_mappings().find(|mapping| mapping.is_for_users())?;
            Some((rule, mapping))
        })
    }

    /// What new users of the target are, and whether those that are there become it too ([`AttributeFlow::Always`]).
    /// `None` when it is not the same for everybody, or not mapped at all.
    pub fn user_type(&self) -> Option<(UserType, AttributeFlow)> {
        let attribute = self.user_rule()?.1.attribute(USER_TYPE)?;
        Some((UserType::from(attribute.constant()?), attribute.flow_type().unwrap_or(AttributeFlow::Always)))
    }

    /// Makes every user a member or a guest: new ones, and with [`AttributeFlow::Always`] those that are there as well.
    /// Answers whether that changed anything: if not, there is nothing to write.
    ///
    /// How a constant is written is unverified (the name holds it, the expression holds it in quotes), so both are.
    pub fn set_user_type(&mut self, user_type: &UserType, flow: &AttributeFlow) -> bool {
        if self.user_type().as_ref() == Some(&(user_type.clone(), flow.clone())) {
            return false;
        }
        let mapping = self.user_mapping_mut();
        let Some(attribute) = mapping.and_then(|mapping| attribute_entry(mapping, USER_TYPE)) else {
            return false;
        };
        let mut source = match attribute.remove("source") {
            Some(Value::Object(source)) => source,
            _ => Map::new(),
        };
        source.insert("type".to_owned(), json!(SourceType::Constant));
        source.insert("name".to_owned(), json!(user_type));
        source.insert("expression".to_owned(), json!(format!("\"{user_type}\"")));
        source.insert("parameters".to_owned(), json!([]));
        attribute.insert("source".to_owned(), Value::Object(source));
        attribute.insert("flowType".to_owned(), json!(flow));
        true
    }

    /// Sets what may be done to users of the target, such as everything but delete. Answers whether that changed
    /// anything.
    pub fn set_user_flows(&mut self, flows: &ObjectFlows) -> bool {
        let Some((_, mapping)) = self.user_rule() else { return false };
        if mapping.flow_types() == *flows {
            return false;
        }
        let Some(mapping) = self.user_mapping_mut() else { return false };
        mapping.insert("flowTypes".to_owned(), json!(flows));
        true
    }

    /// The mapping of users to users, to change anything in it.
    pub fn user_mapping_mut(&mut self) -> Option<&mut Map<String, Value>> {
        items_mut(self.properties.get_mut("synchronizationRules"))
            .flat_map(|rule| items_mut(rule.get_mut("objectMappings")))
            .find(|mapping| ObjectMapping(mapping).is_for_users())
            .and_then(Value::as_object_mut)
    }

    /// How an attribute of the target's users gets its value, to change anything in it.
    pub fn user_attribute_mut(&mut self, target_attribute_name: &str) -> Option<&mut Map<String, Value>> {
        items_mut(self.user_mapping_mut()?.get_mut("attributeMappings"))
            .find(|mapping| AttributeMapping(mapping).is_of(target_attribute_name))
            .and_then(Value::as_object_mut)
    }

    /// The whole as JSON.
    pub fn as_json(&self) -> &Map<String, Value> {
        &self.properties
    }
}

impl From<Map<String, Value>> for SynchronizationSchema {
    fn from(properties: Map<String, Value>) -> Self {
        Self { properties }
    }
}

/// The mapping of an attribute; a new one at the end when there is none.
fn attribute_entry<'a>(
    mapping: &'a mut Map<String, Value>,
    target_attribute_name: &str,
) -> Option<&'a mut Map<String, Value>> {
    let list = mapping.entry("attributeMappings").or_insert(Value::Null);
    if list.is_null() {
        *list = json!([]);
    }
    let list = list.as_array_mut()?;
    let is_it = |item: &Value| AttributeMapping(item).is_of(target_attribute_name);
    let place = list.iter().position(is_it).unwrap_or(list.len());
    if place == list.len() {
        list.push(json!({
            "defaultValue": null,
            "exportMissingReferences": false,
            "flowBehavior": "FlowWhenChanged",
            "flowType": "Always",
            "matchingPriority": 0,
            "source": null,
            "targetAttributeName": target_attribute_name,
        }));
    }
    list[place].as_object_mut()
}

//! What helps to write expressions and filters.

use serde::Deserialize;
use serde_json::Value;

use crate::wire::null_is_empty;

/// `microsoft.graph.attributeMappingFunctionSchema`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SchemaFunction {
    /// Such as `Join`.
    pub name: String,
    /// In this order.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub parameters: Vec<SchemaFunctionParameter>,
}

/// `microsoft.graph.attributeMappingParameterSchema`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaFunctionParameter {
    /// Such as `separator`.
    pub name: String,
    /// Whether it has to be there.
    #[serde(default)]
    pub required: Option<bool>,
    /// Whether it can be there more than once.
    #[serde(default)]
    pub allow_multiple_occurrences: Option<bool>,
    /// Such as `String`.
    #[serde(rename = "type", default)]
    pub kind: Option<String>,
}

/// `microsoft.graph.filterOperatorSchema`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FilterOperator {
    /// Its name, such as `EQUALS`.
    pub id: String,
    /// `Unary` or `Binary`.
    #[serde(default)]
    pub arity: Option<String>,
    /// `All` or `Any`.
    #[serde(default)]
    pub multivalued_comparison_type: Option<String>,
    /// Such as `String`.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub supported_attribute_types: Vec<String>,
}

/// `microsoft.graph.parseExpressionResponse`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ParsedExpression {
    /// Whether it is an expression.
    pub parsing_succeeded: bool,
    /// Whether it could be evaluated.
    pub evaluation_succeeded: bool,
    /// What it is for the given attributes.
    #[serde(deserialize_with = "null_is_empty")]
    pub evaluation_result: Vec<String>,
    /// The source of an attribute mapping: to put into the schema.
    pub parsed_expression: Option<Value>,
    /// What is wrong.
    pub error: Option<Value>,
}

//! A schema as the engine applies it: scope filter, object flow, attribute mappings (6.7).

use serde_json::{Value, json};

use crate::world::Refusal;
use crate::world::directory::external_nickname;
use crate::world::directory::user::Base;

/// Mapped, but not kept as an attribute: flags, references, the key.
const STRUCTURAL: [&str; 6] = [
    "alternativeSecurityIdentifier",
    "IsSoftDeleted",
    "accountEnabled",
    "showInAddressList",
    "userType",
    "manager",
];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Attribute(String),
    Constant(String),
    /// `Append([name], "text")`
    Append(String, String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) target: String,
    source: Source,
    default: Option<String>,
    /// `ObjectAddOnly`: flows when the object is created, and not to what exists.
    pub(crate) creation_only: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Clause {
    name: String,
    operator: String,
    values: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "object flow types, a flag each as in the schema")]
pub(crate) struct Rules {
    /// Attribute mappings without the structural ones.
    pub(crate) mappings: Vec<Rule>,
    structural: Vec<Rule>,
    pub(crate) enabled: bool,
    pub(crate) add: bool,
    pub(crate) update: bool,
    pub(crate) delete: bool,
    /// Groups of clauses: all of one group, any group.
    filter: Vec<Vec<Clause>>,
    /// The domain of external users' names in the target.
    host_domain: String,
}

fn invalid(text: &str) -> Refusal {
    // code by 6.7; the text is (unverified)
    Refusal::Other { status: 400, code: "schemaInvalid", text: text.to_owned() }
}

/// The schema's name of an attribute as Graph calls it.
fn graph_name(name: &str) -> &str {
    match name {
        "physicalDeliveryOfficeName" => "officeLocation",
        "telephoneNumber" => "businessPhones",
        "mobile" => "mobilePhone",
        "c" => "country",
        other => other,
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn read_source(value: &Value) -> Result<Source, Refusal> {
    let name = text(value, "name").unwrap_or_default();
    match text(value, "type") {
        Some("Attribute") => Ok(Source::Attribute(graph_name(name).to_owned())),
        Some("Constant") => {
            let written = if name.is_empty() { text(value, "expression").unwrap_or_default() } else { name };
            Ok(Source::Constant(written.trim_matches('"').to_owned()))
        }
        Some("Function") => read_append(text(value, "expression").unwrap_or_default())
            .ok_or_else(|| invalid("The simulator evaluates no function but Append([attribute], \"text\").")),
        Some(_) | None => Err(invalid("The type of a source is Attribute, Constant or Function.")),
    }
}

fn read_append(expression: &str) -> Option<Source> {
    let inner = expression.trim().strip_prefix("Append(")?.strip_suffix(')')?;
    let (name, suffix) = inner.split_once(',')?;
    let name = name.trim().strip_prefix('[')?.strip_suffix(']')?;
    let suffix = suffix.trim().strip_prefix('"')?.strip_suffix('"')?;
    Some(Source::Append(graph_name(name).to_owned(), suffix.to_owned()))
}

fn read_rule(mapping: &Value) -> Result<Rule, Refusal> {
    let target = text(mapping, "targetAttributeName").ok_or_else(|| invalid("A mapping has no target."))?;
    let creation_only = match text(mapping, "flowType").unwrap_or("Always") {
        "Always" => false,
        "ObjectAddOnly" => true,
        "MultiValueAddOnly" | "ValueAddOnly" | "AttributeAddOnly" => {
            return Err(invalid("The simulator knows the flow types Always and ObjectAddOnly."));
        }
        _ => return Err(invalid("Unknown flowType.")),
    };
    let source = read_source(mapping.get("source").unwrap_or(&Value::Null))?;
    let default = text(mapping, "defaultValue").filter(|value| !value.is_empty()).map(str::to_owned);
    Ok(Rule { target: graph_name(target).to_owned(), source, default, creation_only })
}

fn read_clause(clause: &Value) -> Result<Clause, Refusal> {
    let operator = text(clause, "operatorName").unwrap_or_default().to_uppercase();
    if !super::schema::OPERATORS.iter().any(|(known, _)| *known == operator) {
        return Err(invalid(
            "The simulator does not evaluate this filter operator; see schema/filterOperators.",
        ));
    }
    let name =
        text(clause, "sourceOperandName").ok_or_else(|| invalid("A clause has no sourceOperandName."))?;
    let values = clause.pointer("/targetOperand/values").and_then(Value::as_array);
    let values = values.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    Ok(Clause { name: graph_name(name).to_owned(), operator, values })
}

fn read_filter(scope: &Value) -> Result<Vec<Vec<Clause>>, Refusal> {
    let groups = scope.get("groups").and_then(Value::as_array).into_iter().flatten();
    let clauses = |group: &Value| {
        let clauses = group.get("clauses").and_then(Value::as_array).into_iter().flatten();
        clauses.map(read_clause).collect::<Result<Vec<_>, _>>()
    };
    groups.map(clauses).collect()
}

impl Rules {
    /// Reads a schema; what the engine cannot do is refused when it is written, not when it runs.
    pub(crate) fn parse(schema: &Value, host_domain: &str) -> Result<Self, Refusal> {
        let mapping = schema.pointer("/synchronizationRules/0/objectMappings/0");
        let mapping = mapping.ok_or_else(|| invalid("The schema has no object mapping."))?;
        let mappings = mapping.get("attributeMappings").and_then(Value::as_array);
        let mappings = mappings.ok_or_else(|| invalid("The object mapping has no attribute mappings."))?;
        let matching: Vec<_> = mappings
            .iter()
            .filter(|one| one.get("matchingPriority").and_then(Value::as_u64).unwrap_or(0) > 0)
            .collect();
        let key = "alternativeSecurityIdentifier";
        if !matches!(matching.as_slice(), [one] if text(one, "targetAttributeName") == Some(key)) {
            return Err(invalid("The matching attribute alternativeSecurityIdentifier cannot be changed."));
        }
        let rules: Vec<Rule> = mappings.iter().map(read_rule).collect::<Result<_, _>>()?;
        let (structural, mappings) =
            rules.into_iter().partition(|rule: &Rule| STRUCTURAL.contains(&rule.target.as_str()));
        let flows = text(mapping, "flowTypes").unwrap_or("Add, Update, Delete");
        let flows: Vec<&str> = flows.split(',').map(str::trim).collect();
        Ok(Self {
            mappings,
            structural,
            enabled: mapping.get("enabled").and_then(Value::as_bool).unwrap_or(true),
            add: flows.contains(&"Add"),
            update: flows.contains(&"Update"),
            delete: flows.contains(&"Delete"),
            filter: read_filter(mapping.get("scope").unwrap_or(&Value::Null))?,
            host_domain: host_domain.to_owned(),
        })
    }

    /// An attribute of a provisioned user, from its source.
    pub(crate) fn value(&self, name: &str, base: &Base) -> Value {
        let Some(rule) = self.mappings.iter().find(|rule| rule.target == name) else {
            return match name {
                "otherMails" => json!([base.mail()]),
                "proxyAddresses" => json!([base.mail().map(|mail| format!("SMTP:{mail}"))]),
                "businessPhones" => json!([]),
                // without a mapping the invitation still has to give a name
                "displayName" | "mail" => base.value(name),
                "userPrincipalName" | "mailNickname" => self.name(name, base),
                _ => Value::Null,
            };
        };
        match (name, &rule.source) {
            ("userPrincipalName" | "mailNickname", _) => self.name(name, base),
            (_, Source::Attribute(source)) => match (base.value(source), &rule.default) {
                (Value::Null, Some(default)) => json!(default),
                (value, _) => value,
            },
            (_, Source::Constant(value)) => json!(value),
            (_, Source::Append(source, suffix)) => {
                base.text(source).map_or(Value::Null, |text| json!(format!("{text}{suffix}")))
            }
        }
    }

    /// The names of an external user (7.2), whatever is mapped to them.
    fn name(&self, name: &str, base: &Base) -> Value {
        let nickname = external_nickname(&base.mail().unwrap_or_default());
        if name == "mailNickname" {
            json!(nickname)
        } else {
            json!(format!("{nickname}@{}", self.host_domain))
        }
    }

    fn structural(&self, target: &str) -> Option<&Rule> {
        self.structural.iter().find(|rule| rule.target == target)
    }

    /// The wanted `userType`, and whether it is only for new users.
    pub(crate) fn member(&self, base: &Base) -> Option<(bool, bool)> {
        let rule = self.structural("userType")?;
        let wanted = match &rule.source {
            Source::Constant(value) => value.clone(),
            Source::Attribute(name) | Source::Append(name, _) => base.text(name)?,
        };
        Some((!wanted.eq_ignore_ascii_case("Guest"), rule.creation_only))
    }

    /// The wanted `showInAddressList`, and whether it is only for new users.
    pub(crate) fn shown(&self) -> Option<(bool, bool)> {
        let rule = self.structural("showInAddressList")?;
        match &rule.source {
            Source::Constant(value) => Some((value.eq_ignore_ascii_case("true"), rule.creation_only)),
            Source::Attribute(_) | Source::Append(..) => None,
        }
    }

    pub(crate) fn maps(&self, target: &str) -> bool {
        self.structural(target).is_some()
    }

    /// Whether the scope filter lets a source user through.
    pub(crate) fn admits(&self, base: &Base, enabled: bool) -> bool {
        let holds = |clause: &Clause| clause.holds(base, enabled);
        self.filter.is_empty() || self.filter.iter().any(|group| group.iter().all(holds))
    }
}

impl Clause {
    fn holds(&self, base: &Base, enabled: bool) -> bool {
        let value = match (self.name.as_str(), base.value(&self.name)) {
            ("accountEnabled", _) => Some(enabled.to_string()),
            (_, Value::String(text)) => Some(text),
            (_, Value::Bool(flag)) => Some(flag.to_string()),
            (_, Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_)) => None,
        };
        let same = |wanted: &String| value.as_ref().is_some_and(|value| value.eq_ignore_ascii_case(wanted));
        let lower = value.clone().unwrap_or_default().to_lowercase();
        match self.operator.as_str() {
            "EQUALS" => self.values.iter().any(same),
            "NOT EQUALS" => !self.values.iter().any(same),
            "IS NULL" => value.is_none(),
            "IS NOT NULL" => value.is_some(),
            "IS TRUE" => lower == "true",
            "IS FALSE" => lower == "false",
            "INCLUDES" => self.values.iter().any(|wanted| lower.contains(&wanted.to_lowercase())),
            "STARTS WITH" => self.values.iter().any(|wanted| lower.starts_with(&wanted.to_lowercase())),
            _ => false,
        }
    }
}

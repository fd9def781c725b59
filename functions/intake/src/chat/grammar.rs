//! From a line to what it asks for.

use mto_messages::{
    AddData, Cleanup, CommandData, CreateData, JoinData, JoinWish, LeaveData, LeaveMode, NewTenant, Role,
    SyncAction, SyncData, SyncWish, TenantRef, Then,
};

use super::error::GrammarError;
use super::parser::{Clause, Clauses, Parser};
use super::tokens::Token;
use super::usage::verbs;

/// The longest display name, in characters (Graph's limit).
const MAX_NAME_CHARS: usize = 256;

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Help, about one verb or about all.
    Help(Option<&'static str>),
    /// A command.
    Command(Box<CommandData>),
}

/// Reads a line. It is pure: tenants are names here, and looked up by the functions.
///
/// ```
/// use mto_intake::chat::{Request, parse};
/// let Request::Command(data) = parse("join fabrikam to contoso with users")? else { unreachable!() };
/// assert_eq!(data.verb().as_str(), "join");
/// # Ok::<(), mto_intake::chat::GrammarError>(())
/// ```
///
/// # Errors
/// What was understood, what was expected next, what was probably meant, and how it is said.
pub fn parse(line: &str) -> Result<Request, GrammarError> {
    let mut parser = Parser::new(line)?;
    let mut verb = parser.verb()?;
    let plan = verb == "plan";
    if verb == "help" {
        let about = if parser.is_at_end() { None } else { Some(parser.keyword(&verbs())?) };
        parser.end()?;
        return Ok(Request::Help(about));
    }
    if plan {
        let verbs: Vec<_> = verbs().into_iter().filter(|verb| !matches!(*verb, "plan" | "help")).collect();
        verb = parser.keyword(&verbs)?;
        parser.about(verb);
    }
    let mut data = statement(verb, &mut parser)?;
    if plan {
        *dry_run(&mut data) = true;
    }
    Ok(Request::Command(Box::new(data)))
}

fn statement(verb: &'static str, parser: &mut Parser) -> Result<CommandData, GrammarError> {
    Ok(match verb {
        "create" => CommandData::Create(create(parser)?),
        "add" => CommandData::Add(add(parser)?),
        "join" => join(parser)?,
        "leave" => CommandData::Leave(leave(parser, LeaveMode::Leave)?),
        "remove" => CommandData::Leave(leave(parser, LeaveMode::Remove)?),
        "dissolve" => CommandData::Leave(leave(parser, LeaveMode::Dissolve)?),
        "sync" => CommandData::Sync(sync(parser)?),
        "unshare" => CommandData::Sync(pairs(parser, SyncAction::Unshare)?),
        "stop" => CommandData::Sync(pairs(parser, SyncAction::Stop)?),
        "restart" => CommandData::Sync(pairs(parser, SyncAction::Restart)?),
        _ => CommandData::Sync(status(parser)?),
    })
}

fn create(parser: &mut Parser) -> Result<CreateData, GrammarError> {
    let name = parser.name().ok_or_else(|| parser.fail("the organization's name between quotes", &[]))?;
    let display_name = checked(name, parser)?;
    parser.keyword(&["in"])?;
    let owner = parser.tenant("the owner tenant")?;
    let mut tenants = Vec::new();
    if parser.take("with") {
        loop {
            let tenant = parser.tenant("a tenant to add")?;
            tenants.push(new_tenant(tenant, None, None, parser)?);
            if !parser.next_item() {
                break;
            }
        }
    }
    let clauses = parser.clauses(&[Clause::AndJoin, Clause::AndSync, Clause::DryRun])?;
    Ok(CreateData {
        owner,
        display_name,
        description: None,
        update: false,
        tenants,
        templates: None,
        then: then(clauses.joins(), clauses.syncs()),
        dry_run: clauses.has(Clause::DryRun),
    })
}

fn add(parser: &mut Parser) -> Result<AddData, GrammarError> {
    let tenant = parser.tenant("the tenant to add")?;
    let mut new = new_tenant(tenant, None, None, parser)?;
    parser.keyword(&["to"])?;
    let owner = parser.tenant("the owner tenant")?;
    let allowed = [Clause::As, Clause::AndJoin, Clause::AndSync, Clause::With, Clause::DryRun];
    let clauses = parser.clauses(&allowed)?;
    new.role = match &clauses.named {
        None => None,
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("owner") => Some(Role::Owner),
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("member") => Some(Role::Member),
        Some(Token::Word(_) | Token::Quoted(_) | Token::Comma) => {
            return Err(parser.wrong("`as owner` or `as member`; the display name stands behind the tenant"));
        }
    };
    let then = then(clauses.joins(), clauses.syncs());
    Ok(AddData { owner, tenants: vec![new], then, dry_run: clauses.has(Clause::DryRun) })
}

/// With a display name the tenant is added under it first: only `add` can give one.
fn join(parser: &mut Parser) -> Result<CommandData, GrammarError> {
    let tenant = parser.tenant("the tenant that joins")?;
    parser.keyword(&["to"])?;
    let owner = parser.tenant("the owner tenant")?;
    let clauses = parser.clauses(&[Clause::As, Clause::With, Clause::AndSync, Clause::DryRun])?;
    let (sync, dry_run) = (clauses.syncs(), clauses.has(Clause::DryRun));
    let name = match clauses.named {
        None => {
            return Ok(CommandData::Join(JoinData {
                tenant,
                owner,
                templates: None,
                then: then(false, sync),
                dry_run,
            }));
        }
        Some(Token::Word(name) | Token::Quoted(name)) => name,
        Some(Token::Comma) => return Err(parser.wrong("a display name")),
    };
    let new = new_tenant(tenant, Some(name), None, parser)?;
    Ok(CommandData::Add(AddData { owner, tenants: vec![new], then: then(true, sync), dry_run }))
}

fn leave(parser: &mut Parser, mode: LeaveMode) -> Result<LeaveData, GrammarError> {
    let (tenant, owner) = match mode {
        LeaveMode::Leave | LeaveMode::Remove => {
            let tenant = parser.tenant("the tenant that is to be out")?;
            parser.keyword(&["from"])?;
            (tenant, parser.tenant("an owner tenant")?)
        }
        LeaveMode::Dissolve => {
            let owner = parser.tenant("the owner tenant")?;
            (owner.clone(), owner)
        }
    };
    let clauses = parser.clauses(&[Clause::Cleanup, Clause::Confirm, Clause::DryRun])?;
    let cleanup = clauses.cleanup.unwrap_or(Cleanup::None);
    Ok(LeaveData {
        tenant,
        owner,
        mode,
        cleanup,
        dry_run: clauses.has(Clause::DryRun),
        confirm: clauses.confirm,
    })
}

fn sync(parser: &mut Parser) -> Result<SyncData, GrammarError> {
    if parser.take("settings") {
        let owner = parser.tenant("the owner tenant")?;
        let dry_run = parser.clauses(&[Clause::DryRun])?.has(Clause::DryRun);
        let action = SyncAction::Settings;
        return Ok(SyncData { action, owner: Some(owner), dry_run, ..SyncData::default() });
    }
    pairs(parser, SyncAction::Configure)
}

fn pairs(parser: &mut Parser, action: SyncAction) -> Result<SyncData, GrammarError> {
    let source = parser.tenant("the tenant whose users go out")?;
    parser.keyword(&["to"])?;
    let targets = parser.targets()?;
    let allowed: &[Clause] = match action {
        SyncAction::Unshare => &[Clause::Cleanup, Clause::Both, Clause::Confirm, Clause::DryRun],
        SyncAction::Configure | SyncAction::Restart => &[Clause::Confirm, Clause::DryRun],
        SyncAction::Stop | SyncAction::Settings | SyncAction::Status => &[Clause::DryRun],
    };
    let clauses = parser.clauses(allowed)?;
    let (both_directions, dry_run) = (clauses.has(Clause::Both), clauses.has(Clause::DryRun));
    let Clauses { cleanup, confirm, .. } = clauses;
    Ok(SyncData {
        action,
        source: Some(source),
        targets: Some(targets),
        cleanup,
        both_directions,
        confirm,
        dry_run,
        ..SyncData::default()
    })
}

fn status(parser: &mut Parser) -> Result<SyncData, GrammarError> {
    let tenant = parser.tenant("an owner tenant, or the source of a pair")?;
    let action = SyncAction::Status;
    if parser.is_at_end() {
        return Ok(SyncData { action, owner: Some(tenant), ..SyncData::default() });
    }
    parser.keyword(&["to"])?;
    let targets = Some(parser.targets()?);
    parser.end()?;
    Ok(SyncData { action, source: Some(tenant), targets, ..SyncData::default() })
}

/// A tenant with the name behind it, else that given, else its own text.
fn new_tenant(
    tenant: TenantRef,
    name: Option<String>,
    role: Option<Role>,
    parser: &mut Parser,
) -> Result<NewTenant, GrammarError> {
    let name = name.or_else(|| parser.name()).unwrap_or_else(|| tenant.as_str().to_owned());
    Ok(NewTenant { display_name: checked(name, parser)?, tenant, role })
}

fn checked(name: String, parser: &Parser) -> Result<String, GrammarError> {
    if name.trim().is_empty() {
        return Err(parser.wrong("a display name that is not blank"));
    }
    if name.chars().count() > MAX_NAME_CHARS {
        return Err(parser.wrong(&format!("a display name of at most {MAX_NAME_CHARS} characters")));
    }
    Ok(name)
}

fn then(join: bool, sync: bool) -> Option<Then> {
    let then = Then { join: join.then(JoinWish::default), sync: sync.then(SyncWish::default) };
    (join || sync).then_some(then)
}

pub(crate) fn dry_run(data: &mut CommandData) -> &mut bool {
    match data {
        CommandData::Create(data) => &mut data.dry_run,
        CommandData::Add(data) => &mut data.dry_run,
        CommandData::Join(data) => &mut data.dry_run,
        CommandData::Leave(data) => &mut data.dry_run,
        CommandData::Sync(data) => &mut data.dry_run,
    }
}

//! Assertions (8.7): those signed with a certificate, verified with another library than the client signs with.

use uuid::Uuid;

use super::call::Call;
#[cfg(feature = "assertions")]
use super::federation;
use super::token::{Form, LoginError};
use crate::world::World;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Checks type, header, signature, claims, time and that the assertion is new.
#[cfg(feature = "assertions")]
pub(super) fn verify(
    world: &mut World,
    call: &Call,
    (tenant, client): (Uuid, Uuid),
    form: &Form,
    jwt: &str,
) -> Result<(), LoginError> {
    right_type(form)?;
    if federation::is_federated(jwt) {
        return federation::verify(world, tenant, client, jwt);
    }
    let claims = signed_claims(world, tenant, client, jwt)?;
    let own = format!("{}/{}", call.origin, call.address.trim_start_matches('/'));
    let audiences = [
        own.split('?').next().unwrap_or_default().to_owned(),
        format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"),
        format!("https://login.microsoftonline.com{}", call.address),
    ];
    if !audiences.iter().any(|audience| audience.eq_ignore_ascii_case(&claims.aud)) {
        let text = "Client assertion audience claim does not match Realm issuer.";
        return Err(LoginError::invalid_client(700_023, text));
    }
    let client = client.to_string();
    if !claims.iss.eq_ignore_ascii_case(&client) || !claims.sub.eq_ignore_ascii_case(&client) {
        let text = "Client assertion contains an invalid iss or sub; both have to be the client id.";
        return Err(LoginError::invalid_client(700_021, text));
    }
    let now = world.now.unix_timestamp();
    if claims.exp <= now || claims.nbf.unwrap_or(now) > now.saturating_add(SKEW_SECONDS) {
        let text = "Client assertion is not within its valid time range.";
        return Err(LoginError::invalid_client(700_024, text));
    }
    let expires_at = time::OffsetDateTime::from_unix_timestamp(claims.exp).unwrap_or(world.now);
    if claims.jti.is_empty() || !world.tokens.use_once(format!("{client}/{}", claims.jti), expires_at) {
        // the service's own number is not known (unverified)
        return Err(LoginError::invalid_client(700_027, "Client assertion has no jti, or was used before."));
    }
    Ok(())
}

/// How far the clocks of client and service may differ.
#[cfg(feature = "assertions")]
pub(super) const SKEW_SECONDS: i64 = 300;

#[cfg(feature = "assertions")]
#[derive(serde::Deserialize)]
struct Claims {
    aud: String,
    iss: String,
    sub: String,
    exp: i64,
    nbf: Option<i64>,
    #[serde(default)]
    jti: String,
}

#[cfg(feature = "assertions")]
fn signed_claims(world: &World, tenant: Uuid, client: Uuid, jwt: &str) -> Result<Claims, LoginError> {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

    let bad = |text: String| LoginError::invalid_client(700_027, text);
    let header = decode_header(jwt).map_err(|error| bad(format!("The assertion is no JWT ({error}).")))?;
    if !matches!(header.alg, Algorithm::PS256 | Algorithm::RS256) {
        return Err(bad("The assertion has to be signed with PS256.".to_owned()));
    }
    if header.x5t_s256.is_none() && header.x5t.is_none() {
        return Err(bad("The assertion has neither the header x5t#S256 nor the older x5t.".to_owned()));
    }
    let application = world.tenants.get(&tenant).and_then(|tenant| tenant.application(client));
    let certificate = application.and_then(|application| {
        application.certificates.iter().find(|certificate| match &header.x5t_s256 {
            Some(thumbprint) => certificate.thumbprint == *thumbprint,
            None => header.x5t.as_ref() == Some(&certificate.sha1_thumbprint),
        })
    });
    let Some(certificate) = certificate else {
        return Err(bad(
            "The certificate with this thumbprint is not registered on the application.".to_owned()
        ));
    };
    // the library would read the machine's clock: times and audience are checked by the caller
    let mut validation = Validation::new(header.alg);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    decode::<Claims>(jwt, &DecodingKey::from_rsa_der(&certificate.rsa_key), &validation)
        .map(|data| data.claims)
        .map_err(|error| bad(format!("The signature or the claims of the assertion are invalid ({error}).")))
}

fn right_type(form: &Form) -> Result<(), LoginError> {
    if form.get("client_assertion_type") == Some(ASSERTION_TYPE) {
        return Ok(());
    }
    let text = format!("The client_assertion_type has to be '{ASSERTION_TYPE}'.");
    Err(LoginError::new(400, "invalid_request", 900_144, text))
}

/// Without the feature an assertion cannot be checked, so it is refused.
#[cfg(not(feature = "assertions"))]
pub(super) fn verify(
    _world: &mut World,
    _call: &Call,
    _who: (Uuid, Uuid),
    form: &Form,
    _jwt: &str,
) -> Result<(), LoginError> {
    right_type(form)?;
    let text = "This simulator was built without the feature `assertions`: use a client secret.";
    Err(LoginError::invalid_client(700_027, text))
}

//! The binary starts only with a configuration it can use.
#![cfg(feature = "aws")]

use std::process::Command;

#[test]
fn without_configuration_the_binary_ends_and_names_the_missing_variable() {
    let output = Command::new(env!("CARGO_BIN_EXE_mto-intake"))
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9")
        .output()
        .expect("the binary starts");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(log.contains("MTO_INTAKE"), "{log}");
}

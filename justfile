# Shortcuts; everything here is a plain command that works without `just`.

# Form a three-tenant organization on this machine
run *ARGS:
    cargo run -- {{ARGS}}

# Everything CI checks
check:
    ./check

# Regenerate docs/schema from the message types
schema:
    cargo run -p mto-messages --features schema --example write_schema

# Official Graph clients against the simulator
clients:
    cargo test -p mto-system-tests --features clients --test clients --test shapes

# The simulator alone, for other Graph clients
simulator *ARGS:
    cargo run -p entra-simulator -- {{ARGS}}

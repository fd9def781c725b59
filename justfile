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

# Fuzz targets for some minutes each (`just fuzz 10 notify`); `cargo test` runs a fixed number of inputs of each
fuzz MINUTES="5" TARGET="":
    BOLERO_RANDOM_TEST_TIME_MS=$(({{MINUTES}} * 60000)) cargo test -p mto-fuzz-tests --test fuzz -- {{TARGET}}

# Licences, sources and bans of all dependencies, without network (needs cargo-deny)
deny:
    cargo deny --offline --all-features check licenses bans sources

# The seeded simulation with other seeds, on all cores (MTO_WORKERS), until it is stopped; MTO_FIRST_SEED and MTO_SEEDS choose them
simulate:
    cargo run --profile fast -p mto-simulation-tests --bin simulate

# What the functions cost, beside the least possible and beside Python and Node (many minutes; wants a quiet machine)
bench *ARGS:
    cargo run --profile fast -p mto-benchmarks -- {{ARGS}}

# Processes are killed at random on the emulator: `just kills 10 1` takes ten seeds from 1 on, until one of them fails
kills SEEDS="1" FIRST=env_var_or_default("MTO_FIRST_SEED", "7"):
    for seed in $(seq {{FIRST}} $(({{FIRST}} + {{SEEDS}} - 1))); do \
        echo "seed $seed"; \
        MTO_FIRST_SEED=$seed cargo test -p mto-system-tests --test killed || exit 1; \
    done

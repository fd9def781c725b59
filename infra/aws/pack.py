"""Zips the bootstraps and prints what came out: `pack.py <folder> <compression level> <architecture>...`

The same bootstraps give the same zips, to the byte: fixed times, fixed order, fixed permissions.
"""

import hashlib
import pathlib
import re
import sys
import zipfile

# The C library of provided.al2023; a symbol that needs a newer one would fail at start.
GLIBC = (2, 34)
# struct.elf's e_machine, as the file says it.
MACHINES = {"x86_64": 62, "arm64": 183}


def check(path, architecture):
    binary = path.read_bytes()
    if binary[:4] != b"\x7fELF" or int.from_bytes(binary[18:20], "little") != MACHINES[architecture]:
        sys.exit(f"{path}: is no Linux binary for {architecture}")
    needed = max((tuple(map(int, found)) for found in re.findall(rb"GLIBC_(\d+)\.(\d+)", binary)), default=(0, 0))
    if needed > GLIBC:
        sys.exit(f"{path}: needs GLIBC_{needed[0]}.{needed[1]}, provided.al2023 has GLIBC_{GLIBC[0]}.{GLIBC[1]};"
                 " build with cargo-lambda (leave --plain out), or on an older system")
    return binary, needed


def pack(binary, path, level):
    entry = zipfile.ZipInfo("bootstrap", (1980, 1, 1, 0, 0, 0))
    entry.create_system = 3
    entry.external_attr = 0o100755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, binary, compresslevel=level)
    return path.read_bytes()


def main():
    folder, level, architectures = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    everything = hashlib.sha256()
    print(f"{'architecture':13} {'function':9} {'binary':>11} {'zip':>11}  {'needs':11} sha256 of the zip")
    for architecture in architectures:
        for path in sorted((folder / architecture / "bootstraps").iterdir()):
            binary, needed = check(path, architecture)
            archive = pack(binary, folder / architecture / f"{path.name}.zip", level)
            digest = hashlib.sha256(archive).hexdigest()
            everything.update(f"{architecture}/{path.name}={digest}\n".encode())
            print(f"{architecture:13} {path.name:9} {len(binary):11,} {len(archive):11,} "
                  f" GLIBC_{needed[0]}.{needed[1]:<4} {digest[:16]}")
            path.unlink()
        (folder / architecture / "bootstraps").rmdir()
    version = everything.hexdigest()[:12]
    (folder / "version").write_text(version)
    print(f"\nversion {version} (also in {folder}/version): the same zips, the same version")


main()

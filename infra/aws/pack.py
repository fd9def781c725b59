"""Zips the bootstraps and prints what came out: `pack.py <folder> <1 to 9, or zopfli> <architecture>...`

The same bootstraps give the same zips, to the byte: fixed times, fixed order, fixed permissions, and a pinned zopfli, which
looks longer for what any reader of zips understands: 3 % less than level 9, in half a minute of each function.
"""

import concurrent.futures
import hashlib
import pathlib
import re
import struct
import sys
import zipfile
import zlib

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


def deflate(binary, level):
    """Raw deflate: without zlib's header of two bytes and its checksum of four."""
    if level == "zopfli":
        import zopfli.zlib  # only for what is deployed; tests zip with the standard library

        return zopfli.zlib.compress(binary, numiterations=15)[2:-4]
    return zlib.compress(binary, int(level))[2:-4]


def archive_of(binary, level):
    """A zip with one file, `bootstrap`. By hand: zipfile takes nothing that was compressed elsewhere."""
    name, deflated = b"bootstrap", deflate(binary, level)
    january_1980, method, made_by_unix = 0x21, zipfile.ZIP_DEFLATED, 3 << 8 | 20
    common = struct.pack("<HHHHHLLLHH", 20, 0, method, 0, january_1980, zlib.crc32(binary), len(deflated), len(binary),
                         len(name), 0)
    local = b"PK\3\4" + common + name + deflated
    entry = (b"PK\1\2" + struct.pack("<H", made_by_unix) + common
             + struct.pack("<HHHLL", 0, 0, 0, 0o100755 << 16, 0) + name)
    return local + entry + b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(entry), len(local), 0)


def pack(binary, path, level):
    path.write_bytes(archive_of(binary, level))
    with zipfile.ZipFile(path) as archive:
        if archive.read("bootstrap") != binary:
            sys.exit(f"{path}: does not hold what was put in; try another compression level")
    return path.read_bytes()


def make(path, architecture, level):
    binary, needed = check(path, architecture)
    archive = pack(binary, path.parent.parent / f"{path.name}.zip", level)
    return len(binary), len(archive), needed, hashlib.sha256(archive).hexdigest()


def main():
    folder, level, architectures = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    everything = hashlib.sha256()
    print(f"{'architecture':13} {'function':9} {'binary':>11} {'zip':>11}  {'needs':11} sha256 of the zip")
    for architecture in architectures:
        paths = sorted((folder / architecture / "bootstraps").iterdir())
        with concurrent.futures.ProcessPoolExecutor() as pool:
            made = list(pool.map(make, paths, [architecture] * len(paths), [level] * len(paths)))
        for path, (binary_bytes, zip_bytes, needed, digest) in zip(paths, made):
            everything.update(f"{architecture}/{path.name}={digest}\n".encode())
            print(f"{architecture:13} {path.name:9} {binary_bytes:11,} {zip_bytes:11,} "
                  f" GLIBC_{needed[0]}.{needed[1]:<4} {digest[:16]}")
            path.unlink()
        (folder / architecture / "bootstraps").rmdir()
    version = everything.hexdigest()[:12]
    (folder / "version").write_text(version)
    print(f"\nversion {version} (also in {folder}/version): the same zips, the same version")


if __name__ == "__main__":
    main()

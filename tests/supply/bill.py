"""
The bill of materials: every library of the running service, its models and its rules.

Contract: `bill` reads the environment it runs in through cyclonedx-bom and keeps what the service
needs at run time, the tools of tests and development left out. Models and rules are added with
their SHA-256, so that a changed file shows.
"""

import hashlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name as normalized

ROOT = Path(__file__).parents[2]
#: Chosen at installation, part of the service.
EXTRAS = ("postgresql",)

Component = dict[str, Any]


def bill() -> dict[str, Any]:
    """A CycloneDX document (1.6) as Python values."""
    document = _environment()
    wanted = set(needed())
    found = [one for one in document["components"] if normalized(one["name"]) in wanted]
    document["components"] = sorted([*found, *_data()], key=lambda one: str(one["name"]))
    known = {one["bom-ref"] for one in document["components"]}
    root = document["metadata"]["component"]["bom-ref"]
    document["dependencies"] = [
        {**one, "dependsOn": [ref for ref in one.get("dependsOn", ()) if ref in known]}
        for one in document["dependencies"]
        if one["ref"] in known or one["ref"] == root
    ]
    return document


def libraries(document: dict[str, Any]) -> Iterator[Component]:
    """The libraries of a bill, without our own files."""
    return (one for one in document["components"] if one["type"] == "library")


def _environment() -> dict[str, Any]:
    command = [
        *(sys.executable, "-m", "cyclonedx_py", "environment", sys.executable),
        *("--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--sv", "1.6"),
    ]
    printed = subprocess.run(command, check=True, capture_output=True).stdout
    document: dict[str, Any] = json.loads(printed)
    return document


def needed() -> Iterator[str]:
    """Names of everything that the service needs here, however far away."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = (one for extra in EXTRAS for one in project["optional-dependencies"][extra])
    waiting = [Requirement(one) for one in (*project["dependencies"], *extras)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        one = waiting.pop()
        for extra in ("", *one.extras):
            if (one.name, extra) not in seen:
                seen.add((one.name, extra))
                waiting += _required_by(one.name, extra)
        yield normalized(one.name)


def _required_by(name: str, extra: str) -> Iterator[Requirement]:
    try:
        lines = requires(name) or ()
    except PackageNotFoundError:
        # asked for on another system only
        return
    for line in lines:
        found = Requirement(line)
        if found.marker is None or found.marker.evaluate({"extra": extra}):
            yield found


def _data() -> Iterator[Component]:
    """The models, and the rules as one."""
    for model in sorted((ROOT / "anonymizer/models").glob("*/*.onnx")):
        name = f"anonymizer/models/{model.parent.name}"
        files = sorted(path for path in model.parent.iterdir() if path.is_file())
        yield _files(name, files, kind="machine-learning-model")
    rules = sorted((ROOT / "rules").rglob("*"))
    yield _files("rules", [path for path in rules if path.suffix in {".txt", ".toml"}], kind="data")


def _files(name: str, files: Iterable[Path], *, kind: str) -> Component:
    """One component of several files; its digest is that of their names and digests."""
    whole = hashlib.sha256()
    for path in files:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(ROOT).as_posix()} {digest}\n".encode())
    return {
        "bom-ref": name,
        "type": kind,
        "name": name,
        "hashes": [{"alg": "SHA-256", "content": whole.hexdigest()}],
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }

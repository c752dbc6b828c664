"""
Writes what `docs/reference` takes from the code: kinds, exit codes, states, settings.

`make docs` runs it; a test fails when a page differs from what it would write.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from anonymizer.outcome import ExitCode
from anonymizer.rulebook import load_rulebook
from service.settings import Settings
from service.workflow.states import TRANSITIONS

REFERENCE = Path(__file__).parent / "reference"
_BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def exit_codes() -> Iterator[str]:
    """A table of exit codes."""
    yield "| code | meaning |"
    yield "|--:|---|"
    yield from (f"| {code.value} | {code.meaning} |" for code in ExitCode)


def kinds() -> Iterator[str]:
    """A table of kinds and what the strict policy says about them."""
    yield "| kind | class | action | placeholder | acts from | asks from | reason |"
    yield "|---|---|---|---|--:|--:|---|"
    for kind, ruling in sorted(load_rulebook().policy.rulings.items()):
        yield (
            f"| `{kind}` | {ruling.identifier_class} | {ruling.action} | `{ruling.placeholder}` "
            f"| {ruling.mask_from:.2f} | {ruling.suggest_from:.2f} | {ruling.reason} |"
        )


def states() -> Iterator[str]:
    """A Mermaid diagram of the states."""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield "    [*] --> received"
    for before, following in TRANSITIONS.items():
        yield from (f"    {before} --> {after}" for after in sorted(following))
        if not following:
            yield f"    {before} --> [*]"
    yield "```"


def settings() -> Iterator[str]:
    """A table of the service's settings."""
    prefix = Settings.model_config["env_prefix"]
    yield "| variable | default | meaning |"
    yield "|---|---|---|"
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        yield f"| `{prefix}{name.upper()}` | {default} | {field.description} |"


BLOCKS = {"exit-codes": exit_codes, "kinds": kinds, "states": states, "settings": settings}


def regenerated(page: str) -> str:
    """The page with every generated block written anew."""
    return _BLOCK.sub(
        lambda match: match[1] + "\n".join(BLOCKS[match["name"]]()) + "\n" + match[3], page
    )


def main() -> None:
    """Rewrite the pages."""
    for path in sorted(REFERENCE.glob("*.md")):
        path.write_text(regenerated(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()

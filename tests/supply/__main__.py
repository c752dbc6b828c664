"""`python -m tests.supply sbom FILE | licences | audit [--strict]`: what we depend on."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.supply.bill import bill, libraries
from tests.supply.licences import load_terms, refused
from tests.supply.vulnerabilities import Outcome, audit


def write_bill(path: Path) -> int:
    """Write the bill of materials."""
    document = bill()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    print(f"{len(document['components'])} components: {path}")
    return 0


def check_licences() -> int:
    """Refuse licences that are not on the list."""
    found = list(libraries(bill()))
    problems = list(refused(found, load_terms()))
    print("\n".join(problems) or f"Licences of {len(found)} libraries: all on the list.")
    return 1 if problems else 0


def check_vulnerabilities(*, strict: bool) -> int:
    """Refuse known vulnerabilities; where nobody could be asked, say so."""
    verdict = audit(libraries(bill()), today=datetime.now(UTC).date())
    print(f"Vulnerabilities: {verdict.outcome}.", *verdict.sentences)
    bad = {Outcome.VULNERABLE, *((Outcome.NOT_CHECKED,) if strict else ())}
    return 1 if verdict.outcome in bad else 0


def main(arguments: list[str]) -> int:
    """Do what the first word says."""
    match arguments:
        case ["sbom", path]:
            return write_bill(Path(path))
        case ["licences"]:
            return check_licences()
        case ["audit", *options] if not set(options) - {"--strict"}:
            return check_vulnerabilities(strict="--strict" in options)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

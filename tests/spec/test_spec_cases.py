"""
The executable specification: every case of `corpus/spec` goes through the whole pipeline.

`known_failures.toml` must list exactly the cases that fail. A new failure fails here, and so does
a case that was fixed and is still on the list.
"""

import pytest

from anonymizer.pipeline import Pipeline
from corpus.drafting import score_case
from corpus.spec import SpecCase, broken_promises, load_known_failures, load_spec

_CASES = load_spec()
_KNOWN_FAILURES = load_known_failures()


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    """The pipeline as it is shipped, loaded once: the model takes seconds."""
    return Pipeline.load()


@pytest.mark.parametrize("case", _CASES, ids=[case.case_id for case in _CASES])
def test_spec_case_keeps_its_promise(pipeline: Pipeline, case: SpecCase) -> None:
    """Each case is one promise; its sentence says which."""
    broken = broken_promises(case, score_case(pipeline, case))
    if case.case_id in _KNOWN_FAILURES:
        assert broken, f"{case.case_id} is kept now: take it off known_failures.toml"
    else:
        assert broken == (), f"{case.says} Text: {case.text!r}"

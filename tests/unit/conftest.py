"""The shipped parts for unit tests."""

import pytest

from anonymizer.pipeline import Pipeline
from anonymizer.rulebook import Rulebook
from tests.unit.parts import shipped_pipeline, shipped_rules


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    """The pipeline as it is shipped."""
    return shipped_pipeline()


@pytest.fixture(scope="session")
def rules() -> Rulebook:
    """The packaged rules."""
    return shipped_rules()

"""Many items on several processes: order, memory, promptness, and what a failure costs."""

import threading
import time
from collections.abc import Iterator

import pytest

from anonymizer.batch.workers import Workers, default_jobs
from anonymizer.crash import Crash
from anonymizer.errors import RulesError
from tests.fakes import FakeOrder, die_on_three, double, fail_on_three


@pytest.mark.parametrize("jobs", [1, 3])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    """However long an item takes, the results stand in the order of the items."""
    with Workers(FakeOrder(), double, jobs=jobs) as workers:
        found = list(workers.map(range(10)))
    assert found == [2 * item for item in range(10)]


def test_a_result_does_not_wait_for_the_next_item() -> None:
    """The first answer is there before the second question is asked."""
    answered = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        assert answered.wait(30)
        yield 2

    with Workers(FakeOrder(), double, jobs=2) as workers:
        results = workers.map(items())
        assert next(results) == 2
        answered.set()
        assert next(results) == 4


def test_only_a_few_items_are_read_ahead() -> None:
    """While nobody takes results, reading stops: a stream of any length fits into memory."""
    read = []

    def items() -> Iterator[int]:
        for item in range(1000):
            read.append(item)
            yield item

    with Workers(FakeOrder(), double, jobs=2) as workers:
        next(workers.map(items()))
        time.sleep(0.5)
    assert len(read) < 20


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bug_costs_one_item_and_tells_no_message(jobs: int) -> None:
    """The other items go on; of the error only class and place are told."""
    with Workers(FakeOrder(), fail_on_three, jobs=jobs) as workers:
        found = list(workers.map(range(6)))
    assert found[:3] + found[4:] == [0, 1, 2, 4, 5]
    assert isinstance(found[3], Crash)
    assert found[3].error_class == "ValueError"
    assert "Anna" not in str(found[3])


def test_a_process_that_dies_costs_one_item() -> None:
    """Items that were under way beside it are done all the same, once each and in order."""
    with Workers(FakeOrder(), die_on_three, jobs=2) as workers:
        found = list(workers.map(range(12)))
    assert isinstance(found[3], Crash)
    assert found[:3] + found[4:] == [item for item in range(12) if item != 3]


@pytest.mark.parametrize("jobs", [1, 2])
def test_bad_rules_end_the_run(jobs: int) -> None:
    """An error of rules or model is no letter's fault, so it is raised."""
    order = FakeOrder(rules_are_bad=True)
    with Workers(order, double, jobs=jobs) as workers, pytest.raises(RulesError, match="missing"):
        workers.versions()


def test_an_error_while_reading_items_is_raised() -> None:
    """What goes wrong on the reading side does not end in silence."""

    def items() -> Iterator[int]:
        yield 1
        message = "the disk is gone"
        raise OSError(message)

    with Workers(FakeOrder(), double, jobs=2) as workers, pytest.raises(OSError, match="disk"):
        list(workers.map(items()))


def test_a_few_letters_get_one_process() -> None:
    """Loading takes longer than drafting a few letters."""
    assert default_jobs(1) == 1
    assert default_jobs(10_000) >= 1

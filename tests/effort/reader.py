"""
A proofreader at the real pages who knows the gold marks and counts every action.

Contract: an action is a click, a key that does something, a selection, a choice, a page that asks.
Reading and scrolling are none. Of several ways the one with the fewest actions is taken; nothing
is sent but by what a person would press.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from anonymizer.model import Span
from corpus.gold import Mark
from tests.effort.plan import Passage, Plan, plan

_SELECT = (Path(__file__).parent / "select.js").read_text("utf-8")
_READ = """() => [...document.querySelectorAll("#original a.finding")].map(one => ({
  start: Number(one.dataset.start), length: [...one.textContent].length, kind: one.dataset.kind,
  hidden: one.matches(".replace, .generalize"), open: one.dataset.open === "yes" }))"""
#: More steps than any letter needs: then something does not go on.
_MOST_STEPS = 200


class Act(StrEnum):
    """What an action is for."""

    CLAIM = "claim"
    DECIDE = "decide suggestions"
    UNMASK = "unmask"
    MARK = "mark a miss"
    CONFIRM = "confirm"
    APPROVE = "approve"


class Where(StrEnum):
    """How a letter did not reach its approval."""

    UNFINISHED = "no end of corrections"
    BLOCKED = "not to be approved"
    DIFFERING = "both readings differ"


class Stuck(Exception):
    """The pages do not let the letter go where the gold marks would."""

    def __init__(self, where: Where) -> None:
        super().__init__(where.value)
        self.where = where


class Reader:
    """One person, signed in, in front of a browser."""

    def __init__(self, page: Page, address: str) -> None:
        """`page` is signed in at `address`."""
        self._page = page
        self._address = address
        self.done: Counter[Act] = Counter()

    def letter(self) -> str | None:
        """The text of the letter on the screen; None when there is no letter."""
        original = self._page.locator("#original")
        return original.text_content() if original.count() else None

    def claim(self) -> bool:
        """Claim the next letter from the queue; False when there is none."""
        self._page.goto(f"{self._address}/review")
        self._listen()
        if self._page.locator("form[action$='/review/claim'] button").is_disabled():
            return False
        self._press("c", Act.CLAIM)
        return self.letter() is not None

    def work(self, marks: tuple[Mark, ...]) -> None:
        """Correct the letter on the screen until it says what the gold marks say, and approve."""
        for _ in range(_MOST_STEPS):
            left = self._left(marks)
            if left.out or left.stay:
                self._decide(left)
            elif left.unmask:
                self._unmask(left.unmask[0])
            elif left.misses:
                self._mark(left.misses[0])
            else:
                self._approve()
                return
        raise Stuck(Where.UNFINISHED)

    def _left(self, marks: tuple[Mark, ...]) -> Plan:
        found: list[Mapping[str, Any]] = self._page.evaluate(_READ)
        passages = [
            Passage(
                span=Span(start=one["start"], end=one["start"] + one["length"]),
                kind=one["kind"],
                hidden=one["hidden"],
                open=one["open"],
            )
            for one in found
        ]
        return plan(self.letter() or "", passages, marks)

    def _decide(self, left: Plan) -> None:
        """All suggestions at once: those that stay for one reason, the others out."""
        form = self._page.locator("#to-decide")
        if not left.stay:
            self._click(form.locator("button[name=step]"), Act.DECIDE)
            return
        for box in self._boxes(form, left.out):
            box.check()
            self.done[Act.DECIDE] += 1
        self._click(form.locator("button[name=reason]").first, Act.DECIDE)

    def _boxes(self, form: Locator, wanted: tuple[Passage, ...]) -> list[Locator]:
        """The boxes of these passages; equal ones share a box."""
        names = self._page.evaluate(
            """starts => starts.map(start =>
              document.querySelector(`#original a.finding[data-start="${start}"]`).dataset.finding)
            """,
            [one.span.start for one in wanted],
        )
        boxes = [form.locator(f"input[name=out][value='{name}']") for name in names]
        return [box for box in boxes if box.count()]

    def _unmask(self, equal: tuple[Passage, ...]) -> None:
        passage = self._page.locator(f"#original a.finding[data-start='{equal[0].span.start}']")
        if "selected" not in (passage.get_attribute("class") or "").split():
            passage.click()
            self.done[Act.UNMASK] += 1
        form = self._page.locator("#keep-form")
        if len(equal) > 1:
            form.locator("input[name=everywhere]").check()
            self.done[Act.UNMASK] += 1
        self._click(form.locator("button[name=reason]").first, Act.UNMASK)
        asked = self._page.locator("form:has(input[name=asked]) button")
        if asked.count():
            self._click(asked, Act.CONFIRM)

    def _mark(self, missed: Mark) -> None:
        self._page.evaluate(_SELECT, [missed.span.start, missed.span.end])
        self._page.wait_for_selector("#toolbar:not([hidden])")
        self.done[Act.MARK] += 1
        self._press("Enter", Act.MARK)

    def _approve(self) -> None:
        if not self._page.locator("a#approve").count():
            raise Stuck(Where.BLOCKED)
        self._press("a", Act.APPROVE)
        if not self._page.locator("#approve-form").count():
            raise Stuck(Where.BLOCKED)
        self._page.locator("#letter-end").scroll_into_view_if_needed()
        button = self._page.locator("#approve-form button[name=next]:enabled")
        self._click(button, Act.APPROVE)
        if "/readings" in self._page.url:
            raise Stuck(Where.DIFFERING)

    def _press(self, key: str, act: Act) -> None:
        self._moving(lambda: self._page.keyboard.press(key))
        self.done[act] += 1

    def _click(self, button: Locator, act: Act) -> None:
        self._moving(button.click)
        self.done[act] += 1

    def _moving(self, act: Callable[[], None]) -> None:
        """What leads to another page, and the way there."""
        with self._page.expect_navigation(wait_until="load"):
            act()
        self._listen()

    def _listen(self) -> None:
        self._page.wait_for_selector("html.scripted", state="attached")

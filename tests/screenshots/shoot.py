"""
The pictures of the documentation: the real service with its sample letters, in Chromium.

Contract: every page once in English and light, once in German and dark; nothing but sample letters
is on them. Before the first picture a few letters are worked through and one stays in hand, so that
the pages look as on any working day.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from corpus.gold import GoldLetter
from service.sample import sample_letters
from tests.chaos.store_states import states
from tests.chromium import CHROMIUM, FLAGS
from tests.effort.reader import Reader
from tests.integration.server import RunningService

FOLDER = Path(__file__).parents[2] / "docs" / "guide" / "images"
#: Bytes of one picture and of all together: they travel with every copy of the project.
MOST_BYTES, MOST_BYTES_TOGETHER = 120_000, 800_000

_ROLES = ("proofreader", "coordinator", "senior")
#: Letters that are approved before; then the insight has something to show.
_WORKED = 5
_COLOURS = 96
_WIDTH, _HEIGHT = 1280, 860
#: Under the tools of a letter its texts have to be in view.
_TALLER = {"letter": 1180}


@dataclass(frozen=True, kw_only=True)
class Look:
    """A language and a theme."""

    switch: str
    language: str
    dark: bool

    @property
    def tail(self) -> str:
        """The end of the name of a picture."""
        return f"{self.language}-{'dark' if self.dark else 'light'}"


LOOKS = (
    Look(switch="English", language="en", dark=False),
    Look(switch="Deutsch", language="de", dark=True),
)
#: The name of a picture, and the address of its page.
PAGES = {
    "queue": "/review",
    "letter": "/review/letters/{letter}",
    "allocation": "/review/allocation",
    "insight": "/review/insight",
    "settings": "/review/settings",
}


def names() -> tuple[str, ...]:
    """The files that a run writes."""
    return tuple(f"{page}-{look.tail}.png" for look in LOOKS for page in PAGES)


def shoot(folder: Path, data: Path) -> None:
    """Write every picture to `folder`; `data` is an empty folder for the service."""
    with _house(data) as (service, link), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = _signed_in(browser, link)
        letter = _working_day(page, service.url)
        for look in LOOKS:
            page.goto(f"{service.url}/review")
            page.get_by_role("button", name=look.switch).click()
            page.emulate_media(color_scheme="dark" if look.dark else "light")
            for name, address in PAGES.items():
                page.set_viewport_size({"width": _WIDTH, "height": _TALLER.get(name, _HEIGHT)})
                page.goto(service.url + address.format(letter=letter))
                page.wait_for_selector("html.scripted", state="attached")
                small = _small(page.screenshot(animations="disabled"))
                (folder / f"{name}-{look.tail}.png").write_bytes(small)
        browser.close()


@contextmanager
def _house(data: Path) -> Iterator[tuple[RunningService, str]]:
    """The service as `make run` starts it, and the way in for one person."""
    service = RunningService(data)
    roles = [part for role in _ROLES for part in ("--role", role)]
    told = service.run("user", "add", "Ruth", *roles, LETTERS_PORT=str(service.port)).stdout
    service.start("--sample", LETTERS_PORT=str(service.port))
    try:
        store = f"sqlite:///{data / 'letters.db'}"
        while any(states(store).get(state) for state in ("received", "drafting")):
            sleep(0.2)
        yield service, next(word for word in told.split() if "/sign-in/" in word)
    finally:
        service.stop()


def _signed_in(browser: Browser, link: str) -> Page:
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/review**")
    return page


def _working_day(page: Page, address: str) -> str:
    """Approve a few letters and keep the next English one with suggestions; its id."""
    known: dict[str, GoldLetter] = {one.text: one for one in sample_letters()}
    reader = Reader(page, address)
    assert reader.claim()
    worked = 0
    while True:
        gold = known[reader.letter() or ""]
        shows_much = page.locator("#to-decide input[name=out]").count() > 2
        if worked >= _WORKED and shows_much and gold.language == "en":
            return page.url.partition("/letters/")[2][:32]
        reader.work(gold.marks)
        worked += 1


def _small(picture: bytes) -> bytes:
    """The same picture with few colours: pages have no more."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        few = image.convert("RGB").quantize(
            _COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
        few.save(out, "PNG", optimize=True)
    return out.getvalue()

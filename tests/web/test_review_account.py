"""Setting up codes: the square to scan says what the letters say, and nothing else has the key."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
import segno

from service.actions import Desk
from service.actions.access import OPERATOR, make_sign_in_link
from service.app import create_app
from service.identity.codes import address_of, code_at
from service.web.review.qr_square import square_of
from tests.factories import add, make_desk
from tests.web.actors import browser

NAME = "Änne <Proof>"
PASSWORD = "violin gravel seldom harbour"
#: Modules on each side that have to stay white (ISO/IEC 18004).
EDGE = 4


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with one person."""
    made = make_desk(tmp_path)
    add(made, NAME)
    yield made
    made.database.close()


@pytest.fixture
def web(desk: Desk) -> Iterator[httpx.Client]:
    """The browser of that person, who came by a link."""
    with browser(create_app(desk.settings, desk=desk, work=False)) as made:
        made.post("/sign-in/" + make_sign_in_link(desk, OPERATOR, name=NAME).rpartition("/")[2])
        yield made


def hidden(page: str, name: str) -> str:
    """A hidden field of the form to set a password."""
    form = page.partition('action="/review/account"')[2]
    found = re.search(rf'name="{name}" value="([^"]*)"', form)
    assert found is not None
    return unescape(found.group(1))


def drawing(page: str) -> str:
    """The drawing inside the part that is called a QR code."""
    found = re.search(
        r'<div class="scanned" role="img" aria-label="QR code[^"]*">(.*?)</div>', page
    )
    assert found is not None
    return found.group(1)


def modules(drawn: str) -> set[tuple[int, int]]:
    """Row and column of every dark module, the white edge counted."""
    found = re.search(r'<path[^>]*stroke="#000"[^>]* d="([^"]+)"', drawn)
    assert found is not None
    dark, x, y = set(), 0.0, 0.0
    for step, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", found.group(1)):
        if step == "h":
            dark |= {(int(y), int(x) + one) for one in range(int(first))}
            x += float(first)
        elif step == "M":
            x, y = float(first), float(second)
        else:
            x, y = x + float(first), y + float(second)
    return dark


def wanted(address: str) -> set[tuple[int, int]]:
    """The dark modules of the code that says this address."""
    matrix = segno.make(address, error="m", micro=False).matrix
    return {
        (row + EDGE, column + EDGE)
        for row, line in enumerate(matrix)
        for column, one in enumerate(line)
        if one
    }


def test_the_square_says_the_key_that_stands_below_it(web: httpx.Client) -> None:
    """An app that scans it and one into which the letters are typed show the same codes."""
    page = web.get("/review/account").text
    seed = hidden(page, "seed")
    assert modules(drawing(page)) == wanted(address_of(seed, NAME))
    letters = " ".join(seed[start : start + 4] for start in range(0, 32, 4))
    assert f"<code>{letters} </code>" in page


def test_the_square_is_a_plain_drawing_on_white(web: httpx.Client) -> None:
    """The strict policy holds; a camera reads it in the dark scheme too; no word of it is in it."""
    answer = web.get("/review/account")
    drawn = drawing(answer.text)
    size = re.search(r'viewBox="0 0 (\d+) \1"', drawn)
    assert size is not None
    assert (
        f'<path fill="#fff" d="M0 0h{size.group(1)}v{size.group(1)}h-{size.group(1)}z"/>' in drawn
    )
    assert max(max(one) for one in modules(drawn)) == int(size.group(1)) - EDGE - 1
    assert not re.search(r"style|script|href|url\(|data:|<text|<title", drawn)
    assert hidden(answer.text, "seed") not in drawn
    assert "data:" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_after_a_refusal_the_app_needs_no_second_scan(web: httpx.Client, desk: Desk) -> None:
    """The key stays that of the app; one that is none is never shown again."""
    page = web.get("/review/account").text
    seed, token = hidden(page, "seed"), hidden(page, "csrf_token")
    form = {"seed": seed, "csrf_token": token, "password": "short", "again": "short"}
    refused = web.post("/review/account", data={**form, "code": code_at(seed, desk.now())})
    assert refused.status_code == 422
    assert hidden(refused.text, "seed") == seed
    assert modules(drawing(refused.text)) == wanted(address_of(seed, NAME))
    other = web.post("/review/account", data={**form, "seed": "<script>", "code": "1"})
    assert re.fullmatch("[A-Z2-7]{32}", hidden(other.text, "seed"))
    form |= {"password": PASSWORD, "again": PASSWORD, "code": code_at(seed, desk.now())}
    assert web.post("/review/account", data=form).headers["location"].endswith("account-saved")


def test_the_key_is_in_no_log(web: httpx.Client, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither when it is shown nor when it is sent."""
    page = web.get("/review/account").text
    seed, token = hidden(page, "seed"), hidden(page, "csrf_token")
    web.post("/review/account", data={"seed": seed, "csrf_token": token, "code": "000000"})
    out, err = capfd.readouterr()
    assert seed not in out + err


@pytest.mark.parametrize("name", ["A", "Ä" * 100, "𝔸" * 100, '<&">'])
def test_the_longest_name_makes_the_square_finer(name: str) -> None:
    """Not broken: a name has a hundred signs at most."""
    address = address_of("A" * 32, name)
    assert modules(square_of(address)) == wanted(address)

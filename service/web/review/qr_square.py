"""
A QR code for the camera of a telephone, drawn on the server as part of the page.

Contract: inline SVG without styles, scripts or addresses of anything, so the strict policy of the
pages holds; what the square says is kept nowhere. Dark on white in both colour schemes, because
cameras read it so, with the empty edge of four modules that ISO/IEC 18004 asks for.
"""

import segno
from markupsafe import Markup

#: A seventh of the square may be unreadable: screens have glare, and the square stays small.
_ERROR = "m"
_EDGE = 4


def square_of(address: str) -> Markup:
    """
    The square that says `address`, to be put into a page under words that say what it is.

    It holds 2,331 bytes; the address of the longest name that a person may have needs fewer.
    """
    drawn = segno.make(address, error=_ERROR, micro=False).svg_inline(
        border=_EDGE, dark="#000", light="#fff", omitsize=True, svgclass="square", lineclass=None
    )
    # drawn from black and white modules alone: nothing of the address stands in it as words
    return Markup(drawn)  # noqa: S704

"""
The small angle by which a scanned page stands askew, and the page put straight.

Turned by the right angle, rows of the page are either full of ink or empty: the angle is the one
at which the ink of neighbouring rows differs most (the projection profile of W. Postl, 1986).
"""

import numpy as np
from PIL import Image

MAX_DEGREES = 6.0
#: Width in pixels at which angles are tried.
_WIDTH = 700
_COARSE, _FINE = 1.0, 0.2
#: Degrees below which a page is straight enough for any reader.
_STRAIGHT = 0.15
_PAPER = 255


def skew(image: Image.Image) -> float:
    """Degrees, anticlockwise, by which the page (mode `L`) must be turned to stand straight."""
    small = _binarized(image)
    if small is None:
        return 0.0
    coarse = _best(small, np.arange(-MAX_DEGREES, MAX_DEGREES + _COARSE / 2, _COARSE))
    fine = _best(small, np.arange(coarse - _COARSE, coarse + _COARSE + _FINE / 2, _FINE))
    return float(fine) if abs(fine) >= _STRAIGHT else 0.0


def straightened(image: Image.Image) -> Image.Image:
    """The page without its skew; corners that come in are white."""
    angle = skew(image)
    if angle == 0.0:
        return image
    return image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=_PAPER)


def _binarized(image: Image.Image) -> Image.Image | None:
    """Ink as 255 on 0, small; None for a page without ink or without paper."""
    height = max(1, round(image.height * _WIDTH / image.width))
    if height > 8 * _WIDTH:
        return None
    grey = np.asarray(image.resize((_WIDTH, height), Image.Resampling.BOX), dtype=np.int16)
    threshold = (int(np.percentile(grey, 2)) + int(np.median(grey))) // 2
    ink = grey < threshold
    share = float(ink.mean())
    if not 0.0005 < share < 0.5:
        return None
    return Image.fromarray((ink * 255).astype(np.uint8))


def _best(ink: Image.Image, angles: "np.typing.NDArray[np.float64]") -> float:
    return max((float(angle) for angle in angles), key=lambda angle: _sharpness(ink, angle))


def _sharpness(ink: Image.Image, angle: float) -> float:
    rows = np.asarray(ink.rotate(angle, Image.Resampling.NEAREST), dtype=np.float64).sum(axis=1)
    return float(np.square(np.diff(rows)).sum())

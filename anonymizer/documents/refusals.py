"""The errors for PDF files and pictures over a limit, each in one place; raise what they give."""

from anonymizer.documents.limits import ReadingLimits, refuse
from anonymizer.errors import OverLimit

#: 200 inches, in points.
MAX_PAGE_POINTS = 14_400.0
MAX_OBJECTS = 100_000


def too_many_pages(limits: ReadingLimits) -> OverLimit:
    """More pages or frames than are read."""
    return refuse("pages", f"at most {limits.pages} pages")


def too_many_pixels(limits: ReadingLimits) -> OverLimit:
    """A picture with more pixels than are decoded."""
    return refuse("pixels", f"at most {limits.pixels // 1_000_000} million pixels in a picture")


def page_too_large() -> OverLimit:
    """A page that no printer has paper for."""
    return refuse("page_size", "pages of at most 200 inches")


def too_many_objects() -> OverLimit:
    """More objects than a letter needs."""
    return refuse("objects", f"at most {MAX_OBJECTS} objects in a PDF")


def unpacks_to_too_much(limits: ReadingLimits) -> OverLimit:
    """Streams that unpack to more than is read."""
    return refuse("unpacked_bytes", f"at most {limits.unpacked_bytes // 1_000_000} MB unpacked")

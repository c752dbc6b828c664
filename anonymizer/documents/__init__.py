"""
Documents: bytes to a reading of everything that stands in them. One module per format.

`read_document` decides by content and reads in this process; `read_in_child` does the same in a
child process without network, keys and database, within limits: use it for what strangers send.
`redraw_in_child` paints boxes over parts of a picture, in such a process too.
"""

from anonymizer.documents.child import read_in_child, redraw_in_child
from anonymizer.documents.limits import ReadingLimits
from anonymizer.documents.reader import read_document

__all__ = [
    "ReadingLimits",
    "read_document",
    "read_in_child",
    "redraw_in_child",
]

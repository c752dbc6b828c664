"""Text that can be shown as it is: what cannot holds the letter, nothing is dropped or replaced."""

import unicodedata

from anonymizer.errors import AnonymizerError

#: Controls, surrogates, private and unassigned characters; formats are judged one by one.
_NEVER = frozenset({"Cc", "Cs", "Co", "Cn"})
_BREAKS = frozenset("\n\t")
#: Joiners that words of some languages and emoji need, and variation selectors of emoji.
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f\u00ad\u200b")


class NotPrintable(AnonymizerError):
    """The approved text has characters that cannot be shown in an outgoing document."""


def check_printable(text: str) -> None:
    """Raise `NotPrintable`, which tells how many characters there are, never which text."""
    # sign by sign would cost milliseconds of every page that shows the letter
    count = sum(text.count(one) for one in set(text) if not _is_printable(one))
    if count:
        message = (
            f"The approved text has {count} characters that cannot be shown in an outgoing "
            "document. Take them out, or choose another format."
        )
        raise NotPrintable(message)


def _is_printable(one: str) -> bool:
    if one in _BREAKS or one in _JOINERS:
        return True
    category = unicodedata.category(one)
    return category not in _NEVER and category != "Cf"

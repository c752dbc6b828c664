"""Running text of an office file in the making: what is seen, and what is hidden within it."""

from dataclasses import dataclass, field

from anonymizer.documents.gathering import Gathered
from anonymizer.model import Origin


@dataclass(slots=True)
class Flow:
    """Text of one story; hidden passages go to `gathered` as soon as they end."""

    gathered: Gathered
    where: str
    seen: list[str] = field(default_factory=list, repr=False)
    #: Text boxes that hang on the paragraph under way; they follow it.
    boxes: list[str] = field(default_factory=list, repr=False)
    _hidden: list[str] = field(default_factory=list, repr=False)
    _origin: Origin | None = None
    _had_hidden: bool = False
    _had_seen: bool = False

    def put(self, text: str, origin: Origin | None) -> None:
        """Add text: seen where `origin` is None, else hidden for that reason."""
        if not text:
            return
        if origin is None:
            self._had_seen = True
            self.seen.append(text)
            return
        if origin != self._origin:
            self.end_hidden()
        self._origin, self._had_hidden = origin, True
        self._hidden.append(text)

    def end_paragraph(self) -> None:
        """A new line, unless the paragraph held nothing that is seen but hidden things."""
        if self._had_seen or not self._had_hidden:
            self.seen.append("\n")
        if self._hidden:
            self._hidden.append("\n")
        self._had_seen = self._had_hidden = False
        for box in self.boxes:
            self.seen.append(box.strip("\n") + "\n")
        self.boxes.clear()

    def end_hidden(self) -> None:
        """The hidden passage under way is whole."""
        if self._origin is not None:
            self.gathered.put("".join(self._hidden), self._origin, self.where)
        self._hidden, self._origin = [], None

    def text(self) -> str:
        """All that is seen."""
        self.end_hidden()
        if self.boxes:
            self.end_paragraph()
        return "".join(self.seen)

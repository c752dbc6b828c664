"""Step 1 of the draft: what no later stage can work on is held at once."""

from anonymizer.model import MAX_CHARACTERS, Hold, Letter, Stage


def intake_hold(letter: Letter) -> Hold | None:
    """Why nothing can be drafted from the letter: it is empty or too long. None when it can."""
    if not letter.text.strip():
        return _hold("empty", "The letter has no text.")
    if len(letter.text) > MAX_CHARACTERS:
        return _hold("too_long", f"The letter is longer than {MAX_CHARACTERS:,} characters.")
    return None


def _hold(code: str, reason: str) -> Hold:
    return Hold(stage=Stage.INTAKE, code=code, reason=reason)

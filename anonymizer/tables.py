"""A draft as tables and sentences for a terminal. Pure: nothing is printed here."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from anonymizer.language_names import language_list, language_name
from anonymizer.model import Draft, DraftStatus, LanguageVerdict, Span, Treatment


def findings_table(draft: Draft, *, with_text: bool) -> Table:
    """Every finding with recogniser, score, treatment and reason, in the order of the letter."""
    table = Table(title=_counted(len(draft.treatments), "finding"), title_justify="left")
    table.add_column("place", no_wrap=True)
    if with_text:
        table.add_column("passage", overflow="fold", min_width=12)
    for heading in ("kind", "class", "recogniser"):
        table.add_column(heading, no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    for heading in ("treatment", "replacement"):
        table.add_column(heading, no_wrap=True)
    table.add_column("reason")
    for treatment in draft.treatments:
        table.add_row(*_cells(draft, treatment, with_text=with_text))
    return table


def _cells(draft: Draft, treatment: Treatment, *, with_text: bool) -> Iterator[Text]:
    finding = treatment.finding
    yield plain(_place(finding.span))
    if with_text:
        yield plain(draft.letter.text[finding.span.start : finding.span.end].replace("\n", " "))
    yield plain(finding.kind)
    yield plain(treatment.identifier_class)
    yield plain(finding.recognizer)
    yield plain(f"{finding.score:.2f}")
    yield plain(treatment.action)
    yield plain(treatment.replacement or "")
    yield plain(treatment.reason)


def notes(draft: Draft) -> Iterator[Text]:
    """Status, holds, residuals and flags, one sentence each."""
    if draft.status == DraftStatus.DRAFTED:
        yield plain("Drafted: a proofreader decides.")
    for hold in draft.holds:
        yield plain(f"Held at {hold.stage} ({hold.code}): {hold.reason}")
    for residual in draft.residuals:
        yield plain(f"Still readable at {_place(residual.span)} of the draft: {residual.kind}")
    for flag in draft.flags:
        where = "" if flag.span is None else f" at {_place(flag.span)}"
        yield plain(f"To read with care{where} ({flag.kind}): {flag.reason}")
    for one in draft.combinations:
        places = ", ".join(f"{told.kind} at {_place(told.span)}" for told in one.passages)
        yield plain(f"Together ({one.rule_id}): {one.sentence} {places}")


def language_sentence(draft: Draft) -> Text:
    """The verdict on the whole letter."""
    verdict = draft.language
    if verdict is None:
        return plain("The language could not be judged.")
    found = "cannot be told"
    if verdict.code is not None:
        found = f"{language_name(verdict.code)} ({verdict.confidence:.2f})"
    required = language_list(verdict.required, last="or") or "any that the program can search"
    return plain(
        f"Language: {found}. Required: {required}. {'Admitted' if verdict.admitted else 'Held'}."
    )


def passages_table(verdict: LanguageVerdict) -> Table:
    """The language of each passage."""
    table = Table(title=_counted(len(verdict.passages), "passage"), title_justify="left")
    table.add_column("place")
    table.add_column("language")
    table.add_column("confidence", justify="right")
    for passage in verdict.passages:
        table.add_row(
            plain(_place(passage.span)),
            plain(language_name(passage.code) if passage.code else "cannot be told"),
            plain(f"{passage.confidence:.2f}"),
        )
    return table


def language_facts(draft: Draft) -> dict[str, object]:
    """The verdict as JSON-ready data; offsets are code points of the letter."""
    verdict = draft.language
    if verdict is None:
        return {"code": None, "confidence": 0.0, "required": [], "admitted": False, "passages": []}
    return {
        "code": verdict.code,
        "confidence": verdict.confidence,
        "required": list(verdict.required),
        "admitted": verdict.admitted,
        "passages": [
            {
                "start": passage.span.start,
                "end": passage.span.end,
                "code": passage.code,
                "confidence": passage.confidence,
            }
            for passage in verdict.passages
        ],
    }


def plain(text: str) -> Text:
    """Text as it stands: no markup is read from it, no control character reaches the terminal."""
    return Text("".join(_shown(character) for character in text))


def _shown(character: str) -> str:
    if character.isprintable() or character == "\n":
        return character
    return " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _place(span: Span) -> str:
    return f"{span.start}-{span.end}"

"""Quoted mails and signature blocks in several languages are cut off; nothing is lost with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.documents.quoting import cut
from anonymizer.model import Origin

OWN = "Dear donor,\nthank you.\nYours, patient"
QUOTATIONS = [
    "On Sun, 3 May 2026 at 10:00, A B <a@b.example> wrote:\n> old",
    "On Sun, 3 May 2026 at 10:00, A B\n<a@b.example> wrote:\n\n> old",
    "Am 03.05.2026 um 10:00 schrieb A B:\n> alt",
    "Am So., 3. Mai 2026 um 10:00 Uhr schrieb A B <a@b.example>:\n\nalt",
    "Le dim. 3 mai 2026 à 10:00, A B <a@b.example> a écrit :\n> vieux",
    "El dom, 3 may 2026 a las 10:00, A B (<a@b.example>) escribió:\n> viejo",
    "Il giorno dom 3 mag 2026 alle ore 10:00 A B ha scritto:\n> vecchio",
    "Op zo 3 mei 2026 om 10:00 schreef A B <a@b.example>:\n> oud",
    "W dniu 3.05.2026 o 10:00, A B pisze:\n> stare",
    "Em dom., 3 de mai. de 2026 às 10:00, A B escreveu:\n> velho",
    "Den sön 3 maj 2026 kl 10:00 skrev A B:\n> gammal",
    "On Monday Wilhelm wrote:\n> old",
    "On Monday\nDr. Wilhelm Example wrote:\n\n> old\n> older",
    "On Mon, Wilhelm\nExample\nwrote:\n> old",
    "Am Montag schrieb Wilhelm:\n> alt",
    "Am Montag schrieb\nWilhelm Beispiel:\n\n> alt",
    "Wilhelm schrieb am Montag:\n> alt",
    "-----Original Message-----\nFrom: A B\nold",
    "-----Ursprüngliche Nachricht-----\nVon: A B\nalt",
    "---------- Forwarded message ---------\nFrom: A B\nold",
    "Begin forwarded message:\n\nFrom: A B\nold",
    "From: A B\nSent: Sunday\nTo: C D\nSubject: E\n\nold",
    "________________________________\nFrom: A B\nSent: Sunday\nTo: C D\nSubject: E\n\nold",
    "Von: A B\nGesendet: Sonntag\nAn: C D\nBetreff: E\n\nalt",
    "De : A B\nEnvoyé : dimanche\nÀ : C D\nObjet : E\n\nvieux",
    "De: A B\nEnviado el: domingo\nPara: C D\nAsunto: E\n\nviejo",
    "*From:* A B\n*Sent:* Sunday\n*To:* C D\n*Subject:* E\n\nold",
    "> only marked\n> lines",
]
SIGNATURES = [
    "-- \nA B\nInstitute",
    "--\nA B",
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Get Outlook for iOS",
    "A B\nExample GmbH\nTel.: +49 30 12345\nwww.example.org",
    "This e-mail and any attachments are confidential and intended for the addressee.",
]
LETTERS = [
    OWN,
    "Dear donor,\nFrom: the bottom of my heart.\nThank you.",
    "On my birthday I wrote:\nthank you",
    "On Monday Wilhelm wrote:\nthank you",
    "On Monday I was ill. Then Wilhelm wrote: thank you",
    "Am Montag schrieb Wilhelm:\ndanke",
    "She wrote: thank you",
    "I > you",
    "My address is secret.\n\nCall me: tel. no",
    "Dear donor -- thank you -- so much",
]


@pytest.mark.parametrize("quotation", QUOTATIONS)
def test_a_quotation_is_cut_off(quotation: str) -> None:
    """All of it, and nothing of what was written today."""
    found = cut(f"{OWN}\n\n{quotation}")
    assert found.own.rstrip() == OWN
    assert found.pieces == ((Origin.QUOTED, quotation),)


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_block_is_cut_off(signature: str) -> None:
    """The greeting before it stays."""
    found = cut(f"{OWN}\n\n{signature}")
    assert found.own.rstrip() == OWN
    assert found.pieces == ((Origin.SIGNATURE_BLOCK, signature),)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_stays_whole(letter: str) -> None:
    """What only looks a little like a quotation is none."""
    assert cut(letter).own == letter
    assert cut(letter).pieces == ()


@pytest.mark.parametrize(
    "own",
    [
        "She wrote:",
        "On Monday we walked by the sea for hours and\nlater my mother wrote:",
        "I was ill.\nOn Monday Wilhelm wrote:",
        "On Monday I stayed. Wilhelm wrote:",
        "Am Montag war ich krank. Da schrieb Wilhelm:",
        "On Monday we met.\n\nShe wrote: thank you",
    ],
)
def test_a_sentence_above_marked_lines_stays(own: str) -> None:
    """It may tell more than who is quoted, so only the marked lines go."""
    found = cut(f"{own}\n> old")
    assert found.own == own
    assert found.pieces == ((Origin.QUOTED, "> old"),)


def test_an_answer_between_quoted_lines_stays() -> None:
    """In its order."""
    found = cut("On 3 May 2026, A wrote:\n> one?\n\nYes.\n\n> two?\n\nNo.")
    assert found.own.split() == ["Yes.", "No."]
    assert len(found.pieces) == 2


@given(st.lists(st.sampled_from([*QUOTATIONS, *SIGNATURES, *LETTERS, "", " "]), max_size=6))
def test_every_line_is_kept_once(pieces: list[str]) -> None:
    """In the letter or in a piece, whatever stands next to what."""
    text = "\n".join(pieces)
    found = cut(text)
    kept = [*found.own.split("\n"), *(line for _, one in found.pieces for line in one.split("\n"))]
    assert sorted(filter(None, kept)) == sorted(filter(None, text.split("\n")))

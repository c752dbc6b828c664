"""The name tagger: the word rule, the windows, loading, and the shipped model's behaviour."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import anonymizer
from anonymizer.detection import tagger as module
from anonymizer.detection.tagger import (
    MARGIN_PIECES,
    MAX_WORD_LETTERS,
    MAX_WORD_PIECES,
    WINDOW_PIECES,
    TaggedSpan,
    Tagger,
    Window,
    case_shape,
    plan_windows,
    split_words,
)
from anonymizer.errors import ModelError, NotRead

MODEL = Path(anonymizer.__file__).parent / "models" / "en"

LETTER = """Dear donor,
My name is Agnieszka and I live in Radomsko with my husband Piotr and our kids Zosia and Kuba.
I was treated at St. Mary's Hospital by Dr. Vogelsang. I hope you are well. God bless you!
Yours,
Agnieszka Kowalczyk"""


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    """Load the shipped model once."""
    return Tagger.load(MODEL)


def texts_of(spans: tuple[TaggedSpan, ...], text: str, label: str) -> set[str]:
    """Return the words of all spans with this label."""
    return {text[span.start : span.end] for span in spans if span.label == label}


class TestWords:
    """The word rule."""

    @given(st.text())
    def test_every_visible_character_is_in_exactly_one_word(self, text: str) -> None:
        """No character that a reader sees falls between two words."""
        covered = [position for start, end in split_words(text) for position in range(start, end)]
        visible = [position for position, char in enumerate(text) if not char.isspace()]
        assert covered == sorted(set(covered))
        assert set(visible) <= set(covered)

    def test_words_end_at_punctuation(self) -> None:
        """A possessive or a hyphen can be left outside of a name."""
        text = "Tom's dog, K.V. and O'Brien-Smith"
        words = [text[start:end] for start, end in split_words(text)]
        assert words == [
            "Tom",
            "'",
            "s",
            "dog",
            ",",
            "K",
            ".",
            "V",
            ".",
            "and",
            "O",
            "'",
            "Brien",
            "-",
            "Smith",
        ]

    def test_combining_marks_stay_with_their_letter(self) -> None:
        """A letter and its accent are one, however they are encoded."""
        decomposed = "Ays\u0327e"
        assert split_words(decomposed) == [(0, 5)]

    def test_invisible_characters_do_not_end_a_word(self) -> None:
        """Soft hyphens and zero-width spaces cannot break a name into harmless halves."""
        assert split_words("Ral\u200bytsa Plov\u00addiv") == [(0, 8), (9, 17)]

    def test_an_endless_word_is_cut(self) -> None:
        """A run without spaces does not become one huge word."""
        assert all(end - start <= MAX_WORD_LETTERS for start, end in split_words("x" * 1_000))

    @pytest.mark.parametrize(
        ("word", "shape"),
        [
            ("anna", module.SHAPE_LOWER),
            ("Anna", module.SHAPE_TITLE),
            ("ANNA", module.SHAPE_UPPER),
            ("A", module.SHAPE_INITIAL),
            ("34", module.SHAPE_DIGITS),
            ("CD34", module.SHAPE_MIXED),
            ("McKay", module.SHAPE_MIXED),
            (".", module.SHAPE_SYMBOL),
            ("❤", module.SHAPE_SYMBOL),
            ("文雄", module.SHAPE_LOWER),
        ],
    )
    def test_case_shape(self, word: str, shape: int) -> None:
        """Each kind of spelling has its row in the table."""
        assert case_shape(word) == shape


class TestWindows:
    """The plan of overlapping windows."""

    @given(st.lists(st.integers(1, MAX_WORD_PIECES), max_size=400))
    def test_every_word_is_kept_once_and_no_window_is_too_long(self, lengths: list[int]) -> None:
        """The windows neither lose a word nor answer for it twice."""
        windows = plan_windows(lengths)
        kept = [word for window in windows for word in range(window.keep_first, window.keep_last)]
        assert kept == list(range(len(lengths)))
        for window in windows:
            assert window.first <= window.keep_first <= window.keep_last <= window.last
            assert sum(lengths[window.first : window.last]) <= WINDOW_PIECES

    @given(st.lists(st.integers(1, 6), min_size=300, max_size=900))
    def test_every_word_has_context_on_both_sides(self, lengths: list[int]) -> None:
        """No answer comes from the torn edge of a window."""
        for window in plan_windows(lengths):
            if window.first > 0:
                assert sum(lengths[window.first : window.keep_first]) >= MARGIN_PIECES
            if window.last < len(lengths):
                assert sum(lengths[window.keep_last : window.last]) >= MARGIN_PIECES

    def test_a_long_text_costs_in_proportion(self) -> None:
        """Ten times the text needs ten times the windows."""
        short, long = len(plan_windows([1] * 10_000)), len(plan_windows([1] * 100_000))
        assert long <= 11 * short


class TestCoverage:
    """What was not read is an error while a letter is drafted, not only in these tests."""

    @pytest.mark.parametrize(
        "planned",
        [
            lambda windows: windows[:-1],
            lambda windows: [*windows, windows[0]],
            lambda windows: [replace(windows[0], keep_last=windows[0].keep_last - 1), *windows[1:]],
        ],
        ids=["a window is left out", "a window is read twice", "a word is given away"],
    )
    def test_a_word_without_exactly_one_answer_is_an_error(
        self,
        tagger: Tagger,
        monkeypatch: pytest.MonkeyPatch,
        planned: Callable[[list[Window]], list[Window]],
    ) -> None:
        """Whoever changes the windows cannot lose a word in silence."""
        monkeypatch.setattr(module, "plan_windows", lambda lengths: planned(plan_windows(lengths)))
        with pytest.raises(NotRead):
            tagger.tag(LETTER * 20)

    def test_a_visible_character_outside_of_every_word_is_an_error(
        self, tagger: Tagger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever changes the word rule cannot either."""
        monkeypatch.setattr(module, "split_words", lambda text: split_words(text)[1:])
        with pytest.raises(NotRead):
            tagger.tag(LETTER)

    def test_a_model_that_answers_with_no_number_is_an_error(
        self, tagger: Tagger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It compares as less than every threshold: nothing would be found."""
        read = Tagger._read
        monkeypatch.setattr(Tagger, "_read", lambda *found: read(*found) * np.nan)
        with pytest.raises(NotRead):
            tagger.tag(LETTER)

    def test_a_word_that_the_model_cannot_read_to_its_end_is_an_error(self, tagger: Tagger) -> None:
        """Cutting its pieces off would leave the rest unread; a Korean syllable has three."""
        assert MAX_WORD_PIECES // 3 == 16
        assert tagger.tag("\ud55c" * 16) is not None
        with pytest.raises(NotRead):
            tagger.tag("\ud55c" * 17)


class TestLoading:
    """Only complete and unaltered models are used."""

    def test_a_missing_folder_is_a_model_error(self, tmp_path: Path) -> None:
        """Nothing is loaded from nowhere."""
        with pytest.raises(ModelError):
            Tagger.load(tmp_path / "nowhere")

    @pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
    def test_an_altered_file_is_a_model_error(self, tmp_path: Path, name: str) -> None:
        """One flipped bit is noticed."""
        folder = tmp_path / "model"
        shutil.copytree(MODEL, folder)
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(bytes(content))
        with pytest.raises(ModelError):
            Tagger.load(folder)

    @pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "model.toml"])
    def test_a_missing_file_is_a_model_error(self, tmp_path: Path, name: str) -> None:
        """All three files are needed."""
        folder = tmp_path / "model"
        shutil.copytree(MODEL, folder)
        (folder / name).unlink()
        with pytest.raises(ModelError):
            Tagger.load(folder)

    def test_an_incomplete_configuration_is_a_model_error(self, tmp_path: Path) -> None:
        """A file without a checksum is not trusted."""
        folder = tmp_path / "model"
        shutil.copytree(MODEL, folder)
        (folder / "model.toml").write_text("[sha256]\n", encoding="utf-8")
        with pytest.raises(ModelError):
            Tagger.load(folder)

    def test_labels(self, tagger: Tagger) -> None:
        """The labels are those that the pipeline expects."""
        assert tagger.labels == ("PERSON", "LOCATION", "ORGANIZATION", "OCCUPATION", "CLUE")


class TestLetters:
    """What the shipped model finds."""

    def test_people_places_and_organisations_are_found(self, tagger: Tagger) -> None:
        """A plain letter is read without a mistake."""
        spans = tagger.tag(LETTER)
        family = {"Agnieszka", "Piotr", "Zosia", "Kuba", "Agnieszka Kowalczyk"}
        assert texts_of(spans, LETTER, "PERSON") == family | {"Vogelsang"}
        assert texts_of(spans, LETTER, "LOCATION") == {"Radomsko"}
        assert texts_of(spans, LETTER, "ORGANIZATION") == {"St. Mary's Hospital"}

    @pytest.mark.parametrize(
        "text",
        [
            "Dear donor,\nI hope you are well. Thank you with all my heart.\nYour patient",
            "I hope that by the grace of God I will see the dawn of many more days in May.",
            "My blood group was A negative, on day +100 the MRI was clean and I took vitamins.",
            "Mum and Dad cried. We had nice long walks and a warm bath.",
        ],
    )
    def test_ordinary_words_are_left_alone(self, tagger: Tagger, text: str) -> None:
        """Words that could be names are not, where they are words."""
        assert tagger.tag(text) == ()

    @pytest.mark.parametrize("text", ["", " ", "\n\n\t", "\u00a0"])
    def test_nothing_is_found_in_nothing(self, tagger: Tagger, text: str) -> None:
        """A blank letter is no error."""
        assert tagger.tag(text) == ()

    def test_titles_and_possessives_stay_outside(self, tagger: Tagger) -> None:
        """A letter stays readable: only the name within "Dr. Name's" is marked."""
        text = "We met Dr. Vogelsang and Mrs. Okonkwo. Piotr's laugh is back."
        assert texts_of(tagger.tag(text), text, "PERSON") == {"Vogelsang", "Okonkwo", "Piotr"}

    def test_a_lower_threshold_only_adds(self, tagger: Tagger) -> None:
        """At zero every word is covered, and the certain spans are the same."""
        certain = tagger.tag(LETTER)
        more = tagger.tag(LETTER, threshold=0.0)
        assert set(certain) <= set(more)
        covered = sum(span.end - span.start for span in more)
        assert covered >= len("".join(LETTER.split()))

    def test_a_higher_threshold_keeps_the_certain_ones(self, tagger: Tagger) -> None:
        """Raising the threshold never adds a span."""
        assert len(tagger.tag(LETTER, threshold=0.9999)) <= len(tagger.tag(LETTER))

    def test_the_answer_is_always_the_same(self, tagger: Tagger) -> None:
        """Reading and loading twice changes nothing."""
        assert tagger.tag(LETTER) == tagger.tag(LETTER) == Tagger.load(MODEL).tag(LETTER)

    def test_a_name_is_found_wherever_it_stands_in_a_long_letter(self, tagger: Tagger) -> None:
        """No position between windows hides a name."""
        filler = "The garden is green and we walk along the river every day. "
        for distance in range(0, 40, 7):
            text = filler * distance + "My wife Agnieszka says hello. " + filler * 30
            assert "Agnieszka" in texts_of(tagger.tag(text), text, "PERSON")

    @settings(max_examples=60, deadline=None)
    @given(text=st.text(max_size=300), threshold=st.sampled_from([0.01, 0.2, 0.5]))
    def test_spans_are_sound(self, tagger: Tagger, text: str, threshold: float) -> None:
        """Whatever the text, spans lie within it and in order, each kind of them apart."""
        self._assert_sound(tagger.tag(text, threshold=threshold), text, threshold)

    def test_unpaired_surrogates_are_survived(self, tagger: Tagger) -> None:
        """Half a character is noise, not an error."""
        text = "Dear \ud800 Agnieszka \udfff, hello"
        self._assert_sound(tagger.tag(text), text, 0.5)

    @staticmethod
    def _assert_sound(spans: tuple[TaggedSpan, ...], text: str, threshold: float) -> None:
        assert list(spans) == sorted(spans, key=lambda span: span.start)
        for labels in ({"PERSON", "LOCATION", "ORGANIZATION"}, {"OCCUPATION", "CLUE"}):
            end = 0
            for span in spans:
                if span.label not in labels:
                    continue
                assert end <= span.start < span.end <= len(text)
                assert threshold <= span.score <= 1.0
                assert text[span.start : span.end] == text[span.start : span.end].strip()
                end = span.end


class TestLongTexts:
    """Length is no excuse."""

    def test_every_word_gets_a_probability(self, tagger: Tagger) -> None:
        """A letter of sixty pages is read from end to end."""
        text = (LETTER + "\n\n") * 60
        words = split_words(text)
        rows = tagger.word_probabilities(text, words)
        assert rows.shape[0] == len(words)
        assert np.isfinite(rows).all()
        assert np.allclose(rows.sum(axis=1), 1.0)
        found = [span for span in tagger.tag(text) if text[span.start : span.end] == "Radomsko"]
        assert len(found) == 60

    @pytest.mark.parametrize("unit", ["x", "文", "é", "😀", "A1"])
    def test_a_text_without_spaces_is_read_to_its_end(self, tagger: Tagger, unit: str) -> None:
        """Scripts without spaces are covered, too."""
        text = unit * (20_000 // len(unit))
        words = split_words(text)
        assert words[-1][1] == len(text)
        assert len(tagger.word_probabilities(text, words)) == len(words)

    def test_two_hundred_thousand_letters_in_one_word(self, tagger: Tagger) -> None:
        """The worst text there is takes seconds, not hours."""
        start = time.monotonic()
        tagger.tag("ab" * 100_000)
        assert time.monotonic() - start < 120

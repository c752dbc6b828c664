"""The recognisers in force: an explicit list, so that none can vanish without a test failing."""

from anonymizer.pipeline import Pipeline
from anonymizer.rulebook import Rulebook

INVENTORY = [
    "ner:letter-en",
    "names:salutation",
    "names:introduction",
    "names:sign-off",
    "names:kin",
    "names:initials",
    "names:capital",
    "names:spelled",
    "list:towns",
    "list:hospitals",
    "list:countries",
    "list:nationalities",
    "list:occupations",
    "number:donor",
    "presidio:EmailRecognizer",
    "presidio:UrlRecognizer",
    "presidio:PhoneRecognizer",
    "presidio:IbanRecognizer",
    "presidio:CreditCardRecognizer",
    "presidio:IpRecognizer",
    "pattern:address.number-street",
    "pattern:address.street-number",
    "pattern:address.street-before",
    "pattern:address.turkish",
    "pattern:address.street-only",
    "pattern:address.german-street-only",
    "pattern:postcode.uk",
    "pattern:postcode.us",
    "pattern:postcode.town",
    "pattern:address.po-box",
    "pattern:age.years-old",
    "pattern:age.i-am",
    "pattern:age.small-child",
    "pattern:age.aged",
    "pattern:age.birthday",
    "pattern:age.after-name",
    "pattern:age.between-commas",
    "pattern:age.yo",
    "pattern:age.pair",
    "pattern:age.pair-first",
    "pattern:age.alone-in-brackets",
    "pattern:age.i-am-small",
    "pattern:age.when-i-was",
    "pattern:age.have-years",
    "pattern:age.years-between-commas",
    "pattern:age.in-brackets",
    "pattern:email.spelled",
    "pattern:email.broken",
    "pattern:phone.international",
    "pattern:phone.national",
    "pattern:phone.us",
    "pattern:phone.cued",
    "pattern:phone.words",
    "pattern:handle.at",
    "pattern:handle.platform",
    "pattern:hashtag",
    "pattern:handle.shape",
    "pattern:url.www",
    "pattern:date.day-month",
    "pattern:date.month-day",
    "pattern:date.may-day",
    "pattern:date.numeric",
    "pattern:date.numeric-us",
    "pattern:date.iso",
    "pattern:date.day-month-short",
    "pattern:date.month-year",
    "pattern:date.month-number-year",
    "pattern:date.holiday-year",
    "pattern:date.year",
    "pattern:date.words",
    "pattern:date.roman-month",
    "pattern:date.may-ordinal",
    "pattern:id.cued",
    "pattern:id.emdis",
    "pattern:id.nmdp",
    "pattern:id.din",
    "pattern:id.plate",
    "pattern:id.long-number",
    "pattern:id.mixed-code",
    "pattern:id.plate-shape",
    "pattern:id.room",
    "pattern:clue.only-in",
    "pattern:clue.only-who",
    "pattern:clue.donated-again",
    "pattern:clue.prize",
    "pattern:clue.champion",
    "pattern:clue.multiples",
    "pattern:clue.public-role",
    "pattern:media.press",
    "pattern:media.own",
    "pattern:media.search",
    "pattern:event.named",
    "pattern:pet.named",
    "pattern:pet.apposition",
    "pattern:pet.name-the-dog",
    "pattern:diagnosis.rare",
    "pattern:diagnosis.short",
    "pattern:diagnosis.all",
    "pattern:media.front-page",
    "pattern:clue.age-group-champion",
    "pattern:clue.i-am-the-only",
    "pattern:clue.given-twice",
]


def test_the_inventory_is_this_list(pipeline: Pipeline) -> None:
    """In this order; whoever adds or removes a recogniser writes it down here."""
    assert [one.recognizer_id for one in pipeline.recognizers] == INVENTORY


def test_no_two_recognisers_have_one_name(pipeline: Pipeline) -> None:
    """The audit trail names them."""
    names = [one.recognizer_id for one in pipeline.recognizers]
    assert len(set(names)) == len(names)


def test_every_pattern_of_the_rules_is_in_force(pipeline: Pipeline, rules: Rulebook) -> None:
    """In the order of the files."""
    patterns = [
        one.recognizer_id for one in pipeline.recognizers if "pattern:" in one.recognizer_id
    ]
    assert patterns == [f"pattern:{rule.rule_id}" for rule in rules.patterns]

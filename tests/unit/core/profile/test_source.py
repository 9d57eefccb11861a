"""A profile file that is wrong is refused with file, line, reason and the nearest right spelling, and no value."""

import pytest
from pydantic import ValidationError

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.profile.file_size import MAX_BYTES
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.source import MAX_LINE, load
from cc_launcher.core.text import has_control
from cc_launcher.files.user_config import Config
from tests.unit.conftest import CANARY, all_of, source


def refused(text: str) -> CcError:
    with pytest.raises(CcError) as caught:
        load(text, "mine.toml", Profile)
    assert caught.value.code == INVALID
    assert not has_control(caught.value.what + caught.value.hint)
    return caught.value


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ('auht = "bearer"', "mine.toml:1: unknown key auht", "did you mean auth?"),
        ('auth = "bearer"\n\nbaseurl = "https://h"', "mine.toml:3: unknown key baseurl", "did you mean base_url?"),
        ('# x\n[tiers]\nmain = "m"\nhiaku = "m"', "mine.toml:4: unknown key tiers.hiaku", "did you mean haiku?"),
        ("[models.m]\ncontxt = 1", "mine.toml:2: unknown key models.m.contxt", "did you mean context?"),
        ('[models."a/b.c"]\nsmal = "m"', 'mine.toml:2: unknown key models."a/b.c".smal', "did you mean small?"),
        ("[models.m.prices]\ninput = 1\noutput = 1\ncache = 1", "mine.toml:4: unknown key models.m.prices.cache",
         "did you mean cache_read or cache_write or cache_write_1h?"),
        ("[models]\nm = { prices = { input = 1, output = 1, ouput = 1 } }",
         "mine.toml:2: unknown key models.m.prices.ouput", "did you mean output?"),
        ('[modes.local]\nmodle = "m"', "mine.toml:2: unknown key modes.local.modle", "did you mean model?"),
        ('title = "T"\n[model."a/b"]\ncontext = 32000', "mine.toml:2: unknown key model",
         "did you mean"),
        ("title = 'T'\n\ntier.main = 'm'", "mine.toml:3: unknown key tier", "did you mean tiers?"),
        ("zzzzzz = 1", "mine.toml:1: unknown key zzzzzz", "known here: extends, title, label,"),
    ],
)  # fmt: skip
def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known_one(text: str, what: str, hint: str) -> None:
    error = refused(text)
    assert error.what == what
    assert error.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("title = 1", "title must be a valid string"),
        ('base_url = ["https://h"]', "base_url must be a valid string"),
        ('auth = "token"', "auth must be one of 'bearer', 'api-key', 'none', 'login' or 'cloud'"),
        ('open_ended = "yes"', "open_ended must be a valid boolean"),
        ("sealed = 1", "sealed must be a valid boolean"),
        ("timeout = 50", "timeout must be a valid string"),
        ("models = []", "models must be a table"),
        ('tiers = "m"', "tiers must be a table"),
        ("tiers.main = 1", "tiers.main must be a valid string"),
        ('models.m.context = "131072"', "models.m.context must be a valid integer"),
        ("models.m.context = 999", "models.m.context must be greater than or equal to 1000"),
        ("models.m.max_output = 1e6", "models.m.max_output must be a valid integer"),
        ("models.m.prices = { input = -1, output = 1 }", "models.m.prices.input must be greater than or equal to 0"),
        ("models.m.prices = { input = nan, output = 1 }", "models.m.prices.input must be"),
        ("models.m.prices = { input = 1 }", "models.m.prices.output is missing"),
        ('notes = "one"', "notes must be a valid tuple"),
        ("notes = [1]", "notes.0 must be a valid string"),
        ("compat.no-betas = 1", "compat.no-betas must be a valid boolean"),
        ("env.FOO = 1", "env.FOO must be a valid string"),
        ("headers.x-a = 1", "headers.x-a must be a valid string"),
        (f'label = "{"x" * 25}"', "label must have at most 24 characters"),
        ('checked = "yesterday"', "checked must be a date, such as 2026-11-21"),
        ('confidence = "sure"', "confidence must be one of 'high', 'medium' or 'low'"),
        ('extends = "Zai"', "extends is not a valid profile name"),
        ('extends = "../zai"', "extends is not a valid profile name"),
    ],
)
def test_a_wrong_type_or_value_is_told_with_its_line_and_key(text: str, what: str) -> None:
    assert refused("# first\n" + text).what.startswith(f"mine.toml:2: {what}")


def test_every_fault_of_a_file_is_told_at_once() -> None:
    error = refused('auht = "bearer"\ntitle = 1\n[tiers]\nopsu = "m"')
    told = [error.what, *error.details]
    assert [line.split(": ")[0] for line in told] == ["mine.toml:2", "mine.toml:4", "mine.toml:1"]
    assert "did you mean opus?" in error.details[0]


CONTROLS = [
    0x00, 0x07, 0x08, 0x09, 0x0A, 0x0D, 0x1B, 0x7F, 0x80, 0x85, 0x9B, 0x9F,
    0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E, 0x2060, 0x2066, 0x2069, 0xFEFF,
]  # fmt: skip
PLACES = {
    "a value": 'title = "a{}b"',
    "an item of a list": 'notes = ["fine",\n"a{}b"]',
    "a value of a table": '[env]\nFOO = "a{}b"',
    "a value of an inline table": '[models]\nm = {{ name = "a{}b" }}',
    "a key": '"ti{}tle" = "x"',
    "a key of a table": '[env]\n"FO{}O" = "x"',
    "a model's name": '[models."a{}b"]\ncontext = 32000',
    "a table's name": '["mod{}els"]',
    "an unknown key's value": 'nothing = [{{ a = "a{}b" }}]',
}


@pytest.mark.parametrize("place", PLACES)
def test_an_escaped_control_character_is_refused_wherever_it_stands(place: str) -> None:
    for code in CONTROLS:
        error = refused(PLACES[place].format(f"\\u{code:04X}"))
        assert "holds control characters, also if escaped" in error.what, hex(code)
        assert error.what.startswith("mine.toml:"), hex(code)


@pytest.mark.parametrize("place", PLACES)
def test_a_raw_control_character_is_refused_and_shown_as_an_escape(place: str) -> None:
    for code in CONTROLS:
        error = refused(PLACES[place].format(chr(code)))
        assert "control characters" in error.what or "not valid TOML" in error.what, hex(code)


def test_a_line_break_in_a_value_is_refused_however_it_is_written() -> None:
    for value in ('"a\\nb"', '"""a\nb"""', "'''a\nb'''", '"a\\tb"'):
        assert refused(f"\ntitle = {value}").what.startswith("mine.toml:2: title: holds control characters")


@pytest.mark.parametrize(
    "written",
    [
        '{key} = "{c}"',
        '{key} = ["{c}"]',
        '{key} = {{ x = "{c}" }}',
        '{key} = "{c}\\u001b"',
        '{key} = "{c}',
        "{key} = {c}",
    ],
)
def test_a_secret_in_the_place_of_any_key_is_not_repeated(written: str) -> None:
    for key in Profile.model_fields:
        said = ""  # where it is no fault: a title may be anything
        try:
            load(written.format(key=key, c=CANARY), "mine.toml", Profile)
        except CcError as error:
            said = all_of(error)
        assert CANARY not in said, key


@pytest.mark.parametrize(
    "text",
    [
        f'secret = "{CANARY}"',
        f'secret = "{CANARY}:x"',
        f'secret = "env:{CANARY}"',
        f'secret = "env:{CANARY} "',
        f'secret = "file:{CANARY}"',
        f"""secret = "cmd:'{CANARY}" """,
        f'api_key = "{CANARY}"',
        f'ANTHROPIC_AUTH_TOKEN = "{CANARY}"',
        f'[env]\nANTHROPIC_AUTH_TOKEN = "{CANARY}"',
        f'[env]\nOPENROUTER_API_KEY = ["{CANARY}"]',
        f'[headers]\nAuthorization = "Bearer {CANARY}"',
        f'[headers]\nx-api-key = "{CANARY}"',
        f'[secret_headers]\nx-key = "{CANARY}"',
        f'base_url = "{CANARY}"',
        f'base_url = "https://{CANARY}@host"',
        f'base_url = "https://me:{CANARY}@host/ v1"',
        f'base_url = "me:{CANARY}@host"',
        f'base_url = "https://host/?key={CANARY}"',
        f'base_url = "https://host/#{CANARY}"',
        f'base_url = "https://host/ ?key={CANARY}"',
        f'base_url = "host?key={CANARY}"',
        f'checked = "{CANARY}"',
        f'[models.m]\nprices = {{ input = "{CANARY}", output = 1 }}',
        f'keep = ["{CANARY}"]',
        f'key_env = ["{CANARY}"]',
        f'secret = "{CANARY}',
        f"secret = {CANARY}",
        f'secret = "x"\nsecret = "{CANARY}"',
    ],
)
def test_a_secret_pasted_into_a_profile_is_refused_and_not_repeated(text: str) -> None:
    assert CANARY not in all_of(refused(text))


@pytest.mark.parametrize("values", [{"title": [CANARY]}, {CANARY[:2]: CANARY}, {"auth": CANARY}, {"secret": CANARY}])
def test_not_even_the_validators_own_error_repeats_a_value(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        Profile.model_validate(values)
    assert CANARY not in str(caught.value)


def test_what_a_source_shows_of_itself_holds_no_value() -> None:
    assert CANARY not in repr(source(f'title = "{CANARY}"'))


def test_a_file_may_be_as_large_as_the_limit_and_no_larger() -> None:
    line = "# " + "x" * 1021 + "\n"
    text = line * (MAX_BYTES // len(line))
    assert len(text) == MAX_BYTES
    assert load(text, "mine.toml", Profile) == {}
    assert refused(text + "#").what == "mine.toml: larger than 32 KiB"
    assert refused("# é" * (MAX_BYTES // 4) + "\n").what == "mine.toml: larger than 32 KiB"


def test_a_line_may_be_as_long_as_the_limit_and_no_longer() -> None:
    assert load("\n#" + "x" * (MAX_LINE - 1), "mine.toml", Profile) == {}
    assert refused("\n#" + "x" * MAX_LINE).what == "mine.toml:2: line longer than 4 KiB"


@pytest.mark.parametrize(
    "text",
    [
        "notes = " + "[" * 2000 + "]" * 2000,
        "notes = " + "[\n" * 8000 + "]\n" * 8000,
        "notes = " + "[" * 4000,
        "notes = " + "[\n" * 490 + "]\n" * 490,
        "notes = " + "{a=" * 1000 + "1" + "}" * 1000,
        "env" + ".a" * 1100 + " = 1",
        "[env" + ".a" * 1100 + "]\n",
        "a" + ".a" * 500 + ".a = 1",
        "a.b = {" + ", ".join(f"c{number}.d.e = 1" for number in range(200)) + "}",
        "context = " + "9" * 4000,
        "title = " + '"' * 3999,
        "[" * 4000,
        "[[" * 2000,
        "a = [" + "{}," * 1300 + "]",
    ],
    ids=lambda text: text[:12].replace("\n", " "),
)
def test_hostile_nesting_ends_in_an_ordinary_refusal(text: str) -> None:
    refused(text)


def test_nesting_that_only_our_own_look_at_it_cannot_follow_is_refused_too() -> None:
    assert refused("\n" + "a." * 1100 + "a = 1").what == "mine.toml: nested too deeply"


@pytest.mark.parametrize(
    "before",
    [
        "notes = [\n  'one', # ]\n  'two',\n]\n",
        'notes = ["a", "]", "["]\n',
        '# """ not a string\n\n',
        "\n\n\n",
        "models.m = { aliases = [\n'x',\n'y' ] }\n",
        'notes = ["""a"""", "]"]\n',
        "notes = ['''a'''', ']']\n",
        "'title' = 'T' # = 1\n",
    ],
)
def test_the_line_is_right_after_values_of_many_lines(before: str) -> None:
    line = before.count("\n") + 1
    assert refused(before + "wrong = 1\n[tiers]\nmain = 'm'").what == f"mine.toml:{line}: unknown key wrong"


def test_a_fault_inside_a_value_of_many_lines_is_told_with_the_line_of_its_key() -> None:
    assert refused("title = 'T'\nnotes = [\n'fine',\n1,\n]\n").what.startswith("mine.toml:2: notes.1 ")


def test_the_configuration_is_held_to_its_own_keys() -> None:
    with pytest.raises(CcError) as caught:
        load(f'clawde = "{CANARY}"', "config.toml", Config)
    assert caught.value.what == "config.toml:1: unknown key clawde"
    assert caught.value.hint == "did you mean claude?"
    assert CANARY not in all_of(caught.value)

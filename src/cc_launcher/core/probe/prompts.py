"""What a probe says to a model. Short, and such that a right answer can be told from a wrong one without judging it.

Models follow them word by word; so does the fake model of the tests, which reads the same words.
"""

import json
from typing import Any

Body = dict[str, Any]

REPLY = "Reply with exactly this, and nothing else: {}"
CALL = "Call each of these tools once, in one turn, with exactly the input that stands behind its name:\n{}"
COUNT = "Count from 1 to {} in digits, one number a line, and write nothing else."
SUM = "What is 17 * 23 + 4? Think it through, then reply with the number alone."
NO_TOOL = "What is the capital of France? Reply with its name alone. You do not need a tool for that."
COLOUR = "What colour is this picture? Reply with one word."
FORWARD = "Now reply with exactly what the tool said, and nothing else."
FIND = "A code word stands somewhere in the text above. Reply with the code word, and nothing else."
CODE_LINE = "The code word is {}.\n"
CODE = "heron-4711"
PONG = "pong-271828"
RESULT = "albatross-3141"
PROBLEM = "E-5772: no such file"


def user(text: str) -> Body:
    """A message of the user."""
    return {"role": "user", "content": text}


def calls(wanted: list[tuple[str, Body]]) -> str:
    """A prompt that wants these tools called."""
    return CALL.format("\n".join(f"- {name} {json.dumps(given, ensure_ascii=False)}" for name, given in wanted))


def tool(name: str, does: str, **properties: Body) -> Body:
    """A tool with these properties, all of which it needs."""
    schema = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"name": name, "description": does, "input_schema": schema}


TEXT: Body = {"type": "string"}
WEATHER = tool("weather", "Tells the weather of a city.", city=TEXT)
NOTE = tool("note", "Writes a note down.", title=TEXT, text=TEXT)
LOOK_UP = tool("look_up", "Looks a word up.", word=TEXT)
EDIT = tool("edit_file", "Replaces a text in a file, to the letter.", file_path=TEXT, old_string=TEXT, new_string=TEXT)
PLAN = tool(
    "plan",
    "Writes a plan down.",
    goal=TEXT,
    urgent={"type": "boolean"},
    steps={
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"name": TEXT, "minutes": {"type": "integer"}, "needs": {"type": "array", "items": TEXT}},
            "required": ["name", "minutes", "needs"],
        },
    },
    limits={
        "type": "object",
        "properties": {"cost": {"type": "number"}, "owner": {"type": ["string", "null"]}},
        "required": ["cost", "owner"],
    },
)

ONE_CALL: tuple[str, Body] = ("weather", {"city": "Lisbon"})
LONG_CALL: tuple[str, Body] = (
    "note",
    {
        "title": "Harbour",
        "text": "The ferry leaves at seven, comes back at noon, and waits for nobody. "
        "Bring a coat, two tickets and the blue folder; the bridge is closed until Sunday.",
    },
)
SEVERAL_CALLS: list[tuple[str, Body]] = [
    ("weather", {"city": "Oslo"}),
    ("weather", {"city": "Quito"}),
    ("look_up", {"word": "tide"}),
]
NESTED_CALL: tuple[str, Body] = (
    "plan",
    {
        "goal": "paint the shed",
        "urgent": False,
        "steps": [
            {"name": "sand it", "minutes": 90, "needs": ["paper", "mask"]},
            {"name": "paint it", "minutes": 120, "needs": []},
        ],
        "limits": {"cost": 12.5, "owner": None},
    },
)
# What breaks edits: quotes of both kinds, backslashes that are meant, tabs, empty lines, letters beyond ASCII and
# beyond 16 bits, `$`, what looks like markup, and indentation.
EDIT_CALL: tuple[str, Body] = (
    "edit_file",
    {
        "file_path": "src/größe.py",
        "old_string": "def say(name):\n\tprint('hi \"%s\"\\n' % name)\n\n    return None  # TODO: naïve\n",
        "new_string": 'def say(name: str) -> None:\n\tprint(f"hi “{name}” \\\\o/ \\n")\n\n    # 5 € & <b>$1</b> 🦉\n',
    },
)


# A red square of 32 points.
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKElEQVR4nO3NsQ0AAA"
    "zCMP5/un0CNkuZ41wybXsHAAAAAAAAAAAAxR4yw/wuPL6QkAAAAABJRU5ErkJggg=="
)

_STORY = (
    "the river carries small boats past quiet mills while a clerk counts barrels and writes each number in a thin "
    "book that nobody reads until winter when the ice keeps every boat at home and there is time for such things"
)


def filler(tokens: int) -> str:
    """About so many tokens of harmless text that does not repeat line by line: a word is about one and a quarter."""
    story = _STORY.split()
    lines, words, line = [], 0, 0
    while words * 1.25 + line * 3 < tokens:
        line += 1
        start = line * 7 % len(story)
        said = [story[(start + step * (1 + line % 5)) % len(story)] for step in range(12)]
        lines.append(f"{line}: {' '.join(said)}.")
        words += 12
    return "\n".join(lines) + "\n"

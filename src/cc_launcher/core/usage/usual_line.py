"""The line of an answer as the client writes it today: its figures by two regular expressions, a third of JSON's work.

Whatever is written in another way matches neither, and is read as JSON. So they have to be as strict as that: no key
that is asked for may stand in a second place, and nothing may match that is no JSON.
"""

import json
import re
from datetime import datetime
from functools import lru_cache

_NAME = rb'"([ !#-\[\]-~]{1,200}+)"'
_TEXT = rb'"[ !#-\[\]-~]*+"'
_PATH = rb'("(?:[^"\\\x00-\x1f]|\\.)*+")'  # may have other letters than those, and escapes: read as JSON, once each
_COUNT = rb"(?:0|[1-9][0-9]{0,11}+)"
_PLAIN = rb"(?:%b|null|true|false|-?+(?:0|[1-9]\d{0,30}+)(?:\.\d++)?+)" % _TEXT
_PAIR = rb'"\w++":%b' % _PLAIN
_FLAT = rb"(?:%b|\[\]|\{(?:%b(?:,%b)*+)?+\})" % (_PLAIN, _PAIR, _PAIR)
_ASKED = (
    rb"(?!(?:attachment|cwd|gitBranch|isSidechain|message|requestId|requestRef|requestSessionId|requestedModel|sessionId"
    rb'|session_id|subtype|timestamp|type|version)")'
)
_OTHER = rb'(?:"%b\w++":%b,)*+' % (_ASKED, _PLAIN)
_BEHIND = rb'(?:,"%b\w++":%b)*+' % (_ASKED, _FLAT)
_OF_USAGE = (
    rb'(?:,"(?!(?:cache_creation|cache_creation_input_tokens|cache_read_input_tokens|input_tokens|output_tokens'
    rb'|server_tool_use)")\w++":%b)*+' % _FLAT
)

# What a line begins with: whether it is an agent's, and the model.
HEAD = re.compile(
    rb'\{"parentUuid":(?:null|%b),"isSidechain":(true|false),%b"message":\{"id":%b,"type":"message","role":"assistant",'
    rb'"model":"(?!<synthetic>")([ !#-\[\]-~]{1,200}+)","content":\[' % (_TEXT, _OTHER, _TEXT)
)
# One of the many that hold nothing for us.
ATTACHMENT = re.compile(
    rb'\{"parentUuid":(?:null|%b),"isSidechain":(?:true|false),%b"attachment":\{"type":"(?!hook_success")\w++"'
    % (_TEXT, _OTHER)
)
# What stands behind its content, up to the time.
BEGINNING = b'"stop_reason":'
TAIL = re.compile(
    BEGINNING
    + rb'(null|"\w++"),"stop_sequence":%b,"usage":\{' % _PLAIN
    + rb'"input_tokens":(%b),"cache_creation_input_tokens":(%b)' % (_COUNT, _COUNT)
    + rb',"cache_read_input_tokens":(%b),"output_tokens":(%b)%b' % (_COUNT, _COUNT, _OF_USAGE)
    + rb'(?:,"server_tool_use":\{"web_search_requests":(%b),"web_fetch_requests":%b\})?+%b'
    % (_COUNT, _COUNT, _OF_USAGE)
    + rb'(?:,"cache_creation":\{"ephemeral_1h_input_tokens":(%b),"ephemeral_5m_input_tokens":(%b)\})?+%b\}'
    % (_COUNT, _COUNT, _OF_USAGE)
    + rb'(,"stop_details":null)?+\},%b(?:"requestId":(?:"cc-([\w-]{1,64}+)"|%b),)?+"requestRef":%b,'
    % (_OTHER, _TEXT, _NAME)
    + rb'(?:"requestedModel":%b,)?+%b"type":"assistant",%b' % (_NAME, _OTHER, _OTHER)
    + rb'"timestamp":"(\d{4}-\d\d-\d\dT\d\d):([0-5]\d):([0-5]\d)\.(\d{3})Z",'
)
# What our gateway calls a request: see `in_engine/cc_hooks.py`.
CALL = re.compile(r"cc-[A-Za-z0-9_-]{1,64}")
# And from there on: the same in line after line of a session.
ENDING = re.compile(
    rb'%b(?:"session_id":%b,)?+' % (_OTHER, _NAME)
    + rb'%b"cwd":%b,"sessionId":%b,"version":%b(?:,"gitBranch":%b)?+%b' % (_OTHER, _PATH, _NAME, _NAME, _PATH, _BEHIND)
    + rb'(?:,"requestSessionId":%b)?+%b\}' % (_NAME, _BEHIND)
)


@lru_cache(1024)
def text(name: bytes) -> str:
    """A name that one of the expressions has found."""
    return name.decode("ascii")


@lru_cache(256)
def path(quoted: bytes) -> str | None:
    """A path that one of them has found; nothing where it is no JSON."""
    try:
        value = json.loads(quoted.decode())
    except ValueError:
        return None
    return value if isinstance(value, str) else None


@lru_cache(256)
def hour(stamp: bytes) -> int | None:
    """When an hour began that one of them has found, in milliseconds since 1970; nothing where there is none such."""
    try:
        return round(datetime.fromisoformat(f"{stamp.decode()}:00:00Z").timestamp()) * 1000
    except (ValueError, OverflowError):
        return None

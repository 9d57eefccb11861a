"""What may be a base URL, and the corrections that need no question."""

from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.text import urls


@pytest.mark.parametrize(
    "url",
    [
        "https://openrouter.ai/api",
        "https://api.z.ai/api/anthropic/",
        "http://localhost:11434",
        "http://[::1]:8080/anthropic",
        "https://xn--bcher-kva.example/a%20b",
        "https://host:8443/a;b/c~d/e+f",
    ],
)
def test_what_is_a_base_url(url: str) -> None:
    urls.check(url)


@pytest.mark.parametrize(
    ("url", "reason", "hint"),
    [
        ("openrouter.ai/api", "does not begin with https://", "put https:// in front of it"),
        ("//openrouter.ai/api", "does not begin with https://", "put https:// in front of it"),
        ("localhost:11434", "does not begin with http://", "put http:// in front of it"),
        ("127.0.0.1:8080/x", "does not begin with http://", "put http:// in front of it"),
        ("[::1]:8080", "does not begin with http://", "put http:// in front of it"),
        ("ftp://host", "has the scheme 'ftp'", "only https:// and http:// work"),
        ("file:///etc/passwd", "has the scheme 'file'", "only"),
        ("javascript://host", "has the scheme 'javascript'", "only"),
        ("https://me@host", "contains a user name or a password", "keep the secret with"),
        ("https://me:pw@host/x", "contains a user name or a password", "keep the secret with"),
        ("https://@host", "contains a user name or a password", "keep the secret with"),
        ("https://evil.example#@host", "has a query or fragment", "write https://evil.example"),
        ("https://host/a?x=1", "has a query or fragment", "write https://host/a"),
        ("https://host/a#b", "has a query or fragment", "write https://host/a"),
        ("https://host?", "has a query or fragment", "write https://host"),
        ("https://host#", "has a query or fragment", "write https://host"),
        (" https://host", "contains blanks", "write it without blanks"),
        ("https://host ", "contains blanks", "write it without blanks"),
        ("https://ho st", "contains blanks", "write it without blanks"),
        ("https://host/\u00a0", "contains blanks", "write it without blanks"),
        ("https://host\t", "contains blanks", "write it without blanks"),
        ("https://host\r\nx-evil: 1", "contains blanks", "write it without blanks"),
        ("https://bücher.example", "contains characters that a URL cannot have", "write the host in ASCII"),
        ("https://аpi.z.ai", "contains characters that a URL cannot have", "write the host in ASCII"),
        ("https://host\\@evil.example", "contains characters that a URL cannot have", "write the host in ASCII"),
        ("https:\\\\host", "contains characters that a URL cannot have", "write the host in ASCII"),
        ('https://host/"', "contains characters that a URL cannot have", "write the host in ASCII"),
        ("https://host/<x>", "contains characters that a URL cannot have", "write the host in ASCII"),
        ("https://host/\x00", "contains characters that a URL cannot have", "write the host in ASCII"),
        ("", "is empty", "leave the key out"),
        ("https://", "has no host", "write it as https://HOST/PATH"),
        ("https:///path", "has no host", "write it as https://HOST/PATH"),
        ("https://:443", "has no host", "write it as https://HOST/PATH"),
        ("https://host:port", "is not a URL", "write it as https://HOST/PATH"),
        ("https://host:99999", "is not a URL", "write it as https://HOST/PATH"),
        ("https://[::1", "is not a URL", "write it as https://HOST/PATH"),
    ],
)
def test_what_is_none_is_refused_with_a_reason_and_what_to_do(url: str, reason: str, hint: str) -> None:
    with pytest.raises(urls.BadUrl) as caught:
        urls.check(url)
    assert caught.value.reason == reason
    assert caught.value.hint.startswith(hint)


@given(st.text())
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        urls.check(text)
    except urls.BadUrl:
        return
    assert text.isascii()
    assert not any(char.isspace() or char in "@?#\\" for char in text.partition("://")[2].partition("/")[0])


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://host", True),
        ("http://localhost:11434", True),
        ("http://ollama.localhost", True),
        ("http://127.0.0.1", True),
        ("http://127.9.9.9:1", True),
        ("http://[::1]:1", True),
        ("http://LOCALHOST", True),
        ("http://192.168.1.5:8080", False),
        ("http://ollama.lan", False),
        ("http://0.0.0.0:1", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost.evil.example", False),
        ("http://notlocalhost", False),
        ("http://[::ffff:8.8.8.8]", False),
    ],
)
def test_plain_http_is_for_this_machine_unless_the_profile_says_otherwise(
    url: str,
    allowed: bool,  # noqa: FBT001
) -> None:
    urls.check_plain(url, plain_http=True)
    with nullcontext() if allowed else pytest.raises(urls.BadUrl, match="in clear text"):
        urls.check_plain(url, plain_http=False)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://h/v1", "https://h"),
        ("https://h/v1/", "https://h"),
        ("https://h/v1/messages", "https://h"),
        ("https://h/v1/messages//", "https://h"),
        ("https://h/api/v1/v1/messages", "https://h/api"),
        ("https://h//v1", "https://h"),
        ("https://h:8080/v1", "https://h:8080"),
        ("https://v1/v1", "https://v1"),
        ("https://h/", "https://h"),
        # and what stays
        ("https://h", "https://h"),
        ("https://h/api/anthropic", "https://h/api/anthropic"),
        ("https://v1", "https://v1"),
        ("https://v1/messages", "https://v1/messages"),
        ("https://h/v1beta", "https://h/v1beta"),
        ("https://h/xv1", "https://h/xv1"),
        ("https://h/v1/messages/batches", "https://h/v1/messages/batches"),
        ("https://h/v1/x", "https://h/v1/x"),
    ],
)
def test_what_the_client_appends_itself_is_taken_off_the_end(written: str, meant: str) -> None:
    assert urls.tidy(written) == meant
    assert urls.tidy(meant) == meant
    urls.check(meant)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True), ("Localhost", True), ("a.localhost", True), ("127.0.0.1", True), ("::1", True),
        ("[::1]", True), ("127.255.255.254", True), ("", False), ("localhost.", False), ("10.0.0.1", False),
        ("127.1", False), ("2130706433", False), ("host.localdomain", False), ("::2", False),
    ],
)  # fmt: skip
def test_which_hosts_stay_on_this_machine(host: str, local: bool) -> None:  # noqa: FBT001
    assert urls.is_loopback(host) is local


def test_the_host_is_shown_with_its_port() -> None:
    assert urls.host_of("https://openrouter.ai/api") == "openrouter.ai"
    assert urls.host_of("http://localhost:8080/anthropic") == "localhost:8080"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://openrouter.ai/api", "https://openrouter.ai"),
        ("https://OpenRouter.AI/api", "https://openrouter.ai"),
        ("HTTPS://openrouter.ai", "https://openrouter.ai"),
        ("http://openrouter.ai/api", "http://openrouter.ai"),
        ("https://openrouter.ai:8443/api", "https://openrouter.ai:8443"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
    ],
)
def test_what_is_sent_to_the_same_server(url: str, origin: str) -> None:
    assert urls.origin_of(url) == origin


@pytest.mark.parametrize(
    ("url", "name"),
    [("https://Host.example:8443/a", "host.example"), ("http://[::1]:1", "::1"), ("nothing", ""), ("", "")],
)
def test_the_name_of_a_host_is_without_its_port(url: str, name: str) -> None:
    assert urls.name_of(url) == name

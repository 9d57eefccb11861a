"""The HTML report in a real browser: no script runs, nothing is cut off, on a wide screen and on a phone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.probe.outcome import Run
from cc_launcher.core.probe.report_html import html
from cc_launcher.core.usage import page as usage_page
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.price import Cost
from cc_launcher.core.usage.report import Row
from tests.report import sample
from tests.support import LIMIT, missing

WIDE, PHONE = 1280, 400
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
# Measured in a frame, since a window of Chromium is never narrower than 500 pixels. The wrapper is the test's own, and
# its page comes without its policy, under which no script at all could look at it.
_WRAPPER = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">
<iframe id="page" style="width:{width}px;height:900px;border:0" srcdoc="{page}"></iframe><pre id="found"></pre>
<script>
document.getElementById("page").onload = (event) => {{
  const page = event.target.contentDocument, root = page.documentElement;
  page.querySelectorAll("details").forEach((one) => one.open = true);
  const seen = (one) => {{ const box = one.getBoundingClientRect(); return box.width > 0 && box.height > 0; }};
  const within = (box) => box.left >= 0 && box.right <= root.clientWidth;
  const inside = (one) => within(one.getBoundingClientRect());
  const all = (what) => [...page.querySelectorAll(what)];
  document.getElementById("found").textContent = JSON.stringify({{
    title: page.title,
    scrolls: root.scrollWidth - root.clientWidth,
    rows: all("tr.check").filter(seen).length,
    words: all("tr.check .status").filter(seen).map((one) => one.textContent),
    outside: all("body *").filter((one) => seen(one) && !inside(one)).map((one) => one.tagName),
    scripts: all("script").length, images: all("img").length,
    evidence: all("pre").filter(seen).length,
  }});
}};
</script>"""


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        missing("chromium-headless-shell is not installed")
    return Browser(program, tmp_path)


class Browser:
    """Chromium without a window, with a profile of its own."""

    def __init__(self, program: str, root: Path) -> None:
        self.program = program
        self.root = root

    def run(self, page: str, *options: str) -> str:
        """Open a page; what it has become."""
        path = self.root / "page.html"
        path.write_text(page, encoding="utf-8")
        argv = [
            self.program,
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
            f"--user-data-dir={self.root / 'profile'}",
            *options,
            path.as_uri(),
        ]
        done = subprocess.run(argv, cwd=self.root, capture_output=True, timeout=LIMIT, check=True)
        return done.stdout.decode()

    def measured(self, page: str, width: int) -> dict[str, Any]:
        """What a frame of this width shows of a page."""
        wrapped = _WRAPPER.format(width=width, page=escape(_POLICY.sub("", page)))
        dumped = self.run(wrapped, "--dump-dom", "--virtual-time-budget=2000")
        found = re.search(r'<pre id="found">(.+?)</pre>', dumped, re.DOTALL)
        assert found, dumped[-2000:]
        measured: dict[str, Any] = json.loads(unescape(found[1]))
        return measured


def hostile() -> Run:
    """A run in which everything that can be foreign is hostile, and long without a blank."""
    said = sample.HOSTILE + "x" * 300
    outcomes = tuple(replace(one, said=said, harm=said, title=said) for one in sample.outcomes())
    return sample.run(outcomes=outcomes, verdict=sample.HOSTILE, host="h" * 200, model=sample.HOSTILE)


@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("run", [sample.run(), hostile()], ids=["as usual", "hostile"])
def test_all_of_it_can_be_seen_and_nothing_sticks_out(browser: Browser, run: Run, width: int) -> None:
    found = browser.measured(html(run), width)
    assert found["title"].startswith("cc probe: zai · ")
    assert (found["scrolls"], found["outside"]) == (0, [])
    assert found["rows"] == len(sample.CHECKS)
    assert {word.split()[-1] for word in found["words"]} == {"passed", "degraded", "failed", "skipped"}
    assert (found["scripts"], found["images"]) == (0, 0)
    assert found["evidence"] == 2 * sum(len(one.evidence) for one in run.outcomes)


@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("name", ["glm-5.3", sample.HOSTILE + "x" * 300], ids=["as usual", "hostile"])
def test_all_of_the_usage_page_can_be_seen_too(browser: Browser, name: str, width: int) -> None:
    rows = [
        Row(
            {"profile": name, "model": name},
            currency,
            1_000,
            Figures(*[10**9] * 7),
            costs=[Cost(1.5, 20_000.25, "range")],
        )
        for currency in ("USD", "CNY", "")
    ]
    found = browser.measured(usage_page.html("2026-11-01 to 2026-11-30", [("By model", rows)], [name], [name]), width)
    assert found["title"].startswith("cc usage: 2026-11-01")
    assert (found["scrolls"], found["outside"]) == (0, [])
    assert (found["scripts"], found["images"]) == (0, 0)


def test_the_page_itself_lets_no_script_run(browser: Browser) -> None:
    # One that somebody has put into the file, to show that it is the policy that holds.
    page = html(hostile()).replace("<main>", "<script>document.title = 'ran'</script><main>")
    assert "<title>cc probe: zai" in browser.run(page, "--dump-dom")
    without = _POLICY.sub("", page)
    assert "<title>ran</title>" in browser.run(without, "--dump-dom")


def test_a_picture_of_it_is_no_blank_sheet(browser: Browser) -> None:
    path = browser.root / "page.png"
    browser.run(html(sample.run()), f"--screenshot={path}", f"--window-size={WIDE},1600")
    picture = path.read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(picture) > 50_000  # a blank one of that size has 10,000 bytes

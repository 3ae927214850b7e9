"""The published report in a real browser: its script runs under its own policy, tables sort, and nothing sticks out on a phone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "benchmarks" / "report" / "index.html"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-quic", "--dump-dom"),
)
LOOK = """
const frame = document.createElement("iframe");
frame.style.cssText = "width: 420px; border: 0";
frame.srcdoc = document.documentElement.outerHTML.replace(/<script[^]*?<\\/script>/g, "");
const sorted = (column) => {
  const table = [...document.querySelectorAll("table.sortable")].find((one) => one.tBodies[0].rows.length > 4);
  const head = table.tHead.rows[0].cells[column];
  const orders = [1, 2].map(() => {
    head.querySelector("button").click();
    return [head.getAttribute("aria-sort"), [...table.tBodies[0].rows].map((row) => row.cells[column].dataset.sort)];
  });
  return orders;
};
frame.addEventListener("load", () => {
  const heads = [...document.querySelectorAll("table.sortable thead th")];
  const inside = frame.contentDocument.documentElement;
  const found = {
    heads: heads.length, buttons: heads.filter((head) => head.querySelector(":scope > button")).length,
    orders: sorted(2), width: inside.scrollWidth, room: frame.contentWindow.innerWidth,
  };
  document.body.dataset.found = JSON.stringify(found);
});
document.body.append(frame);
"""


def dom(page: Path, profile: Path) -> str:
    """The document after its scripts have run."""
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "--virtual-time-budget=20000", page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.mark.skipif(not CHROMIUM, reason="not run here: there is no Chromium; .ci/run installs it")
def test_the_script_runs_under_the_pages_own_policy(tmp_path: Path) -> None:
    head = re.compile(r'<th scope="col"[^>]*><button type="button">')
    assert not head.findall(PAGE.read_text(encoding="utf-8")), "the script makes the buttons"
    assert len(head.findall(dom(PAGE, tmp_path / "profile"))) > 50


@pytest.mark.skipif(not CHROMIUM, reason="not run here: there is no Chromium; .ci/run installs it")
def test_tables_sort_and_a_phone_is_wide_enough(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    source = re.sub(r"script-src '[^']*'", "script-src 'unsafe-inline'", PAGE.read_text(encoding="utf-8"))
    page.write_text(source.replace("</body>", f"<script>{LOOK}</script></body>"), encoding="utf-8")
    told = re.search(r'data-found="([^"]*)"', dom(page, tmp_path / "profile"))
    assert told, "the page's look at itself did not end"
    found: Any = json.loads(unescape(told[1]))
    assert found["heads"] == found["buttons"] > 20
    (up, rising), (down, falling) = found["orders"]
    numbers = [float(value) for value in rising if value]
    assert (up, down) == ("ascending", "descending") and len(set(numbers)) > 2
    assert numbers == sorted(numbers) and [float(value) for value in falling if value] == sorted(numbers, reverse=True)
    assert found["room"] == 420 and found["width"] <= found["room"]

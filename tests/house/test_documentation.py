"""What the README says exists, and what exists is in the README."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from graders.cli import Exit, main

HOUSE = Path(__file__).resolve().parents[2]
README = (HOUSE / "README.md").read_text(encoding="utf-8")


def documented() -> list[list[str]]:
    """Every `sanjeh ...` command of the README, as words, comments removed."""
    lines = re.findall(r"^.*?\bsanjeh ([a-z][^\n`]*)$", "\n".join(re.findall(r"```sh\n(.*?)```", README, re.S)), re.M)
    return [shlex.split(line, comments=True) for line in lines]


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    words = {command[0] for command in documented()} | set(re.findall(r"`sanjeh ([a-z]+)", README))
    assert words == set(main.commands)


@pytest.mark.parametrize("command", documented(), ids=" ".join)
def test_documented_options_exist(command: list[str]) -> None:
    target: click.Command = main.commands[command[0]]
    if isinstance(target, click.Group) and len(command) > 1:
        target = target.commands[command[1]]
    known = {option for parameter in target.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word.split("=")[0] for word in command[1:] if word.startswith("-")} <= known


def test_every_command_has_help() -> None:
    assert all(command.help for command in main.commands.values())


def test_exit_codes_are_documented() -> None:
    listed = re.search(r"Exit codes: (.*?)\n\n", README, re.S)
    assert listed
    assert {int(code) for code in re.findall(r"(?:^|· |\n)(\d+) ", listed.group(1))} == {code.value for code in Exit}


def test_relative_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (HOUSE / target).exists(), target


def test_the_gate_runs_the_command_that_the_readme_gives() -> None:
    assert "```sh\ntox\n```" in README
    assert (HOUSE / ".ci" / "run").read_text(encoding="utf-8").rstrip().endswith("tox")


def test_files_are_of_readable_size() -> None:
    rooms = ("benchmarks", "graders", "reference", "reports", "seeds")
    long = {
        str(path.relative_to(HOUSE)): lines
        for room in rooms
        for path in (HOUSE / room).rglob("*.py")
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 350
    }
    assert not long

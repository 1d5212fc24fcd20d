"""Every command that docs/operations.md schedules or shows is one that the program understands."""

import json
import re
import shlex
from pathlib import Path

import click
import pytest
import typer

from payrisk.cli import app

PAGE = (Path(__file__).resolve().parents[2] / "docs/operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def commands_of(text: str) -> list[list[str]]:
    """The calls of payrisk in a snippet, as words: typed, after `&&`, in a unit's ExecStart, or as a list in YAML."""
    found = []
    for line in text.splitlines():
        listed = re.search(r"command: (\[.*\])", line)
        if listed:
            words = json.loads(listed[1])
            found += [words[1:]] if words[0] == "payrisk" else []
            continue
        for part in re.split(r"&&|\|\|?|;", line.partition(" # ")[0]):
            call = re.search(r"(?:^|[\s=/])payrisk ([a-z].*)", part)
            if call and not part.lstrip().startswith(("#", "Description")):
                found.append(shlex.split(re.split(r">>?", call[1])[0]))
    return found


COMMANDS = [words for _, text in BLOCKS for words in commands_of(text)]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_of_the_page_can_be_given_as_it_stands(words):
    group = typer.main.get_command(app)
    assert isinstance(group, click.Group) or hasattr(group, "commands")
    command, given = group.commands[words[0]], list(words[1:])
    if hasattr(command, "commands"):
        command = command.commands[given.pop(0)]

    context = command.make_context(words[0], given)

    assert not context.args


def test_the_page_schedules_the_training_and_the_daily_run_in_three_ways_each():
    asked = [words for words in COMMANDS if "--json" in words]

    assert [words[0] for words in asked].count("train") == 3
    assert [words[0] for words in asked].count("daily") == 3
    assert {"promote", "rollback", "models", "score"} <= {words[0] for words in COMMANDS}


@pytest.mark.parametrize("words", [["train", "--quickly"], ["promote", "VERSION"], ["score", "--as-of", "2026-01-01"]])
def test_the_check_finds_what_the_program_does_not_understand(words):
    group = typer.main.get_command(app)

    with pytest.raises(Exception, match=r"No such option|Missing"):
        group.commands[words[0]].make_context(words[0], list(words[1:]))


def test_the_jobs_for_kubernetes_are_two_cron_jobs():
    yaml = pytest.importorskip("yaml")
    jobs = [job for kind, text in BLOCKS if kind == "yaml" for job in yaml.safe_load_all(text)]

    assert [(job["kind"], job["metadata"]["name"]) for job in jobs] == [
        ("CronJob", "payrisk-train"),
        ("CronJob", "payrisk-daily"),
    ]
    for job in jobs:
        template = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        names = {volume["name"] for volume in template["volumes"]}
        for container in [*template["containers"], *template.get("initContainers", [])]:
            assert {mount["name"] for mount in container["volumeMounts"]} <= names


def test_every_setting_of_a_snippet_exists():
    from payrisk.settings import Settings

    used = {name for _, text in BLOCKS for name in re.findall(r"\bPAYRISK_[A-Z_]+", text)}

    assert used
    assert {name for name in used if name.removeprefix("PAYRISK_").lower() not in Settings.model_fields} == set()


def test_every_setting_has_its_row():
    from payrisk.settings import Settings

    assert [name for name in Settings.model_fields if f"`PAYRISK_{name.upper()}`" not in PAGE] == []

"""The worked example of README.md, run as it is printed there."""

import re
import shlex
from pathlib import Path

SECTION = Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8").partition("## Bring your own")[2]
BLOCKS = re.findall(r"^```\n(.*?)^```$", SECTION, flags=re.DOTALL | re.MULTILINE)
EXPORT = next(block for block in BLOCKS if block.startswith("Belegnummer;"))
COMMANDS = [
    command
    for block in BLOCKS
    if block.startswith("$ ")
    for command in re.split(r"^\$ payrisk ", block, flags=re.M)[1:]
]
GENERAL_LEDGER = (
    "currency,amount,item_id\nEUR,1200.00,RE-1001\nEUR,3450.50,RE-1002\nEUR,-250.00,GS-0007\nEUR,2760.25,RE-1004\n"
)


def said(text):
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_the_example_of_the_readme_says_what_is_printed_there(payrisk, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("debitoren.csv").write_text(EXPORT, encoding="utf-8")
    Path("hauptbuch.csv").write_text(GENERAL_LEDGER, encoding="utf-8")

    assert len(COMMANDS) == 4
    for command in COMMANDS:
        words, _, printed = command.partition("\n")
        done = payrisk(*shlex.split(words))
        assert said(done.out) + said(done.err) == said(printed), words
        for path in Path().glob("aside/*.csv"):
            corrected = path.read_text(encoding="utf-8").replace("31.04.2026,", "30.04.2026,")
            path.write_text(corrected, encoding="utf-8")

    assert done.code == 1

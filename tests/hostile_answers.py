"""Which hostile strings are tried on an input, and what no answer to them may be."""

import os
import random
from typing import Any

from hostile_strings import ALL_IN_ONE, INJECTIONS, PLANTED, RECKONED, TRAVERSALS
from web_clients import ADDRESS

THOROUGH = int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1")) > 1
SECRET = "no answer may show this line"
SHOWN_ELSEWHERE = ("root:x:0:0", SECRET, "Traceback", "site-packages")


def strings(luck: random.Random) -> list[str]:
    """Those to try: all of them, or a few by chance."""
    if THOROUGH:
        return [ALL_IN_ONE, *TRAVERSALS, *INJECTIONS]
    return [ALL_IN_ONE, luck.choice(TRAVERSALS), *luck.sample(INJECTIONS, 2)]


def wrong_with(answer: Any, told: str) -> str:
    """What an answer must not be; '' for a refusal, or plain data."""
    text = answer.text if "openxml" not in answer.headers.get("content-type", "") else ""
    if answer.status_code >= 500:
        return f"a fault of ours: {answer.status_code}"
    if found := [words for words in SHOWN_ELSEWHERE if words in text]:
        return f"shows {found}"
    if PLANTED in answer.headers or "payrisk=1" in answer.headers.get("set-cookie", ""):
        return "its headers are not ours"
    if RECKONED in text and RECKONED not in told:
        return "it was reckoned"
    if answer.headers.get("content-type", "").startswith("text/html") and ("<script>alert" in text or "<svg/" in text):
        return "a page shows it as it came"
    to = answer.headers.get("location", "/")
    own = to.startswith(f"{ADDRESS}/") or (to.startswith("/") and not to.startswith(("//", "/\\")))
    return "" if own else f"leads to {to}"

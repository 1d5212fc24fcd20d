"""Sixty strings that lead out of a folder, and two hundred that try to be run by whoever reads them.

A string that is run leaves a trace that can be looked for: `RECKONED` where a template or a program reckons, `PLANTED`
as the name of a header or of a file, `<script>` where a page shows it as it came.
"""

from itertools import product
from urllib.parse import quote

OUTSIDE = "outside-of-the-home.txt"
"""The name of a file that no answer may show."""

RECKONED = "982007569"
PLANTED = "x-planted"

_UP = ("../", "..\\", "%2e%2e%2f", "%252e%252e%252f", "..%c0%af", "..%ef%bc%8f", "....//", "..;/", "..\u2215", ".%00./")
_TO = (OUTSIDE, "etc/passwd", "payrisk.db", "serving/web/door.py", "proc/self/environ")
_ABSOLUTE = (
    "/etc/passwd", "//etc/passwd", "\\\\host\\share\\x", "file:///etc/passwd", "C:\\windows\\win.ini", "~/.ssh/id_rsa",
    "/proc/self/environ", "/dev/stdin", "payrisk.toml", "draw.salt",
)  # fmt: skip
TRAVERSALS = (*(f"{up * 6}{to}" for up, to in product(_UP, _TO)), *_ABSOLUTE)

_SQL = (
    "' OR '1'='1", "' OR 1=1 --", "'; DROP TABLE activities; --", '"; DELETE FROM people; --', "' UNION SELECT NULL --",
    "1; UPDATE people_roles SET role='admin'", "' AND 1=CAST((SELECT version()) AS int) --", "') OR ('1'='1", "\\'; --",
    "%27%20OR%201=1", "admin'--", "' OR sleep(5) --", "'; SELECT pg_sleep(5); --", "1 OR 1=1", "' || (SELECT 1) || '",
    "\u02bc OR 1=1", "' LIKE '%", "%' ESCAPE '!", "_%", "NULL",
)  # fmt: skip
_TEMPLATE = (
    "{{31337*31337}}", "${31337*31337}", "#{31337*31337}", "<%= 31337*31337 %>", "{%print(31337*31337)%}",
    "{{''.__class__.__mro__}}",
    "{{config}}", "{{cycler.__init__.__globals__.os.popen('id').read()}}", "${jndi:ldap://127.0.0.1/a}",
    "{0.__class__}",
    "%(x)s%(31337)d", "{{7*'7'}}", "{% include '/etc/passwd' %}", "{{form_field()}}", "{{visitor().session_key}}",
    "@(31337*31337)", "[[${31337*31337}]]", "{php}echo 31337*31337;{/php}",
    "{{range.constructor('return 31337*31337')()}}",
    "$((31337*31337))",
)  # fmt: skip
_SCRIPT = (
    "<script>alert(1)</script>", '"><script>alert(1)</script>', "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "javascript:alert(1)", "'-alert(1)-'", "\";alert(1);//",
    "</textarea><script>alert(1)</script>", "<!--<script>-->", "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "\u003cscript\u003ealert(1)\u003c/script\u003e", "<scr<script>ipt>alert(1)</scr</script>ipt>", "&lt;script&gt;",
    "' onmouseover='alert(1)", "\" autofocus onfocus=alert(1) x=\"", "<body onload=alert(1)>",
    "]]><script>alert(1)</script>",
)  # fmt: skip
_HEADER = (
    f"a\r\n{PLANTED}: 1", f"a\n{PLANTED}: 1", f"a%0d%0a{PLANTED}:%201", "a\r\n\r\n<script>alert(1)</script>",
    f"a\u560d\u560a{PLANTED}: 1", "a\rset-cookie: payrisk=1", f"a\r\n {PLANTED}: 1", f"a\x0b{PLANTED}: 1",
    f"a\u2028{PLANTED}: 1", f"a\x85{PLANTED}: 1",
)  # fmt: skip
_COMMAND = (
    f"; touch {PLANTED}", f"| touch {PLANTED}", f"`touch {PLANTED}`", f"$(touch {PLANTED})", f"&& touch {PLANTED}",
    f"\n/bin/touch {PLANTED}\n", f"__import__('os').system('touch {PLANTED}')", f"eval('open(\"{PLANTED}\",\"w\")')",
    f"!!python/object/apply:os.system ['touch {PLANTED}']", f"cos\nsystem\n(S'touch {PLANTED}'\ntR.",
)  # fmt: skip
_CELL = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    '=HYPERLINK("http://x")',
    "\t=1+1",
    "=cmd|' /C calc'!A0",
    '=1+1";=2',
    "＝1",
    "%1",
)
_ODD = (
    "\0", "a\0b", "\ufffe", "\uffff", "\u202e\u2066", "\u200b" * 50, "A" * 5_000, "é" * 300, "\U0001f600" * 50, "-1",
    "NaN", "Infinity", "1e999", "0x10", "9" * 400, "true", "[]", "{}", "__proto__", "constructor.prototype",
)  # fmt: skip
ALL_IN_ONE = "\"'><script>alert(1)</script>{{31337*31337}}${31337*31337}"
"""What shows in most places where a string is run; tried on every input, however few strings are."""

_FAMILIES = (*_SQL, *_TEMPLATE, *_SCRIPT, *_HEADER, *_COMMAND, *_CELL, *_ODD)
INJECTIONS = tuple(dict.fromkeys((*_FAMILIES, *map(quote, _FAMILIES))))[:200]
"""As they are, and then as many as they are 200 with their signs written as a URL does, which nobody should undo."""

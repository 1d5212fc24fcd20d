"""What a compiled library prints past Python does not reach standard output."""

import subprocess
import sys


def test_what_is_written_to_the_descriptor_is_lost_and_what_python_prints_is_not():
    code = (
        "import os\nfrom serving.team.quiet import without_output\nprint('before')\n"
        "with without_output():\n    os.write(1, b'noise')\nprint('after')"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout == "before\nafter\n"


def test_without_any_standard_output_it_does_no_harm():
    code = "import os\nos.close(1)\nfrom serving.team.quiet import without_output\nwith without_output():\n    pass"

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

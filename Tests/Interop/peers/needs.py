"""What scenarios need of the machine, and the word where it is missing."""

import shutil

PACKAGES = {"sipp": "sip-tester", "baresip": "baresip-core"}


class Skipped(Exception):
    """The scenario needs something that this machine does not have."""


def need(*programs):
    """Skips the scenario where one of the programs is not installed, and says which packages have them."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        packages = " ".join(PACKAGES.get(program, program) for program in missing)
        raise Skipped(f"no {', no '.join(missing)}: scripts/setup installs {packages}")

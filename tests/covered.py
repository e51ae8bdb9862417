"""Says which lines of layers 0 to 5 no test has reached, after `make coverage`; there must be none.

python -m tests.covered [FILE]      reads .coverage, or FILE
"""

import sys
from fnmatch import fnmatchcase

import coverage

BOTTOM = """
    objpub/errors.py objpub/lineage.py objpub/registry.py objpub/settings/* objpub/configuration.py
    objpub/mail.py objpub/schema/* objpub/database/* objpub/events.py objpub/content/*
""".split()


def missing_lines(data_file):
    """Yield (file, lines) for each file of the layers 0 to 5 that has lines no test has reached."""
    measured = coverage.Coverage(data_file=data_file)
    measured.load()
    for file in sorted(measured.get_data().measured_files()):
        relative = file.rpartition("/objpub/")[2]
        if any(fnmatchcase(f"objpub/{relative}", pattern) for pattern in BOTTOM):
            _, _, _, missing, told = measured.analysis2(file)
            if missing:
                yield f"objpub/{relative}", told


def main():
    """Print what is missing; exit with 1 if something is."""
    found = list(missing_lines(sys.argv[1] if len(sys.argv) > 1 else ".coverage"))
    for file, told in found:
        print(f"{file}: no test reaches {told}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

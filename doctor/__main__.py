"""`python -m doctor`. This file is read by any Python, old ones too, and says kindly which one is needed."""

import sys

if sys.version_info < (3, 9):
    sys.stderr.write(
        "autogpt-doctor needs Python 3.9 or newer, and this is Python %d.%d: https://www.python.org/downloads/\n"
        % sys.version_info[:2]
    )
    sys.exit(2)

try:
    if __name__ == "__main__" and not {"-h", "--help", "--version"} & set(sys.argv[1:]):
        from doctor.bootstrap import prepare

        prepare("doctor")

    from doctor.cli import main
except KeyboardInterrupt:
    sys.exit(130)

if __name__ == "__main__":
    main()

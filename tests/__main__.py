"""`python3 -m tests`: the tests, in the repository's own `.venv`, which is made if it is not there."""

import doctor.__main__  # noqa: F401 - on an old Python it says which one is needed, and ends

if __name__ == "__main__":
    import sys

    from doctor.bootstrap import prepare

    prepare("tests", extra="test")

    import pytest

    sys.exit(pytest.main(sys.argv[1:]))

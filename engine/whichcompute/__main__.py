"""The command whichcompute, also as `python -m whichcompute`."""

import sys


def run() -> None:
    """Runs the command line; an interrupt while it is still being loaded ends it as one does later."""
    try:
        from whichcompute.cli import main

        main()
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        sys.exit(130)


if __name__ == "__main__":
    run()

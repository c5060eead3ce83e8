"""`python -m whichcompute` is the command whichcompute."""

from whichcompute.cli import main

if __name__ == "__main__":
    main()

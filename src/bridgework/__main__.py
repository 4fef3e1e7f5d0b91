"""`python -m bridgework`: the command line."""

from bridgework.cli import main

if __name__ == "__main__":
    main()

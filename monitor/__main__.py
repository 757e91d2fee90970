"""``python -m monitor`` is the command ``rasid``: what the clock starts needs no PATH."""

from monitor.cli import main

if __name__ == "__main__":  # the pool of readers imports it under another name
    main()

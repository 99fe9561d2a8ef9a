"""``python -m amanda.command``, the same as the command ``amanda``."""

from __future__ import annotations

from amanda.command.app import main

if __name__ == "__main__":
    main()

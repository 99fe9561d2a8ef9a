"""`make schema`: the schema of the config and its page in the docs, made from the classes of settings.

With ``--check`` nothing is written; the exit code is 1 if a file differs from what the classes give.
"""

import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow")]

from planning.config.check import SCHEMA  # noqa: E402
from planning.config.model import Config  # noqa: E402
from planning.config.plain import plain_schema  # noqa: E402
from planning.config.reference import reference  # noqa: E402

PAGE = ROOT / "docs" / "config.md"
HEAD = "# Made by `make schema` from the classes of settings. Edit those; CONTRIBUTING.md says where they are.\n"


def made() -> dict[Path, str]:
    """Each file with the content that the classes give."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "config.schema.yaml",
        "title": "config.yaml",
    } | plain_schema(Config)
    definitions = schema.pop("$defs")
    schema |= {"$defs": definitions}
    as_yaml = yaml.safe_dump(schema, sort_keys=False, width=120, allow_unicode=True, default_flow_style=None)
    return {SCHEMA: HEAD + as_yaml, PAGE: reference(schema)}


def main() -> int:
    """Write the files, or with ``--check`` compare them."""
    files = made()
    if "--check" not in sys.argv:
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
        return 0
    old = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in old:
        sys.stderr.write(f"{path.relative_to(ROOT)}: differs from the classes of settings; run make schema\n")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())

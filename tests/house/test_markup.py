"""No markup, style or script stands in a string of Python."""

import ast
import re

import pytest
from helpers.places import ROOT
from helpers.sources import SOURCES

# Markup, style and script lie in files of their own, which their tools read; a module may name them in its docstring.
MARKUP = re.compile(
    r"</?(?:a|body|button|details|dd|div|dl|dt|figure|h[1-6]|head|html|li|ol|p|script|section|span|style|summary|svg"
    r"|table|tbody|td|th|thead|tr|ul)\b[^<>]*>"
    r"|\bon(?:click|load|change|input|key\w+|mouse\w+)\s*=|addEventListener|@media|\{[^{}]*\b[a-z-]+:[^{}]*;[^{}]*\}"
)


def _strings(tree):
    """The texts of a module without its docstrings, each with its line."""
    bare = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None
    }
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare | alone:
            yield node.lineno, node.value


def test_no_markup_style_or_script_stands_in_a_string_of_python():
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text[:60]}"
        for path in SOURCES
        for line, text in _strings(ast.parse(path.read_bytes()))
        if MARKUP.search(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text", ['<p class="x">', "</style>", "a { color: red; }", 'onclick="go()"', "x.addEventListener(", "<td>"]
)
def test_markup_style_and_script_are_seen(text):
    assert MARKUP.search(text)
    assert not MARKUP.search("weights <none> of {name}: a < b; p > 0")

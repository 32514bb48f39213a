"""Examples in docstrings as blocks of code: they stand below the text, not in a section of their own."""

import re

from griffe import Class, Docstring, Extension, Function, Module, Object


EXAMPLE = re.compile(r"^>>> .*(?:\n.+)*", re.MULTILINE)
"""From a prompt to the next empty line."""


class Fenced(Extension):
    """Puts a fence around every example before docstrings become Markdown."""

    def on_object(self, *, obj: Object, **kwargs: object) -> None:
        """Change the docstring of an object that griffe has read."""
        if obj.docstring is not None and isinstance(obj, Class | Function | Module):
            obj.docstring = Docstring(
                EXAMPLE.sub(r"```pycon\n\g<0>\n```", obj.docstring.value),
                lineno=obj.docstring.lineno,
                endlineno=obj.docstring.endlineno,
                parent=obj,
                parser=obj.docstring.parser,
                parser_options=obj.docstring.parser_options,
            )

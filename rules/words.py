"""Mark a text for translation without knowing who translates it.

``N_`` returns the text unchanged; the catalogue tool collects it. The rooms above translate
it when it is shown, so `rules`, `documents` and `office` need no web framework.
"""


def N_(text: str) -> str:  # noqa: N802 - the field's customary name for "mark, translate later"
    """Return `text` itself, marked for the translation catalogue."""
    return text

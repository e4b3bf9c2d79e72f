"""What may be wrong with a whole file: a word for the child process, a sentence for the clerk."""

from collections.abc import Mapping
from types import MappingProxyType

from rules.errors import Unreadable
from rules.words import N_

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "empty": N_("The file is empty."),
        "extension": N_("“%(name)s” is not a workbook. Please choose an .xlsx, .xlsm, .xls, .et, .ods or .csv file."),
        "not-a-workbook": N_(
            "The file is not an Excel workbook, or it is damaged. Please open it in Excel, save it as "
            ".xlsx and try again."
        ),
        "web-page": N_(
            "The file is a web page or XML that only calls itself a workbook. Please open it in Excel, "
            "save it as .xlsx and try again."
        ),
        "encrypted": N_(
            "The workbook is protected by a password. Please remove the password and try again."
        ),
        "too-large": N_("The workbook is too large to be read. Please divide it into several files."),
        "too-slow": N_("Reading the workbook took too long. Please divide it into several files."),
        "far-cell": N_(
            "The sheet “%(sheet)s” holds something in cell %(cell)s, far outside the table. Please clear "
            "that cell, or copy the table into a new file."
        ),
        "too-many-rows": N_(
            "The sheet has %(rows)d rows; at most %(most)d can be read at once. Please divide it into "
            "several files."
        ),
        "more-rows": N_(
            "The sheet has more than %(most)d rows, and no more can be read at once. Please divide it into "
            "several files."
        ),
        "more-columns": N_(
            "The sheet has more than %(most)d columns, and no more can be read. Please clear the cells to the "
            "right of the table."
        ),
        "too-many-columns": N_(
            "The sheet has %(columns)d columns; at most %(most)d can be read. Please clear the cells to "
            "the right of the table."
        ),
        "no-sheet": N_("The workbook has no sheet with anything in it."),
        "no-such-sheet": N_("The workbook has no sheet “%(sheet)s”. Please choose one of its sheets."),
        "no-heading-at-all": N_("No row of headings was found among the first %(rows)d rows."),
        "no-heading": N_(
            "No row of headings was found among the first %(rows)d rows. The headings should be: "
            "%(headings)s."
        ),
        "missing-columns": N_(
            "The sheet “%(sheet)s” has no column %(columns)s. Please add it, or correct its heading."
        ),
        "loose-table-row": N_(
            "On the sheet “%(table)s” row %(row)d (“%(name)s”) belongs to no row of the list, or to more than one"
            " (%(count)d such rows). Please correct the name or the code there."
        ),
        "doubled-columns": N_(
            "In the sheet “%(sheet)s” the headings “%(first)s” and “%(second)s” both mean %(column)s. "
            "Please keep one of them."
        ),
        "not-text": N_(
            "The .csv file is neither in UTF-8 nor in GB 18030. Please open it in Excel, save it as "
            ".xlsx and try again."
        ),
    }
)  # fmt: skip


class SheetProblem(Exception):
    """A file that cannot be read; `word` is a key of SENTENCES. Raised in the child process."""

    def __init__(self, word: str, **params: object) -> None:
        super().__init__(word)
        self.word = word
        self.params = params


def unreadable(word: str, **params: object) -> Unreadable:
    """Return the error whose one sentence is that of `word`."""
    return Unreadable(SENTENCES[word], **params)

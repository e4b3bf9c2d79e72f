"""A form as it was sent: what makes a second sending of it the same, and what became of its transactions."""

from dataclasses import dataclass


@dataclass
class SentForm:
    """One request that may write, handed down with its actor.

    `key` names the form and what was typed into it; "" where the sender gave none. `committed` counts the transactions
    that are known to be written, `is_repeated` says that one of them was written by an earlier sending.
    """

    key: str = ""
    transactions: int = 0
    committed: int = 0
    is_repeated: bool = False

    def next_place(self) -> str:
        """Return the name of the request's next transaction, the same for each sending; "" without a key."""
        self.transactions += 1
        return f"{self.key}:{self.transactions}" if self.key else ""

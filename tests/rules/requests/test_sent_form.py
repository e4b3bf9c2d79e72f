"""A form as it was sent: its transactions have the same names at each sending."""

from rules.requests.sent_form import SentForm


def test_each_transaction_has_the_next_name() -> None:
    form = SentForm("k")
    assert [form.next_place() for _ in range(3)] == ["k:1", "k:2", "k:3"]
    assert [SentForm("k").next_place() for _ in range(2)] == ["k:1", "k:1"]
    assert form.transactions == 3


def test_without_a_key_transactions_are_counted_and_not_named() -> None:
    form = SentForm()
    assert (form.transactions, form.committed, form.is_repeated) == (0, 0, False)
    assert [form.next_place() for _ in range(2)] == ["", ""]
    assert form.transactions == 2

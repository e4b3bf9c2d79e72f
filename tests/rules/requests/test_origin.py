"""From where somebody acts: bounded, on one line, and no key of an address in it."""

import pytest

from rules.requests.origin import Origin, device_of, is_request_id, masked_path, one_line

AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) (KHTML, like Gecko) Chrome/90.0.4430.212 Safari/537.36"
KEY = "kD3-_9xQzT7wVb2LmN5pRc8sYf1gHj4aEu6oWi0"


def test_what_a_client_sends_becomes_one_bounded_line():
    origin = Origin.of("10.0.0.1", "Mozilla\r\n2026 admin deleted all\x1b[2J\u2028\u202e" + "x" * 5000, "ab")
    assert origin.agent.isprintable()
    assert len(origin.agent) <= 200
    assert origin.request_id == ""
    assert not Origin()
    assert Origin.of("10.0.0.1", "")


@pytest.mark.parametrize(
    "sign", ["\n", "\r", "\x00", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\ud800"]
)
def test_no_sign_that_breaks_or_turns_a_line_stays(sign):
    assert one_line(f"甲{sign}乙", 10) == "甲 乙"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"/calendar/{KEY}.ics", "/calendar/***"),
        ("/calendar/short.ics", "/calendar/***"),
        (f"/expert/{KEY}/scores", "/expert/***/scores"),
        ("/admin/bases/0123456789abcdef01234567/", "/admin/bases/0123456789abcdef01234567/"),
        ("/bases/聊创示范〔2026〕1号", "/bases/聊创示范〔2026〕1号"),
        ('/x\r\n{"user": "boss"}', '/x  {"user": "boss"}'),
    ],
)
def test_a_path_is_told_without_the_keys_in_it(path, shown):
    assert masked_path(path) == shown


@pytest.mark.parametrize(
    ("text", "well"),
    [("a1b2c3d4", True), ("0" * 64, True), ("0" * 65, False), ("short", False), ("abcdefgh\n", False),
     ("abc defgh", False), ("<script>x", False), ("", False)],
)  # fmt: skip
def test_a_proxys_request_id_must_be_well_formed(text, well):
    assert is_request_id(text) is well


@pytest.mark.parametrize(
    ("path", "most", "shown"),
    [
        ("/a" * 200, 300, "/a" * 150),
        (f"/{KEY}" * 10, 300, "/***" * 10),  # a key counts as what is shown of it
        ("/" + "k" * 25, 300, "/***"),
        ("/" + "k" * 24, 300, "/" + "k" * 24),
        (("/" + "k" * 25) * 6, 26, "/***" * 4),  # no more than four times as much is looked at
        ("/calendar/x", 5, "/calendar/***"),
        ("/calendars/x", 300, "/calendars/x"),
    ],
)
def test_of_a_long_path_only_the_beginning_is_told(path, most, shown):
    assert masked_path(path, most) == shown
    assert most != 300 or masked_path(path) == shown


def test_each_part_of_an_origin_is_bounded_and_any_makes_it_known():
    long = Origin.of("1" * 100, "a" * 300, "r" * 64)
    assert (len(long.address), len(long.agent), len(long.request_id)) == (64, 200, 64)
    assert Origin.of("1" * 64, "a" * 200) == Origin("1" * 64, "a" * 200)
    assert Origin.of("", "  a  ").agent == "a"
    assert [bool(Origin(*parts)) for parts in (("1",), ("", "a"), ("", "", "r"), ())] == [
        True,
        True,
        True,
        False,
    ]
    assert [one_line("甲乙丙", most) for most in (0, 1, 3, 9)] == ["", "甲", "甲乙丙", "甲乙丙"]
    assert one_line("a b\u3000c1,。é", 20) == "a b\u3000c1,。é"  # blanks, letters, figures and signs stay


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (AGENT, "Chrome · Windows"),
        (AGENT + " Edg/90.0", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", "Firefox · Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) Version/16.0 Safari/604.1",
            "Safari · iPhone",
        ),
        ("curl/8.0", ""),
        ("", ""),
        ("<script>", ""),
    ],
)
def test_a_browsers_own_description_is_said_in_two_words(agent, device):
    assert device_of(agent) == device

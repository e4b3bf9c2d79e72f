"""`app.py serve` where an address may send as many wrong tokens as it likes: `python -m tests.api_check.serving`."""

from unittest.mock import patch

from flask.cli import FlaskGroup

from app import create_app

if __name__ == "__main__":
    with patch("services.desk.api_tokens._MOST_WRONG", 10**9):
        FlaskGroup(create_app=create_app)(args=["serve"])

"""The addresses of the manual: whoever is signed in may read it."""

from admin_views.help import pages
from admin_views.shared.guard import Open
from admin_views.shared.routing import Route, blueprint_of

manual = blueprint_of(
    "help",
    "/admin/help",
    (
        Route("/", "index", pages.index, Open.SIGNED_IN),
        Route("/keys/", "keys", pages.keys, Open.SIGNED_IN),
        Route("/words/", "words", pages.words, Open.SIGNED_IN),
        Route("/<word>/", "chapter", pages.chapter, Open.SIGNED_IN),
    ),
)

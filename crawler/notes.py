"""What an Article notes of how it was read. Stored articles carry these words: they are not changed."""

__all__ = [
    "ARCHIVED",
    "FAULT",
    "FROM_DATA",
    "FROM_FEED",
    "LIVE",
    "NOT_VERIFIED",
    "NO_HEADLINE",
    "PAGED",
    "UNLIKE",
    "VIDEO",
    "WHOLE",
]

FROM_FEED = "text from the feed"
"""The page's own was no good."""
FROM_DATA = "text from the page's JSON-LD"
WHOLE = "text from the listing, which carries it whole"
UNLIKE = "not like the source's other articles"
"""Opens the note that says why the page's own text was not taken."""
FAULT = "the page says: "
"""Opens the reason why a page of a server's error, a wall or work on the site is no article."""
LIVE = "live blog: the text grows"
VIDEO = "video page"
NOT_VERIFIED = "TLS not verified"
"""The site's certificate was not looked at, as its source has it: anybody on the way may have written this."""
PAGED = "it goes on on further pages, which are not read"
ARCHIVED = "read from an archive"
"""Opens the note that says from which: the page was not fetched by us."""
NO_HEADLINE = "no headline found: its first words stand for it"

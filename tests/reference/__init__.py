"""What a question must find, worked out the slow way: in plain Python, over the records, from the design.

Nothing of the search is used but its words: how a text becomes tokens, and the table of synonyms. Days on
which something meets are found by looking at each day. Where `docs/search.md` and
`docs/decisions/` leave a rule open, the rule is stated here beside the code.

A set of listings is one whole number, with a bit for each listing: `&` is "and", `|` is "or".
"""

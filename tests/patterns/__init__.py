"""Every component in every state it can be in, drawn on one page that only the tests serve."""

"""The shapes that version 1 promises; tests/api/openapi.json holds them to it."""

"""The shapes of version 1, checked against tests/api/openapi.json."""

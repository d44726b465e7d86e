"""Places, geocoding and distance from offline tables: what a visitor types never leaves this server."""

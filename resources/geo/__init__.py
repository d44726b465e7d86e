"""Distance, cells and geocoding, from offline tables alone: what a visitor types never leaves this server."""

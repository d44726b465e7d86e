"""The page of patterns: what each component looks like in every state it can be in."""

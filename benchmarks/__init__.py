"""How soon the product answers, in figures to look at: nothing here passes or fails."""

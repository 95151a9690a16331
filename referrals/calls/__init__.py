"""The helpline: calls before there is a case, messages to return within the hour, and the board of the line (SEED-043 to 046, 175 to 177)."""

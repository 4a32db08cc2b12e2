"""The other ends of a call: programs and small models of phones, carriers and attackers."""

"""The scenarios, one file for each kind of trouble."""

"""What a widget shows of an earlier moment: a second browser, over what was held then."""

"""What watched objects do as lines of a file, and back as objects to look at.

Nothing of a file is evaluated or unpickled: a value is plain JSON, or says of what type it was.
"""

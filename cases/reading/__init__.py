"""Reading the files of strangers: what they are, the words in them, and pictures without what a camera writes into them.

`cases.reading.apart` runs the rest of this room in a process of its own, without the database, the keys or much time: a file that
is made to break whatever reads it breaks that process alone.
"""

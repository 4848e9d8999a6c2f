"""Reading a page about a trial: its text, its lines under their labels, its sentences, what they state and claim.

`kg.sources.pages` is the reader; here are its parts, from the characters up: text, names in it, layouts
and blocks of lines, the fields, arms and outcomes that they hold, sentences and the claims that they make.
"""

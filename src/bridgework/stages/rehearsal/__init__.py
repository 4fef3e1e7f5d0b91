"""rehearse: the whole migration, run against a twin in the likeness of the workspace; the workspace is only read.

`scratch` is the throw-away migration in which it runs, `walk` runs the stages, `rehearse` does it all and reports;
`remains` removes what a kill left of it.
"""

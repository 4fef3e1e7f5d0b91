"""rehearse: the whole migration, run against a twin in the likeness of the workspace; the workspace is only read.

`scratch` is the throw-away migration in which it runs, `walk` runs the stages, `rehearse` does it all and reports.
"""

from bridgework.stages.rehearsal.rehearse import Serve, last_rehearsal, rehearse
from bridgework.stages.rehearsal.scratch import remove_scratch

__all__ = ["Serve", "last_rehearsal", "rehearse", "remove_scratch"]

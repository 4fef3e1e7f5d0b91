"""Which patients are the sample: those that differ most, with everything that hangs on them.

traits    what makes patients differ, looked at row by row
choosing  the fewest patients that show every difference, then an even choice of the others
hanging   the rows that belong to some patients, and those that they link to
"""

from bridgework.stages.sampling.choosing import Chosen, choose
from bridgework.stages.sampling.hanging import rows_of_patients
from bridgework.stages.sampling.traits import Traits, look_at_patients

__all__ = ["Chosen", "Traits", "choose", "look_at_patients", "rows_of_patients"]

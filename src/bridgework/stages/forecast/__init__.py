"""What bounds a running stage, and when it ends: measured, shown, and kept in the store for other terminals."""

from bridgework.stages.forecast.bound import Bound, Shares, bound_of
from bridgework.stages.forecast.forecast import ROWS, WORK, Forecast, forecasting
from bridgework.stages.forecast.loop import TimedLoop
from bridgework.stages.forecast.parts import Part
from bridgework.stages.forecast.words import in_words

__all__ = [
    "ROWS",
    "WORK",
    "Bound",
    "Forecast",
    "Part",
    "Shares",
    "TimedLoop",
    "bound_of",
    "forecasting",
    "in_words",
]

"""Faithful stand-ins for the two systems, served over HTTP."""

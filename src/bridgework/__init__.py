"""Bridgework: moves a Belgian dental practice from DentAdmin to Twenty CRM, verified and reversible."""

__version__ = "0.1.0"

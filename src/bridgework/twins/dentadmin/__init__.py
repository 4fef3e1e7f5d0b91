"""The DentAdmin twin: an invented practice as the desktop application's export would be, and an API that serves it."""

from .generator import PracticeSummary, generate_practice, provider_emails
from .server import DentAdminTwin

__all__ = ["DentAdminTwin", "PracticeSummary", "generate_practice", "provider_emails"]

"""The workflow that every fresh workspace has: a company for each new person, from the domain of the e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridgework.twins.twenty.converting import Columns, defaults
from bridgework.twins.twenty.standard import facts

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

NAME = "Create company when adding a new person"
# Providers of personal addresses, whose domain says nothing of a company.
PERSONAL: frozenset[str] = frozenset(facts("names")["personal"])
_WORKFLOW = {"createdBySource": "WORKFLOW", "createdByName": "Workflow", "createdByContext": "{}"}
_STANDARD = ("APPLICATION", "Standard", "{}")


def company_of(workspace: Workspace, person: str) -> str | None:
    """Move a person to the company of the e-mail's domain, made where there is none; why that failed, or None."""
    store = workspace.store
    (email,) = store.rows("SELECT emailsPrimaryEmail FROM person WHERE id = ?", (person,))[0]
    domain = (email or "").partition("@")[2]
    if not domain or domain in PERSONAL:
        return None
    addresses = (f"https://{domain}", f"http://{domain}", domain, f"https://www.{domain}", f"www.{domain}")
    marks = ", ".join("?" * len(addresses))
    held = store.rows(
        f"SELECT id, deletedAt FROM company WHERE domainNamePrimaryLinkUrl IN ({marks})",  # noqa: S608 - question marks
        addresses,
    )
    living = [ident for ident, deleted in held if deleted is None]
    if held and not living:
        return "A duplicate entry was detected"
    company = living[0] if living else _make(workspace, domain)
    _move(workspace, person, company)
    return None


def _make(workspace: Workspace, domain: str) -> str:
    item = workspace.model.by_name["company"]
    low = workspace.store.rows("SELECT MIN(position) FROM company")[0][0]
    columns: Columns = {name: make() for name, make in defaults(item, workspace.now()).items()} | {
        "name": domain,
        "domainNamePrimaryLinkUrl": f"https://{domain}",
        "domainNamePrimaryLinkLabel": domain,
        "position": (1 if low is None else low) - 1,
        **_WORKFLOW,
    }
    workspace.store.insert(item, list(columns), [tuple(columns.values())])
    workspace.automations.created(item, [columns])
    return str(columns["id"])


def _move(workspace: Workspace, person: str, company: str) -> None:
    (before,) = workspace.store.rows("SELECT companyId FROM person WHERE id = ?", (person,))[0]
    workspace.store.execute(
        "UPDATE person SET companyId = ?, updatedAt = ?, updatedBySource = ?, updatedByName = ?,"
        " updatedByContext = ? WHERE id = ?",
        (company, workspace.now(), *_STANDARD, person),
    )
    if before != company:
        item = workspace.model.by_name["person"]
        diff = {"company": {"before": {"id": before}, "after": {"id": company}}}
        workspace.automations.updated(item, [(person, diff)])
